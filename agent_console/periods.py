"""The time that statistics are over: this month, the fiscal year from 1 October, or from one day to another."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from agent_console.days import BadDay, read_day, typed_day
from agent_console.i18n import N_, gettext

KINDS: Final = {
    "month": N_("This month"),
    "fiscal_year": N_("This fiscal year"),
    "last_fiscal_year": N_("Last fiscal year"),
    "custom": N_("From one day to another"),
}
_OCTOBER: Final = 10
LONGEST: Final = timedelta(days=3700)
_NO_DAY: Final = N_("Please write the day as 1/10/2026.")


@dataclass(frozen=True)
class ChosenPeriod:
    """What was chosen, with both days in it, and what was typed."""

    kind: str
    from_day: date
    to_day: date
    from_typed: str
    to_typed: str
    errors: dict[str, str] = field(default_factory=dict)


def choose_period(kind: str, from_typed: str, to_typed: str, *, today: date) -> ChosenPeriod:
    """The period of a choice; this fiscal year when it cannot be understood."""
    if kind != "custom":
        known = kind if kind in KINDS else "fiscal_year"
        first, last = _days_of(known, today)
        return ChosenPeriod(known, first, last, typed_day(first), typed_day(last))
    typed = {"from": from_typed[:12], "to": to_typed[:12]}
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        try:
            day = read_day(text)
        except BadDay:
            day = None
        if day is None:
            errors[name] = gettext(_NO_DAY)
        else:
            days[name] = day
    if not errors and not timedelta(0) <= days["to"] - days["from"] <= LONGEST:
        errors["to"] = gettext(
            "The last day is before the first, or the time is longer than ten years."
        )
    first, last = _days_of("fiscal_year", today) if errors else (days["from"], days["to"])
    return ChosenPeriod(kind, first, last, typed["from"], typed["to"], errors)


def _days_of(kind: str, today: date) -> tuple[date, date]:
    if kind == "month":
        return today.replace(day=1), today
    start = date(today.year if today.month >= _OCTOBER else today.year - 1, _OCTOBER, 1)
    if kind == "last_fiscal_year":
        return start.replace(year=start.year - 1), start - timedelta(days=1)
    return start, today
