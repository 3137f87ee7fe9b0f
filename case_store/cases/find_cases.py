"""Finding cases: by reference, by number, by words, in pages, within what the reader may see."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from case_store.cases.fold import thai_fold
from case_store.cases.models import Case
from case_store.cases.reference import parse_reference
from case_store.cases.scope import visible_to
from case_store.identity.complainants import cases_with_phone
from case_store.people.permissions import Action, Actor, require
from case_store.places.numbering import read_caller


@dataclass(frozen=True)
class CaseFilter:
    """What a list is limited to; empty: everything that the reader may see."""

    q: str = ""
    province_code: str | None = None
    category: str | None = None
    channel: str | None = None
    state: str | None = None


def find_case(session: Session, ref: str, *, by: Actor) -> Case | None:
    """The case of a reference (with or without separators). Raises `NotAllowed` when it is not for `by`."""
    require(by, Action.SEE_CASES)
    digits = parse_reference(ref)
    case = session.scalar(
        select(Case)
        .where(Case.ref == digits)
        .options(selectinload(Case.events), selectinload(Case.calls))
    )
    if case is not None:
        require(by, Action.SEE_CASES, case)
    return case


def list_cases(
    session: Session, wanted: CaseFilter, *, by: Actor, limit: int, before: int | None = None
) -> list[Case]:
    """Cases, newest first; `before` is the id of the last one on the page before."""
    query = select(Case).where(visible_to(by))
    for column in ("province_code", "category", "channel", "state"):
        if value := getattr(wanted, column):
            query = query.where(getattr(Case, column) == value)
    for word in _words(session, wanted.q, by):
        query = query.where(word)
    if before is not None:
        query = query.where(Case.id < before)
    return list(session.scalars(query.order_by(Case.id.desc()).limit(limit)))


def cases_of_number(
    session: Session, e164: str | None, *, by: Actor, limit: int = 10
) -> list[Case]:
    """Cases that a number is the complainant's number of, newest first, for the screen pop."""
    if e164 is None:
        return []
    query = select(Case).where(visible_to(by), Case.id.in_(cases_with_phone(session, e164, by=by)))
    return list(session.scalars(query.order_by(Case.id.desc()).limit(limit)))


def _words(session: Session, q: str, by: Actor) -> list[ColumnElement[bool]]:
    """The conditions of the search box: every word, wherever it stands, inside longer words too."""
    folded = thai_fold(q)[:200]
    if ref := parse_reference(folded):
        return [Case.ref == ref]
    if re.fullmatch(r"[+0-9][0-9 \-]{7,20}", folded) and (number := read_caller(folded)):
        return [or_(Case.id.in_(cases_with_phone(session, number.e164, by=by)), _contains(folded))]
    return [_contains(word) for word in folded.split()[:8]]


def _contains(word: str) -> ColumnElement[bool]:
    return or_(
        Case.search_text.contains(word, autoescape=True), Case.ref.startswith(word, autoescape=True)
    )
