"""Reading calling numbers: what kind of number it is, and which provinces its area code belongs to.

The numbering plan comes from `phonenumbers`. It does not name two provinces of area code 042: Bueng Kan (split from
Nong Khai in B.E. 2554, Act establishing Changwat Bueng Kan) and Nong Bua Lam Phu (split from Udon Thani in B.E. 2536,
Act establishing Changwat Nong Bua Lam Phu); both kept the area code of the province that they were split from.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType, geocoder

from case_store.places.provinces import provinces, size

MISSING_BEHIND_AREA_CODE: Final = {"42": ("38", "39")}
_OTHER_SPELLINGS: Final = {"phranakhonsiayutthaya": "14", "ayutthaya": "14", "bangkok": "10"}
_PRESENTED: Final = re.compile(r"\+?[0-9]{3,20}")


class NumberKind(StrEnum):
    LANDLINE = "landline"
    MOBILE = "mobile"
    FOREIGN = "foreign"
    OTHER = "other"


@dataclass(frozen=True)
class CallerNumber:
    """A calling number that can be called back. `province_codes`: of a landline's area code, likeliest first."""

    e164: str
    kind: NumberKind
    province_codes: tuple[str, ...] = ()

    @property
    def national(self) -> str:
        """As a Thai telephone shows it: 0812345678; a foreign number keeps its +."""
        return "0" + self.e164[3:] if self.e164.startswith("+66") else self.e164


def read_caller(presented: str | None) -> CallerNumber | None:
    """Reads a calling number as a trunk presents it (053211234, +6653211234, 6653211234, 006653211234).

    None for a withheld or malformed one: such a caller is an ordinary caller of whom no number is known.
    """
    compact = re.sub(r"[\s\-().]", "", presented or "")
    if not _PRESENTED.fullmatch(compact):
        return None
    number = _parse(compact)
    if number is None:
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.country_code != 66:
        return CallerNumber(e164, NumberKind.FOREIGN)
    match phonenumbers.number_type(number):
        case PhoneNumberType.FIXED_LINE:
            return CallerNumber(
                e164, NumberKind.LANDLINE, _provinces_of(str(number.national_number))
            )
        case PhoneNumberType.MOBILE:
            return CallerNumber(e164, NumberKind.MOBILE)
        case _:
            return CallerNumber(e164, NumberKind.OTHER)


def _parse(compact: str) -> phonenumbers.PhoneNumber | None:
    for candidate in _readings(compact):
        try:
            number = phonenumbers.parse(candidate, "TH")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None


def _readings(compact: str) -> list[str]:
    """What a presented number may mean, likeliest first."""
    # A trunk may leave out the plus: 66… is then Thailand's country code, as no Thai national number begins with it.
    if re.fullmatch(r"66[1-9]\d{7,8}", compact):
        return [f"+{compact}"]
    # It may write 00 for the plus. Read as dialled in Thailand, 0044… would be carrier 004 and some other country.
    if compact.startswith("00"):
        return [f"+{compact[2:]}", compact]
    return [compact] if compact.startswith(("+", "0")) else [compact, f"+{compact}"]


@cache
def area_codes() -> dict[str, tuple[str, ...]]:
    """Area code without its zero (2, 32 … 77) → codes of the provinces that share it, likeliest first."""
    found = {}
    for area in ["2", *(str(area) for area in range(32, 78))]:
        sample = f"+66{area}{'2' * (8 - len(area))}"
        named = geocoder.description_for_number(phonenumbers.parse(sample, None), "en")
        codes = {_code_of(name) for name in named.split("/")} - {None}
        codes.update(MISSING_BEHIND_AREA_CODE.get(area, ()))
        if codes:
            found[area] = tuple(
                sorted((code for code in codes if code), key=lambda code: (-size(code), code))
            )
    return found


def _provinces_of(national: str) -> tuple[str, ...]:
    area = "2" if national.startswith("2") else national[:2]
    return area_codes().get(area, ())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


@cache
def _codes_by_name() -> dict[str, str]:
    return {_plain(p.name_en): p.code for p in provinces()} | _OTHER_SPELLINGS


def _code_of(name: str) -> str | None:
    return _codes_by_name().get(_plain(name))
