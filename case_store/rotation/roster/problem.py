"""What a roster is asked for. Days are numbered from 0, the first day of the horizon."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MINUTES_OF_A_DAY = 24 * 60

# One row for each person, in the order of `Problem.people`: the shift of each day, None when off.
Roster = tuple[tuple[str | None, ...], ...]


class ProblemError(ValueError):
    """A problem that contradicts itself; its text is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class ShiftType:
    """A kind of duty; `start` (minutes after midnight) is needed only for rests and nights.

    `minutes` are those that count as work: 0 for standby at home.
    """

    code: str
    minutes: int
    start: int | None = None
    not_next_day: frozenset[str] = frozenset()
    night: bool = False
    channel: str | None = None  # who works it holds a certificate of this channel

    @property
    def ends_next_day(self) -> bool:
        return self.start is not None and self.start + self.minutes > MINUTES_OF_A_DAY


@dataclass(frozen=True)
class Cap:
    """At most so many duties of these shifts (on these days; None: on any), such as a share of all weekends."""

    most: int
    shifts: frozenset[str]
    days: frozenset[int] | None = None


@dataclass(frozen=True)
class Contract:
    """The limits within which one person works. Minutes and counts are those of the horizon."""

    most_minutes: int
    least_minutes: int = 0
    most_days_in_row: int = 6
    least_days_in_row: int = 1
    least_days_off_in_row: int = 1
    most_weekends: int | None = None
    most_nights_in_row: int | None = None
    least_rest: int = 0  # minutes between the end of a shift and the start of the next
    most_of_shift: Mapping[str, int] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    most_minutes_in_seven_days: int | None = None  # any seven, those of the history among them


@dataclass(frozen=True)
class Certificate:
    """Leave to work on a channel, from the first to the last day, both included."""

    channel: str
    first_day: int
    last_day: int

    def covers(self, first_day: int, last_day: int) -> bool:
        return self.first_day <= first_day and last_day <= self.last_day


@dataclass(frozen=True)
class Person:
    id: str
    contract: Contract
    leave: frozenset[int] = frozenset()
    never: frozenset[tuple[int, str]] = frozenset()  # days and shifts that do not go together
    experienced: bool = True  # False: new, and not to be left alone
    certificates: tuple[Certificate, ...] = ()
    # What was worked on the days just before day 0, the oldest first. Without any, a run that
    # touches day 0 is taken to have begun earlier; so it is with a run that touches the last day.
    history: tuple[str | None, ...] = ()

    def is_certified(self, shift: ShiftType, day: int) -> bool:
        """A shift across midnight needs a certificate that is valid on both days."""
        if shift.channel is None:
            return True
        last_day = day + shift.ends_next_day
        return any(
            held.channel == shift.channel and held.covers(day, last_day)
            for held in self.certificates
        )


@dataclass(frozen=True)
class Pin:
    """What is already decided for a person's day; `shift` None means off."""

    person: str
    day: int
    shift: str | None


@dataclass(frozen=True)
class Wish:
    person: str
    day: int
    shift: str
    weight: int
    wanted: bool = True  # False: not this shift


@dataclass(frozen=True)
class Need:
    """How many people a shift of a day wants, and what each one short or over costs.

    `experienced`: so many of them are not to be new; each one short costs `weight_unled`.
    """

    day: int
    shift: str
    people: int
    weight_short: int = 100
    weight_over: int = 1
    experienced: int = 0
    weight_unled: int = 50


class Rule(StrEnum):
    """The hard rules that may leave a person without any line."""

    LEAVE = "leave"
    NEVER = "never"
    CERTIFICATES = "certificates"
    PINS = "pins"
    HISTORY = "history"
    SUCCESSION = "succession"
    LEAST_REST = "least_rest"
    MOST_OF_SHIFT = "most_of_shift"
    CAPS = "caps"
    MOST_MINUTES = "most_minutes"
    LEAST_MINUTES = "least_minutes"
    MOST_MINUTES_IN_SEVEN_DAYS = "most_minutes_in_seven_days"
    MOST_DAYS_IN_ROW = "most_days_in_row"
    LEAST_DAYS_IN_ROW = "least_days_in_row"
    LEAST_DAYS_OFF_IN_ROW = "least_days_off_in_row"
    MOST_WEEKENDS = "most_weekends"
    MOST_NIGHTS_IN_ROW = "most_nights_in_row"


@dataclass(frozen=True)
class Problem:
    days: int
    shifts: tuple[ShiftType, ...]
    people: tuple[Person, ...]
    needs: tuple[Need, ...] = ()
    wishes: tuple[Wish, ...] = ()
    pins: tuple[Pin, ...] = ()
    first_weekday: int = 0  # of day 0; Monday is 0
    weight_unpaired: int = 0  # of each new person on a shift for whom there is no experienced one

    def __post_init__(self) -> None:
        codes = _distinct("shift", (shift.code for shift in self.shifts))
        ids = _distinct("person", (person.id for person in self.people))
        if self.days < 1:
            raise ProblemError("A roster has at least one day.")
        if not codes or not ids:
            raise ProblemError("A roster has at least one shift and one person.")
        for shift in self.shifts:
            if shift.minutes < 0:
                raise ProblemError(f"Shift {shift.code} lasts less than no time.")
            _known("shift", shift.not_next_day, codes)
        for person in self.people:
            _known("shift", (code for code in person.history if code is not None), codes)
            _known("shift", person.contract.most_of_shift, codes)
            _known("shift", (code for cap in person.contract.caps for code in cap.shifts), codes)
            _known("shift", (code for _, code in person.never), codes)
            counted = (cap.days for cap in person.contract.caps if cap.days is not None)
            for day in {day for day, _ in person.never}.union(*counted):
                self._within(day)
        of_people: tuple[Wish | Pin, ...] = (*self.wishes, *self.pins)
        of_days: tuple[Wish | Pin | Need, ...] = (*of_people, *self.needs)
        _known("person", (row.person for row in of_people), ids)
        _known("shift", (row.shift for row in of_days if row.shift is not None), codes)
        for row in of_days:
            self._within(row.day)
        weights = [self.weight_unpaired, *(wish.weight for wish in self.wishes)]
        for need in self.needs:
            weights += (need.people, need.weight_short, need.weight_over)
            weights += (need.experienced, need.weight_unled)
        if min(weights) < 0:
            raise ProblemError("Needs and weights are not negative.")
        _distinct("need of day and shift", (f"{n.day} {n.shift}" for n in self.needs))
        _distinct("pin of person and day", (f"{pin.person} {pin.day}" for pin in self.pins))

    def _within(self, day: int) -> None:
        if not 0 <= day < self.days:
            raise ProblemError(f"Day {day} is not in the horizon of {self.days} days.")

    def is_weekend(self, day: int) -> bool:
        return (self.first_weekday + day) % 7 >= 5

    def follows(self, person: Person, before: ShiftType, after: ShiftType) -> bool:
        """Whether the person may work the second shift on the day after the first."""
        if after.code in before.not_next_day:
            return False
        if before.start is None or after.start is None:
            return True
        rest = MINUTES_OF_A_DAY + after.start - before.start - before.minutes
        return rest >= person.contract.least_rest


def score(problem: Problem, roster: Roster) -> int:
    """What a roster costs: wishes not met, heads short or over, new people alone. The less, the better."""
    row_of = {person.id: row for person, row in zip(problem.people, roster, strict=True)}
    cost = sum(
        wish.weight
        for wish in problem.wishes
        if (row_of[wish.person][wish.day] == wish.shift) != wish.wanted
    )
    for need in problem.needs:
        there = [p for p in problem.people if row_of[p.id][need.day] == need.shift]
        led = sum(person.experienced for person in there)
        cost += need.weight_short * max(0, need.people - len(there))
        cost += need.weight_over * max(0, len(there) - need.people)
        cost += need.weight_unled * max(0, need.experienced - led)
        cost += problem.weight_unpaired * max(0, len(there) - 2 * led)
    return cost


def _distinct(what: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ProblemError(f"The {what} {name} appears twice.")
        seen.add(name)
    return seen


def _known(what: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise ProblemError(f"There is no {what} {name}.")
