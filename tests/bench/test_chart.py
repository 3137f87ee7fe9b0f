"""The chart of growth is an image with every line, every point, and names that can be read."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from bench.chart import growth_chart

LINES = {
    "ours": [(10_000, 8.0), (100_000, 9.0), (1_000_000, 20.0)],
    "nearly ours": [(10_000, 8.1), (100_000, 9.1), (1_000_000, 20.1)],
    "LIKE": [(10_000, 70.0), (100_000, 700.0), (1_000_000, 7_000.0)],
}


def test_it_is_an_image_with_a_point_for_each_figure() -> None:
    root = ET.fromstring(growth_chart("Growth", LINES))  # noqa: S314 (our own text)

    assert root.tag.endswith("svg")
    assert len([one for one in root.iter() if one.tag.endswith("circle")]) == 9
    assert set(LINES) <= {one.text for one in root.iter() if one.tag.endswith("text")}


def test_names_do_not_stand_on_each_other() -> None:
    chart = growth_chart("Growth", LINES)
    heights = [
        float(found[1])
        for name in LINES
        if (found := re.search(rf'y="([0-9.]+)" [^>]*>{name}<', chart))
    ]

    assert len(heights) == 3
    assert all(below - above >= 15 for above, below in pairwise(sorted(heights)))


def test_what_is_slower_stands_higher() -> None:
    chart = growth_chart("Growth", LINES)
    heights = [float(y) for y in re.findall(r'cy="([0-9.]+)"', chart)]

    assert heights[6] > heights[7] > heights[8]
