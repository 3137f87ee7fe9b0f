"""The names of provinces, the national centre and regions as prompts: `province-50`, `region-north`."""

import re
from collections.abc import Iterator

from case_store.places.provinces import NATIONAL, Region, provinces, regions
from ivr.prompts.catalogue import FOLDER, Prompt

_BANGKOK = "10"


def province_prompt_name(code: str) -> str:
    return f"{FOLDER}province-{code}"


def region_prompt_name(code: str) -> str:
    return f"{FOLDER}region-{code}"


def place_prompts() -> Iterator[Prompt]:
    """The national centre, the 77 provinces and the regions."""
    yield Prompt(province_prompt_name(NATIONAL), "ศูนย์ดำรงธรรม ส่วนกลาง", "the national centre")
    for province in provinces():
        # Bangkok is no จังหวัด in its own name
        spoken = province.name_th if province.code == _BANGKOK else f"จังหวัด{province.name_th}"
        name = province_prompt_name(province.code)
        yield Prompt(name, spoken, _for_english_ears(province.name_en))
    for region in regions():
        yield Prompt(region_prompt_name(region.code), region.name_th, _region_in_english(region))


def _region_in_english(region: Region) -> str:
    return f"the {region.name_en}"


def _for_english_ears(name: str) -> str:
    """Phuket is said with p, not f: ph, th, kh in romanised Thai are p, t, k with a breath."""
    return re.sub(r"(?i)([ptk])h", r"\1", name)
