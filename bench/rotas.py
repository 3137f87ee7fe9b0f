"""A month's rota for each of 77 made-up provinces: how long it takes, how fair the nights are, who is missing.

Two provinces are planned side by side, each with one worker. Nights are shared as planning does: as limits.
"""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from random import Random
from typing import Final

from bench.figures import Figure
from case_store.rotation.roster.problem import (
    Certificate,
    Contract,
    Need,
    Person,
    Problem,
    Roster,
    ShiftType,
    Wish,
)
from case_store.rotation.roster.search import Result, solve
from case_store.rotation.rota.fair_shares import fair_shares

DAYS: Final = 28
_HOUR: Final = 60
_ROUND_THE_CLOCK: Final = 10  # people from which a centre works three shifts a day
_SHIFTS: Final = (
    ShiftType("M", 8 * _HOUR, 6 * _HOUR, channel="1567"),
    ShiftType("A", 8 * _HOUR, 14 * _HOUR, channel="1567"),
    ShiftType("N", 8 * _HOUR, 22 * _HOUR, night=True, channel="1567"),
)
_SMALL_SHIFTS: Final = (
    ShiftType("D", 8 * _HOUR, 8 * _HOUR + 30, channel="1567"),
    ShiftType("N", 0, 22 * _HOUR, night=True, channel="1567"),  # standby at home counts nothing
)


@dataclass(frozen=True)
class Size:
    provinces: int = 77
    seconds: float = 14.0


@dataclass(frozen=True)
class Planned:
    people: int
    seconds: float
    missing: int
    spread: int
    broken: int


def province(number: int) -> Problem:
    """Deterministic: 6 to 40 people, leave, part time, certificates that end, wishes, history."""
    dice = Random(number)
    size = 6 + number * 34 // 76
    big = size >= _ROUND_THE_CLOCK
    shifts = _SHIFTS if big else _SMALL_SHIFTS
    people = tuple(_person(dice, f"p{one}", big) for one in range(size))
    a_shift = max(1, size // 7)
    nights = max(1, size // 10)
    needs = tuple(
        Need(day, shift.code, nights if shift.night else a_shift, 1_000, 10)
        for day in range(DAYS)
        for shift in shifts
    )
    wishes = tuple(
        Wish(person.id, dice.randrange(DAYS), dice.choice(shifts).code, 5, dice.random() < 0.5)
        for person in people
        for _ in range(2)
    )
    return share_nights(Problem(DAYS, shifts, people, needs, wishes))


def _person(dice: Random, name: str, big: bool) -> Person:
    part_time = dice.random() < 0.15
    first_of_leave = dice.randrange(DAYS)
    leave = range(first_of_leave, first_of_leave + 3) if dice.random() < 0.4 else range(0)
    last_day = dice.randrange(14, DAYS) if dice.random() < 0.05 else DAYS
    return Person(
        name,
        Contract(
            most_minutes=(80 if part_time else 160) * _HOUR,
            most_days_in_row=6,
            most_nights_in_row=3,
            least_rest=11 * _HOUR if big else 0,
        ),
        leave=frozenset(leave),
        certificates=(Certificate("1567", -100, last_day),),
        history=(None, dice.choice(("M", "A", "N") if big else ("D", "N"))),
    )


def share_nights(problem: Problem) -> Problem:
    """Everybody's nights limited to their fair share, of equals within one of each other."""
    wanted = sum(need.people for need in problem.needs if need.shift == "N")
    weights = {number: _weight(person) for number, person in enumerate(problem.people)}
    shares = fair_shares({"N": wanted}, weights, {})
    people = tuple(
        replace(person, contract=replace(person.contract, most_of_shift=shares[number]))
        for number, person in enumerate(problem.people)
    )
    return replace(problem, people=people)


def _weight(person: Person) -> float:
    ends = min(DAYS, *(held.last_day for held in person.certificates))
    return person.contract.most_minutes * (ends - len(person.leave)) / DAYS


def spread_of_nights(problem: Problem, roster: Roster) -> int:
    """The most nights less the fewest, of people whose contract and days at hand are equal."""
    groups: dict[float, list[int]] = {}
    for person, row in zip(problem.people, roster, strict=True):
        groups.setdefault(_weight(person), []).append(row.count("N"))
    return max(max(nights) - min(nights) for nights in groups.values())


def missing_heads(problem: Problem, roster: Roster) -> int:
    return sum(
        max(0, need.people - sum(row[need.day] == need.shift for row in roster))
        for need in problem.needs
    )


def broken_rules(problem: Problem, roster: Roster) -> int:
    """A plain count, by code that shares nothing with the engine."""
    kinds = {shift.code: shift for shift in problem.shifts}
    found = 0
    for person, row in zip(problem.people, roster, strict=True):
        limits, last_day = person.contract, person.certificates[0].last_day
        found += sum(kinds[code].minutes for code in row if code) > limits.most_minutes
        found += sum(row.count(code) > most for code, most in limits.most_of_shift.items())
        days = [*person.history, *row]
        in_a_row = nights = 0
        for at, code in enumerate(days):
            in_a_row, nights = (in_a_row + 1 if code else 0), (nights + 1 if code == "N" else 0)
            day = at - len(person.history)
            if day < 0 or code is None:
                continue
            shift, before = kinds[code], days[at - 1]
            ends = (shift.start or 0) + shift.minutes
            found += day in person.leave or day + (ends > 24 * _HOUR) > last_day
            found += in_a_row > limits.most_days_in_row
            found += nights > (limits.most_nights_in_row or DAYS)
            if before is not None:
                ended = (kinds[before].start or 0) + kinds[before].minutes - 24 * _HOUR
                found += (shift.start or 0) - ended < limits.least_rest
    return found


def plan(number: int, seconds: float) -> Planned:
    """Raises RuntimeError when there is no roster: needs are soft, so there is always one."""
    problem = province(number)
    began = time.monotonic()
    result = solve(problem, seconds=seconds, workers=1, seed=1)
    took = time.monotonic() - began
    if not isinstance(result, Result):
        raise RuntimeError(f"No rota for made-up province {number}.")
    roster = result.roster
    return Planned(
        len(problem.people),
        took,
        missing_heads(problem, roster),
        spread_of_nights(problem, roster),
        broken_rules(problem, roster),
    )


def plan_all(size: Size) -> tuple[list[Planned], float]:
    """All provinces, and the seconds that it took, two side by side."""
    began = time.monotonic()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        numbers = range(size.provinces)
        made = list(pool.map(plan, numbers, [size.seconds] * size.provinces))
    return made, time.monotonic() - began


def measure(size: Size, say: Callable[[str], None]) -> tuple[list[Figure], list[str]]:
    """Figures and what is not as it should be."""
    say(f"{size.provinces} provinces, {size.seconds:g} s of search each, two side by side")
    made, seconds = plan_all(size)
    fair = [one for one in made if one.spread <= 1]
    figures = [
        Figure("all provinces", seconds, "s"),
        Figure("the longest of one province", max(one.seconds for one in made), "s"),
        Figure("hard rules broken", sum(one.broken for one in made)),
        Figure("provinces with nobody missing", sum(one.missing == 0 for one in made)),
        Figure("heads missing", sum(one.missing for one in made)),
        Figure("worst spread of nights among equals", max(one.spread for one in made)),
        Figure("provinces with a spread of 1 at most", len(fair)),
    ]
    problems = [
        f"{one.people} people: spread {one.spread}, {one.missing} heads missing"
        for one in made
        if one.spread > 1
    ]
    return figures, problems
