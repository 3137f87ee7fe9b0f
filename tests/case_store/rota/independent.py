"""A second opinion on the hard rules, written from their text, minute by minute; it shares no code with `breaches`.

Everything is counted in minutes since the first midnight of a line, and each rule is checked over the whole line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

DAY = 24 * 60


@dataclass(frozen=True)
class Shift:
    """Begin after midnight and length, in minutes."""

    code: str
    start: int
    length: int
    breaks: int
    standby: bool = False

    @property
    def work(self) -> int:
        return 0 if self.standby else self.length - self.breaks


@dataclass
class Person:
    """`trained`: first and last day of each certificate. `away`: days of leave. `unwanted`: fixed wishes to be off."""

    trained: list[tuple[date, date]]
    away: set[date] = field(default_factory=set)
    unwanted: set[date] = field(default_factory=set)
    month: int | None = None
    no_nights: bool = False
    in_rota: bool = True


Span = tuple[int, Shift, date]


def broken(person: Person, line: Mapping[date, Shift]) -> set[str]:
    """The names of the rules that a line breaks; start values of the rules."""
    if not line:
        return set()
    found = set() if person.in_rota else {"not in the rota"}
    origin = min(line).toordinal() - 40
    spans = sorted(
        ((day.toordinal() - origin) * DAY + shift.start, shift, day) for day, shift in line.items()
    )
    for one in spans:
        found |= _of_a_duty(person, one, origin)
    if any(
        after - (begin + shift.length) < 11 * 60
        for (begin, shift, _), (after, _, _) in pairwise(spans)
    ):
        found.add("rest")
    return (
        found
        | _of_weeks({day.toordinal(): shift for day, shift in line.items()})
        | _of_months(person, line)
    )


def _of_a_duty(person: Person, span: Span, origin: int) -> set[str]:
    begin, shift, day = span
    minutes = range(begin, begin + shift.length, 30)
    touched = {
        date.fromordinal(origin + minute // DAY) for minute in (begin, begin + shift.length - 1)
    }
    wrong = {
        "no certificate": any(
            not any(first <= one <= last for first, last in person.trained) for one in touched
        ),
        "leave": bool(touched & person.away),
        "fixed wish": day in person.unwanted,
        "night": person.no_nights and any(_dark(minute) for minute in minutes),
    }
    return {name for name, is_wrong in wrong.items() if is_wrong}


def _dark(minute: int) -> bool:
    return minute % DAY < 6 * 60 or minute % DAY >= 22 * 60


def _of_weeks(numbers: dict[int, Shift]) -> set[str]:
    found = set()
    nights = {
        one
        for one, shift in numbers.items()
        if any(_dark(minute) for minute in range(shift.start, shift.start + shift.length, 30))
    }
    for one in range(min(numbers) - 7, max(numbers) + 1):
        week = [numbers[day] for day in range(one, one + 7) if day in numbers]
        if sum(shift.work for shift in week) > 48 * 60:
            found.add("week")
        if len(week) == 7:
            found.add("days in a row")
        if all(day in nights for day in range(one, one + 4)):
            found.add("nights in a row")
    weekends = {one - (one - 6) % 7 for one in numbers if (one - 6) % 7 < 2}
    if any(all(one + 7 * week in weekends for week in range(4)) for one in weekends):
        found.add("weekends")
    return found


def _of_months(person: Person, line: Mapping[date, Shift]) -> set[str]:
    months: dict[tuple[int, int], int] = {}
    for day, shift in line.items():
        months[day.year, day.month] = months.get((day.year, day.month), 0) + shift.work
    most = person.month
    return {"month"} if most is not None and max(months.values()) > most else set()
