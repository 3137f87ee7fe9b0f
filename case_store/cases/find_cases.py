"""Finding cases: by reference, by number, by words, in pages, within what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from case_store import clock
from case_store.cases.case_filter import CaseFilter, Sort, behind, conditions_of, order_of
from case_store.cases.cursor import BadCursor, cursor_of, read_cursor
from case_store.cases.models import Case
from case_store.cases.reference import parse_reference
from case_store.cases.scope import visible_to
from case_store.identity.complainants import cases_with_phone
from case_store.people.permissions import Action, Actor, require
from case_store.search.find_ids import find_ids
from case_store.search.matching import Wanted, one_of
from case_store.search.query import Query, read_query
from case_store.search.scope import index_scope

MOST_SORTED: Final = 2_000
"""Of what a search finds, so many of the newest are ordered by something else than their age."""

__all__ = [
    "BadCursor",
    "CaseFilter",
    "CasePage",
    "Sort",
    "cases_of_number",
    "find_case",
    "list_cases",
    "searched_ids",
]


@dataclass(frozen=True)
class CasePage:
    """One page; `next` leads to the one behind it."""

    items: Sequence[Case]
    next: str | None


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
    session: Session,
    wanted: CaseFilter,
    *,
    by: Actor,
    limit: int,
    cursor: str | None = None,
    at: datetime | None = None,
) -> CasePage:
    """A page of cases in the order that is wanted. Raises `NotAllowed`, `BadCursor`."""
    after = read_cursor(cursor, wanted.sort)
    conditions = conditions_of(wanted, by=by, at=at or clock.now())
    query = read_query(wanted.q)
    if not query.is_empty:
        by_id = wanted.sort in {Sort.NEWEST, Sort.OLDEST}
        most = limit + 1 if by_id else MOST_SORTED
        before = after[1] if after and by_id else None
        found = searched_ids(
            session, query, wanted, by=by, at=at or clock.now(), most=most, before=before
        )
        conditions = [one_of(session, found)]
    if after is not None:
        conditions.append(behind(wanted.sort, *after))
    rows = session.scalars(
        select(Case).where(*conditions).order_by(*order_of(wanted.sort)).limit(limit + 1)
    ).all()
    items = rows[:limit]
    return CasePage(items, cursor_of(items[-1], wanted.sort) if len(rows) > limit else None)


def searched_ids(
    session: Session,
    query: Query,
    wanted: CaseFilter,
    *,
    by: Actor,
    at: datetime,
    most: int,
    before: int | None = None,
) -> list[int]:
    """The ids of the first `most` cases that a query finds within a filter, newest first, or oldest first."""
    scope = index_scope(
        by,
        centre_code=wanted.centre_code,
        province_code=wanted.province_code,
        agency_id=wanted.agency_id,
    )
    within = Wanted(
        pieces=query.pieces,
        conditions=conditions_of(wanted, by=by, at=at),
        scope=scope,
        before=before,
        ascending=wanted.sort is Sort.OLDEST,
    )
    return find_ids(session, query, within, by=by, most=most)


def cases_of_number(
    session: Session, e164: str | None, *, by: Actor, limit: int = 10
) -> list[Case]:
    """Cases that a number is the complainant's number of, newest first, for the screen pop."""
    if e164 is None:
        return []
    query = select(Case).where(visible_to(by), Case.id.in_(cases_with_phone(session, e164, by=by)))
    return list(session.scalars(query.order_by(Case.id.desc()).limit(limit)))
