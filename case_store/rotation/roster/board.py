"""The best roster so far, shared by all who search; when to stop; who is told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, inf
from threading import Event, Lock
from time import monotonic

from ortools.sat.python import cp_model

from case_store.rotation.roster.problem import Roster
from case_store.rotation.roster.tables import Line, Tables


@dataclass(frozen=True)
class Progress:
    """A better roster than any before."""

    roster: Roster
    objective: int
    bound: int
    seconds: float


class Board:
    def __init__(
        self, tables: Tables, seconds: float, told: Callable[[Progress], None] | None, stop: Event
    ) -> None:
        self.tables = tables
        self.began = monotonic()
        self.seconds = seconds
        self.lines: list[Line] = []
        self.objective: float = inf
        self.bound = 0.0  # costs are never negative
        self._told, self.stop = told, stop
        self._lock = Lock()
        self._solvers: list[cp_model.CpSolver] = []

    @property
    def elapsed(self) -> float:
        return monotonic() - self.began

    @property
    def proved(self) -> bool:
        return self.objective <= self.least

    @property
    def least(self) -> int:
        """No roster costs less. Costs are whole numbers, so a bound may be rounded up."""
        return ceil(self.bound - 1e-6)

    def stopped(self) -> bool:
        return self.stop.is_set()

    def over(self) -> bool:
        return self.proved or self.stopped() or self.elapsed >= self.seconds

    def offer(self, lines: Sequence[Line]) -> bool:
        """Keep the lines if they cost less; costs are reckoned here, whatever a model thought."""
        cost = self.tables.cost(list(lines))
        with self._lock:
            if cost >= self.objective:
                return False
            self.lines, self.objective = list(lines), cost
            if self._told is not None:
                roster = self.tables.roster(self.lines)
                self._told(Progress(roster, cost, min(self.least, cost), self.elapsed))
        return True

    def raise_bound(self, bound: float) -> None:
        with self._lock:
            self.bound = max(self.bound, bound)

    @contextmanager
    def solver(self, seconds: float, workers: int, seed: int) -> Iterator[cp_model.CpSolver]:
        """A CP-SAT solver that ends with the search."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, seconds)
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        self._solvers.append(solver)
        try:
            yield solver
        finally:
            self._solvers.remove(solver)

    def end_solvers(self) -> None:
        for solver in list(self._solvers):
            solver.stop_search()
