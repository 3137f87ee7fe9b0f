"""The outline of the provinces, as the front end's build writes it, and points on it."""

import re
from pathlib import Path

import pytest

from agent_console.assets import DIST
from agent_console.province_map import HEIGHT, WIDTH, on_map
from case_store.places.provinces import provinces

pytestmark = pytest.mark.skipif(not DIST.exists(), reason="the front end is not built")
Point = tuple[float, float]


def outlines() -> dict[str, list[list[Point]]]:
    """Each province's rings, by its code."""
    svg = next(Path(DIST).glob("thailand-*.svg")).read_text()
    found = re.findall(r'<path id="p(\d\d)" d="([^"]+)"', svg)
    return {code: _rings(path) for code, path in found}


def _rings(path: str) -> list[list[Point]]:
    """Relative steps; a ring begins at a step from where the one before began."""
    rings: list[list[Point]] = []
    start = (0.0, 0.0)
    for part in path.split("z"):
        x, y = start
        ring = []
        for dx, dy in re.findall(r"(-?[\d.]+),(-?[\d.]+)", part):
            x, y = x + float(dx), y + float(dy)
            ring.append((x, y))
        if ring:
            start = ring[0]
            rings.append(ring)
    return rings


def inside(ring: list[Point], x: float, y: float) -> bool:
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            crossings += 1
    return crossings % 2 == 1


def test_there_is_an_outline_for_each_province() -> None:
    assert set(outlines()) == {province.code for province in provinces()}


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("10", 13.7563, 100.5018),
        ("50", 18.7883, 98.9853),
        ("41", 17.4138, 102.7872),
        ("30", 14.9799, 102.0978),
        ("34", 15.2287, 104.8564),
        ("84", 9.1382, 99.3217),
        ("95", 6.5411, 101.2804),
    ],
)
def test_a_town_lies_in_its_province(code: str, latitude: float, longitude: float) -> None:
    x, y = on_map(latitude, longitude)

    assert 0 <= x <= WIDTH
    assert 0 <= y <= HEIGHT
    assert any(inside(ring, x, y) for ring in outlines()[code])
