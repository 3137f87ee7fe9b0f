"""Column generation: a linear program chooses among whole lines, and its prices make new lines.

It bounds from below what any roster costs, closely, and by diving (fix the line it likes best,
price anew) finds rosters near that bound.
"""

from collections.abc import Callable, Sequence
from math import inf
from random import Random

import numpy as np
from ortools.linear_solver import pywraplp

from case_store.rotation.roster.lines import LineMaker, Priced
from case_store.rotation.roster.tables import Floats, Line, Tables

_NOTHING = 1e-6
_SMOOTH = 0.5  # how much of the best prices so far stays in those asked next


class Pool:
    """Every line that was ever made, each once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.lines: list[dict[Line, int]] = [{} for _ in range(tables.people)]  # with wish costs

    def add(self, person: int, line: Line) -> bool:
        if line in self.lines[person]:
            return False
        self.lines[person][line] = self.tables.wishes_of(person, line)
        return True


class Master:
    """The linear program over the lines of a pool: one line a person, cover with slack."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SuppressOutput()
        objective = self.solver.Objective()
        objective.SetMinimization()
        self.objective = objective
        self.one = [self.solver.Constraint(1, 1) for _ in range(tables.people)]
        self.cover: dict[tuple[int, int, int], pywraplp.Constraint] = {}
        for place in tables.weighed():
            need = int(tables.need[place])
            row = self.solver.Constraint(need, need)
            for weight, sign in ((tables.short, 1), (tables.over, -1)):
                slack = self.solver.NumVar(0, self.solver.infinity(), "")
                row.SetCoefficient(slack, sign)
                objective.SetCoefficient(slack, float(weight[place]))
            self.cover[place] = row
        self.columns: list[dict[Line, pywraplp.Variable]] = [{} for _ in range(tables.people)]

    def add(self, person: int, line: Line) -> bool:
        if line in self.columns[person]:
            return False
        column = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(column, self.tables.wishes_of(person, line))
        self.one[person].SetCoefficient(column, 1)
        counted = [(count, int(one)) for count, one in enumerate(self.tables.counted[:, person])]
        for day, choice in enumerate(line):
            for count, one in counted:
                if one and choice and (row := self.cover.get((count, day, choice - 1))) is not None:
                    row.SetCoefficient(column, one)
        self.columns[person][line] = column
        return True

    def solve(self) -> float:
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return inf
        return float(self.objective.Value())

    def prices(self) -> Floats:
        """What the program would pay for one more of each count, day and shift."""
        duals = np.zeros(self.tables.need.shape)
        for place, row in self.cover.items():
            duals[place] = row.dual_value()
        # Within these limits any prices give a valid bound; rounding may step a little outside.
        return np.clip(duals, -self.tables.over, self.tables.short)

    def worth(self) -> list[float]:
        """What a line of each person may cost at most to be of use."""
        return [row.dual_value() for row in self.one]

    def fix(self, person: int, line: Line) -> None:
        for other, column in self.columns[person].items():
            if other != line:
                column.SetUb(0)


class Columns:
    def __init__(self, tables: Tables, maker: LineMaker, over: Callable[[], bool]) -> None:
        self.tables = tables
        self.maker = maker
        self.over = over
        self.pool = Pool(tables)
        self.bound = -inf
        self.root_prices = np.zeros(tables.need.shape)
        self._root_own = np.zeros(tables.allowed.shape)
        self.root_values = np.zeros(tables.people)

    def bound_of(self, prices: Floats, values: Floats) -> float:
        """The Lagrangian bound: pay for every head needed, and give everyone their best line."""
        return float((prices * self.tables.need).sum() + values.sum())

    def _best(self, people: Sequence[int], prices: Floats) -> list[Priced]:
        """Each one's best line, where heads are paid for at these prices."""
        return self.maker.best(people, [-self.tables.prices_for(one, prices) for one in people])

    def root(self, enough: Callable[[], bool]) -> None:
        """Solve the linear program over all lines there are; sets the bound."""
        tables = self.tables
        master = self.master()
        everyone = range(tables.people)
        best_prices: Floats | None = None
        while not (self.over() or enough()):
            value = master.solve()
            if value - self.bound < _NOTHING:
                break
            prices = master.prices()
            asked = (
                prices if best_prices is None else (_SMOOTH * best_prices + (1 - _SMOOTH) * prices)
            )
            found = self._best(everyone, asked)
            values = np.array([priced.price for priced in found])
            bound = self.bound_of(asked, values)
            if bound > self.bound or best_prices is None:
                self.bound, best_prices = bound, asked
                self.root_prices, self.root_values = asked, values
                self._root_own = np.array([tables.prices_for(one, asked) for one in everyone])
            fresh = 0
            for person, priced in enumerate(found):
                if priced.line is not None and self.pool.add(person, priced.line):
                    fresh += master.add(person, priced.line)
            if not fresh and asked is prices:
                break
            if not fresh:
                best_prices = prices

    def master(self, slack: float = inf) -> Master:
        """A program of the lines whose reduced cost at the root is within the slack."""
        master = Master(self.tables)
        for person, lines in enumerate(self.pool.lines):
            for line, cost in list(lines.items()):  # another thread may add to them
                if self.reduced(person, line, cost) <= slack:
                    master.add(person, line)
        return master

    def reduced(self, person: int, line: Line, cost: int) -> float:
        paid = self._root_own[person, np.arange(len(line)), line].sum()
        return float(cost - paid - self.root_values[person])

    def dive(
        self, random: Random, fixed: dict[int, Line], slack: float, rounds: int
    ) -> list[Line] | None:
        """A roster from the program: fix what it likes best, price anew for the others, again."""
        tables = self.tables
        chosen = dict(fixed)
        master = self.master(slack)
        for person, line in chosen.items():
            master.add(person, line)
            master.fix(person, line)
        while len(chosen) < tables.people:
            free = [person for person in range(tables.people) if person not in chosen]
            if not self._priced(master, free, rounds):
                return None
            for person, line in _liked(master, free, random):
                chosen[person] = line
                master.fix(person, line)
        return [chosen[person] for person in range(tables.people)]

    def _priced(self, master: Master, free: list[int], rounds: int) -> bool:
        """Add what the program would like to have for the free people; False when time is up."""
        for _ in range(rounds):
            if self.over() or master.solve() == inf:
                return False
            worth = master.worth()
            fresh = 0
            found = self._best(free, master.prices())
            for person, priced in zip(free, found, strict=True):
                if priced.line is not None and priced.price < worth[person] - _NOTHING:
                    self.pool.add(person, priced.line)
                    fresh += master.add(person, priced.line)
            if not fresh:
                return True
        return master.solve() != inf


def _liked(master: Master, free: list[int], random: Random) -> list[tuple[int, Line]]:
    """The lines that the program takes whole; without any, the one that it takes most of."""
    # A little chance, so that no two dives are the same.
    shares = [
        (column.solution_value() + random.uniform(0, 0.15), person, line)
        for person in free
        for line, column in master.columns[person].items()
        if column.solution_value() > _NOTHING
    ]
    whole = {person: line for share, person, line in shares if share > 1.0 - _NOTHING}
    if whole:
        return list(whole.items())
    _, person, line = max(shares)
    return [(person, line)]
