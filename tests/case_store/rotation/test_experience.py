"""Who is new is not left alone: experienced people are spread over the shifts, and go with the new."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from case_store.rotation.roster.problem import Contract, Need, Person, Problem, ShiftType, score
from case_store.rotation.roster.search import Result, solve
from tests.case_store.rotation.instances import problems
from tests.case_store.rotation.rules import breaches

EASY = Contract(most_minutes=100_000, most_days_in_row=100)
DAY, EVENING = ShiftType("D", 480), ShiftType("E", 480)
ONE_DAY = Problem(
    1,
    (DAY, EVENING),
    (
        Person("Anong", EASY),
        Person("Boon", EASY),
        Person("New 1", EASY, experienced=False),
        Person("New 2", EASY, experienced=False),
    ),
)


def who(problem: Problem, workers: int = 1) -> dict[str, set[str]]:
    """Who works which shift on the one day, of a roster that is proved the best."""
    result = solve(problem, seconds=10, workers=workers)
    assert isinstance(result, Result)
    assert result.proved
    assert result.objective == score(problem, result.roster)
    shifts: dict[str, set[str]] = {"D": set(), "E": set()}
    for person, (code,) in zip(problem.people, result.roster, strict=True):
        if code is not None:
            shifts[code].add(person.id)
    return shifts


@pytest.mark.parametrize("workers", [1, 2])
def test_each_shift_has_the_experienced_people_it_needs(workers: int) -> None:
    needs = (Need(0, "D", 2, experienced=1), Need(0, "E", 2, experienced=1))

    shifts = who(replace(ONE_DAY, needs=needs), workers)

    assert all(len(people) == 2 for people in shifts.values())
    assert all(people & {"Anong", "Boon"} for people in shifts.values())


def test_without_being_asked_nobody_looks_at_experience() -> None:
    needs = (Need(0, "D", 2), Need(0, "E", 2))

    result = solve(replace(ONE_DAY, needs=needs), seconds=10)

    assert isinstance(result, Result)
    assert result.objective == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_each_new_person_goes_with_an_experienced_one(workers: int) -> None:
    needs = (Need(0, "D", 2), Need(0, "E", 2))

    shifts = who(replace(ONE_DAY, needs=needs, weight_unpaired=30), workers)

    for people in shifts.values():
        assert len(people & {"New 1", "New 2"}) == 1


def test_somebody_new_alone_is_better_than_nobody() -> None:
    people = tuple(person for person in ONE_DAY.people if not person.experienced)
    needs = (Need(0, "D", 1, experienced=1, weight_unled=50),)

    result = solve(replace(ONE_DAY, people=people, needs=needs, weight_unpaired=30), seconds=10)

    assert isinstance(result, Result)
    assert sum(row == ("D",) for row in result.roster) == 1
    assert result.objective == 50 + 30


@given(problems(least_days=3, most_days=3, most_people=2))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_two_people_get_the_best_of_all_pairs_of_lines(problem: Problem) -> None:
    result = solve(problem, seconds=20)

    lines = list(product((None, "M", "E", "N"), repeat=3))
    rosters = product(lines, repeat=len(problem.people))
    costs = [score(problem, roster) for roster in rosters if not breaches(problem, roster)]
    if isinstance(result, Result):
        assert result.proved
        assert result.objective == min(costs)
    else:
        assert costs == []
