"""Single values of a stranger's spreadsheet: days of either era, telephone numbers without their zero, places."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Final

import geothai
from babel.dates import get_month_names

from case_store.cases.fold import thai_fold
from case_store.exchange.import_columns import key_of
from case_store.places.provinces import provinces

_ERA: Final = 543
_FIRST_BUDDHIST: Final = 2400
_THAI_PREFIXES: Final = re.compile(r"^(จังหวัด|จ\.|กิ่งอำเภอ|อำเภอ|อ\.|เขต|ตำบล|ต\.|แขวง)\s*")


class Unreadable(ValueError):
    """The value is not what its column holds; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_day(value: str | date) -> date:
    """A day written in the Buddhist or the common era: 25/11/2569, 2026-11-25, 25 พ.ย. 69. Raises `Unreadable`."""
    if isinstance(value, date):
        return _day(value.year, value.month, value.day)
    text = re.split(r"\s+(?:เวลา\s*)?\d{1,2}[:.]\d{2}", thai_fold(value).replace("พ.ศ.", " "))[0]
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t.*)?", text.strip()):
        return _day(*map(int, found.groups()))
    if found := re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})", text.strip()):
        day, month, year = map(int, found.groups())
        return _day(year, month, day)
    found = re.fullmatch(r"(\d{1,2})\s*([^\d\s]+)\s*(\d{4}|\d{2})", text.strip())
    month_number = _months().get(found[2].replace(".", "")) if found else None
    if found is None or month_number is None:
        raise Unreadable("not_a_date")
    return _day(int(found[3]), month_number, int(found[1]))


def _day(year: int, month: int, day: int) -> date:
    if year < 100:
        year += 2500 if year >= 40 else 2000  # 69 is 2569; 26 is 2026
    if year >= _FIRST_BUDDHIST:
        year -= _ERA
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable("not_a_date") from None
    if not 1950 <= found.year <= 2200:
        raise Unreadable("not_a_date")
    return found


@cache
def _months() -> dict[str, int]:
    found = {}
    for language in ("th", "en"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                found[thai_fold(name).replace(".", "")] = number
    return found


def read_phone(text: str) -> str:
    """A number that a spreadsheet took for a quantity has lost the zero at its beginning."""
    digits = re.sub(r"[\s\-.()]", "", thai_fold(text))
    return f"0{digits}" if re.fullmatch(r"[2-9]\d{7,8}", digits) else digits


def read_word(text: str, words: Mapping[str, Iterable[str]]) -> str:
    """The code of a word: by code, by a name, or by a part of a name that only one has. Raises `Unreadable`."""
    wanted = key_of(text)
    for code, names in words.items():
        if wanted == key_of(code) or wanted in {key_of(name) for name in names}:
            return code
    partly = {
        code
        for code, names in words.items()
        for name in names
        if wanted in {key_of(part) for part in name.split("/")}
    }
    if len(partly) != 1:
        raise Unreadable("unknown")
    return partly.pop()


def read_province(text: str) -> str:
    """The code of a province, given by its code or name. Raises `Unreadable`."""
    names = {one.code: (one.name_th, one.name_en) for one in provinces()}
    return _place(text, names)


def read_district(text: str, province_code: str) -> str:
    return _place(
        text, {one.code: (one.name_th, one.name_en) for one in geothai.districts(province_code)}
    )


def read_subdistrict(text: str, province_code: str, district_code: str | None) -> str:
    districts = (
        [district_code] if district_code else [one.code for one in geothai.districts(province_code)]
    )
    names = {
        one.code: (one.name_th, one.name_en)
        for district in districts
        for one in geothai.subdistricts(district)
    }
    return _place(text, names)


def _place(text: str, names: Mapping[str, tuple[str, str]]) -> str:
    if text.isascii() and text.isdigit() and text in names:
        return text
    wanted = _place_key(text)
    found = [code for code, both in names.items() if wanted in {_place_key(name) for name in both}]
    if not found and wanted == "เมือง":  # อ.เมือง is the district of the province's own town
        found = [code for code in names if len(code) == 4 and code.endswith("01")]
    if not found and wanted in ("กทม", "กรุงเทพ", "กรุงเทพฯ"):
        found = ["10"] if "10" in names else []
    if len(found) != 1:
        raise Unreadable("unknown")
    return found[0]


def _place_key(name: str) -> str:
    return _THAI_PREFIXES.sub("", thai_fold(name)).replace(" ", "").replace(".", "")
