"""Erlang's formulas against published examples and against what must hold for any queue."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_store.rotation.demand.erlang import (
    Target,
    TooMany,
    agents_needed,
    blocking,
    erlang_a,
    erlang_c,
    offered_load,
    waiting_probability,
)

HALF_HOUR = 1800.0
LOADS = st.floats(0.05, 60)
HANDLING = st.floats(30, 900)


def test_the_example_of_call_centre_helper() -> None:
    """100 calls in half an hour of 180 s each, 80 % within 20 s: 14 agents, 20 with 30 % shrinkage."""
    load = offered_load(100, 180, HALF_HOUR)
    assert load == pytest.approx(10)
    assert erlang_c(13, load, 180).within_target == pytest.approx(0.7956, abs=5e-5)

    given = erlang_c(14, load, 180)

    assert given.waiting == pytest.approx(0.1741, abs=5e-5)
    assert given.within_target == pytest.approx(0.8884, abs=5e-5)
    assert given.average_wait == pytest.approx(7.8, abs=0.05)
    assert given.occupancy == pytest.approx(0.714, abs=5e-4)
    assert agents_needed(100, 180, HALF_HOUR, Target()) == 14
    assert agents_needed(100, 180, HALF_HOUR, Target(), shrinkage=0.3) == 20


def test_the_example_of_mitan() -> None:
    """360 calls in half an hour of 240 s each, 55 agents, 15 s."""
    load = offered_load(360, 240, HALF_HOUR)
    assert load == pytest.approx(48)

    given = erlang_c(55, load, 240, within=15)

    assert given.occupancy == pytest.approx(0.873, abs=5e-4)
    assert given.waiting == pytest.approx(0.239, abs=5e-4)
    assert given.average_wait == pytest.approx(8.2, abs=0.05)
    assert given.within_target == pytest.approx(0.846, abs=5e-4)


def test_the_example_of_mandelbaum_and_zeltyn() -> None:
    """48 calls a minute of a minute each, 50 agents; with and without callers who give up after two minutes."""
    patient = erlang_c(50, 48, 60)
    assert patient.average_wait == pytest.approx(20.8, abs=0.05)
    assert patient.average_wait * 48 / 60 == pytest.approx(17, abs=0.5)
    assert patient.occupancy == pytest.approx(0.96)

    given = erlang_a(50, 48, 60, patience=120)

    assert given.abandoned == pytest.approx(0.031, abs=5e-4)
    assert given.average_wait == pytest.approx(3.7, abs=0.05)
    assert given.average_wait * 48 / 60 == pytest.approx(3, abs=0.05)
    assert given.occupancy == pytest.approx(0.93, abs=5e-3)


def test_the_example_of_pyworkforce() -> None:
    """100 calls in half an hour of 180 s each, 14 agents, patience of five minutes."""
    given = erlang_a(14, 10, 180, patience=300)

    assert given.waiting == pytest.approx(0.14526, abs=5e-6)
    assert given.abandoned == pytest.approx(0.013984, abs=5e-7)
    assert given.occupancy == pytest.approx(0.704297, abs=5e-7)
    assert given.average_wait / 60 == pytest.approx(0.069919, abs=5e-7)


def test_erlang_b_against_the_sum_that_it_is() -> None:
    for agents, load in [(1, 0.3), (5, 3.0), (12, 20.0)]:
        terms = [load**k / math.factorial(k) for k in range(agents + 1)]
        assert blocking(agents, load) == pytest.approx(terms[-1] / sum(terms))


@pytest.mark.parametrize("load", [0.0, 1e-9, 1e-3])
def test_hardly_anybody_calls(load: float) -> None:
    assert waiting_probability(1, load) == pytest.approx(load)
    assert erlang_a(1, load, 180, patience=60).abandoned <= 0.001
    assert agents_needed(0, 180, HALF_HOUR, Target()) == 0


def test_five_thousand_erlang() -> None:
    calls = 5_000 * HALF_HOUR / 180
    agents = agents_needed(calls, 180, HALF_HOUR, Target(abandoned_share=0.01))

    assert 5_000 < agents < 5_200
    assert erlang_c(agents, 5_000, 180).within_target >= 0.8
    assert erlang_c(agents - 1, 5_000, 180).within_target < 0.8
    assert 0 < erlang_a(agents, 5_000, 180, patience=120).abandoned < 0.01
    # Half of them missing: those who give up keep the queue finite, and most of them do.
    assert erlang_a(2_500, 5_000, 180, patience=120).abandoned == pytest.approx(0.5, abs=0.01)


@given(LOADS, HANDLING, st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_more_agents_serve_better(load: float, handling: float, more: int) -> None:
    agents = math.floor(load) + more
    fewer, after = erlang_c(agents, load, handling), erlang_c(agents + 1, load, handling)
    assert after.within_target >= fewer.within_target - 1e-12
    assert after.average_wait <= fewer.average_wait + 1e-9
    less, then = (erlang_a(n, load, handling, patience=90) for n in (agents, agents + 1))
    assert then.within_target >= less.within_target - 1e-9
    assert then.abandoned <= less.abandoned + 1e-12


@given(LOADS, HANDLING)
@settings(max_examples=100, deadline=None)
def test_callers_of_endless_patience_make_erlang_c(load: float, handling: float) -> None:
    agents = math.floor(load) + 2
    endless, none = (
        erlang_a(agents, load, handling, patience=1e9), erlang_c(agents, load, handling)
    )  # fmt: skip
    assert endless.waiting == pytest.approx(none.waiting, abs=1e-5)
    assert endless.within_target == pytest.approx(none.within_target, abs=1e-5)
    assert endless.average_wait == pytest.approx(none.average_wait, rel=1e-3, abs=1e-3)
    assert endless.abandoned == pytest.approx(0, abs=1e-5)


@given(LOADS, HANDLING, st.integers(1, 80), st.floats(10, 1000))
@settings(max_examples=100, deadline=None)
def test_who_comes_in_goes_out(load: float, handling: float, agents: int, patience: float) -> None:
    """Little's law: abandonments are those who wait on average, times the rate at which one of them leaves."""
    given = erlang_a(agents, load, handling, patience=patience)
    assert given.abandoned == pytest.approx(given.average_wait / patience)
    assert given.occupancy * agents == pytest.approx(load * (1 - given.abandoned))
    assert 0 <= given.abandoned <= 1 and 0 <= given.within_target <= 1
    assert given.abandoned >= 1 - agents / load - 1e-9


def test_answers_in_time_with_impatient_callers_are_those_of_a_simulation() -> None:
    """The distribution of the wait, against a queue that is played with a fixed seed."""
    agents, handling, patience, within = 4, 180.0, 60.0, 20.0
    given = erlang_a(agents, 4.5, handling, patience=patience, within=within)
    lot, at, calls, in_time, gave_up = random.Random(7), 0.0, 60_000, 0, 0
    free = [0.0] * agents
    for _ in range(calls):
        at += lot.expovariate(4.5 / handling)
        begins = max(at, min(free))
        if begins - at > lot.expovariate(1 / patience):
            gave_up += 1
            continue
        in_time += begins - at <= within
        free[free.index(min(free))] = begins + lot.expovariate(1 / handling)

    assert given.within_target == pytest.approx(in_time / calls, abs=0.01)
    assert given.abandoned == pytest.approx(gave_up / calls, abs=0.01)


@given(st.floats(0.1, 400), HANDLING, st.floats(0, 0.6))
@settings(max_examples=100, deadline=None)
def test_what_is_needed_is_enough_and_not_one_too_many(
    calls: float, handling: float, shrinkage: float
) -> None:
    target = Target(average_wait=30, abandoned_share=0.05)
    load = offered_load(calls, handling, HALF_HOUR)
    agents = agents_needed(calls, handling, HALF_HOUR, target)
    assert agents > load
    assert agents_needed(calls, handling, HALF_HOUR, target, shrinkage=shrinkage) >= agents
    for number, enough in [(agents, True), (agents - 1, False)]:
        c = erlang_c(number, load, handling)
        a = erlang_a(number, load, handling, patience=target.patience)
        met = c.within_target >= 0.8 and c.average_wait <= 30 and a.abandoned <= 0.05
        assert met == enough


def test_no_target_asks_for_one_more_than_the_load() -> None:
    assert agents_needed(100, 180, HALF_HOUR, Target(answered_share=None)) == 11


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="shrinkage"):
        agents_needed(1, 180, HALF_HOUR, Target(), shrinkage=1)
    with pytest.raises(TooMany):
        agents_needed(10**9, 180, HALF_HOUR, Target())
