"""Why needs cannot be met: a smallest set of reasons, no one of which can be left out.

A reason is a need, or a rule of one person. Leaving it out is the same problem with that rule lifted, asked of the very
model that plans (`LineModel`), so there is no second model that could say something else. The set is found by halving
(QuickXplain, Junker 2004): dropping any one of it makes the rest possible.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ortools.sat.python import cp_model

from case_store.rotation.roster.model import LineModel
from case_store.rotation.roster.problem import Certificate, Need, Person, Problem, Rule
from case_store.rotation.roster.tables import tabulate


@dataclass(frozen=True)
class Wanted:
    """So many people are to be there."""

    day: int
    shift: str
    people: int


@dataclass(frozen=True)
class Bound:
    """A rule that binds one person; `person` None: that binds everybody."""

    rule: Rule
    person: str | None


Reason = Wanted | Bound

PREFERRED: tuple[Rule, ...] = (
    Rule.LEAVE,
    Rule.CERTIFICATES,
    Rule.NEVER,
    Rule.MOST_OF_SHIFT,
    Rule.PINS,
    Rule.MOST_NIGHTS_IN_ROW,
    Rule.MOST_DAYS_IN_ROW,
    Rule.MOST_MINUTES,
    Rule.MOST_MINUTES_IN_SEVEN_DAYS,
    Rule.MOST_WEEKENDS,
    Rule.LEAST_DAYS_OFF_IN_ROW,
    Rule.LEAST_MINUTES,
    Rule.LEAST_DAYS_IN_ROW,
    Rule.LEAST_REST,
    Rule.CAPS,
    Rule.HISTORY,
    Rule.SUCCESSION,
)
"""Where several sets would do, the one with the plainer reasons is told."""


class Unclear(Exception):
    """The time was too short to say."""


def smallest_reasons(
    problem: Problem, needs: Iterable[Need], *, seconds: float
) -> tuple[Reason, ...]:
    """Why nobody can meet these needs all at once; empty when somebody can. Raises `Unclear`."""
    wanted = [Wanted(one.day, one.shift, one.people) for one in needs if one.people]
    every = [*wanted, *_bounds(problem)]
    asked = _Asked(problem, time.monotonic() + seconds)
    if asked.possible(every):
        return ()
    if not asked.possible([]):
        return ()  # not by anything that could be named
    return tuple(_shrunk(asked, [], every, may_do=False))


def window(problem: Problem, first: int, last: int) -> Problem:
    """These days alone: less is asked, so what is impossible here is so in the whole.

    What is worked before them in the horizon is no fact, but a choice, and is not history.
    """

    def own(person: Person) -> Person:
        return replace(
            person,
            leave=frozenset(day - first for day in person.leave if first <= day <= last),
            never=frozenset(
                (day - first, code) for day, code in person.never if first <= day <= last
            ),
            certificates=tuple(
                # A shift of the last day may reach into the day after.
                Certificate(held.channel, held.first_day - first, held.last_day - first)
                for held in person.certificates
            ),
            history=person.history if first == 0 else (),
            contract=replace(
                person.contract,
                least_minutes=0,
                caps=tuple(
                    replace(cap, days=frozenset(d - first for d in cap.days if first <= d <= last))
                    if cap.days is not None
                    else cap
                    for cap in person.contract.caps
                ),
            ),
        )

    return replace(
        problem,
        days=last - first + 1,
        people=tuple(own(person) for person in problem.people),
        needs=tuple(
            replace(need, day=need.day - first)
            for need in problem.needs
            if first <= need.day <= last
        ),
        pins=tuple(
            replace(pin, day=pin.day - first) for pin in problem.pins if first <= pin.day <= last
        ),
        wishes=(),
        first_weekday=(problem.first_weekday + first) % 7,
    )


def _shrunk(
    asked: "_Asked", kept: list[Reason], open_ones: Sequence[Reason], *, may_do: bool
) -> list[Reason]:
    """Of the open ones, as few as are needed beside those that are kept."""
    if may_do and not asked.possible(kept):
        return []
    if len(open_ones) == 1:
        return list(open_ones)
    half = len(open_ones) // 2
    first, second = list(open_ones[:half]), list(open_ones[half:])
    of_second = _shrunk(asked, [*kept, *first], second, may_do=True)
    of_first = _shrunk(asked, [*kept, *of_second], first, may_do=bool(of_second))
    return of_first + of_second


@dataclass(frozen=True)
class _Asked:
    """The same problem again and again, with some of its reasons lifted."""

    problem: Problem
    deadline: float

    def possible(self, reasons: Collection[Reason]) -> bool:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Unclear
        tables = tabulate(only(self.problem, reasons))
        model = cp_model.CpModel()
        lines = [LineModel(model, tables, number) for number in range(tables.people)]
        choice_of = {shift.code: one for one, shift in enumerate(self.problem.shifts, 1)}
        for one in reasons:
            if isinstance(one, Wanted):
                place = one.day, choice_of[one.shift]
                model.add(sum(line.cells.get(place, False) for line in lines) >= one.people)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = left
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return False
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return True
        raise Unclear


def _bounds(problem: Problem) -> list[Reason]:
    """Every rule that does bind somebody."""
    found: list[Reason] = []
    for rule in PREFERRED:
        if rule is Rule.SUCCESSION:
            if any(shift.not_next_day for shift in problem.shifts):
                found.append(Bound(rule, None))
            continue
        found += [
            Bound(rule, person.id)
            for person in problem.people
            if lifted(problem, rule, person.id) != problem
        ]
    return found


def only(problem: Problem, reasons: Collection[Reason]) -> Problem:
    """The problem with nobody bound by anything but these."""
    kept = {one for one in reasons if isinstance(one, Bound)}
    if Bound(Rule.SUCCESSION, None) not in kept:
        free = tuple(replace(shift, not_next_day=frozenset()) for shift in problem.shifts)
        problem = replace(problem, shifts=free)
    unpinned = {one.id for one in problem.people if Bound(Rule.PINS, one.id) not in kept}
    people = []
    for person in problem.people:
        own = person
        for rule in PREFERRED:
            if Bound(rule, person.id) not in kept:
                own = _lifted(problem, own, rule)
        people.append(own)
    pins = tuple(pin for pin in problem.pins if pin.person not in unpinned)
    return replace(problem, people=tuple(people), pins=pins)


def lifted(problem: Problem, rule: Rule, person_id: str) -> Problem:
    """The problem with one rule of one person lifted."""
    people = tuple(
        _lifted(problem, one, rule) if one.id == person_id else one for one in problem.people
    )
    pins = problem.pins
    if rule is Rule.PINS:
        pins = tuple(pin for pin in pins if pin.person != person_id)
    return replace(problem, people=people, pins=pins)


def _lifted(problem: Problem, person: Person, rule: Rule) -> Person:
    if rule is Rule.LEAVE:
        return replace(person, leave=frozenset())
    if rule is Rule.CERTIFICATES:
        channels = {shift.channel for shift in problem.shifts if shift.channel is not None}
        if all(
            person.is_certified(shift, day)
            for shift in problem.shifts
            for day in range(problem.days)
        ):
            return person
        always = (Certificate(channel, 0, problem.days) for channel in sorted(channels))
        return replace(person, certificates=tuple(always))
    if rule is Rule.NEVER:
        return replace(person, never=frozenset())
    if rule is Rule.HISTORY:
        return replace(person, history=())
    if rule in (Rule.PINS, Rule.SUCCESSION):
        return person
    limits: dict[Rule, dict[str, Any]] = {
        Rule.LEAST_REST: {"least_rest": 0},
        Rule.MOST_OF_SHIFT: {"most_of_shift": {}},
        Rule.MOST_MINUTES: {
            "most_minutes": max(
                person.contract.most_minutes,
                problem.days * max(shift.minutes for shift in problem.shifts),
            )
        },
        Rule.MOST_MINUTES_IN_SEVEN_DAYS: {"most_minutes_in_seven_days": None},
        Rule.CAPS: {"caps": ()},
        Rule.LEAST_MINUTES: {"least_minutes": 0},
        Rule.MOST_DAYS_IN_ROW: {
            "most_days_in_row": max(
                person.contract.most_days_in_row, problem.days + len(person.history)
            )
        },
        Rule.LEAST_DAYS_IN_ROW: {"least_days_in_row": 1},
        Rule.LEAST_DAYS_OFF_IN_ROW: {"least_days_off_in_row": 1},
        Rule.MOST_WEEKENDS: {"most_weekends": None},
        Rule.MOST_NIGHTS_IN_ROW: {"most_nights_in_row": None},
    }
    return replace(person, contract=replace(person.contract, **limits[rule]))
