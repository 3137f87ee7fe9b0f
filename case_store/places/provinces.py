"""The 77 provinces, the national centre beside them, and the six regions that the caller's menu offers.

Names and postcodes come from the `geothai` package. The six regions are those of the National Geographical
Committee of Thailand (B.E. 2520), which schools teach and callers know.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import geothai

NATIONAL: Final = "00"
"""Code of the ministry's own centre, which takes what no province took."""


@dataclass(frozen=True)
class Province:
    """A province or the national centre: two-digit code of the Ministry of Interior and its names."""

    code: str
    name_th: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th

    @property
    def queue(self) -> str:
        return queue_of(self.code)


@dataclass(frozen=True)
class Region:
    """One of six regions; `province_codes` in the order of the codes."""

    code: str
    name_th: str
    name_en: str
    province_codes: tuple[str, ...]


NATIONAL_CENTRE: Final = Province(
    NATIONAL, "ศูนย์ดำรงธรรม กระทรวงมหาดไทย", "Damrongdhama Centre, Ministry of Interior"
)

_REGIONS: Final = (
    ("north", "ภาคเหนือ", "North", "50 51 52 53 54 55 56 57 58"),
    (
        "northeast",
        "ภาคตะวันออกเฉียงเหนือ",
        "Northeast",
        "30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49",
    ),
    (
        "central",
        "ภาคกลาง",
        "Central",
        "10 11 12 13 14 15 16 17 18 19 26 60 61 62 64 65 66 67 72 73 74 75",
    ),
    ("east", "ภาคตะวันออก", "East", "20 21 22 23 24 25 27"),
    ("west", "ภาคตะวันตก", "West", "63 70 71 76 77"),
    ("south", "ภาคใต้", "South", "80 81 82 83 84 85 86 90 91 92 93 94 95 96"),
)


def queue_of(code: str) -> str:
    """The name of a centre's queue: `p50` for `50`."""
    return f"p{code}"


@cache
def provinces() -> tuple[Province, ...]:
    """The 77 provinces, by code."""
    return tuple(Province(p.code, p.name_th, p.name_en) for p in geothai.provinces())


@cache
def centres() -> tuple[Province, ...]:
    """The national centre and the 77 provinces: every place that has a centre and a queue."""
    return (NATIONAL_CENTRE, *provinces())


@cache
def _by_code() -> dict[str, Province]:
    return {centre.code: centre for centre in centres()}


def province(code: str | None) -> Province | None:
    """The province (or national centre) of a code; None when there is none."""
    return _by_code().get(code or "")


@cache
def regions() -> tuple[Region, ...]:
    return tuple(Region(code, th, en, tuple(codes.split())) for code, th, en, codes in _REGIONS)


@cache
def by_postcode(postcode: str) -> tuple[Province, ...]:
    """The provinces that use a 5-digit postcode, the one with most subdistricts under it first; () when unknown."""
    found = [subdistrict.province_code for subdistrict in geothai.by_postal_code(postcode)]
    return tuple(
        _by_code()[code] for code in sorted(set(found), key=lambda code: (-found.count(code), code))
    )


@cache
def size(code: str) -> int:
    """How many subdistricts a province has: our measure of how likely a caller is from there, of two provinces."""
    return sum(len(geothai.subdistricts(district.code)) for district in geothai.districts(code))
