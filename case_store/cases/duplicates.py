"""Likely duplicates of a matter that is being written down: by caller, by place and category, by what it says.

Every query is bounded and has its index; what the reader may not see is no candidate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.cases.scope import visible_to
from case_store.identity.complainants import cases_with_phone
from case_store.people.permissions import Actor
from case_store.places.numbering import read_caller

SAME_CALLER: Final = "same_caller"
SAME_PLACE: Final = "same_place"
"""The same subdistrict (or district, when that is all that is known) and the same category."""
SIMILAR_TEXT: Final = "similar_text"

RECENT: Final = timedelta(days=90)
LIKE_ENOUGH: Final = 0.65
"""Of the pairs of letters of both texts, the share that is in both (Dice).

The same matter in other words has 0.7 and more, other matters of its category 0.2; demo cases, which are made of the
same sentences, have 0.65 with one in a hundred others.
"""
_CANDIDATES: Final = 200
_LETTERS: Final = 600
"""How much of a text is compared: what it is about stands at its beginning."""


@dataclass(frozen=True)
class Likely:
    """A case that may be the same matter, and why; best first in a list of them."""

    case: Case
    reasons: frozenset[str]


def likely_duplicates(
    session: Session,
    *,
    province_code: str,
    category: str,
    by: Actor,
    at: datetime,
    phone: str | None = None,
    district_code: str | None = None,
    subdistrict_code: str | None = None,
    text: str = "",
    limit: int = 5,
) -> list[Likely]:
    """Cases that the reader may see and that may be this matter already: most reasons first, then likest, newest."""
    reasons: dict[Case, set[str]] = {}
    likeness: dict[Case, float] = {}
    number = read_caller(phone) if phone else None
    if number is not None:
        theirs = Case.id.in_(cases_with_phone(session, number.e164, by=by))
        for case in _newest(session, by, theirs, most=20):
            reasons.setdefault(case, set()).add(SAME_CALLER)
    matter = (
        Case.province_code == province_code,
        Case.category == category,
        Case.created_at >= at - RECENT,
    )
    place = _place(district_code, subdistrict_code)
    if place is not None:
        for case in _newest(session, by, *matter, place, most=20):
            reasons.setdefault(case, set()).add(SAME_PLACE)
    wanted = _pairs(text)
    if wanted:
        for case in _newest(session, by, *matter, most=_CANDIDATES):
            likeness[case] = _likeness(wanted, _pairs(f"{case.subject} {case.description}"))
            if likeness[case] >= LIKE_ENOUGH:
                reasons.setdefault(case, set()).add(SIMILAR_TEXT)
    best = sorted(
        reasons, key=lambda one: (len(reasons[one]), likeness.get(one, 0), one.id), reverse=True
    )
    return [Likely(case, frozenset(reasons[case])) for case in best[:limit]]


def _newest(
    session: Session, by: Actor, *conditions: ColumnElement[bool], most: int
) -> Iterable[Case]:
    query = select(Case).where(visible_to(by), Case.merged_into_id.is_(None), *conditions)
    return session.scalars(query.order_by(Case.created_at.desc()).limit(most))


def _place(district_code: str | None, subdistrict_code: str | None) -> ColumnElement[bool] | None:
    if subdistrict_code:
        return Case.subdistrict_code == subdistrict_code
    return Case.district_code == district_code if district_code else None


def _pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters; too few say nothing."""
    letters = thai_fold(text[: 2 * _LETTERS]).replace(" ", "")[:_LETTERS]
    pairs = frozenset(map("".join, pairwise(letters)))
    return pairs if len(pairs) >= 8 else frozenset()


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
