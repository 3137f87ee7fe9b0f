"""A chart of how times grow with the number of cases, as SVG: both axes logarithmic, a line for each way."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Final

_WIDTH: Final = 640
_HEIGHT: Final = 400
_LEFT: Final = 64
_RIGHT: Final = 190
_TOP: Final = 44
_BOTTOM: Final = 48
_COLOURS: Final = ("#0b5cad", "#3f8f2f", "#8a4fbf", "#b3541e", "#555555")

_NAME_HEIGHT: Final = 15

Points = Sequence[tuple[float, float]]


def growth_chart(title: str, lines: Mapping[str, Points]) -> str:
    """Of each line the points (cases, milliseconds)."""
    points = [point for line in lines.values() for point in line]
    scale = _Scale([x for x, _ in points], [y for _, y in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="14" font-weight="bold">{title}</text>',
        *scale.axes(),
    ]
    drawn = {name: [scale.place(*point) for point in line] for name, line in lines.items()}
    names = _spread({name: places[-1][1] for name, places in drawn.items()})
    for (name, places), colour in zip(drawn.items(), _COLOURS, strict=False):
        parts += _line(name, places, colour, names[name])
    return "\n".join([*parts, "</svg>", ""])


class _Scale:
    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self._x = (floor(log10(min(xs))), max(ceil(log10(max(xs))), floor(log10(min(xs))) + 1))
        self._y = (floor(log10(min(ys))), max(ceil(log10(max(ys))), floor(log10(min(ys))) + 1))

    def place(self, x: float, y: float) -> tuple[float, float]:
        across = (log10(x) - self._x[0]) / (self._x[1] - self._x[0])
        up = (log10(y) - self._y[0]) / (self._y[1] - self._y[0])
        return (
            round(_LEFT + across * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    def axes(self) -> list[str]:
        parts = []
        for power in range(self._x[0], self._x[1] + 1):
            x, bottom = self.place(10**power, 10 ** self._y[0])
            top = self.place(10**power, 10 ** self._y[1])[1]
            parts.append(f'<path d="M{x} {bottom}V{top}" stroke="#dddddd"/>')
            parts.append(
                f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{10**power:,}</text>'
            )
        for power in range(self._y[0], self._y[1] + 1):
            left, y = self.place(10 ** self._x[0], 10**power)
            right = self.place(10 ** self._x[1], 10**power)[0]
            parts.append(f'<path d="M{left} {y}H{right}" stroke="#dddddd"/>')
            parts.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{_ms(power)}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">cases</text>')
        return parts


def _ms(power: int) -> str:
    return f"{10**power:g} ms" if power < 3 else f"{10 ** (power - 3):g} s"


def _spread(heights: Mapping[str, float]) -> dict[str, float]:
    """Where the names of lines stand: beside their ends, and never on each other."""
    placed: dict[str, float] = {}
    lowest = float("-inf")
    for name, height in sorted(heights.items(), key=lambda one: one[1]):
        lowest = max(height, lowest + _NAME_HEIGHT)
        placed[name] = round(lowest, 1)
    return placed


def _line(
    name: str, places: Sequence[tuple[float, float]], colour: str, beside: float
) -> list[str]:
    path = "L".join(f"{x} {y}" for x, y in places)
    x = places[-1][0]
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>' for x, y in places),
        f'<text x="{x + 9}" y="{beside + 4}" fill="{colour}">{name}</text>',
    ]
