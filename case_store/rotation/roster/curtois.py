"""Reads the text format of Curtois and Qu's staff-rostering instances (2014).

Sections of comma-separated lines, `#` for comments. A file of a stranger: bounded, and what is
wrong in it is told with its line.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from case_store.rotation.roster.problem import (
    Contract,
    Need,
    Person,
    Problem,
    ProblemError,
    ShiftType,
    Wish,
)

MOST_BYTES = 8_000_000
MOST_DAYS = 366
MOST_PEOPLE = 1_000
MOST_SHIFTS = 100
MOST_NUMBER = 1_000_000


class UnreadableInstance(Exception):
    """A file that is no instance; the text names it, and the line where one can be named."""


@dataclass
class _Draft:
    days: int | None = None
    shifts: dict[str, ShiftType] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    leave: dict[str, frozenset[int]] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)


class _Wrong(ValueError):
    pass


def read_instance(path: Path) -> Problem:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableInstance(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.")
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInstance(f"{path.name} cannot be read ({error}).") from None
    return parse_instance(text, path.name)


def parse_instance(text: str, name: str) -> Problem:
    draft = _Draft()
    section: str | None = None
    for number, line in _lines(text):
        try:
            if line.startswith("SECTION_"):
                if line not in _READERS:
                    raise _Wrong(f"there is no section {line[:40]}")
                section = line
            elif section is None:
                raise _Wrong("a SECTION_ line has to come first")
            else:
                _READERS[section](draft, [part.strip() for part in line.split(",")])
        except _Wrong as wrong:
            raise UnreadableInstance(f"{name}, line {number}: {wrong}.") from None
    if draft.days is None:
        raise UnreadableInstance(f"{name} has no SECTION_HORIZON with a number of days.")
    try:
        return Problem(
            days=draft.days,
            shifts=tuple(draft.shifts.values()),
            people=tuple(
                Person(name, contract, leave=draft.leave.get(name, frozenset()))
                for name, contract in draft.contracts.items()
            ),
            needs=tuple(draft.needs),
            wishes=tuple(draft.wishes),
        )
    except ProblemError as error:
        raise UnreadableInstance(f"{name}: {error}") from None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _horizon(draft: _Draft, parts: list[str]) -> None:
    _fields(parts, 1)
    if draft.days is not None:
        raise _Wrong("the number of days stands here twice")
    draft.days = _number(parts[0], MOST_DAYS)
    if draft.days < 1:
        raise _Wrong("a horizon has at least one day")


def _shift(draft: _Draft, parts: list[str]) -> None:
    code, minutes, not_next = _fields(parts, 3)
    _new("shift", code, draft.shifts, MOST_SHIFTS)
    draft.shifts[code] = ShiftType(
        code,
        _number(minutes),
        not_next_day=frozenset(part.strip() for part in not_next.split("|") if part.strip()),
    )


def _staff(draft: _Draft, parts: list[str]) -> None:
    person, caps, *limits = _fields(parts, 8)
    _new("employee", person, draft.contracts, MOST_PEOPLE)
    most, least, most_row, least_row, least_off, weekends = (_number(limit) for limit in limits)
    draft.contracts[person] = Contract(
        most_minutes=most,
        least_minutes=least,
        most_days_in_row=most_row,
        least_days_in_row=least_row,
        least_days_off_in_row=least_off,
        most_weekends=weekends,
        most_of_shift=dict(_cap(draft, cap) for cap in caps.split("|") if cap.strip()),
    )


def _cap(draft: _Draft, cap: str) -> tuple[str, int]:
    code, equals, number = cap.partition("=")
    if not equals:
        raise _Wrong(f"{cap[:40]!r} is not SHIFT=NUMBER")
    return _existing("shift", code.strip(), draft.shifts), _number(number)


def _days_off(draft: _Draft, parts: list[str]) -> None:
    person = _existing("employee", parts[0], draft.contracts)
    days = {_day(draft, part) for part in parts[1:] if part}
    draft.leave[person] = draft.leave.get(person, frozenset()) | days


def _wish(*, wanted: bool) -> Callable[[_Draft, list[str]], None]:
    def read(draft: _Draft, parts: list[str]) -> None:
        person, day, shift, weight = _fields(parts, 4)
        draft.wishes.append(
            Wish(
                person=_existing("employee", person, draft.contracts),
                day=_day(draft, day),
                shift=_existing("shift", shift, draft.shifts),
                weight=_number(weight),
                wanted=wanted,
            )
        )

    return read


def _cover(draft: _Draft, parts: list[str]) -> None:
    day, shift, people, short, over = _fields(parts, 5)
    draft.needs.append(
        Need(
            day=_day(draft, day),
            shift=_existing("shift", shift, draft.shifts),
            people=_number(people),
            weight_short=_number(short),
            weight_over=_number(over),
        )
    )


_READERS: dict[str, Callable[[_Draft, list[str]], None]] = {
    "SECTION_HORIZON": _horizon,
    "SECTION_SHIFTS": _shift,
    "SECTION_STAFF": _staff,
    "SECTION_DAYS_OFF": _days_off,
    "SECTION_SHIFT_ON_REQUESTS": _wish(wanted=True),
    "SECTION_SHIFT_OFF_REQUESTS": _wish(wanted=False),
    "SECTION_COVER": _cover,
}


def _fields(parts: list[str], count: int) -> list[str]:
    if len(parts) != count:
        raise _Wrong(f"{count} values are wanted here, not {len(parts)}")
    return parts


def _number(text: str, most: int = MOST_NUMBER) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9) or int(text) > most:
        raise _Wrong(f"{text[:40]!r} is no whole number from 0 to {most}")
    return int(text)


def _day(draft: _Draft, text: str) -> int:
    if draft.days is None:
        raise _Wrong("SECTION_HORIZON has to come before this")
    return _number(text, draft.days - 1)


def _existing(
    what: str, name: str, known: dict[str, object] | dict[str, ShiftType] | dict[str, Contract]
) -> str:
    if name not in known:
        raise _Wrong(f"there is no {what} {name[:40]!r}")
    return name


def _new(
    what: str, name: str, known: dict[str, ShiftType] | dict[str, Contract], most: int
) -> None:
    if not name or name in known:
        raise _Wrong(
            f"the {what} {name[:40]!r} " + ("stands here twice" if name else "has no name")
        )
    if len(known) >= most:
        raise _Wrong(f"more than {most} of these are not read")
