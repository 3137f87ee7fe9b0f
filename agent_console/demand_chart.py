"""A week of calls and people as plain geometry: calls above, people below, over the same half hours.

What is drawn against time (areas and steps) is stretched to the width of the page, so its places are half hours; rules
and words keep their size and stand in per cent. Who has more lines of people, as a roster has, gives them to
`demand_chart`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from agent_console.charts import scale

LEFT: Final = 4.0
"""Per cent of the width that hold the numbers of the rules."""
RIGHT: Final = 0.5
UPPER: Final = 110
LOWER: Final = 110
_ABOVE: Final = 12
_BETWEEN: Final = 26


@dataclass(frozen=True)
class Rule:
    """A line across with its number; `y` in pixels from the top of the picture."""

    y: float
    value: int


@dataclass(frozen=True)
class Panel:
    """One half of the picture: `top` in pixels; `lines` are paths by name, within its own height."""

    top: int
    height: int
    rules: Sequence[Rule]
    lines: Mapping[str, str]


@dataclass(frozen=True)
class DayMark:
    """A day: where it begins, its middle and its width, in per cent; `special`: offices are closed."""

    x: float
    middle: float
    width: float
    label: str
    special: bool


@dataclass(frozen=True)
class DemandChart:
    """The picture of some days; `slots` is its width in half hours."""

    slots: int
    calls: Panel
    people: Panel
    days: Sequence[DayMark]

    @property
    def height(self) -> int:
        return self.people.top + self.people.height

    @property
    def left(self) -> float:
        return LEFT

    @property
    def width(self) -> float:
        return 100 - LEFT - RIGHT


def demand_chart(
    calls: Sequence[float],
    people: Mapping[str, Sequence[int | None]],
    days: Sequence[tuple[str, bool]],
) -> DemandChart:
    """`calls` and each line of `people` have a value for each half hour; `days`: their names, and which are special.

    A line has a gap where it has no value.
    """
    most_people = max((value or 0 for line in people.values() for value in line), default=0)
    calls_step, calls_top = scale(ceil(max(calls, default=0)))
    people_step, people_top = scale(most_people)
    below = _ABOVE + UPPER + _BETWEEN
    return DemandChart(
        slots=len(calls),
        calls=Panel(
            _ABOVE, UPPER, _rules(_ABOVE, UPPER, calls_step, calls_top),
            {"calls": _area(calls, calls_top, UPPER)},
        ),
        people=Panel(
            below, LOWER, _rules(below, LOWER, people_step, people_top),
            {name: _steps(line, people_top, LOWER) for name, line in people.items()},
        ),
        days=_days(days),
    )  # fmt: skip


def _rules(top: int, height: int, step: int, highest: int) -> list[Rule]:
    return [
        Rule(round(top + height * (1 - value / highest), 1), value)
        for value in range(0, highest + 1, step)
    ]


def _steps(values: Sequence[float | None], highest: int, height: int) -> str:
    """A line that is level through each half hour."""
    parts: list[str] = []
    last: float | None = None
    for place, value in enumerate(values):
        y = None if value is None else round(height * (1 - value / highest), 1)
        if y != last:
            if last is not None:
                parts.append(f"H{place}")
            if y is not None:
                parts.append(f"M{place} {y}" if last is None else f"V{y}")
        last = y
    return "".join([*parts, f"H{len(values)}" if last is not None else ""])


def _area(values: Sequence[float], highest: int, height: int) -> str:
    line = _steps(values, highest, height)
    return f"{line}V{height}H0Z" if line else ""


def _days(days: Sequence[tuple[str, bool]]) -> list[DayMark]:
    width = (100 - LEFT - RIGHT) / max(1, len(days))
    return [
        DayMark(
            round(LEFT + width * place, 2), round(LEFT + width * (place + 0.5), 2), round(width, 2),
            label, special,
        )
        for place, (label, special) in enumerate(days)
    ]  # fmt: skip
