"""Places to choose from: districts, subdistricts, and what a typed name or postcode may mean."""

import re
from dataclasses import dataclass

import geothai
from geothai.types import District, Province, Subdistrict

from case_store.cases.fold import thai_fold


@dataclass(frozen=True)
class Area:
    """A district or subdistrict in a list; only a subdistrict has a postcode."""

    code: str
    name_th: str
    name_en: str
    postcode: str | None = None


@dataclass(frozen=True)
class FoundPlace:
    """A province, a district of it, or a subdistrict of that."""

    province: Province
    district: District | None = None
    subdistrict: Subdistrict | None = None

    @property
    def postcode(self) -> str | None:
        return _postcode(self.subdistrict) if self.subdistrict else None


def districts_of(province_code: str) -> list[Area]:
    """By code, which begins with the province's capital; none for an unknown province."""
    if not geothai.province(province_code):
        return []
    return [Area(d.code, d.name_th, d.name_en) for d in geothai.districts(province_code)]


def subdistricts_of(district_code: str) -> list[Area]:
    """By name; none for an unknown district."""
    if not geothai.district(district_code):
        return []
    found = [
        Area(s.code, s.name_th, s.name_en, _postcode(s))
        for s in geothai.subdistricts(district_code)
    ]
    return sorted(found, key=lambda area: area.name_th)


def search_places(q: str, *, near: str | None = None, limit: int = 12) -> list[FoundPlace]:
    """What a typed name in Thai or English, or a postcode, may mean; best first, of equals those of province `near`."""
    words = thai_fold(q)[:80]
    if re.fullmatch(r"[0-9]{5}", words):
        return places_of_postcode(words, limit=limit)
    if not words:
        return []
    found = [_place(result.area) for result in geothai.search(words, limit=5 * limit)]
    return sorted(found, key=lambda place: place.province.code != near)[:limit]


def places_of_postcode(postcode: str, *, limit: int = 60) -> list[FoundPlace]:
    """The subdistricts that a postcode serves."""
    return [_place(area) for area in geothai.by_postal_code(postcode)[:limit]]


def _postcode(subdistrict: Subdistrict) -> str | None:
    return subdistrict.postal_codes[0] if subdistrict.postal_codes else None


def _place(area: Province | District | Subdistrict) -> FoundPlace:
    match area:
        case Province():
            return FoundPlace(area)
        case District():
            return FoundPlace(_province(area), area)
        case Subdistrict():
            return FoundPlace(_province(area), geothai.district(area.district_code), area)


def _province(area: District | Subdistrict) -> Province:
    province = geothai.province(area.province_code)
    if province is None:
        raise LookupError(f"geothai knows {area.code} but not its province")
    return province
