"""Charts as plain geometry; the templates draw it as SVG. Widths are per cent, so that letters keep their size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PLOT_HEIGHT: Final = 150
"""Pixels between the line of nothing and that of the highest value."""
_ROOM_ABOVE: Final = 12
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One bar of a list; `share` is per cent of the longest."""

    code: str
    value: int
    share: float


def bars(values: Mapping[str, int], *, most: int = 100) -> list[Bar]:
    """The values as bars, longest first."""
    longest = max(values.values(), default=0)
    ranked = sorted(values.items(), key=lambda one: (-one[1], one[0]))[:most]
    return [Bar(code, value, _share(value, longest)) for code, value in ranked]


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    code: str
    value: int
    start: float
    share: float


def stacked(values: Mapping[str, int]) -> list[Segment]:
    """The values beside each other in their order, together 100 per cent."""
    total, found, start = sum(values.values()), [], 0.0
    for code, value in values.items():
        share = _share(value, total)
        found.append(Segment(code, value, round(start, 2), share))
        start += share
    return found


@dataclass(frozen=True)
class Point:
    """A value of a line: `x` in per cent, `y` in pixels from the top."""

    x: float
    y: float
    value: int


@dataclass(frozen=True)
class LineChart:
    """Lines over common steps, and the heights at which a rule is drawn with its number."""

    labels: Sequence[str]
    lines: Mapping[str, Sequence[Point]]
    rules: Sequence[Point]

    @property
    def height(self) -> int:
        return PLOT_HEIGHT + _ROOM_ABOVE

    @property
    def places(self) -> list[float]:
        """Where each label stands, in per cent."""
        return [_place(number, len(self.labels)) for number in range(len(self.labels))]


def line_chart(labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> LineChart:
    highest = max((value for values in series.values() for value in values), default=0)
    step, top = scale(highest)
    rules = [Point(0, _height(value, top), value) for value in range(0, top + 1, step)]
    lines = {
        name: [
            Point(_place(number, len(labels)), _height(value, top), value)
            for number, value in enumerate(values)
        ]
        for name, values in series.items()
    }
    return LineChart(labels, lines, rules)


def scale(highest: int) -> tuple[int, int]:
    """A round distance of rules, and the highest of them: at most five above nothing."""
    step = _step(highest)
    return step, max(step, -(-highest // step) * step)


def _share(value: int, whole: int) -> float:
    return round(100 * value / whole, 2) if whole else 0.0


def _place(number: int, count: int) -> float:
    """In the middle of its share of the width; the first per cents hold the numbers of the rules."""
    room = 92 / max(1, count)
    return round(7 + room * (number + 0.5), 2)


def _height(value: int, top: int) -> float:
    return round(_ROOM_ABOVE + PLOT_HEIGHT * (1 - value / top), 1)


def _step(highest: int) -> int:
    """A round distance that makes at most five rules above nothing."""
    size = 1
    while True:
        for step in _STEPS:
            if highest <= step * size * 4:
                return step * size
        size *= 10
