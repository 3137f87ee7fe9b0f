"""A year as twelve small calendars: on which days a centre works, and why not on the others."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names, get_month_names

from agent_console.i18n import language

_SUNDAY_FIRST = calendar.Calendar(firstweekday=6)
_SUNDAY_FIRST_NAMES = (6, 0, 1, 2, 3, 4, 5)


@dataclass(frozen=True)
class DayCell:
    """A day; `kind` is empty when the centre works, else weekend, holiday or closed."""

    number: int
    kind: str
    name: str


@dataclass(frozen=True)
class Month:
    """A month in weeks from Sunday on; None outside it."""

    name: str
    weeks: list[list[DayCell | None]]


def year_picture(
    year: int, holidays: Mapping[date, str], closures: Mapping[date, str]
) -> list[Month]:
    names = get_month_names("wide", locale=language())
    return [
        Month(
            names[month],
            [
                [_cell(day, month, holidays, closures) for day in week]
                for week in _SUNDAY_FIRST.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def weekday_names() -> list[str]:
    """Sunday first, as short as they come."""
    names = get_day_names("short", locale=language())
    return [names[day] for day in _SUNDAY_FIRST_NAMES]


def _cell(
    day: date, month: int, holidays: Mapping[date, str], closures: Mapping[date, str]
) -> DayCell | None:
    if day.month != month:
        return None
    if day in closures:
        return DayCell(day.day, "closed", closures[day])
    if day in holidays:
        return DayCell(day.day, "holiday", holidays[day])
    return DayCell(day.day, "weekend" if day.weekday() >= calendar.SATURDAY else "", "")
