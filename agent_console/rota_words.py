"""Sentences about the rota: why a duty cannot be given, what changed it, and how a shift is called."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from agent_console.formats import format_date
from agent_console.i18n import N_, THAI, gettext, language
from agent_console.ready_words import refusal
from case_store.clock import BANGKOK, now
from case_store.rotation.calendar.changes import Why
from case_store.rotation.rota.breaches import Breach, BreachRule
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    AbsenceKind,
    DutyCause,
    RotaState,
    ShiftPlace,
    ShiftType,
)
from case_store.rotation.training.gate import missing

_RULES: Final = {
    BreachRule.INACTIVE: N_("does not work here any more."),
    BreachRule.NOT_OF_CENTRE: N_("belongs to another centre."),
    BreachRule.NOT_IN_ROTA: N_("does other work and takes no turns."),
    BreachRule.FIXED_WISH: N_("was promised to be off on that day."),
    BreachRule.NO_NIGHTS: N_("must not work between 22:00 and 06:00."),
    BreachRule.LEAST_REST: N_(
        "has only %(rest)s hours of rest between two duties; %(least)s are due."
    ),
    BreachRule.MOST_WEEK_MINUTES: N_(
        "would work %(minutes)s hours in seven days; %(most)s at most."
    ),
    BreachRule.MOST_MONTH_MINUTES: N_(
        "would work %(minutes)s hours in the month; %(most)s at most."
    ),
    BreachRule.MOST_DAYS_IN_ROW: N_("would work %(days)s days in a row; %(most)s at most."),
    BreachRule.MOST_NIGHTS_IN_ROW: N_("would work %(nights)s nights in a row; %(most)s at most."),
    BreachRule.ALREADY_ON_DUTY: N_("has another duty on that day."),
    BreachRule.MOST_WEEKENDS: N_(
        "would work %(weekends)s weekends of four in a row; %(most)s at most."
    ),
}
"""With the person's name before them. Leave and certificates have sentences of their own."""
_MINUTES: Final = frozenset({"rest", "least", "minutes"})
_IN_MINUTES: Final = frozenset(
    {BreachRule.LEAST_REST, BreachRule.MOST_WEEK_MINUTES, BreachRule.MOST_MONTH_MINUTES}
)
_WHYS: Final = {
    Why.NO_ROTA: N_("There is no rota for this day yet. Plan one first."),
    Why.UNKNOWN_PERSON: N_("Nobody of this centre is called so, or the person stands there twice."),
    Why.UNKNOWN_SHIFT: N_("This centre has no shift of this code."),
    Why.LOCKED: N_("The rota is locked, or the day is over: only a written reason changes it now."),
}
_CAUSES: Final = {
    DutyCause.PLAN: N_("planned"),
    DutyCause.EDIT: N_("changed by hand"),
    DutyCause.SWAP: N_("swapped"),
    DutyCause.SICK: N_("reported sick"),
    DutyCause.STAND_IN: N_("stands in for a colleague"),
    DutyCause.REPLAN: N_("planned anew"),
    DutyCause.IMPORT: N_("from a spreadsheet"),
    DutyCause.UNCERTIFIED: N_("certificate missing"),
    DutyCause.LEFT: N_("left or moved"),
}
CAUSE_SIGNS: Final = {
    DutyCause.EDIT: "✎",
    DutyCause.SWAP: "⇄",
    DutyCause.SICK: "+",
    DutyCause.STAND_IN: "↥",
    DutyCause.REPLAN: "↻",
    DutyCause.IMPORT: "⇩",
    DutyCause.UNCERTIFIED: "!",
}
_ABSENCES: Final = {
    AbsenceKind.ANNUAL: N_("Annual leave"),
    AbsenceKind.SICK: N_("Sick leave"),
    AbsenceKind.PERSONAL: N_("Personal leave"),
    AbsenceKind.MATERNITY: N_("Maternity leave"),
    AbsenceKind.TRAINING: N_("Training"),
    AbsenceKind.OTHER_DUTY: N_("Duty elsewhere"),
}
_STATES: Final = {
    RotaState.DRAFT: N_("Draft"),
    RotaState.PUBLISHED: N_("Published"),
    RotaState.LOCKED: N_("Locked"),
    RotaState.DROPPED: N_("Dropped"),
}


def breach_words(
    session: Session, breach: Breach, name: str, centre_code: str, *, at: datetime | None = None
) -> str:
    """Kanya, 8 Dec 2026: has only 8 hours of rest between two duties; 11 are due."""
    if breach.rule is BreachRule.CERTIFICATE:
        channel = str(breach.values.get("channel", ""))
        why = refusal(missing(session, channel, centre_code, at=at or now()))
    elif breach.rule is BreachRule.ABSENCE:
        kind = absence_words(AbsenceKind(str(breach.values["kind"])))
        on = format_date(date.fromisoformat(str(breach.values["on"])))
        why = gettext("is away on %(day)s (%(kind)s).", day=on, kind=kind)
    else:
        why = gettext(_RULES[breach.rule], **_values(breach))
    return gettext("%(name)s, %(day)s: %(why)s", name=name, day=format_date(breach.day), why=why)


def breaches_words(
    session: Session, found: Iterable[Breach], name: str, centre_code: str
) -> list[str]:
    """A sentence for each."""
    return [breach_words(session, breach, name, centre_code) for breach in found]


def _values(breach: Breach) -> dict[str, object]:
    in_minutes = _MINUTES | {"most"} if breach.rule in _IN_MINUTES else frozenset()
    return {
        key: hours(int(value)) if key in in_minutes else value
        for key, value in breach.values.items()
    }


def hours(minutes: int) -> str:
    """7 · 7.5"""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def why_words(why: Why) -> str:
    return gettext(_WHYS[why])


def cause_words(cause: DutyCause) -> str:
    return gettext(_CAUSES[cause])


def absence_words(kind: AbsenceKind) -> str:
    return gettext(_ABSENCES[kind])


def state_words(state: RotaState) -> str:
    return gettext(_STATES[state])


def shift_name(shift: ShiftType) -> str:
    """เวรเช้า · Morning"""
    name = shift.name_th if language() == THAI else shift.name_en
    return (
        gettext("%(shift)s, on standby at home", shift=name)
        if shift.place is ShiftPlace.STANDBY
        else name
    )


def shift_times(shift: ShiftType) -> str:
    """08.00–16.00 as Thai offices write it · 08:00–16:00"""
    end = (shift.start_minute + shift.minutes) % MINUTES_OF_A_DAY
    return f"{clock(shift.start_minute)}–{clock(end)}"


def clock(minute: int) -> str:
    dot = "." if language() == THAI else ":"
    return f"{minute // 60:02d}{dot}{minute % 60:02d}"


def weekday(day: date, *, wide: bool = False) -> str:
    """จ. · Mon; จันทร์ · Monday"""
    return str(get_day_names("wide" if wide else "abbreviated", locale=language())[day.weekday()])


def day_words(day: date) -> str:
    """พ. 9 ธ.ค. 2569 · Wed 9 Dec 2026"""
    return f"{weekday(day)} {format_date(day)}"


def near_day(day: date, *, at: datetime) -> str:
    """Today, Tomorrow, or the weekday with its date."""
    today = at.astimezone(BANGKOK).date()
    if day == today:
        return gettext("Today")
    if day == today + timedelta(days=1):
        return gettext("Tomorrow")
    return f"{weekday(day, wide=True)} {format_date(day)}"
