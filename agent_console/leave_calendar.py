"""A few months of one person: leave, wishes, holidays and duties, each day with its words."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import get_month_names

from agent_console.formats import shown_year
from agent_console.i18n import gettext, language
from agent_console.year_picture import DayCell, Month
from case_store.rotation.rota.models import (
    Absence,
    RequestState,
    StaffHoliday,
    Wish,
)
from case_store.rotation.rota.schedule import ScheduledDuty

_SUNDAY_FIRST = calendar.Calendar(firstweekday=6)


@dataclass(frozen=True)
class OwnDays:
    """What is known of somebody's days."""

    absences: Iterable[Absence]
    wishes: Iterable[Wish]
    duties: Iterable[ScheduledDuty]
    holidays: Mapping[date, StaffHoliday]


def own_months(first: date, months: int, days: OwnDays) -> list[Month]:
    """From the month of `first` on; what matters most about a day gives its kind: leave, asked, duty, wish, holiday."""
    marks = _marks(days)
    names = get_month_names("wide", context="stand-alone", locale=language())
    found = []
    month = first.replace(day=1)
    for _ in range(months):
        weeks = [
            [_cell(day, month.month, marks) for day in week]
            for week in _SUNDAY_FIRST.monthdatescalendar(month.year, month.month)
        ]
        found.append(Month(f"{names[month.month]} {shown_year(month.year)}", weeks))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _cell(day: date, month: int, marks: Mapping[date, tuple[str, str]]) -> DayCell | None:
    if day.month != month:
        return None
    weekend = "weekend" if day.weekday() >= calendar.SATURDAY else ""
    return DayCell(day.day, *marks.get(day, (weekend, "")))


def _marks(days: OwnDays) -> dict[date, tuple[str, str]]:
    thai = language() == "th"
    found = {
        day: ("holiday", one.name_th if thai else one.name_en) for day, one in days.holidays.items()
    }
    for wish in days.wishes:
        found[wish.day] = ("wish", gettext("Wish"))
    for duty in days.duties:
        name = duty.shift_type.name_th if thai else duty.shift_type.name_en
        found[duty.day] = ("duty", name)
    for absence in days.absences:
        if absence.state not in (RequestState.ASKED, RequestState.APPROVED):
            continue
        asked = absence.state is RequestState.ASKED
        mark = ("asked", gettext("Leave asked for")) if asked else ("leave", gettext("Leave"))
        day = absence.first_day
        while day <= absence.last_day:
            found[day] = mark
            day += timedelta(days=1)
    return found
