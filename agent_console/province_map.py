"""Where a point of the earth lies on the outline of Thailand's provinces (frontend/provinces.mjs)."""

import math
from typing import Final

WIDTH: Final = 560
HEIGHT: Final = 1025
_WEST, _EAST, _SOUTH, _NORTH = 97.343, 105.637, 5.613, 20.465
"""Thailand's outermost points, in degrees, which lie on the edges of the outline."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.26, 559.32, 0.29, 1024.26


def on_map(latitude: float, longitude: float) -> tuple[float, float]:
    """The place on the outline, in its units; some kilometres exact."""
    along = (longitude - _WEST) / (_EAST - _WEST)
    down = (_mercator(_NORTH) - _mercator(latitude)) / (_mercator(_NORTH) - _mercator(_SOUTH))
    return (
        round(_LEFT + along * (_RIGHT - _LEFT), 1),
        round(_TOP + down * (_BOTTOM - _TOP), 1),
    )


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
