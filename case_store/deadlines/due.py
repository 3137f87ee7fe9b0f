"""Whether a case is on time: reckoned, never stored. The same words for one case and as conditions for queries."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_

from case_store.cases.models import Case, CaseState
from case_store.deadlines.calendar import WorkingCalendar, day_of, end_of_office

WARN_DAYS: Final = 3
"""Working days before its due date from which a case is near; the start value of the policy."""
_OFFICES: Final = WorkingCalendar()


class DueState(StrEnum):
    ENDED = "ended"
    NONE = "none"
    """It has no due date."""
    WAITING = "waiting"
    """The centre waits for the complainant: the clock stands still."""
    ON_TIME = "on_time"
    NEAR = "near"
    OVERDUE = "overdue"


def due_state(case: Case, at: datetime, *, warn_days: int = WARN_DAYS) -> DueState:
    if case.is_ended or case.merged_into_id is not None:
        return DueState.ENDED
    if case.due_at is None:
        return DueState.NONE
    if case.waiting_since is not None:
        return DueState.WAITING
    if case.due_at < at:
        return DueState.OVERDUE
    return DueState.NEAR if case.due_at <= near_until(at, warn_days) else DueState.ON_TIME


def days_left(case: Case, at: datetime, calendar: WorkingCalendar) -> int | None:
    """Working days until the due day: 0 on it, negative after it. None when no clock runs."""
    if due_state(case, at) in {DueState.ENDED, DueState.NONE, DueState.WAITING}:
        return None
    return calendar.between(day_of(at), day_of(case.due_at)) if case.due_at else None


def near_until(at: datetime, warn_days: int = WARN_DAYS) -> datetime:
    """What is due until then is near. By the offices' common calendar, so that one query fits every centre."""
    return end_of_office(_OFFICES.add(day_of(at), warn_days))


def running_condition() -> ColumnElement[bool]:
    """Cases whose clock runs: open, not merged into another, not waiting for the complainant."""
    return and_(
        Case.closed_at.is_(None),  # as in the index, which leaves out what has ended
        Case.state.not_in(CaseState.ended()),
        Case.merged_into_id.is_(None),
        Case.waiting_since.is_(None),
    )


def overdue_condition(at: datetime) -> ColumnElement[bool]:
    """The same as `DueState.OVERDUE`, for a query."""
    return and_(running_condition(), Case.due_at < at)


def near_condition(at: datetime, *, warn_days: int = WARN_DAYS) -> ColumnElement[bool]:
    """The same as `DueState.NEAR`, for a query."""
    return and_(running_condition(), Case.due_at >= at, Case.due_at <= near_until(at, warn_days))


def unscreened_condition(at: datetime) -> ColumnElement[bool]:
    """Cases that ought to have been screened by now."""
    return and_(running_condition(), Case.screened_at.is_(None), Case.screening_due_at < at)
