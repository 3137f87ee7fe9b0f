"""Public holidays by staff class, each with its source and the date of that source.

Officials have those of government offices, and those are kept in one place: the calendar of working days
(`case_store.deadlines.calendar`), with the days that the cabinet adds for all centres (closures of every centre) and
the holidays that it cancels. Contractors and employees have a table of their own, which begins with the `holidays`
library: Labour Day is theirs, Ploughing Day is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

import holidays
from holidays.version import __version__ as library_version
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, lock_chains, record
from case_store.deadlines.calendar import day_of, office_holidays
from case_store.deadlines.models import CancelledHoliday, Closure
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.keep_rules import BadRules, Source, check_source
from case_store.rotation.rota.models import StaffClass, StaffHoliday
from case_store.rotation.rota.rules import START_MADE_BY

OWN_TABLE: Final = (StaffClass.CONTRACTOR, StaffClass.EMPLOYEE)
"""Classes whose holidays are rows of `staff_holidays`."""
YEARS: Final = range(2000, 2101)
LONGEST_NAME: Final = 120
LIBRARY: Final = Source(
    f"ไลบรารี holidays {library_version}: ประเทศไทย (ค่าเริ่มต้น โปรดเทียบกับประกาศทางการ)",
    date(2026, 11, 25),
)
"""Where start values come from; the day is that on which they were compared with research on the law."""
_CALENDAR: Final = "ปฏิทินวันทำการ: วันหยุดเพิ่มของทุกศูนย์"
_NOBODYS: Final = ("วันเด็กแห่งชาติ",)
"""Of the library's list, no day on which anybody is off work by law or by the cabinet."""


class BadHoliday(ValueError):
    """`field` says what is wrong: staff_class (kept elsewhere), day, name_th, name_en, source or source_date."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewHoliday:
    day: date
    name_th: str
    name_en: str
    source: Source


def holidays_of(
    session: Session, staff_class: StaffClass, first: date, last: date
) -> dict[date, StaffHoliday]:
    """The public holidays of a class between two days, both with them, by day.

    What the calendar of working days knows, and years of which nobody has said anything, come as objects that the
    session does not know.
    """
    if staff_class not in OWN_TABLE:
        return dict(sorted(_of_officials(session, first, last).items()))
    kept = session.scalars(
        select(StaffHoliday).where(
            StaffHoliday.staff_class == staff_class,
            StaffHoliday.day.between(date(first.year, 1, 1), date(last.year, 12, 31)),
        )
    )
    found = {one.day: one for one in kept}
    known = {day.year for day in found}
    for year in range(first.year, last.year + 1):
        if year not in known:
            found |= {one.day: one for one in _start_values(staff_class, year)}
    return {day: found[day] for day in sorted(found) if first <= day <= last}


def load_holidays(session: Session, years: Iterable[int]) -> None:
    """Writes down the start values of years of which a class has nothing; what was decided stays as it is."""
    for staff_class in OWN_TABLE:
        for year in years:
            _load_year(session, staff_class, year)


def load_next_holidays(session: Session, *, at: datetime) -> None:
    """Those of this year and the next."""
    this = day_of(at).year
    load_holidays(session, (this, this + 1))


def add_holiday(
    session: Session, staff_class: StaffClass, new: NewHoliday, *, by: Actor, at: datetime
) -> StaffHoliday:
    """Another holiday of a class. Raises `NotAllowed`, `BadHoliday`: officials' are kept with the working days."""
    require(by, Action.MANAGE_WORDS)
    if staff_class not in OWN_TABLE:
        raise BadHoliday("staff_class")
    _check(new, today=day_of(at))
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, [SYSTEM])
    _load_year(session, staff_class, new.day.year)
    if new.day in holidays_of(session, staff_class, new.day, new.day):
        raise BadHoliday("day")
    holiday = StaffHoliday(
        staff_class=staff_class,
        day=new.day,
        name_th=new.name_th.strip(),
        name_en=new.name_en.strip(),
        source=new.source.text.strip(),
        source_date=new.source.day,
        made_by=by.name,
    )
    session.add(holiday)
    session.flush()
    _record(session, holiday, "staff_holiday.added", by, at)
    return holiday


def drop_holiday(
    session: Session, staff_class: StaffClass, day: date, *, by: Actor, at: datetime
) -> bool:
    """The class works on that day; False when it was no holiday of its table. Raises `NotAllowed`, `BadHoliday`."""
    require(by, Action.MANAGE_WORDS)
    if staff_class not in OWN_TABLE:
        raise BadHoliday("staff_class")
    if day.year not in YEARS:
        return False
    lock_chains(session, [SYSTEM])
    _load_year(session, staff_class, day.year)
    holiday = session.scalar(
        select(StaffHoliday).where(StaffHoliday.staff_class == staff_class, StaffHoliday.day == day)
    )
    if holiday is None:
        return False
    _record(session, holiday, "staff_holiday.dropped", by, at)
    session.delete(holiday)
    session.flush()
    return True


def _of_officials(session: Session, first: date, last: date) -> dict[date, StaffHoliday]:
    cancelled = set(
        session.scalars(
            select(CancelledHoliday.day).where(CancelledHoliday.day.between(first, last))
        )
    )
    found = {
        day: _unkept(StaffClass.OFFICIAL, day, name, _english(year).get(day, name), LIBRARY)
        for year in range(first.year, last.year + 1)
        for day, name in office_holidays(year).items()
        if first <= day <= last and day not in cancelled
    }
    added = session.scalars(
        select(Closure).where(Closure.centre_code.is_(None), Closure.day.between(first, last))
    )
    for one in added:
        source = Source(f"{_CALENDAR} ({one.made_by})", one.day)
        holiday = _unkept(StaffClass.OFFICIAL, one.day, one.name, one.name, source)
        found.setdefault(one.day, holiday)
    return found


def _load_year(session: Session, staff_class: StaffClass, year: int) -> None:
    """Once for each year; a day that was taken away does not come back as long as one other stands."""
    some = select(StaffHoliday.id).where(
        StaffHoliday.staff_class == staff_class,
        StaffHoliday.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    if session.scalar(some.limit(1)) is None:
        session.add_all(_start_values(staff_class, year))
        session.flush()


def _start_values(staff_class: StaffClass, year: int) -> list[StaffHoliday]:
    english = _english(year)
    return [
        _unkept(staff_class, day, name, english.get(day, name), LIBRARY)
        for day, name in _of_labour_law(year).items()
    ]


@cache
def _of_labour_law(year: int) -> dict[date, str]:
    """Public holidays of those who work by contract, with days in lieu; Labour Day is one of them."""
    found = holidays.country_holidays("TH", years=year, language="th", categories=("public",))
    names = {
        day: [name for name in found.get_list(day) if not any(one in name for one in _NOBODYS)]
        for day in sorted(found)
    }
    return {day: "; ".join(kept)[:LONGEST_NAME] for day, kept in names.items() if kept}


@cache
def _english(year: int) -> dict[date, str]:
    found = holidays.country_holidays(
        "TH", years=year, language="en_US", categories=("public", "government")
    )
    return {day: "; ".join(found.get_list(day))[:LONGEST_NAME] for day in found}


def _unkept(
    staff_class: StaffClass, day: date, name_th: str, name_en: str, source: Source
) -> StaffHoliday:
    return StaffHoliday(
        staff_class=staff_class,
        day=day,
        name_th=name_th[:LONGEST_NAME],
        name_en=name_en[:LONGEST_NAME],
        source=source.text,
        source_date=source.day,
        made_by=START_MADE_BY,
    )


def _check(new: NewHoliday, *, today: date) -> None:
    if new.day.year not in YEARS:
        raise BadHoliday("day")
    if not 0 < len(new.name_th.strip()) <= LONGEST_NAME:
        raise BadHoliday("name_th")
    if not 0 < len(new.name_en.strip()) <= LONGEST_NAME:
        raise BadHoliday("name_en")
    try:
        check_source(new.source, today=today)
    except BadRules as bad:
        raise BadHoliday(bad.field) from None


def _record(session: Session, holiday: StaffHoliday, action: str, by: Actor, at: datetime) -> None:
    record(
        session,
        chain=SYSTEM,
        action=action,
        subject=f"staff_holiday:{holiday.staff_class.value}:{holiday.day.isoformat()}",
        by=by.name,
        at=at,
        facts={"source": holiday.source, "source_date": holiday.source_date.isoformat()},
        detail=holiday.name_th,
    )
