"""Places for the form: lists to choose from, and what a typed name or postcode may mean."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from agent_console.dependencies import CurrentActor, signed_in
from agent_console.formats import area_label
from agent_console.i18n import THAI, language
from case_store.places.find_places import (
    Area,
    FoundPlace,
    districts_of,
    places_of_postcode,
    search_places,
    subdistricts_of,
)

router = APIRouter(include_in_schema=False, prefix="/places", dependencies=[Depends(signed_in)])


@router.get("/districts")
def districts(province: Annotated[str, Query(max_length=2)]) -> list[dict[str, Any]]:
    return [_area(area) for area in districts_of(province)]


@router.get("/subdistricts")
def subdistricts(district: Annotated[str, Query(max_length=4)]) -> list[dict[str, Any]]:
    return [_area(area) for area in subdistricts_of(district)]


@router.get("/search")
def search(
    actor: CurrentActor, q: Annotated[str, Query(max_length=100)] = ""
) -> list[dict[str, Any]]:
    return [_found(place) for place in search_places(q, near=actor.centre_code)]


@router.get("/postcode/{code}")
def postcode(code: Annotated[str, Path(pattern="^[0-9]{5}$")]) -> list[dict[str, Any]]:
    return [_found(place) for place in places_of_postcode(code)]


def _area(area: Area) -> dict[str, Any]:
    name = area.name_th if language() == THAI else area.name_en
    return {"code": area.code, "name": name, "postcode": area.postcode}


def _found(place: FoundPlace) -> dict[str, Any]:
    small = [area for area in (place.subdistrict, place.district) if area]
    label = area_label(
        place.subdistrict.name_th if place.subdistrict else None,
        place.district.name_th if place.district else None,
        place.province.code,
        None,
        english=[area.name_en for area in small],
    )
    return {
        "label": label,
        "province_code": place.province.code,
        "district_code": place.district.code if place.district else None,
        "subdistrict_code": place.subdistrict.code if place.subdistrict else None,
        "postcode": place.postcode,
    }
