"""What demo cases are about: sentences of words.toml, filled with other words and real names of places."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import geothai

from case_store.places.find_places import subdistricts_of
from case_store.places.provinces import provinces, size

_SLOT: Final = re.compile(r"\{(\w+)\}")
_NOT_SLOTS: Final = frozenset({"codes", "subject", "story"})
WORDS: Final = Path(__file__).with_name("words.toml")

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A subdistrict, with the names that the text of a case and its search text have."""

    province_code: str
    district_code: str
    subdistrict_code: str
    postcode: str | None
    names: tuple[str, str, str]
    """Subdistrict, district, province."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a complainant says."""

    category: str
    place: Place
    subject: str
    description: str
    respondent: str
    place_note: str


@cache
def words() -> Mapping[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@cache
def places_of(province_code: str) -> tuple[Place, ...]:
    """Every subdistrict of a province."""
    province = geothai.province(province_code)
    if province is None:
        return ()
    return tuple(
        Place(
            province_code,
            district.code,
            area.code,
            area.postcode,
            (area.name_th, district.name_th, province.name_th),
        )
        for district in geothai.districts(province_code)
        for area in subdistricts_of(district.code)
    )


class Writer:
    """Makes matters up; the same seed makes the same ones."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._common: Lists = words()["common"]
        self._notes: Lists = words()["notes"]
        self._categories = [
            (group["codes"], self._common | {k: v for k, v in group.items() if k not in _NOT_SLOTS}, group)
            for group in words()["category"].values()
        ]  # fmt: skip
        self._provinces = [province.code for province in provinces()]
        self._weights = [size(code) for code in self._provinces]

    def province(self) -> str:
        """Any province, the larger ones oftener."""
        return self._random.choices(self._provinces, self._weights)[0]

    def matter(self, province_code: str) -> Matter:
        """Subject and story speak of the same things, as each list is asked once."""
        random = self._random
        place = random.choice(places_of(province_code))
        codes, lists, group = random.choice(self._categories)
        sentences = [
            random.choice(self._common["opening"]) + random.choice(group["story"]),
            random.choice(lists["effect"]),
            random.choice(self._common["told"]),
        ]
        if random.random() < 0.4:
            sentences.insert(1, random.choice(group["story"]))
        filler = _Filler(random, place, lists)
        return Matter(
            random.choice(codes),
            place,
            filler.fill(random.choice(group["subject"]))[:200],
            filler.fill(" ".join(filter(None, sentences))),
            filler.fill(random.choice(self._common["respondent"])),
            filler.fill(random.choice(self._common["place_note"])),
        )

    def note(self, kind: str, place: Place) -> str:
        sentence = self._random.choice(self._notes[kind])
        return _Filler(self._random, place, self._common).fill(sentence)


class _Filler:
    def __init__(self, random: Random, place: Place, lists: Lists) -> None:
        self._random, self._place, self._lists = random, place, lists
        self._said = {"subdistrict": place.names[0]}

    def fill(self, sentence: str) -> str:
        parts = _parts(sentence)
        if len(parts) == 1 and not parts[0][1]:
            return sentence
        return "".join([self._word(part) if is_slot else part for part, is_slot in parts])

    def _word(self, slot: str) -> str:
        if slot == "n":
            return str(int(2 + 40 * self._random.random()))
        if slot not in self._said:
            self._said[slot] = self.fill(self._random.choice(self._lists[slot]))
        return self._said[slot]


@cache
def _parts(sentence: str) -> tuple[tuple[str, bool], ...]:
    """Plain text and slots by turns."""
    return tuple(
        (part, number % 2 == 1) for number, part in enumerate(_SLOT.split(sentence)) if part
    )
