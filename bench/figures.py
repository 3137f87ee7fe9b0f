"""Figures, their ratios to a baseline, and the table in which they are printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median, quantiles
from typing import Final


class Better(Enum):
    """Which side of an aim is the good one."""

    ABOVE = "≥"
    BELOW = "<"


@dataclass(frozen=True)
class Aim:
    """What a figure ought to be. Missing it is told, and fails nothing."""

    limit: float
    better: Better
    unit: str = ""

    def is_met_by(self, value: float) -> bool:
        return value >= self.limit if self.better is Better.ABOVE else value < self.limit

    def __str__(self) -> str:
        return f"{self.better.value} {_number(self.limit)}{self.unit and ' ' + self.unit}"


@dataclass(frozen=True)
class Figure:
    """One row, or a heading when it has no value. `ratio`: to its baseline; `judged`: what the aim is about."""

    what: str
    value: float | str = ""
    unit: str = ""
    ratio: float | None = None
    aim: Aim | None = None
    judged: float | None = None

    @property
    def met(self) -> str:
        if self.aim is None or self.judged is None:
            return ""
        return "yes" if self.aim.is_met_by(self.judged) else "NO"


_HEADINGS: Final = ("what", "value", "unit", "ratio", "aim", "met")


def table(figures: Iterable[Figure]) -> str:
    """Text in columns: words to the left, numbers to the right."""
    rows = [_HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def middle(values: Sequence[float]) -> float:
    """The median; not a number when nothing was measured."""
    return median(values) if values else float("nan")


def slowest_twentieth(values: Sequence[float]) -> float:
    """The 95th percentile; not a number when there are too few values to speak of one."""
    return quantiles(values, n=20)[-1] if len(values) >= 20 else float("nan")


def ratio(value: float, baseline: float) -> float:
    return value / baseline if baseline else float("nan")


def _row(figure: Figure) -> tuple[str, ...]:
    value = figure.value if isinstance(figure.value, str) else _number(figure.value)
    times = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    return (figure.what, value, figure.unit, times, str(figure.aim or ""), figure.met)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    what, value, unit, times, aim, met = (
        text.rjust(width) if column in {1, 3} else text.ljust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"{what}  {value} {unit}  {times}  {aim}  {met}".rstrip()


def _number(value: float) -> str:
    if value != value:
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
