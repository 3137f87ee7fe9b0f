"""How Thai offices write: Buddhist years, Thai numerals, the names of centres and places; and the English for it."""

from datetime import date, datetime
from typing import Final

import geothai
import phonenumbers
from babel.dates import get_month_names

from case_store.cases.models import Case
from case_store.clock import BANGKOK
from case_store.places.provinces import NATIONAL, province

_ERA: Final = 543
_NUMERALS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_BANGKOK_CODE: Final = "10"


def numerals(text: object, language: str) -> str:
    """Thai numerals in a Thai document. References and telephone numbers keep theirs: they are keyed in."""
    return str(text) if language == "en" else str(text).translate(_NUMERALS)


def local_day(value: datetime | date) -> date:
    return value.astimezone(BANGKOK).date() if isinstance(value, datetime) else value


def long_date(value: datetime | date | None, language: str) -> str:
    """๒๕ พฤศจิกายน ๒๕๖๙ · 25 November 2026"""
    if value is None:
        return ""
    day = local_day(value)
    month = get_month_names("wide", locale=language)[day.month]
    year = day.year if language == "en" else day.year + _ERA
    return numerals(f"{day.day} {month} {year}", language)


def moment(value: datetime | None, language: str) -> str:
    """๒๕ พฤศจิกายน ๒๕๖๙ เวลา ๐๙.๐๕ น. · 25 November 2026, 09:05"""
    if value is None:
        return ""
    day, clock = long_date(value, language), value.astimezone(BANGKOK)
    if language == "en":
        return f"{day}, {clock:%H:%M}"
    return f"{day} เวลา {numerals(f'{clock:%H.%M}', language)} น."


def short_date(value: datetime | date | None, language: str) -> str:
    """25/11/2569 in a Thai spreadsheet, 2026-11-25 in an English one."""
    if value is None:
        return ""
    day = local_day(value)
    if language == "en":
        return day.isoformat()
    return f"{day.day:02d}/{day.month:02d}/{day.year + _ERA}"


def centre_name(code: str, language: str) -> str:
    """ศูนย์ดำรงธรรมจังหวัดเชียงใหม่"""
    centre = province(code)
    if centre is None:
        return code
    if code == NATIONAL:
        return centre.name(language)
    if language == "en":
        return f"Damrongdhama Centre, {centre.name_en}"
    return f"ศูนย์ดำรงธรรม{'' if code == _BANGKOK_CODE else 'จังหวัด'}{centre.name_th}"


def place_of(case: Case, language: str) -> str:
    """What the case says of the place, and where that is, from small to large."""
    subdistrict = geothai.subdistrict(case.subdistrict_code) if case.subdistrict_code else None
    district = geothai.district(case.district_code) if case.district_code else None
    area = province(case.province_code)
    if language == "en":
        names = [one.name_en for one in (subdistrict, district, area) if one]
    else:
        capital = case.province_code == _BANGKOK_CODE
        kinds = ("แขวง", "เขต", "") if capital else ("ตำบล", "อำเภอ", "จังหวัด")
        names = [
            f"{kind}{one.name_th.removeprefix(kind)}"
            for kind, one in zip(kinds, (subdistrict, district, area), strict=True)
            if one
        ]
    separator = ", " if language == "en" else " "
    parts = [case.place_note, separator.join(names), case.postcode or ""]
    return " ".join(part for part in parts if part)


def telephone(e164: str | None) -> str:
    """081 234 5678: with blanks, so that no spreadsheet takes it for a number and drops the zero."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    style = phonenumbers.PhoneNumberFormat
    domestic = number.country_code == 66
    return phonenumbers.format_number(number, style.NATIONAL if domestic else style.INTERNATIONAL)
