"""The forecast: a held-out month of made-up calls, against the same half hours of the last week, in the same run."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

import numpy as np

from bench.figures import Aim, Better, Figure, ratio
from bench.made_calls import Habits, made_calls, part, together
from case_store.rotation.demand.erlang import Target, agents_needed
from case_store.rotation.demand.forecast import forecast
from case_store.rotation.demand.history import HALF_HOUR, Grid, History

FIRST_DAY: Final = date(2026, 1, 5)
"""The month held out lies in July, with its three holidays; the half year before has Songkran in it."""
MONTH: Final = 28
AIM: Final = Aim(0.9, Better.BELOW)
_HANDLING: Final = 270.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """`places`: how many are made of each size; their errors are averaged."""

    places: int = 20
    weeks: int = 26
    sizes: tuple[tuple[str, float], ...] = (
        ("the whole country, 8,000 calls a day", 8_000),
        ("a large province, 300", 300),
        ("a middling one, 80", 80),
        ("a small one, 20", 20),
    )


@dataclass(frozen=True)
class Errors:
    """Of one month: ours, the last week's, the mean of the last four weeks', and that of who knows the truth."""

    ours: float
    last_week: float
    four_weeks: float
    truth: float
    ours_absolute: float
    last_week_absolute: float
    seconds: float = 0.0


def measure(size: Size, say: Say) -> tuple[list[Figure], list[str]]:
    figures: list[Figure] = []
    for words, a_day in size.sizes:
        say(words)
        found = [_of_place(a_day, size, seed) for seed in range(size.places)]
        figures += _rows(words, found)
    say("a new province")
    figures += _borrowed(size)
    figures.append(_sizing())
    return figures, []


def _of_place(a_day: float, size: Size, seed: int) -> Errors:
    habits = Habits(a_day, growth=0.002 * (seed % 5 - 1), peak_hour=9.5 + seed % 3 / 2)
    days = size.weeks * 7
    made = made_calls(habits, FIRST_DAY, days + MONTH, seed=seed)
    past, month = part(made.history, 0, days), part(made.history, days, days + MONTH)
    began = time.perf_counter()
    guess = forecast(past, month.first_day, _special(month)).calls
    seconds = time.perf_counter() - began
    return _errors(guess, past, month, made.expected[-MONTH:], seconds)


def _errors(guess: Grid, past: History, month: History, truth: Grid, seconds: float) -> Errors:
    last_week = np.tile(past.counts[-7:], (MONTH // 7, 1))
    mean = past.counts[-28:].reshape(4, 7, -1).mean(axis=0)
    return Errors(
        wape(guess, month.counts),
        wape(last_week, month.counts),
        wape(np.tile(mean, (MONTH // 7, 1)), month.counts),
        wape(truth, month.counts),
        mae(guess, month.counts),
        mae(last_week, month.counts),
        seconds,
    )


def wape(guess: Grid, came: Grid) -> float:
    """Weighted absolute percentage error: what was guessed wrong, as a share of all that came."""
    return float(np.abs(guess - came).sum() / came.sum())


def mae(guess: Grid, came: Grid) -> float:
    """Mean absolute error: calls of a half hour."""
    return float(np.abs(guess - came).mean())


def _rows(words: str, found: Sequence[Errors]) -> list[Figure]:
    ours, last_week = (
        fmean(one.ours for one in found), fmean(one.last_week for one in found)
    )  # fmt: skip
    four_weeks, truth = (
        fmean(one.four_weeks for one in found), fmean(one.truth for one in found)
    )  # fmt: skip
    better = ratio(ours, last_week)
    absolute = fmean(one.ours_absolute for one in found)
    naive = fmean(one.last_week_absolute for one in found)
    return [
        Figure(words),
        Figure("  WAPE, the last week again (seasonal naive)", 100 * last_week, "%"),
        Figure("  WAPE, mean of four weeks", 100 * four_weeks, "%", ratio(four_weeks, last_week)),
        Figure("  WAPE, ours", 100 * ours, "%", better, AIM, better),
        Figure("  WAPE of who knows the truth", 100 * truth, "%", ratio(truth, last_week)),
        Figure("  MAE of a half hour, seasonal naive", naive, "calls"),
        Figure("  MAE of a half hour, ours", absolute, "calls", ratio(absolute, naive)),
        Figure("  time of a forecast", 1000 * fmean(one.seconds for one in found), "ms"),
    ]


def _borrowed(size: Size) -> list[Figure]:
    """Ten days of calls, alone and with the week of a region of five."""
    days, alone, lent, naive = size.weeks * 7, [], [], []
    for seed in range(size.places):
        region = together(
            [
                made_calls(Habits(120), FIRST_DAY, days, seed=1_000 + 10 * seed + n).history
                for n in range(5)
            ]
        )
        made = made_calls(Habits(25), FIRST_DAY, days + MONTH, seed=seed).history
        new, month = part(made, days - 10, days), part(made, days, days + MONTH)
        special = _special(month)
        alone.append(wape(forecast(new, month.first_day, special).calls, month.counts))
        borrowed = forecast(new, month.first_day, special, larger=[region])
        lent.append(wape(borrowed.calls, month.counts))
        naive.append(wape(np.tile(new.counts[-7:], (4, 1)), month.counts))
    base = fmean(naive)
    return [
        Figure("a new province, ten days of 25 calls"),
        Figure("  WAPE, the last week again (seasonal naive)", 100 * base, "%"),
        Figure("  WAPE, ours, its own calls only", 100 * fmean(alone), "%", fmean(alone) / base),
        Figure(
            "  WAPE, ours, its region's week", 100 * fmean(lent), "%", fmean(lent) / base, AIM,
            fmean(lent) / base,
        ),
    ]  # fmt: skip


def _sizing() -> Figure:
    began = time.perf_counter()
    target = Target(average_wait=60, abandoned_share=0.05)
    for calls in range(1, 1_000):
        agents_needed(calls, _HANDLING, HALF_HOUR, target, shrinkage=0.3)
    return Figure("999 half hours of 1 to 999 calls to people", time.perf_counter() - began, "s")


def _special(history: History) -> list[bool]:
    return [place in history.special for place in range(history.days)]
