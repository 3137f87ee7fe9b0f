"""What a list of cases is limited to and how it is ordered, as conditions for queries."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from case_store.cases.models import Case
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.scope import visible_to
from case_store.cases.word_models import Category
from case_store.clock import BANGKOK
from case_store.deadlines.due import overdue_condition
from case_store.people.permissions import Actor


class Sort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"
    """Open cases with a due date, the nearest first."""
    STALLED = "stalled"
    """Open cases, the one in which nothing has moved for longest first."""
    UPDATED = "updated"
    """The one that changed last first."""


_TIMES: Final[dict[Sort, InstrumentedAttribute[Any]]] = {
    Sort.DUE: Case.due_at,
    Sort.STALLED: Case.progress_at,
    Sort.UPDATED: Case.updated_at,
}


@dataclass(frozen=True)
class CaseFilter:
    """What a list is limited to; empty: everything that the reader may see. Days are those of Bangkok.

    A category of the first level has those of the second in it.
    """

    q: str = ""
    province_code: str | None = None
    centre_code: str | None = None
    state: str | None = None
    category: str | None = None
    channel: str | None = None
    nature: str | None = None
    service_type: str | None = None
    urgency: str | None = None
    officer_id: int | None = None
    agency_id: int | None = None
    received_from: date | None = None
    received_to: date | None = None
    overdue: bool = False
    sort: Sort = Sort.NEWEST


_EQUAL: Final = (
    "province_code",
    "centre_code",
    "state",
    "channel",
    "nature",
    "service_type",
    "urgency",
    "officer_id",
)


def conditions_of(wanted: CaseFilter, *, by: Actor, at: datetime) -> list[ColumnElement[bool]]:
    """Everything but the words of the search box. Raises `NotAllowed`."""
    found: list[ColumnElement[bool]] = [visible_to(by)]
    chosen = {name: getattr(wanted, name) for name in _EQUAL}
    found += [getattr(Case, name) == value for name, value in chosen.items() if value is not None]
    if wanted.category is not None:
        found.append(_in_category(wanted.category))
    if wanted.agency_id is not None:
        found.append(_referred_to(wanted.agency_id))
    if wanted.received_from is not None:
        found.append(Case.created_at >= _midnight(wanted.received_from))
    if wanted.received_to is not None:
        found.append(Case.created_at < _midnight(wanted.received_to + timedelta(days=1)))
    if wanted.overdue:
        found.append(overdue_condition(at))
    if wanted.sort in {Sort.DUE, Sort.STALLED}:
        found += [Case.closed_at.is_(None), Case.merged_into_id.is_(None)]
    if wanted.sort is Sort.DUE:
        found.append(Case.due_at.is_not(None))
    return found


def order_of(sort: Sort) -> list[ColumnElement[Any]]:
    """By what the list is ordered; the id decides between equals."""
    if sort is Sort.NEWEST:
        return [Case.id.desc()]
    if sort is Sort.OLDEST:
        return [Case.id.asc()]
    column = _TIMES[sort]
    return (
        [column.desc(), Case.id.desc()] if sort is Sort.UPDATED else [column.asc(), Case.id.asc()]
    )


def time_of(sort: Sort, case: Case) -> datetime | None:
    """The moment that the list orders this case by; None when it goes by the id alone."""
    column = _TIMES.get(sort)
    moment: datetime | None = getattr(case, column.key) if column is not None else None
    return moment


def behind(sort: Sort, moment: datetime | None, case_id: int) -> ColumnElement[bool]:
    """What comes after a case of this moment and id."""
    column = _TIMES.get(sort)
    descends = sort in {Sort.NEWEST, Sort.UPDATED}
    further = Case.id < case_id if descends else Case.id > case_id
    if column is None or moment is None:
        return further
    beyond = column < moment if descends else column > moment
    edge = column <= moment if descends else column >= moment  # that an index can begin at
    return edge & or_(beyond, further)


def _in_category(code: str) -> ColumnElement[bool]:
    below = select(Category.code).where(Category.parent_code == code)
    return or_(Case.category == code, Case.category.in_(below))


def _referred_to(agency_id: int) -> ColumnElement[bool]:
    theirs = [*ReferralState.running(), ReferralState.REPORTED]
    return exists().where(
        Referral.case_id == Case.id, Referral.agency_id == agency_id, Referral.state.in_(theirs)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BANGKOK)
