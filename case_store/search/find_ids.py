"""All cases that what was typed may mean: by their text, their reference, their complainant's number or name."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.identity.complainants import cases_with_phone, has_digest, may_be_known_to
from case_store.identity.models import IdentityIndex, IndexKind
from case_store.people.permissions import Action, Actor, may
from case_store.search import postgresql
from case_store.search.matching import Wanted, has_piece, matching
from case_store.search.query import Query

_TITLES: Final = ("นาย", "นาง", "นางสาว", "น.ส.", "คุณ")
"""Often written in one word with the name."""


def find_ids(session: Session, query: Query, wanted: Wanted, *, by: Actor, most: int) -> list[int]:
    """The ids of the first `most` cases of them, in order. Names and numbers only of those whom `by` may know."""
    found = set(matching(session, replace(wanted, pieces=query.pieces), most=most))
    if query.reference is not None:
        found.update(_where(session, _reference(query), wanted, most))
    if may(by, Action.SEE_IDENTITY):
        if query.telephone is not None:
            theirs = Case.id.in_(cases_with_phone(session, query.telephone, by=by))
            found.update(_where(session, theirs, wanted, most))
        for piece in query.names:
            found.update(_named(session, piece, query, wanted, by, most))
    return sorted(found, reverse=not wanted.ascending)[:most]


def _where(
    session: Session, condition: ColumnElement[bool], wanted: Wanted, most: int
) -> Sequence[int]:
    order = Case.id.asc() if wanted.ascending else Case.id.desc()
    rows = select(Case.id).where(condition, *wanted.within).order_by(order).limit(most)
    return session.scalars(rows).all()


def _reference(query: Query) -> ColumnElement[bool]:
    digits = query.reference or ""
    if query.is_whole_reference:
        return Case.ref == digits
    above = str(int(digits) + 1).zfill(
        len(digits)
    )  # a range: LIKE would need a collation of its own
    begins = Case.ref >= digits
    return begins & (Case.ref < above) if len(above) == len(digits) else begins


def _named(
    session: Session, piece: str, query: Query, wanted: Wanted, by: Actor, most: int
) -> Sequence[int]:
    """Cases of somebody of this name; every other piece is a name too, or in the text."""
    others = [other for other in query.pieces if other != piece]
    conditions = [
        *wanted.within,
        may_be_known_to(by),
        *(_in_text_or_name(session, other, query) for other in others),
    ]
    near = select(IdentityIndex.case_id).where(_has_name(session, piece)).distinct()
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.in_order(session, near, conditions, ascending=wanted.ascending, most=most)
    return _where(session, and_(Case.id.in_(near), *conditions), wanted, most)


def _in_text_or_name(session: Session, piece: str, query: Query) -> ColumnElement[bool]:
    inside = has_piece(session, piece)
    if piece not in query.names:
        return inside
    of_case = IdentityIndex.case_id == Case.id
    return or_(inside, exists().where(of_case, _has_name(session, piece)))


def _has_name(session: Session, piece: str) -> ColumnElement[bool]:
    words = {piece, *(title + piece for title in _TITLES)}
    words.update(piece.removeprefix(title) for title in _TITLES if len(piece) > len(title) + 1)
    return has_digest(session, IndexKind.NAME, words)
