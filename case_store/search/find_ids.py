"""All cases that what was typed may mean: by their text, their reference, their complainant's number or name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, union_all
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.identity.complainants import cases_indexed, cases_with_phone
from case_store.identity.models import IndexKind
from case_store.people.permissions import Action, Actor, may
from case_store.search.matching import Wanted, has_piece, matching
from case_store.search.query import Query

_TITLES: Final = ("นาย", "นาง", "นางสาว", "น.ส.", "คุณ")
"""Often written in one word with the name."""


def find_ids(session: Session, query: Query, wanted: Wanted, *, by: Actor, most: int) -> list[int]:
    """The ids of the first `most` cases of them, in order. Names and numbers only of those whom `by` may know."""
    text = replace(wanted, pieces=query.pieces)
    found = set(matching(session, text, most=most))
    for condition in _other_meanings(session, query, by):
        order = Case.id.asc() if wanted.ascending else Case.id.desc()
        rows = select(Case.id).where(condition, *wanted.within).order_by(order).limit(most)
        found.update(session.scalars(rows))
    return sorted(found, reverse=not wanted.ascending)[:most]


def _other_meanings(session: Session, query: Query, by: Actor) -> list[ColumnElement[bool]]:
    meanings = []
    if query.reference is not None:
        meanings.append(_reference(query))
    if may(by, Action.SEE_IDENTITY):
        if query.telephone is not None:
            meanings.append(Case.id.in_(cases_with_phone(session, query.telephone, by=by)))
        meanings += _by_name(session, query, by)
    return meanings


def _reference(query: Query) -> ColumnElement[bool]:
    digits = query.reference or ""
    if query.is_whole_reference:
        return Case.ref == digits
    above = str(int(digits) + 1).zfill(
        len(digits)
    )  # a range, as an index for LIKE would need a collation of its own
    begins = Case.ref >= digits
    return begins & (Case.ref < above) if len(above) == len(digits) else begins


def _by_name(session: Session, query: Query, by: Actor) -> list[ColumnElement[bool]]:
    """For each piece that may be a name: it is one, and every other piece is a name too, or in the text."""
    named = {piece: Case.id.in_(_named(session, piece, by)) for piece in query.names}
    return [
        condition & _everywhere(session, [p for p in query.pieces if p != piece], named)
        for piece, condition in named.items()
    ]


def _everywhere(
    session: Session, pieces: Sequence[str], named: Mapping[str, ColumnElement[bool]]
) -> ColumnElement[bool]:
    conditions = []
    for piece in pieces:
        inside = has_piece(session, piece)
        conditions.append(or_(inside, named[piece]) if piece in named else inside)
    return and_(true(), *conditions)


def _named(session: Session, piece: str, by: Actor) -> Select[int]:
    words = {piece, *(title + piece for title in _TITLES)}
    words.update(piece.removeprefix(title) for title in _TITLES if len(piece) > len(title) + 1)
    each = [cases_indexed(session, IndexKind.NAME, word, by=by) for word in sorted(words)]
    return select(union_all(*each).subquery().c.case_id)
