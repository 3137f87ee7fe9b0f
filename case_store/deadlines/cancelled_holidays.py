"""Holidays of government offices that were announced and then cancelled: every centre works on such a day after all.

As a closure does, it counts for what is reckoned from then on; due dates that stand already stay as they are. A centre
that is closed on such a day by a closure stays closed.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, record
from case_store.deadlines.calendar import office_holidays
from case_store.deadlines.models import CancelledHoliday
from case_store.people.permissions import Action, Actor, NotAllowed, visible_centres

_YEARS: Final = range(2000, 2101)
_LONGEST_REASON: Final = 200


class BadCancellation(ValueError):
    """`field` says what is wrong: holiday (there is none on that day, or it is cancelled already) or reason."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def cancelled_holidays(session: Session, year: int) -> dict[date, CancelledHoliday]:
    """The cancelled holidays of a year, by day."""
    if year not in _YEARS:
        return {}
    query = select(CancelledHoliday).where(
        CancelledHoliday.day.between(date(year, 1, 1), date(year, 12, 31))
    )
    return {one.day: one for one in session.scalars(query.order_by(CancelledHoliday.day))}


def cancel_holiday(
    session: Session, day: date, reason: str, *, by: Actor, at: datetime
) -> CancelledHoliday:
    """Every centre works on that day. Raises `NotAllowed` for who does not keep all centres, `BadCancellation`."""
    _require_everywhere(by)
    if day.year not in _YEARS or day not in office_holidays(day.year):
        raise BadCancellation("holiday")
    if session.get(CancelledHoliday, day) is not None:
        raise BadCancellation("holiday")
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        raise BadCancellation("reason")
    cancelled = CancelledHoliday(day=day, reason=reason.strip(), made_by=by.name, made_at=at)
    session.add(cancelled)
    session.flush()
    _record(session, cancelled, "holiday.cancelled", by, at)
    return cancelled


def restore_holiday(session: Session, day: date, *, by: Actor, at: datetime) -> bool:
    """It is a holiday again; False when it was not cancelled."""
    _require_everywhere(by)
    cancelled = session.get(CancelledHoliday, day)
    if cancelled is None:
        return False
    _record(session, cancelled, "holiday.restored", by, at)
    session.delete(cancelled)
    session.flush()
    return True


def _require_everywhere(by: Actor) -> None:
    if visible_centres(by, Action.MANAGE_CLOSURES) is not None:
        raise NotAllowed(by, Action.MANAGE_CLOSURES)


def _record(
    session: Session, cancelled: CancelledHoliday, action: str, by: Actor, at: datetime
) -> None:
    record(
        session, chain=SYSTEM, action=action, subject=f"holiday:{cancelled.day.isoformat()}",
        by=by.name, at=at, detail=cancelled.reason,
    )  # fmt: skip
