"""Whatever is asked, the roster keeps every hard rule, or there is none and that is said."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from case_store.rotation.roster.problem import (
    Cap,
    Certificate,
    Contract,
    Need,
    Person,
    Pin,
    Problem,
    ProblemError,
    Roster,
    Rule,
    ShiftType,
    score,
)
from case_store.rotation.roster.search import NoRoster, Result, solve
from case_store.rotation.roster.start import Clash
from tests.case_store.rotation.instances import EVENING, MORNING, NIGHT, SHIFTS, problems
from tests.case_store.rotation.rules import breaches, breaches_of

LATE = replace(EVENING, not_next_day=frozenset())  # where there is no morning shift
EASY = Contract(most_minutes=100_000, most_days_in_row=100)
LIGHT = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def roster_of(problem: Problem) -> Roster:
    result = solve(problem, seconds=2)
    assert isinstance(result, Result)
    assert breaches(problem, result.roster) == []
    return result.roster


def alone(person: Person, days: int = 7, need: int = 1, **more: object) -> Problem:
    """One person, asked for every shift of every day."""
    needs = tuple(Need(day, shift.code, need) for day in range(days) for shift in SHIFTS)
    return replace(Problem(days, SHIFTS, (person,), needs), **more)  # type: ignore[arg-type]


@given(problems())
@LIGHT
def test_every_roster_keeps_every_hard_rule(problem: Problem) -> None:
    result = solve(problem, seconds=0.3)

    if isinstance(result, Result):
        assert breaches(problem, result.roster) == []
        assert result.objective == score(problem, result.roster) >= result.bound


@given(problems(most_days=6))
@LIGHT
def test_the_best_roster_is_found_and_none_is_denied(problem: Problem) -> None:
    problem = replace(problem, people=problem.people[:1], wishes=(), pins=())
    [person] = problem.people

    result = solve(problem, seconds=5)

    rows = product((None, "M", "E", "N"), repeat=problem.days)
    valid = [row for row in rows if not breaches_of(problem, person, row)]
    if isinstance(result, NoRoster):
        assert valid == []
        assert [clash.person for clash in result.clashes] == [person.id]
    else:
        assert result.proved
        assert result.objective == min(score(problem, (row,)) for row in valid)


def test_a_certificate_that_ends_within_the_horizon_ends_the_shifts_that_need_it() -> None:
    person = Person("Anong", EASY, certificates=(Certificate("phone", 0, 3),))

    [row] = roster_of(alone(person, days=7))

    assert set(row[4:]) == {"E"}  # the only shift without a channel


def test_a_night_needs_a_certificate_for_the_morning_it_ends_in() -> None:
    person = Person("Anong", EASY, certificates=(Certificate("phone", 0, 3),))
    nights = Problem(7, (NIGHT,), (person,), tuple(Need(day, "N", 1) for day in range(7)))

    [row] = roster_of(nights)

    assert row == ("N", "N", "N", None, None, None, None)


def test_leave_and_pins_are_kept() -> None:
    person = Person("Anong", EASY, leave=frozenset({2}))
    pins = (Pin("Anong", 1, None), Pin("Anong", 5, "E"))

    [row] = roster_of(alone(person, pins=pins))

    assert (row[1], row[2], row[5]) == (None, None, "E")


def test_days_in_a_row_go_on_from_the_history() -> None:
    person = Person("Anong", replace(EASY, most_days_in_row=5), history=("E",) * 4)

    [row] = roster_of(alone(person))

    assert row[:2] == ("E", None)


def test_a_rest_begun_before_the_horizon_is_finished() -> None:
    contract = replace(EASY, least_days_off_in_row=3)

    [row] = roster_of(alone(Person("Anong", contract, history=("E", None))))

    assert row[:3] == (None, None, "E")


def test_without_history_a_run_at_the_border_is_long_enough() -> None:
    contract = replace(EASY, least_days_in_row=3)
    person = Person("Anong", contract, leave=frozenset({1, 5}))

    [row] = roster_of(alone(person))

    assert row == ("E", None, "E", "E", "E", None, "E")


def test_nights_in_a_row_are_counted_with_those_before() -> None:
    person = Person("Anong", replace(EASY, most_nights_in_row=2), history=("N",))
    nights = Problem(
        3, (replace(NIGHT, channel=None),), (person,), tuple(Need(d, "N", 1) for d in range(3))
    )

    [row] = roster_of(nights)

    assert row == ("N", None, "N")


def test_the_rest_between_shifts_is_long_enough() -> None:
    early = replace(MORNING, channel=None)
    needs = (Need(0, "E", 1), Need(1, "M", 1, weight_short=50))
    person = Person("Anong", replace(EASY, least_rest=11 * 60))

    [row] = roster_of(Problem(2, (early, LATE), (person,), needs))
    [rested] = roster_of(Problem(2, (early, LATE), (replace(person, contract=EASY),), needs))

    assert row == ("E", None)
    assert rested == ("E", "M")


def test_a_cap_counts_its_shifts_on_its_days() -> None:
    weekend = Cap(1, frozenset("MEN"), frozenset({5, 6}))
    late = Cap(2, frozenset("E"))
    person = Person("Anong", replace(EASY, caps=(weekend, late)))

    [row] = roster_of(alone(person, days=7))

    assert row.count("E") == 2
    assert sum(row[day] is not None for day in (5, 6)) <= 1


@pytest.mark.parametrize(
    ("history", "days"),
    [
        ((), 7),  # four times eight hours of any seven days
        (("E",) * 4, 4),
        (("E",) * 6, 4),  # more than was allowed, and not held against what follows
    ],
)
def test_no_seven_days_hold_more_than_their_minutes(history: tuple[str, ...], days: int) -> None:
    contract = replace(EASY, most_minutes_in_seven_days=4 * 480)
    person = Person("Anong", contract, history=history)
    evenings = Problem(10, (LATE,), (person,), tuple(Need(d, "E", 1) for d in range(10)))

    [row] = roster_of(evenings)

    assert row.count("E") == days


def test_what_never_goes_together_is_kept_and_named() -> None:
    person = Person("Anong", EASY, never=frozenset({(3, "E")}))
    evenings = Problem(7, (LATE,), (person,), tuple(Need(day, "E", 1) for day in range(7)))

    [row] = roster_of(evenings)
    pinned = solve(replace(evenings, pins=(Pin("Anong", 3, "E"),)), seconds=2)

    assert [day for day, code in enumerate(row) if code is None] == [3]
    assert isinstance(pinned, NoRoster)
    assert pinned.clashes == (Clash("Anong", frozenset({Rule.NEVER, Rule.PINS})),)


def test_standby_counts_no_minutes() -> None:
    standby = replace(NIGHT, minutes=0, channel=None)
    person = Person("Anong", replace(EASY, most_minutes=2 * 480, most_minutes_in_seven_days=480))
    needs = tuple(Need(day, code, 1) for day in range(7) for code in "EN")

    [row] = roster_of(Problem(7, (LATE, standby), (person,), needs))

    assert row.count("E") <= 1
    assert None not in row


def test_too_few_people_is_no_reason_for_no_roster() -> None:
    result = solve(alone(Person("Anong", EASY), need=5), seconds=2)

    assert isinstance(result, Result)
    assert result.objective >= 100


def test_who_cannot_have_any_line_is_named_with_the_rules_in_the_way() -> None:
    busy = Person("Boon", replace(EASY, least_minutes=6 * 480), leave=frozenset({0, 1}))
    problem = Problem(7, (LATE,), (Person("Anong", EASY), busy))

    result = solve(problem, seconds=2)

    assert isinstance(result, NoRoster)
    assert result.clashes == (Clash("Boon", frozenset({Rule.LEAVE, Rule.LEAST_MINUTES})),)


def test_a_pin_on_a_day_of_leave_is_a_clash() -> None:
    person = Person("Anong", EASY, leave=frozenset({0}))
    problem = Problem(7, (LATE,), (person,), pins=(Pin("Anong", 0, "E"),))

    result = solve(problem, seconds=2)

    assert isinstance(result, NoRoster)
    assert result.clashes == (Clash("Anong", frozenset({Rule.LEAVE, Rule.PINS})),)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"days": 0}, "at least one day"),
        ({"people": ()}, "at least one shift and one person"),
        ({"pins": (Pin("Nobody", 0, None),)}, "no person Nobody"),
        ({"pins": (Pin("Anong", 9, None),)}, "Day 9 is not in the horizon"),
        ({"needs": (Need(0, "X", 1),)}, "no shift X"),
        ({"needs": (Need(0, "E", 1), Need(0, "E", 2))}, "appears twice"),
        ({"needs": (Need(0, "E", -1),)}, "not negative"),
        ({"shifts": (ShiftType("E", -1),)}, "less than no time"),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(
    wrong: dict[str, object], sentence: str
) -> None:
    problem = Problem(7, (LATE,), (Person("Anong", EASY),))

    with pytest.raises(ProblemError, match=sentence):
        replace(problem, **wrong)  # type: ignore[arg-type]
