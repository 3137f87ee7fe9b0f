"""Made-up calls with the habits of real ones, the same for the same seed: what a forecast is tried with.

A day has its busy hours (two humps and a long night), a week its Monday, a holiday its quiet and the day after it more;
the level drifts, weeks are busier or quieter than each other, and so are single days. Each half hour is a Poisson draw
around all that, so that not even who knew the truth could tell it exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from case_store.deadlines.calendar import WorkingCalendar
from case_store.rotation.demand.history import SLOTS, Grid, History, is_special

_WEEKDAYS: Final = (1.22, 1.05, 1.0, 0.98, 0.95, 0.55, 0.45)
_HOLIDAY: Final = 0.5
_AFTER_HOLIDAY: Final = 1.2


@dataclass(frozen=True)
class Habits:
    """Of one place. `a_day`: calls on an ordinary day; `growth`: a week; `restless`: how days differ, as a share."""

    a_day: float
    growth: float = 0.004
    restless: float = 0.08
    peak_hour: float = 10.0


@dataclass(frozen=True)
class Made:
    """What came, and what was to be expected: the best that any forecast could know."""

    history: History
    expected: Grid


def made_calls(
    habits: Habits,
    first_day: date,
    days: int,
    *,
    seed: int,
    calendar: WorkingCalendar | None = None,
) -> Made:
    lot = np.random.default_rng(seed)
    calendar = calendar or WorkingCalendar()
    dates = [first_day + timedelta(days=number) for number in range(days)]
    special = [is_special(calendar, day) for day in dates]
    expected = np.array(
        [
            _shape(habits, quiet=is_off or day.weekday() > 4) * _size(day, place, special)
            for place, (day, is_off) in enumerate(zip(dates, special, strict=True))
        ]
    )
    weeks = np.arange(days) / 7
    expected *= (habits.a_day * np.exp(habits.growth * weeks))[:, None]
    moods = (
        lot.lognormal(0, habits.restless, days)
        * np.repeat(lot.lognormal(0, habits.restless / 2, days // 7 + 1), 7)[:days]
    )
    counts = lot.poisson(expected * moods[:, None]).astype(float)
    off = frozenset(place for place, is_off in enumerate(special) if is_off)
    return Made(History(first_day, counts, off), expected)


def part(history: History, first: int, last: int) -> History:
    """The days from one place to before another."""
    inside = frozenset(place - first for place in history.special if first <= place < last)
    first_day = history.first_day + timedelta(days=first)
    return History(first_day, history.counts[first:last], inside)


def together(histories: Sequence[History]) -> History:
    """The calls of several places on the same days."""
    counts = np.sum([one.counts for one in histories], axis=0)
    return History(histories[0].first_day, counts, histories[0].special)


def _shape(habits: Habits, *, quiet: bool) -> Grid:
    """The share of a day's calls in each half hour; on quiet days people call later and more evenly."""
    hour = np.arange(SLOTS) / 2 + 0.25
    shift, even = (1.0, 0.35) if quiet else (0.0, 0.12)
    morning = np.exp(-(((hour - habits.peak_hour - shift) / 1.8) ** 2))
    afternoon = 0.8 * np.exp(-(((hour - 14.2 - shift) / 2.2) ** 2))
    evening = 0.3 * np.exp(-(((hour - 19.5) / 2.0) ** 2))
    day = even * np.exp(-(((hour - 14) / 7) ** 2)) + 0.02
    shape = morning + afternoon + evening + day
    return np.asarray(shape / shape.sum())


def _size(day: date, place: int, special: Sequence[bool]) -> float:
    if special[place]:
        return _HOLIDAY
    after = place > 0 and special[place - 1] and day.weekday() < 5
    return _WEEKDAYS[day.weekday()] * (_AFTER_HOLIDAY if after else 1.0)
