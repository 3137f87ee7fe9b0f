"""Which cases have the pieces of a query in their text: by the index, then compared with the text itself.

Newest first (or oldest first), a part of the store at a time, until there are enough. So a very common word costs no
more than a rare one: it is found often in the first part, and a rare one has few hits in all of them.
"""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ARRAY, ColumnElement, Integer, func, literal, select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.search import postgresql, sqlite
from case_store.search.scope import IndexScope

NEWEST_OF_ONE_SIGN: Final = 5_000
"""A single sign is in nearly every text, and no index has it: so many of the newest cases are looked through."""


@dataclass(frozen=True)
class Wanted:
    """Pieces of text, and the conditions that the cases must meet besides."""

    pieces: tuple[str, ...]
    conditions: Sequence[ColumnElement[bool]] = ()
    scope: IndexScope = field(default_factory=IndexScope)
    before: int | None = None
    """Only cases of a smaller id; of a greater one when `ascending`."""
    ascending: bool = False

    @property
    def within(self) -> list[ColumnElement[bool]]:
        """All conditions but the text."""
        edges = []
        if self.before is not None:
            edges.append(Case.id > self.before if self.ascending else Case.id < self.before)
        return [*edges, *self.conditions]


def matching(session: Session, wanted: Wanted, *, most: int) -> list[int]:
    """The ids of cases that have every piece in their text, in order, `most` at the most."""
    if all(len(piece) < 2 for piece in wanted.pieces):
        return _among_the_newest(session, wanted, most)
    found: list[int] = []
    with closing(_parts(session, wanted, most)) as parts:
        for part in parts:
            found += part
            if len(found) >= most:
                break
    return found[:most]


def has_piece(session: Session, piece: str) -> ColumnElement[bool]:
    """Exactly what LIKE '%…%' would say, with no sign that means something else, and quicker."""
    if session.get_bind().dialect.name == "postgresql":
        return func.strpos(Case.search_text, piece) > 0
    return func.instr(Case.search_text, piece) > 0


def one_of(session: Session, case_ids: Sequence[int]) -> ColumnElement[bool]:
    """That a case is one of these; as one value, where the database has lists, and not as thousands."""
    if session.get_bind().dialect.name == "postgresql":
        return Case.id == func.any(literal(list(case_ids), ARRAY(Integer)))
    return Case.id.in_(case_ids)


def _parts(session: Session, wanted: Wanted, most: int) -> Generator[list[int]]:
    text = [has_piece(session, piece) for piece in wanted.pieces]
    conditions = [*wanted.within, *text]
    if session.get_bind().dialect.name == "postgresql":
        edge = wanted.before
        return postgresql.parts(
            session, wanted.pieces, wanted.scope, conditions,
            edge=edge, ascending=wanted.ascending, most=most,
        )  # fmt: skip
    return sqlite.parts(
        session, wanted.pieces, wanted.scope, conditions,
        edge=wanted.before, ascending=wanted.ascending,
    )  # fmt: skip


def _among_the_newest(session: Session, wanted: Wanted, most: int) -> list[int]:
    newest = (
        select(Case.id, Case.search_text)
        .where(*wanted.conditions)
        .order_by(Case.id.desc())
        .limit(NEWEST_OF_ONE_SIGN)
        .subquery()
    )
    order = newest.c.id.asc() if wanted.ascending else newest.c.id.desc()
    query = select(newest.c.id).where(
        *(newest.c.search_text.contains(piece, autoescape=True) for piece in wanted.pieces)
    )
    if wanted.before is not None:
        edge = newest.c.id
        query = query.where(edge > wanted.before if wanted.ascending else edge < wanted.before)
    return list(session.scalars(query.order_by(order).limit(most)))
