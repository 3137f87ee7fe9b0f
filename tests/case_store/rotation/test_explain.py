"""Smallest sets of reasons, tried by writing out every roster, by rules that share no code with the model."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from case_store.rotation.roster.explain import (
    Bound,
    Reason,
    Unclear,
    Wanted,
    only,
    smallest_reasons,
    window,
)
from case_store.rotation.roster.problem import (
    Cap,
    Certificate,
    Contract,
    Need,
    Person,
    Problem,
    Rule,
    ShiftType,
)
from tests.case_store.rotation.rules import breaches_of

MORNING = ShiftType("M", 480, start=480, channel="phone")
NIGHT = ShiftType("N", 480, start=0, night=True, channel="phone")
DAYS = 4
ALWAYS = (Certificate("phone", 0, 99),)


def random_problem(seed: int) -> Problem:
    random = Random(seed)
    hunger = random.choice((2, 9, 12))

    def person(number: int) -> Person:
        return Person(
            id=f"p{number}",
            contract=Contract(
                most_minutes=480 * random.randint(1, DAYS),
                most_days_in_row=random.randint(1, DAYS),
                least_days_off_in_row=random.randint(1, 2),
                most_nights_in_row=random.choice((None, 1, 2)),
                most_of_shift=random.choice(({}, {"N": 0}, {"N": 1})),
            ),
            leave=frozenset(day for day in range(DAYS) if random.random() < 0.2),
            certificates=random.choice((ALWAYS, ALWAYS, (Certificate("phone", 0, 1),))),
            history=random.choice(((), ("M", "N"), (None, "N"))),
        )

    shifts = random.choice(
        ((MORNING, NIGHT), (replace(MORNING, not_next_day=frozenset({"N"})), NIGHT))
    )
    needs = tuple(
        Need(day, shift.code, random.choice((*[0] * hunger, 1, 1, 2)))
        for day in range(DAYS)
        for shift in shifts
    )
    people = tuple(person(number) for number in range(random.randint(2, 3)))
    return Problem(DAYS, shifts, people, needs, first_weekday=random.randint(0, 6))


def possible(problem: Problem, reasons: tuple[Reason, ...]) -> bool:
    """Whether there is a roster, by looking at all of them: heads that can be had, person by person."""
    wanted = {(one.day, one.shift): one.people for one in reasons if isinstance(one, Wanted)}
    bound = only(problem, reasons)
    places = sorted(wanted)
    had = {tuple(0 for _ in places)}
    for person in bound.people:
        lines = {
            tuple(int(row[day] == shift) for day, shift in places)
            for row in product((None, "M", "N"), repeat=problem.days)
            if not breaches_of(bound, person, row)
        }
        had = {
            tuple(min(2, one + more) for one, more in zip(heads, line, strict=True))
            for heads in had
            for line in lines
        }
    return any(
        all(heads[number] >= wanted[place] for number, place in enumerate(places)) for heads in had
    )


@pytest.mark.parametrize("seed", range(60))
def test_no_reason_can_be_left_out_and_none_is_missing(seed: int) -> None:
    problem = random_problem(seed)
    found = smallest_reasons(problem, problem.needs, seconds=60)
    everything = smallest_of_all(problem)
    assert bool(found) == (not possible(problem, everything))
    if found:
        assert len(set(found)) == len(found)
        assert not possible(problem, found)
        for one in found:
            assert possible(problem, tuple(other for other in found if other != one)), one


def smallest_of_all(problem: Problem) -> tuple[Reason, ...]:
    wanted = [Wanted(one.day, one.shift, one.people) for one in problem.needs if one.people]
    bounds = [Bound(rule, person.id) for rule in Rule for person in problem.people]
    return (*wanted, *bounds, Bound(Rule.SUCCESSION, None))


def test_the_random_problems_are_of_both_kinds() -> None:
    problems = [random_problem(seed) for seed in range(60)]
    impossible = [one for one in problems if not possible(one, smallest_of_all(one))]
    assert 10 < len(impossible) < 55


def test_the_night_that_only_one_can_work() -> None:
    """Two are wanted: the certificate of one ends before it, another has leave."""
    plain = Contract(most_minutes=480 * 7)
    problem = Problem(
        days=7,
        shifts=(MORNING, NIGHT),
        people=(
            Person("a", plain, certificates=ALWAYS),
            Person("b", plain, certificates=(Certificate("phone", 0, 2),)),
            Person("c", plain, leave=frozenset({3, 4}), certificates=ALWAYS),
        ),
        needs=(Need(3, "N", 2),),
    )
    assert set(smallest_reasons(problem, problem.needs, seconds=20)) == {
        Wanted(3, "N", 2), Bound(Rule.CERTIFICATES, "b"), Bound(Rule.LEAVE, "c"),
    }  # fmt: skip


def test_one_for_all_nights_of_a_week_is_three_nights_in_a_row() -> None:
    contract = Contract(most_minutes=480 * 7, most_days_in_row=7, most_nights_in_row=3)
    never = replace(contract, most_of_shift={"N": 0})
    problem = Problem(
        days=7,
        shifts=(MORNING, NIGHT),
        people=(
            Person("a", contract, certificates=ALWAYS),
            Person("b", never, certificates=ALWAYS),
        ),
        needs=tuple(Need(day, "N", 1) for day in range(7)),
    )
    found = smallest_reasons(problem, problem.needs, seconds=20)
    assert {one for one in found if isinstance(one, Bound)} == {
        Bound(Rule.MOST_NIGHTS_IN_ROW, "a"), Bound(Rule.MOST_OF_SHIFT, "b"),
    }  # fmt: skip
    days = sorted(one.day for one in found if isinstance(one, Wanted))
    assert days == list(range(days[0], days[0] + 4))


def test_a_window_asks_for_no_more_than_the_whole() -> None:
    for seed in range(60):
        problem = random_problem(seed)
        part = window(problem, 1, 2)
        if smallest_reasons(part, part.needs, seconds=20):
            assert smallest_reasons(problem, problem.needs, seconds=20)


def test_a_window_counts_its_own_days_of_a_cap_alone() -> None:
    problem = random_problem(0)
    capped = replace(
        problem,
        people=tuple(
            replace(
                one,
                contract=replace(
                    one.contract,
                    caps=(Cap(1, frozenset({problem.shifts[0].code}), frozenset({0, 1})),),
                ),
            )
            for one in problem.people
        ),
    )
    part = window(capped, 1, 2)
    assert {cap.days for one in part.people for cap in one.contract.caps} == {frozenset({0})}


def test_without_time_nothing_is_claimed() -> None:
    problem = random_problem(0)
    with pytest.raises(Unclear):
        smallest_reasons(problem, problem.needs, seconds=0)
