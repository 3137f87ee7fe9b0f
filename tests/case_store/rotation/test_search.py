"""How a search goes: it tells of better rosters, ends when it is told to, and knows its bound."""

from threading import Event
from time import monotonic

import pytest

from case_store.rotation.roster.board import Progress
from case_store.rotation.roster.curtois import parse_instance
from case_store.rotation.roster.model import PartModel
from case_store.rotation.roster.problem import Problem
from case_store.rotation.roster.search import NoRoster, Result, solve
from case_store.rotation.roster.tables import tabulate
from tests.case_store.rotation.instances import TWO_WEEKS
from tests.case_store.rotation.rules import breaches


@pytest.fixture
def problem() -> Problem:
    return parse_instance(TWO_WEEKS, "ours.txt")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_small_roster_is_proved_the_best(problem: Problem, workers: int) -> None:
    result = solve(problem, seconds=30, workers=workers)

    assert isinstance(result, Result)
    assert result.proved
    assert result.objective == _by_cp_sat_alone(problem)


def _by_cp_sat_alone(problem: Problem) -> int:
    from ortools.sat.python import cp_model

    tables = tabulate(problem)
    nobody = [(0,) * problem.days] * tables.people  # only hints
    solver = cp_model.CpSolver()
    assert solver.solve(PartModel(tables, nobody, range(tables.people)).model) == cp_model.OPTIMAL
    return round(solver.objective_value)


def test_each_better_roster_is_told(problem: Problem) -> None:
    heard: list[Progress] = []

    result = solve(problem, seconds=30, told=heard.append)

    assert isinstance(result, Result)
    costs = [progress.objective for progress in heard]
    assert costs == sorted(set(costs), reverse=True)
    assert (heard[-1].roster, costs[-1]) == (result.roster, result.objective)
    assert all(breaches(problem, progress.roster) == [] for progress in heard)


def test_stop_keeps_the_best_so_far() -> None:
    stop = Event()
    big = parse_instance(_many_people(), "big.txt")
    began = monotonic()

    result = solve(big, seconds=250, told=lambda _: stop.set(), stop=stop)

    assert isinstance(result, Result)
    assert breaches(big, result.roster) == []
    assert monotonic() - began < 100  # of 250


def test_a_search_stopped_before_it_began_has_no_roster(problem: Problem) -> None:
    stop = Event()
    stop.set()

    assert isinstance(solve(problem, stop=stop), NoRoster)


def _many_people() -> str:
    """Four weeks and a score of people, which nobody proves in a moment."""
    staff = [f"p{n},E=28|L=14,8640,7560,{5 + n % 2},2,{2 + n % 2},2" for n in range(20)]
    leave = [f"p{n},{n},{27 - n // 2}" for n in range(20)]
    off = [f"p{n},{(n * 5) % 28},{'EL'[n % 2]},{1 + n % 3}" for n in range(20)]
    cover = [f"{d},{s},{5 + (d * 7 + len(s)) % 3},100,1" for d in range(28) for s in "EL"]
    return "\n".join(
        [
            *("SECTION_HORIZON", "28", "SECTION_SHIFTS", "E,480,", "L,480,E"),
            *("SECTION_STAFF", *staff, "SECTION_DAYS_OFF", *leave),
            *("SECTION_SHIFT_OFF_REQUESTS", *off, "SECTION_COVER", *cover),
        ]
    )
