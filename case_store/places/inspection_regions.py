"""Inspection regions (เขตตรวจราชการ): which provinces an inspector-general looks after.

Eighteen regions and Bangkok, as the Office of the Prime Minister grouped the provinces in B.E. 2560. Start values:
nobody has compared them with the Royal Gazette for this project; the ministry's own list counts.
"""

from functools import cache
from typing import Final

_REGIONS: Final = {
    "0": "10",
    "1": "14 15 16 17 18 19",
    "2": "11 12 13 73",
    "3": "70 71 72",
    "4": "74 75 76 77",
    "5": "80 84 86 90 93",
    "6": "81 82 83 85 91 92",
    "7": "94 95 96",
    "8": "20 21 24",
    "9": "22 23 25 26 27",
    "10": "38 39 41 42 43",
    "11": "47 48 49",
    "12": "40 44 45 46",
    "13": "30 31 32 36",
    "14": "33 34 35 37",
    "15": "50 51 52 58",
    "16": "54 55 56 57",
    "17": "53 63 64 65 67",
    "18": "60 61 62 66",
}


@cache
def provinces_of_region(region: str | None) -> frozenset[str]:
    """The province codes of an inspection region; empty when there is no such region."""
    return frozenset(_REGIONS.get(region or "", "").split())


def inspection_regions() -> tuple[str, ...]:
    """The codes of all regions; 0 is Bangkok."""
    return tuple(_REGIONS)
