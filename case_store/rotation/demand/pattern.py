"""What a week looks like, from the calls of past weeks. Pure functions over small arrays.

Each kind of day has calls by half hour at a level of 1, and each week has a level; holidays and closures are a kind of
their own. Gaps and days like no other are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from case_store.rotation.demand.history import SLOTS, Grid, History

WEEKDAYS: Final = 7
_KINDS: Final = WEEKDAYS + 1
"""Seven weekdays, and a day on which the offices are closed."""
SPECIAL: Final = WEEKDAYS
_SUNDAY: Final = 6
_SILENCE: Final = 14.0
"""Calls that ought to have come in a silence that was no chance: exp(-14) is one in a million."""
_DOUBTFUL: Final = 5.0
"""Such a silence comes by chance once in 150 times; whether it did, the rest of the country tells."""
_MOST_DOUBTS: Final = 40
_UNUSUAL: Final = 2.5
"""A day with so many times the calls that were to be expected is like no other."""
_SHAPE_PRIOR: Final = 60.0
"""Calls that a common shape of the day counts for, against a weekday's own."""
_DAYS_PRIOR: Final = 2.0
"""Days that a weekday's expected share counts for, against its own."""
_HALF_LIFE: Final = 6.0
"""Weeks after which a week counts half."""
_LEVEL_HALF_LIFE: Final = 2.0
_HALF_LIFE_OF_A_JUMP: Final = 0.4
_LEAST_JUMP: Final = 0.06
_LEVEL_PRIOR: Final = 30.0
"""Calls that an unchanged level counts for: a few more or less are chance in a small place."""
_TREND_WEEKS: Final = 8
_STEEPEST: Final = 0.05
"""A trend of more than so much a week does not last."""
_SMOOTHING: Final = np.array([0.1, 0.2, 0.4, 0.2, 0.1])


@dataclass(frozen=True)
class Pattern:
    """What a week looks like: calls of each half hour, for the seven weekdays and for days on which offices are closed.

    `growth`: the share by which a week's level differs from the one before, in the last weeks.
    """

    calls: Grid
    growth: float
    silences: int = 0
    """Half hours that were left out, since the line must have been down."""
    unusual_days: int = 0
    """Days that were left out, since far more called than on the days around."""


def pattern_of(past: History) -> Pattern:
    """The pattern of a past: a first look finds gaps and days unlike any other, a second one leaves them out."""
    down = np.zeros(past.counts.size, dtype=bool)
    down[list(past.down)] = True
    known = ~down.reshape(past.counts.shape)
    first = _pattern(past, known.astype(float))
    silent, unusual = _silences(past, first.calls) | ~known, _unusual(past, first.calls)
    if not silent.any() and not unusual.any():
        return first
    whole = _pattern(past, (~silent & ~unusual[:, None]).astype(float))
    return replace(whole, silences=int(silent.sum()), unusual_days=int(unusual.sum()))


def doubtful_silences(past: History) -> list[tuple[int, int]]:
    """Silences by chance or of a line that was down, the strangest first: from one half hour to before another."""
    calls = _pattern(past, np.ones_like(past.counts)).calls if past.days else past.counts
    found = [(ought, run) for ought, run in _quiet_runs(past, calls) if ought >= _DOUBTFUL]
    return [run for _, run in sorted(found, reverse=True)[:_MOST_DOUBTS]]


def _pattern(past: History, known: Grid) -> Pattern:
    kinds = kinds_of(past)
    weights = 0.5 ** (np.arange(past.days)[::-1] / WEEKDAYS / _HALF_LIFE)
    levels = np.ones(past.days)
    calls = np.zeros((_KINDS, SLOTS))
    # Levels need the pattern and the pattern needs the levels: three rounds settle both.
    for _ in range(3):
        calls = _weekly(
            past.counts * known * weights[:, None], known * (weights * levels)[:, None], kinds
        )
        levels = _levels(past, known, calls[kinds])
    level, growth = _now(levels, past.days)
    return Pattern(calls * level, growth)


def kinds_of(past: History) -> npt.NDArray[np.int64]:
    kinds = past.weekdays.copy()
    kinds[list(past.special)] = SPECIAL
    return kinds


def _weekly(counts: Grid, exposure: Grid, kinds: npt.NDArray[np.int64]) -> Grid:
    """Calls of each kind of day and half hour, at a level of 1: own days, held to what they have in common.

    `counts` are weighted; `exposure` is the weight of each half hour, at the level that its week had.
    """
    common = _smoothed(_rate(counts, exposure, np.full(SLOTS, 1e-9)))
    working = kinds < 5
    shapes = {
        is_working: _smoothed(_rate(counts[rows], exposure[rows], common))
        for is_working, rows in ((True, working), (False, ~working))
    }
    found = np.zeros((_KINDS, SLOTS))
    for kind in range(WEEKDAYS):
        rows = kinds == kind
        found[kind] = _held(counts[rows], exposure[rows], shapes[kind < 5])
    closed = kinds == SPECIAL
    found[SPECIAL] = _held(counts[closed], exposure[closed], found[_SUNDAY])
    return found


def _rate(counts: Grid, exposure: Grid, otherwise: Grid) -> Grid:
    total = exposure.sum(axis=0)
    return np.where(total > 0, counts.sum(axis=0) / np.maximum(total, 1e-9), otherwise)


def _held(counts: Grid, exposure: Grid, prior: Grid) -> Grid:
    """A day's calls by its own days, as far as they can tell, and else by a shape that it shares with others."""
    if not len(counts) or prior.sum() <= 0:
        return prior
    expected = (exposure * prior).sum()
    whole_day = prior.sum()
    size = (counts.sum() + _DAYS_PRIOR * whole_day) / (expected + _DAYS_PRIOR * whole_day)
    own = _smoothed(_rate(counts, exposure, prior * size))
    calls = exposure.mean(axis=1).sum() * whole_day * size
    trust = calls / (calls + _SHAPE_PRIOR)
    mixed = trust * own + (1 - trust) * prior * size
    return np.asarray(mixed)


def _smoothed(values: Grid) -> Grid:
    """Over neighbouring half hours, around midnight too."""
    reach = len(_SMOOTHING) // 2
    padded = np.concatenate([values[-reach:], values, values[:reach]])
    return np.asarray(np.convolve(padded, _SMOOTHING, mode="valid"), dtype=np.float64)


def _levels(past: History, known: Grid, expected: Grid) -> Grid:
    """For each day, how busy its week was beside the pattern; weeks are counted back from yesterday."""
    week = np.arange(past.days)[::-1] // WEEKDAYS
    levels = np.ones(past.days)
    ordinary = np.ones(past.days, dtype=bool)
    ordinary[list(past.special)] = False  # a week of holidays is not a quiet week
    for number in range(int(week[0]) + 1):
        rows = (week == number) & ordinary
        came = (past.counts * known)[rows].sum()
        ought = (expected * known)[rows].sum()
        levels[week == number] = (came + _LEVEL_PRIOR) / (ought + _LEVEL_PRIOR)
    return np.asarray(levels / np.exp(np.log(levels).mean()))


def _now(levels: Grid, days: int) -> tuple[float, float]:
    """The level of now, and its growth a week; both from the last weeks, the newest first."""
    weekly = np.log(levels[::-1][::WEEKDAYS][:_TREND_WEEKS])
    jumped = _jumped(weekly)
    half_life = _HALF_LIFE_OF_A_JUMP if jumped else _LEVEL_HALF_LIFE
    weights = 0.5 ** (np.arange(len(weekly)) / half_life)
    level = float((weekly * weights).sum() / weights.sum())
    if jumped or days < 4 * WEEKDAYS:
        return float(np.exp(level)), 0.0
    age = np.arange(len(weekly), dtype=float)
    slope = -float(np.polyfit(age, weekly, 1)[0]) if len(weekly) > 2 else 0.0
    centre = float((age * weights).sum() / weights.sum())
    growth = float(np.clip(slope * _certainty(weekly, age), -_STEEPEST, _STEEPEST))
    return float(np.exp(level + growth * centre)), growth


def _jumped(weekly: Grid) -> bool:
    """Whether the last two weeks stand apart from all before: then these two say what is now."""
    before = weekly[2:]
    if len(before) < 3:
        return False
    apart = weekly[:2] - before.mean()
    limit = 3 * max(float(before.std()), _LEAST_JUMP)
    return bool((apart > limit).all() or (apart < -limit).all())


def _certainty(weekly: Grid, age: Grid) -> float:
    """How much of a slope to believe: little when the weeks scatter more than it moves them."""
    if len(weekly) < 4:
        return 0.0
    slope, start = np.polyfit(age, weekly, 1)
    scatter = float(((weekly - slope * age - start) ** 2).sum()) / (len(weekly) - 2)
    error = scatter / float(((age - age.mean()) ** 2).sum())
    return float(slope**2 / (slope**2 + error + 1e-12))


def _silences(past: History, calls: Grid) -> npt.NDArray[np.bool_]:
    """Half hours of silences so long that chance cannot have made them: the line was down."""
    silent = np.zeros(past.counts.size, dtype=bool)
    for ought, (begin, end) in _quiet_runs(past, calls):
        silent[begin:end] |= ought >= _SILENCE
    return silent.reshape(past.counts.shape)


def _quiet_runs(past: History, calls: Grid) -> Iterator[tuple[float, tuple[int, int]]]:
    """Runs of half hours without a call, each with the calls that ought to have come in it."""
    flat, expected = past.counts.ravel(), calls[kinds_of(past)].ravel()
    begin = 0
    for end in [*(int(place) for place in np.flatnonzero(flat)), len(flat)]:
        if end > begin:
            yield float(expected[begin:end].sum()), (begin, end)
        begin = end + 1


def _unusual(past: History, calls: Grid) -> npt.NDArray[np.bool_]:
    """Days on which far more called than was to be expected, and than on the days around: a flood, a broadcast.

    When the days around are as busy, it is no accident: the level has risen.
    """
    came, expected = past.counts.sum(axis=1), calls[kinds_of(past)].sum(axis=1)
    times = came / np.maximum(expected, 1.0)
    around = np.array([np.median(times[max(0, day - 4) : day + 5]) for day in range(past.days)])
    by_chance = expected + 8 * np.sqrt(expected)
    return np.asarray((times > _UNUSUAL) & (around < _UNUSUAL / 2) & (came > by_chance))
