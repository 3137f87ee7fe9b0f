"""The picture of fourteen days: a row for each shift, a square for each day, its level and what it says."""

from dataclasses import dataclass
from datetime import date

from agent_console.i18n import gettext, ngettext
from agent_console.rota_words import day_words, shift_name, weekday
from case_store.rotation.rota.gaps import Cover
from case_store.rotation.rota.models import ShiftType


@dataclass(frozen=True)
class Square:
    """`level`: good, warn (somebody experienced is missing), bad, or nothing when nobody is needed."""

    level: str
    shown: str
    words: str


@dataclass(frozen=True)
class Strip:
    days: list[tuple[str, int]]
    """Weekday and day of the month."""
    rows: list[tuple[ShiftType, list[Square]]]


def strip_of(cover: Cover) -> Strip:
    """Present of needed, day by day."""
    shifts = sorted(cover.shifts.values(), key=lambda one: (one.start_minute, one.id))
    return Strip(
        [(weekday(day), day.day) for day in cover.days],
        [(shift, [_square(cover, shift, day) for day in cover.days]) for shift in shifts],
    )


def _square(cover: Cover, shift: ShiftType, day: date) -> Square:
    need = cover.needs.get((day, shift.id))
    of_what = f"{day_words(day)}, {shift_name(shift)}"
    if need is None:
        return Square("", "", gettext("%(shift)s: nobody is needed", shift=of_what))
    there = cover.counted.get((day, shift.id), 0)
    shown = f"{there}/{need.people}"
    missing = need.people - there
    if missing > 0:
        words = ngettext("%(num)s person missing", "%(num)s people missing", missing)
        return Square("bad", shown, f"{of_what}: {words}")
    unled = any(
        gap.day == day and gap.shift_type and gap.shift_type.id == shift.id for gap in cover.gaps
    )
    if unled:
        return Square(
            "warn", shown, gettext("%(shift)s: somebody experienced is missing", shift=of_what)
        )
    return Square("good", shown, gettext("%(shift)s: covered", shift=of_what))
