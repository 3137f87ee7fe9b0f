"""Reading PostgreSQL's index: a GIN index over numbers, some blocks of cases at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import ColumnElement, Integer, and_, func, literal, or_, select, text, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.search.grams import (
    BLOCK,
    block_of,
    letters,
    of_agency,
    of_centre,
    of_province,
    tagged,
    triples_after,
    triples_of_query,
)
from case_store.search.models import SearchEntry
from case_store.search.scope import IndexScope

MOST_BLOCKS: Final = 32
"""In one statement, so that none of them takes long whatever the words."""
_CODES: Final = ARRAY(Integer)
_PLANNER: Final = text(
    "SELECT set_config('enable_seqscan', :value, true), set_config('enable_indexscan', :value, true)"
)
_GRAMS: Final = type_coerce(SearchEntry.grams, _CODES)


def parts(
    session: Session,
    pieces: Sequence[str],
    scope: IndexScope,
    conditions: Sequence[ColumnElement[bool]],
    *,
    edge: int | None,
    ascending: bool,
    most: int,
) -> Iterator[list[int]]:
    """Ids of cases that have the pieces and meet the conditions, one block of the store after the other."""
    if scope.is_empty:
        return
    for blocks in _blocks(session, edge, ascending=ascending):
        with _by_the_index_alone(session):
            found = _found_in(session, blocks, pieces, scope, conditions, ascending, most)
        yield found


@contextmanager
def _by_the_index_alone(session: Session) -> Iterator[None]:
    """The planner takes comparing two arrays for cheap, which it is not, and now and then would read them all."""
    session.execute(_PLANNER, {"value": "off"})
    yield
    session.execute(
        _PLANNER, {"value": "on"}
    )  # after an error the transaction is over, and with it the setting


def _blocks(session: Session, edge: int | None, *, ascending: bool) -> Iterator[list[int]]:
    """One block, then two, four …: a common word is found in the first, a rare one needs few statements for all."""
    newest = session.scalar(select(func.max(SearchEntry.case_id))) or 0
    if ascending:
        numbers = list(range(block_of(edge + 1 if edge else 0), block_of(newest) + 1))
    else:
        first = newest if edge is None else min(newest, edge - 1)
        numbers = list(range(block_of(max(first, 0)), -1, -1))
    size = 1
    while numbers:
        yield numbers[:size]
        numbers = numbers[size:]
        size = min(2 * size, MOST_BLOCKS)


def _found_in(
    session: Session,
    blocks: Sequence[int],
    pieces: Sequence[str],
    scope: IndexScope,
    conditions: Sequence[ColumnElement[bool]],
    ascending: bool,
    most: int,
) -> list[int]:
    order = SearchEntry.case_id.asc() if ascending else SearchEntry.case_id.desc()
    near = (
        select(SearchEntry.case_id)
        .where(or_(*(_indexed(block, pieces, scope) for block in blocks)))
        .order_by(order)
        .offset(
            0
        )  # keeps the planner from reading the cases in order instead, in hope of an early end
        .subquery()
    )
    of_these = Case.id.between(min(blocks) * BLOCK, (max(blocks) + 1) * BLOCK - 1)
    checked = (
        select(Case.id).where(Case.id == near.c.case_id, of_these, *conditions).limit(1).lateral()
    )
    rank = near.c.case_id.asc() if ascending else near.c.case_id.desc()
    query = select(near.c.case_id).join(checked, literal(True)).order_by(rank).limit(most)
    return list(session.scalars(query))


def _indexed(block: int, pieces: Sequence[str], scope: IndexScope) -> ColumnElement[bool]:
    signs = [letters(piece) for piece in pieces]
    needed = {code for one in signs for code in triples_of_query(one)}
    limits: list[ColumnElement[bool]] = []
    if not needed:  # of two signs alone no run of three is known: any that begins so
        first = next(one for one in signs if len(one) == 2)
        limits.append(_GRAMS.overlap(_codes(triples_after(first), block)))
    needed.update(of_agency(agency_id) for agency_id in scope.agency_ids)
    if scope.province_code is not None:
        needed.add(of_province(scope.province_code))
    if scope.centres is not None and len(scope.centres) == 1:
        needed.update(of_centre(code) for code in scope.centres)
    elif scope.centres is not None:
        centres = [of_centre(code) for code in sorted(scope.centres)]
        limits.append(_GRAMS.overlap(_codes(centres, block)))
    if needed:
        limits.append(_GRAMS.contains(_codes(needed, block)))
    return and_(*limits)


def _codes(codes: Iterable[int], block: int) -> ColumnElement[Sequence[int]]:
    return literal(tagged(codes, block), _CODES)
