"""From the calls of past weeks to those of coming half hours. Pure functions over small arrays.

A week has a shape (336 half hours) and a level that moves from week to week; holidays and closures have a shape of
their own. What a centre's few calls cannot tell is borrowed from a larger place, and the result says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from case_store.rotation.demand.history import SLOTS, Grid, Handling, History
from case_store.rotation.demand.pattern import SPECIAL, WEEKDAYS, Pattern, kinds_of, pattern_of

ENOUGH_CALLS: Final = 300
"""With fewer calls, or fewer days, the shape of a week is mostly chance."""
ENOUGH_DAYS: Final = 21
_TREND_DAMPING: Final = 0.85
_TALK_PRIOR: Final = 50
"""Talks that the default counts for, against a centre's own."""
DEFAULT_TALK: Final = 240.0
SHORTEST_TALK: Final = 60.0
"""Seconds. What is shorter on average was tried out, not talked."""


class Basis(StrEnum):
    """Where a forecast has its shape from."""

    OWN = "own"
    BORROWED = "borrowed"
    """The shape is a larger place's, the level the centre's own."""
    LITTLE = "little"
    """The centre's own, but so few calls that much of it is chance; nobody could lend a shape."""
    NONE = "none"
    """No call has been counted: nothing can be said."""


@dataclass(frozen=True)
class Forecast:
    """Calls expected in each half hour of some days; rows of days from `first_day`, columns from midnight."""

    first_day: date
    calls: Grid
    basis: Basis
    counted: int
    """The calls that it comes from."""
    days: int
    """The days that they came on."""
    silences: int
    unusual_days: int

    def of(self, day: date) -> Sequence[float]:
        return [float(one) for one in self.calls[(day - self.first_day).days]]


def forecast(
    past: History,
    first_day: date,
    special: Sequence[bool],
    *,
    larger: Sequence[History] = (),
) -> Forecast:
    """The calls of so many days from `first_day`; `special`: on which of them offices are closed.

    `larger`: the past of the region, of the country, in the order in which a shape may be borrowed from them.
    """
    days = len(special)
    if past.calls == 0:
        return Forecast(first_day, np.zeros((days, SLOTS)), Basis.NONE, 0, past.days, 0, 0)
    lender = next((one for one in larger if is_enough(one)), None)
    if is_enough(past):
        basis, pattern = Basis.OWN, pattern_of(past)
    elif lender is not None:
        basis, pattern = Basis.BORROWED, _scaled(pattern_of(lender), past)
    else:
        basis, pattern = Basis.LITTLE, pattern_of(past)
    ahead = np.array([(first_day - past.first_day).days - past.days + n for n in range(days)])
    weekday = (first_day.weekday() + np.arange(days)) % WEEKDAYS
    kinds = np.where(np.array(special, dtype=bool), SPECIAL, weekday)
    level = np.array([_growth(pattern.growth, (int(n) + 3.5) / WEEKDAYS) for n in ahead])
    calls = pattern.calls[kinds] * level[:, None]
    return Forecast(
        first_day, calls, basis, past.calls, past.days, pattern.silences, pattern.unusual_days
    )


def is_enough(past: History) -> bool:
    """Whether a place's own calls can say what its week looks like."""
    return past.calls >= ENOUGH_CALLS and past.days >= ENOUGH_DAYS


def handling_seconds(own: Handling, *, wrap_up: float, default: float = DEFAULT_TALK) -> float:
    """Seconds that a call keeps an agent, notes included: the default while there are few, never below the floor."""
    known = own.talk * own.talks + default * _TALK_PRIOR
    return max(SHORTEST_TALK, known / (own.talks + _TALK_PRIOR)) + wrap_up


def _growth(growth: float, weeks: float) -> float:
    """A trend that goes on, by less each week."""
    return float(np.exp(growth * (1 - _TREND_DAMPING**weeks) / (1 - _TREND_DAMPING)))


def _scaled(pattern: Pattern, past: History) -> Pattern:
    """A larger place's pattern at a small one's level, by what came on the days that it had."""
    expected = float(pattern.calls[kinds_of(past)].sum())
    size = past.calls / expected if expected else 0.0
    return Pattern(pattern.calls * size, pattern.growth)
