"""The forecast from made-up calls: shapes, trends, holidays, gaps, and little to go by. No database."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.made_calls import Habits, made_calls, part, together
from case_store.rotation.demand.forecast import (
    DEFAULT_TALK,
    SHORTEST_TALK,
    Basis,
    forecast,
    handling_seconds,
)
from case_store.rotation.demand.history import SLOTS, Grid, Handling, History
from case_store.rotation.demand.pattern import pattern_of

MONDAY = date(2026, 1, 5)
WEEKS = 20


def error(guess: Grid, came: Grid) -> float:
    return float(np.abs(guess - came).sum() / came.sum())


def nothing_special(days: int) -> list[bool]:
    return [False] * days


@pytest.mark.parametrize("a_day", [1_500, 200, 40])
def test_a_held_out_month_is_foretold_better_than_by_the_last_week(a_day: float) -> None:
    made = made_calls(Habits(a_day), MONDAY, WEEKS * 7 + 28, seed=3).history
    past, month = part(made, 0, WEEKS * 7), part(made, WEEKS * 7, WEEKS * 7 + 28)

    guess = forecast(past, month.first_day, [place in month.special for place in range(28)])

    naive = np.tile(past.counts[-7:], (4, 1))
    assert error(guess.calls, month.counts) < 0.9 * error(naive, month.counts)
    assert guess.calls.sum() == pytest.approx(month.counts.sum(), rel=0.15)
    assert guess.basis is Basis.OWN
    assert (guess.counted, guess.days, guess.silences) == (past.calls, WEEKS * 7, 0)


def test_the_same_past_gives_the_same_forecast() -> None:
    first, second = (
        forecast(made_calls(Habits(90), MONDAY, 70, seed=1).history, MONDAY, nothing_special(7))
        for _ in range(2)
    )
    assert np.array_equal(first.calls, second.calls)


def test_a_trend_goes_on_and_does_not_run_away() -> None:
    made = made_calls(Habits(900, growth=0.03, restless=0.01), MONDAY, 84, seed=2)
    soon, late = (
        forecast(made.history, MONDAY + timedelta(days=84 + after), nothing_special(7)).calls.sum()
        for after in (0, 25 * 7)
    )
    last_week = made.history.counts[-7:].sum()
    assert last_week < soon < 1.1 * last_week
    assert soon < late < 1.4 * last_week


def test_a_holiday_is_foretold_apart_from_its_weekday() -> None:
    made = made_calls(Habits(400), MONDAY, 26 * 7, seed=4).history
    assert made.special

    plain, closed = (
        forecast(made, MONDAY + timedelta(days=26 * 7), [is_off, *nothing_special(6)]).calls
        for is_off in (False, True)
    )

    assert closed[0].sum() < 0.7 * plain[0].sum()
    assert np.array_equal(plain[1:], closed[1:])


def test_without_a_holiday_so_far_one_is_like_a_sunday() -> None:
    whole = made_calls(Habits(400), MONDAY, 70, seed=4).history
    made = History(whole.first_day, whole.counts)
    guess = forecast(made, MONDAY + timedelta(days=70), [True, *nothing_special(6)]).calls
    assert guess[0].sum() == pytest.approx(guess[6].sum(), rel=0.01)


def test_a_week_of_holidays_is_not_taken_for_a_fall() -> None:
    made = made_calls(Habits(400), MONDAY, 70, seed=5).history
    counts = made.counts.copy()
    counts[-7:-2] *= 0.4
    songkran = History(MONDAY, counts, made.special | frozenset(range(63, 68)))
    usual, after = (
        forecast(one, MONDAY + timedelta(days=70), nothing_special(7)).calls.sum()
        for one in (made, songkran)
    )
    assert after == pytest.approx(usual, rel=0.1)


def test_a_line_that_was_down_is_no_day_without_calls() -> None:
    made = made_calls(Habits(300), MONDAY, 70, seed=6).history
    counts = made.counts.copy()
    counts[50:54] = 0
    counts[60, 18:26] = 0
    down = History(MONDAY, counts, made.special)

    guess = forecast(down, MONDAY + timedelta(days=70), nothing_special(7))

    usual = forecast(made, MONDAY + timedelta(days=70), nothing_special(7))
    assert guess.silences >= 4 * SLOTS
    assert guess.calls.sum() == pytest.approx(usual.calls.sum(), rel=0.06)


def test_a_day_like_no_other_does_not_come_again_every_week() -> None:
    made = made_calls(Habits(300), MONDAY, 70, seed=6).history
    counts = made.counts.copy()
    counts[66] *= 6
    flood = History(MONDAY, counts, made.special)

    guess = forecast(flood, MONDAY + timedelta(days=70), nothing_special(7))

    usual = forecast(made, MONDAY + timedelta(days=70), nothing_special(7))
    assert guess.unusual_days == 1 and usual.unusual_days == 0
    assert guess.calls.sum() == pytest.approx(usual.calls.sum(), rel=0.06)


def test_a_level_that_has_risen_for_good_is_followed() -> None:
    made = made_calls(Habits(300), MONDAY, 70, seed=6).history
    counts = made.counts.copy()
    counts[-14:] *= 3
    guess = forecast(History(MONDAY, counts), MONDAY + timedelta(days=70), nothing_special(7))
    assert guess.unusual_days == 0
    assert guess.calls.sum() > 0.7 * counts[-7:].sum()


def test_quiet_nights_are_no_gaps() -> None:
    made = made_calls(Habits(20), MONDAY, 70, seed=7).history
    assert (made.counts.sum(axis=1) < 6).any()
    assert pattern_of(made).silences == 0


def test_a_new_province_borrows_its_shape_and_keeps_its_own_level() -> None:
    """Five days of calls: the week of the region at the level of these days."""
    region = together([made_calls(Habits(150), MONDAY, 140, seed=n).history for n in range(5)])
    truth = made_calls(Habits(30), MONDAY, 140 + 28, seed=9)
    new, month = part(truth.history, 135, 140), part(truth.history, 140, 168)

    alone = forecast(new, month.first_day, nothing_special(28))
    guess = forecast(new, month.first_day, nothing_special(28), larger=[new, region])

    assert guess.basis is Basis.BORROWED
    assert guess.counted == new.calls
    expected = truth.expected[-28:]
    assert error(guess.calls, expected) < 0.85 * error(alone.calls, expected)
    assert alone.basis is Basis.LITTLE


def test_who_has_no_calls_is_told_nothing() -> None:
    guess = forecast(History(MONDAY, np.zeros((0, SLOTS))), MONDAY, nothing_special(7))
    assert guess.basis is Basis.NONE
    assert guess.calls.shape == (7, SLOTS) and not guess.calls.any()


@pytest.mark.parametrize("days", [1, 2, 6, 7, 8, 20, 30])
@pytest.mark.parametrize("calls", [1, 400])
def test_any_little_history_gives_numbers(days: int, calls: int) -> None:
    counts = np.zeros((days, SLOTS))
    counts[-1, 20] = calls
    past = History(MONDAY, counts, frozenset({days - 1}))
    guess = forecast(past, MONDAY + timedelta(days=days), [*nothing_special(6), True])
    assert np.isfinite(guess.calls).all() and (guess.calls >= 0).all()
    assert guess.calls.sum() > 0


@given(
    st.integers(0, 10**6),
    st.integers(1, 60),
    st.sampled_from([0.0, 0.01, 0.5, 5.0, 400.0]),
    st.floats(0, 1),
    st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_whatever_came_the_forecast_is_a_number_of_calls(
    seed: int, days: int, rate: float, gaps: float, closed: float
) -> None:
    """Gaps, spikes and closed days at random: finite, never below nothing, never far above the most that came."""
    lot = np.random.default_rng(seed)
    counts = lot.poisson(rate, (days, SLOTS)) * lot.choice([1, 1, 1, 9], (days, 1))
    counts[lot.random(days) < gaps] = 0
    off = frozenset(np.flatnonzero(lot.random(days) < closed).tolist())
    past = History(MONDAY, counts.astype(float), off)
    special = (lot.random(7) < closed).tolist()

    guess = forecast(past, MONDAY + timedelta(days=days), special).calls

    assert np.isfinite(guess).all() and (guess >= 0).all()
    assert guess.sum() <= 20 * (counts.sum(axis=1).max() * 7 + 1)


def test_handling_goes_by_the_own_talks_as_far_as_there_are_some() -> None:
    assert handling_seconds(Handling(0, 0), wrap_up=30) == DEFAULT_TALK + 30
    assert handling_seconds(Handling(300, 50), wrap_up=0) == pytest.approx((300 + DEFAULT_TALK) / 2)
    assert handling_seconds(Handling(300, 100_000), wrap_up=30) == pytest.approx(330, abs=1)
    assert handling_seconds(Handling(5, 100_000), wrap_up=0) == SHORTEST_TALK
