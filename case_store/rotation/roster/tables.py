"""A problem as arrays, for the parts that search. A choice is 0 for off, else 1 + the shift.

Cover is reckoned by *counts*: of everybody on a shift; where it is asked, of the experienced alone; and of the
experienced less the new. Each is needed in some number, and short or over it costs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from case_store.rotation.roster.problem import Cap, Person, Problem, Roster

Line = tuple[int, ...]  # one person's choice on each day
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OFF = 0


@dataclass(frozen=True)
class Tables:
    problem: Problem
    allowed: npt.NDArray[np.bool_]  # person, day, choice
    wish_cost: Ints  # person, day, choice
    counted: Ints  # count, person: what one head of the person adds to a count
    need: Ints  # count, day, shift; where nothing is asked, nothing is weighed
    short: Ints
    over: Ints

    @property
    def people(self) -> int:
        return len(self.problem.people)

    def heads(self, lines: dict[int, Line]) -> Ints:
        """The counts of each day and shift that these people's lines make."""
        heads = np.zeros_like(self.need)
        for person, line in lines.items():
            chosen = np.array(line)
            days = np.flatnonzero(chosen)
            heads[:, days, chosen[days] - 1] += self.counted[:, person, None]
        return heads

    def cover_cost(self, heads: Ints) -> Ints:
        gap = self.need - heads
        cost: Ints = self.short * np.maximum(gap, 0) + self.over * np.maximum(-gap, 0)
        return cost

    def wishes_of(self, person: int, line: Line) -> int:
        return int(self.wish_cost[person, np.arange(len(line)), line].sum())

    def price(self, person: int, line: Line, prices: Floats) -> float:
        return self.wishes_of(person, line) + float(prices[np.arange(len(line)), line].sum())

    def cost(self, lines: list[Line]) -> int:
        wishes = sum(self.wishes_of(person, line) for person, line in enumerate(lines))
        return wishes + int(self.cover_cost(self.heads(dict(enumerate(lines)))).sum())

    def prices_beside(self, person: int, heads: Ints) -> Floats:
        """What this person's head on a day and choice changes, beside those who are there already."""
        more = heads + self.counted[:, person, None, None]
        prices = np.zeros(self.allowed.shape[1:])
        prices[:, 1:] = (self.cover_cost(more) - self.cover_cost(heads)).sum(axis=0)
        return prices

    def prices_for(self, person: int, prices: Floats) -> Floats:
        """Of prices for each count, day and shift: what this person's head is worth on a day and choice."""
        worth = np.zeros(self.allowed.shape[1:])
        worth[:, 1:] = np.tensordot(self.counted[:, person], prices, axes=1)
        return worth

    def weighed(self) -> Iterator[tuple[int, int, int]]:
        """Count, day and shift, wherever heads short or over cost anything."""
        for count, day, shift in zip(*(self.short + self.over).nonzero(), strict=True):
            yield int(count), int(day), int(shift)

    def roster(self, lines: list[Line]) -> Roster:
        codes = (None, *(shift.code for shift in self.problem.shifts))
        return tuple(tuple(codes[choice] for choice in line) for line in lines)


def caps_of(person: Person) -> tuple[Cap, ...]:
    """All caps of a person, those of one shift among them."""
    contract = person.contract
    alone = (Cap(most, frozenset({code})) for code, most in contract.most_of_shift.items())
    return (*alone, *contract.caps)


def tabulate(problem: Problem) -> Tables:
    choice_of = {shift.code: number for number, shift in enumerate(problem.shifts, 1)}
    row_of = {person.id: number for number, person in enumerate(problem.people)}
    shape = (len(problem.people), problem.days, len(problem.shifts) + 1)
    wish_cost = np.zeros(shape, dtype=np.int64)
    for wish in problem.wishes:
        cell = wish_cost[row_of[wish.person], wish.day]
        choice = choice_of[wish.shift]
        if wish.wanted:
            cell += wish.weight
            cell[choice] -= wish.weight
        else:
            cell[choice] += wish.weight
    allowed = np.array(
        [
            [_choices(problem, person, day) for day in range(problem.days)]
            for person in problem.people
        ]
    )
    for pin in problem.pins:
        pinned = OFF if pin.shift is None else choice_of[pin.shift]
        others = np.arange(shape[2]) != pinned
        allowed[row_of[pin.person], pin.day, others] = False
    return Tables(problem, allowed, wish_cost, *_cover(problem, choice_of))


def _cover(problem: Problem, choice_of: dict[str, int]) -> tuple[Ints, Ints, Ints, Ints]:
    """What each head counts; and by count, day and shift the need, and what short and over cost."""
    led = np.array([int(person.experienced) for person in problem.people], dtype=np.int64)
    counted = np.stack([np.ones_like(led), led, 2 * led - 1])
    shape = (3, problem.days, len(problem.shifts))
    need, short, over = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for row in problem.needs:
        place = (row.day, choice_of[row.shift] - 1)
        need[0][place], short[0][place], over[0][place] = (
            row.people,
            row.weight_short,
            row.weight_over,
        )
        if row.experienced:
            need[1][place], short[1][place] = row.experienced, row.weight_unled
        if not led.all():
            short[2][place] = problem.weight_unpaired
    asked = [0, *(count for count in (1, 2) if short[count].any())]
    return counted[asked], need[asked], short[asked], over[asked]


def _choices(problem: Problem, person: Person, day: int) -> list[bool]:
    if day in person.leave:
        return [True] + [False] * len(problem.shifts)
    caps = person.contract.most_of_shift
    return [True] + [
        caps.get(shift.code, 1) > 0
        and (day, shift.code) not in person.never
        and person.is_certified(shift, day)
        for shift in problem.shifts
    ]
