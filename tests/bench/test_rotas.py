"""Made-up provinces are planned by the rules, and their plain check sees what is wrong."""

from dataclasses import replace
from threading import Event

import pytest

from bench.rotas import broken_rules, missing_heads, plan, province, spread_of_nights
from case_store.rotation.roster.board import Progress
from case_store.rotation.roster.search import Result, solve
from tests.case_store.rotation.rules import breaches


@pytest.mark.parametrize("number", [0, 1])
def test_a_small_province_has_a_fair_rota_by_the_rules(number: int) -> None:
    problem, full = province(number), Event()

    def told(progress: Progress) -> None:
        if missing_heads(problem, progress.roster) == 0:
            full.set()

    result = solve(problem, seconds=120, workers=1, told=told, stop=full)

    assert isinstance(result, Result)
    assert breaches(problem, result.roster) == []
    assert broken_rules(problem, result.roster) == 0
    assert missing_heads(problem, result.roster) == 0
    assert spread_of_nights(problem, result.roster) <= 1


def test_a_province_round_the_clock_keeps_the_rules() -> None:
    assert plan(12, 1).broken == 0


def test_the_plain_check_sees_a_breach_and_unfairness() -> None:
    problem = province(12)
    always = tuple(("N",) * problem.days for _ in problem.people)
    nobody = tuple((None,) * problem.days for _ in problem.people)
    twins = replace(
        problem, people=tuple(replace(problem.people[0], id=one.id) for one in problem.people)
    )
    one = (always[0], *nobody[1:])

    assert broken_rules(problem, always) > len(problem.people)
    assert broken_rules(problem, nobody) == 0
    assert missing_heads(problem, nobody) == sum(need.people for need in problem.needs)
    assert spread_of_nights(twins, one) == problem.days
