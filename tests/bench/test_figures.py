"""The table tells what was measured, what was aimed at, and which aims were missed."""

import math

from bench.figures import Aim, Better, Figure, middle, ratio, slowest_twentieth, table

AT_LEAST = Aim(0.8, Better.ABOVE)
BELOW = Aim(30, Better.BELOW, "ms")


def test_an_aim_of_at_least_is_met_by_its_own_limit() -> None:
    assert AT_LEAST.is_met_by(0.8)
    assert not AT_LEAST.is_met_by(0.79)


def test_an_aim_of_below_is_not_met_by_its_own_limit() -> None:
    assert BELOW.is_met_by(29.9)
    assert not BELOW.is_met_by(30)


def test_a_missed_aim_stands_out() -> None:
    assert Figure("x", 1.0, aim=AT_LEAST, judged=0.5).met == "NO"
    assert Figure("x", 1.0, aim=AT_LEAST, judged=0.9).met == "yes"
    assert Figure("x", 1.0).met == ""


def test_what_could_not_be_measured_meets_no_aim() -> None:
    assert Figure("x", 1.0, aim=BELOW, judged=math.nan).met == "NO"
    assert Figure("x", 1.0, aim=AT_LEAST, judged=math.nan).met == "NO"


def test_columns_stand_under_each_other() -> None:
    lines = table(
        [Figure("short", 1234.5, "a second", 1.0), Figure("a longer name", "not installed")]
    ).splitlines()

    assert lines[2].index("1234") + len("1234") == lines[3].index("installed") + len("installed")
    assert "1.00" in lines[2]


def test_the_ratio_to_nothing_is_no_number() -> None:
    assert math.isnan(ratio(1, 0))
    assert math.isnan(middle([]))
    assert math.isnan(slowest_twentieth([1.0] * 19))


def test_the_slowest_twentieth_lies_above_the_rest() -> None:
    assert 94 < slowest_twentieth([float(value) for value in range(1, 101)]) < 97
