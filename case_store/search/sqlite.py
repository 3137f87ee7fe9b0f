"""Reading SQLite's index: a contentless FTS5 table of runs of two, in the order of the cases' ids."""

from collections.abc import Generator, Sequence
from typing import Final

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.search.grams import letters, pairs
from case_store.search.models import FTS
from case_store.search.scope import IndexScope

_FIRST: Final = 200
_MOST: Final = 10_000
"""Ids that are compared with the text at a time: few at first, as a common word needs no more."""


def parts(
    session: Session,
    pieces: Sequence[str],
    scope: IndexScope,
    conditions: Sequence[ColumnElement[bool]],
    *,
    edge: int | None,
    ascending: bool,
) -> Generator[list[int]]:
    """Ids of cases that have the pieces and meet the conditions, some hundreds of candidates after the other."""
    if scope.is_empty:
        return
    match, size = _match(pieces, scope), _FIRST
    while True:
        near = _candidates(session, match, edge, ascending, size)
        if near:
            order = Case.id.asc() if ascending else Case.id.desc()
            query = select(Case.id).where(Case.id.in_(near), *conditions).order_by(order)
            yield list(session.scalars(query))
        if len(near) < size:
            return
        edge, size = near[-1], min(4 * size, _MOST)


def _candidates(
    session: Session, match: str, edge: int | None, ascending: bool, size: int
) -> list[int]:
    beyond, order = (">", "ASC") if ascending else ("<", "DESC")
    start = edge if edge is not None else (0 if ascending else 1 << 62)
    query = (
        f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH :match AND rowid {beyond} :start "  # noqa: S608
        f"ORDER BY rowid {order} LIMIT :size"
    )
    found = session.execute(text(query), {"match": match, "start": start, "size": size})
    return list(found.scalars())


def _match(pieces: Sequence[str], scope: IndexScope) -> str:
    """All words are hexadecimal: nothing that was typed can be read as FTS5's own language."""
    wanted = [f'"{pairs(letters(piece))}"' for piece in pieces if len(piece) > 1]
    if scope.centres is not None:
        wanted.append("(" + " OR ".join(f'"c{code}"' for code in sorted(scope.centres)) + ")")
    if scope.province_code is not None:
        wanted.append(f'"p{scope.province_code}"')
    wanted += [f'"a{agency_id}"' for agency_id in sorted(scope.agency_ids)]
    return " AND ".join(wanted)
