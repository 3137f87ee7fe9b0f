"""Working days of a centre: no weekend, no holiday of government offices, no closure. A day is a day in Bangkok."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

import holidays
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.deadlines.models import CancelledHoliday, Closure

OFFICE_CLOSES: Final = time(16, 30)
"""The end of an office day; what is due on a day is due then."""
LONGEST: Final = 50 * 366
"""Days that any reckoning may look at; further away is a mistake in its input."""
_NOT_FOR_OFFICES: Final = ("วันแรงงานแห่งชาติ", "วันเด็กแห่งชาติ")
"""Holidays of the library on which government offices work, and their days in lieu (cabinet, 21 May B.E. 2562)."""
_DAY: Final = timedelta(days=1)


class TooFar(ValueError):
    """A reckoning that would never end, or that begins outside of what the calendar knows."""


@cache
def office_holidays(year: int) -> Mapping[date, str]:
    """The holidays of government offices in a year, with their Thai names; days in lieu are among them."""
    found = holidays.country_holidays(
        "TH", years=year, language="th", categories=("public", "government")
    )
    names = {day: [n for n in found.get_list(day) if not _is_not_ours(n)] for day in found}
    return {day: "; ".join(kept) for day, kept in sorted(names.items()) if kept}


def _is_not_ours(name: str) -> bool:
    return any(other in name for other in _NOT_FOR_OFFICES)


def day_of(at: datetime) -> date:
    """The day in Bangkok that a moment falls on."""
    return at.astimezone(BANGKOK).date()


def end_of_office(day: date) -> datetime:
    """When the offices close on a day, in UTC."""
    return datetime.combine(day, OFFICE_CLOSES, BANGKOK).astimezone(UTC)


@dataclass(frozen=True)
class WorkingCalendar:
    """When a centre works. Without closures: when government offices do. `worked`: holidays that were cancelled."""

    closures: Collection[date] = field(default_factory=frozenset)
    worked: Collection[date] = field(default_factory=frozenset)

    @classmethod
    def of(cls, session: Session, centre_code: str) -> "WorkingCalendar":
        """The calendar of a centre, with its own closures, those of every centre, and the cancelled holidays."""
        query = select(Closure.day).where(
            or_(Closure.centre_code == centre_code, Closure.centre_code.is_(None))
        )
        with session.no_autoflush:  # it is asked while a case is being made
            closures = frozenset(session.scalars(query.limit(LONGEST)))
            worked = frozenset(session.scalars(select(CancelledHoliday.day).limit(LONGEST)))
        return cls(closures, worked)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closures and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether government offices have a holiday, whatever the weekday; a closure is none."""
        return day in office_holidays(day.year) and day not in self.worked

    def add(self, day: date, working_days: int) -> date:
        """The day on which so many working days after `day` are over; `day` itself does not count."""
        if working_days < 0:
            raise TooFar(f"{working_days} working days")
        if working_days == 0:
            return day
        for later in _days(day + _DAY, LONGEST):
            working_days -= self.is_working(later)
            if working_days == 0:
                return later
        raise TooFar(f"no end after {day}")

    def between(self, first: date, last: date) -> int:
        """Working days after `first`, up to and with `last`; negative when `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        if (last - first).days > LONGEST:
            raise TooFar(f"{first} to {last}")
        return sum(self.is_working(day) for day in _days(first + _DAY, (last - first).days))


def _days(first: date, count: int) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range(count))
