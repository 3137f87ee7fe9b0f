"""A problem as arrays, for the parts that search. A choice is 0 for off, else 1 + the shift."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from case_store.rotation.roster.problem import Person, Problem, Roster

Line = tuple[int, ...]  # one person's choice on each day
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OFF = 0


@dataclass(frozen=True)
class Tables:
    problem: Problem
    allowed: npt.NDArray[np.bool_]  # person, day, choice
    wish_cost: Ints  # person, day, choice
    need: Ints  # day, shift; where nothing is asked, nothing is weighed
    short: Ints
    over: Ints

    @property
    def people(self) -> int:
        return len(self.problem.people)

    def heads(self, lines: list[Line]) -> Ints:
        """How many people work each shift of each day."""
        chosen = np.array(lines)
        return np.stack(
            [(chosen == choice).sum(axis=0) for choice in range(1, self.allowed.shape[2])], axis=1
        )

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
        return wishes + int(self.cover_cost(self.heads(lines)).sum())

    def prices_beside(self, heads: Ints) -> Floats:
        """What one more head on a day and choice changes, beside those who are there already."""
        prices = np.zeros(self.allowed.shape[1:])
        prices[:, 1:] = self.cover_cost(heads + 1) - self.cover_cost(heads)
        return prices

    def roster(self, lines: list[Line]) -> Roster:
        codes = (None, *(shift.code for shift in self.problem.shifts))
        return tuple(tuple(codes[choice] for choice in line) for line in lines)


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
    need, short, over = (np.zeros(shape[1:], dtype=np.int64)[:, 1:] for _ in range(3))
    for row in problem.needs:
        place = (row.day, choice_of[row.shift] - 1)
        need[place], short[place], over[place] = row.people, row.weight_short, row.weight_over
    return Tables(problem, allowed, wish_cost, need, short, over)


def _choices(problem: Problem, person: Person, day: int) -> list[bool]:
    if day in person.leave:
        return [True] + [False] * len(problem.shifts)
    caps = person.contract.most_of_shift
    return [True] + [
        caps.get(shift.code, 1) > 0 and person.is_certified(shift, day) for shift in problem.shifts
    ]
