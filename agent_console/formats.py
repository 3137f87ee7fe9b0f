"""How times, numbers and places look to the reader: Buddhist years in Thai, and always the clock of Bangkok."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, Protocol

import geothai
import phonenumbers
from babel.dates import get_month_names

from agent_console.i18n import THAI, gettext, language, ngettext
from agent_console.labels import label
from case_store.cases.models import Case
from case_store.cases.reference import grouped
from case_store.clock import BANGKOK
from case_store.deadlines.due import DueState
from case_store.places.provinces import NATIONAL, province, queue_of

BUDDHIST_ERA: Final = 543
BANGKOK_CODE: Final = "10"


class Named(Protocol):
    """A word of a list, a province, an agency: what has a code and a name in both languages."""

    @property
    def code(self) -> str: ...

    def name(self, language: str) -> str: ...


def format_date(value: datetime | date | None) -> str:
    """3 ม.ค. 2569 · 3 Jan 2026"""
    if value is None:
        return ""
    day = value.astimezone(BANGKOK).date() if isinstance(value, datetime) else value
    month = get_month_names("abbreviated", locale=language())[day.month]
    year = day.year + BUDDHIST_ERA if language() == THAI else day.year
    return f"{day.day} {month} {year}"


def format_month(value: datetime) -> str:
    """มกราคม 2569 · January 2026"""
    return format_month_of(value.astimezone(BANGKOK).date())


def format_month_of(day: date) -> str:
    """The month of a day: มกราคม 2569 · January 2026"""
    names = get_month_names("wide", context="stand-alone", locale=language())
    return f"{names[day.month]} {shown_year(day.year)}"


def shown_year(year: int) -> int:
    """2569 · 2026"""
    return year + BUDDHIST_ERA if language() == THAI else year


def named(words: Iterable[Named]) -> list[tuple[str, str]]:
    """The codes of a list of words with their names in the reader's language."""
    return [(word.code, word.name(language())) for word in words]


def format_time(value: datetime | None) -> str:
    """09:05"""
    return value.astimezone(BANGKOK).strftime("%H:%M") if value else ""


def format_moment(value: datetime | None) -> str:
    """3 ม.ค. 2569 09:05"""
    return f"{format_date(value)} {format_time(value)}" if value else ""


def duration(seconds: float | None) -> str:
    """1:05, or 1:02:05 from an hour on."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def due_words(due: str, days: int | None) -> str:
    """เหลือ 3 วันทำการ · เกินกำหนด 2 วันทำการ; `days` are working days, below zero when the due day is past."""
    if due == DueState.OVERDUE:
        late = abs(days or 0)
        return (
            ngettext("%(num)s working day overdue", "%(num)s working days overdue", late)
            if late
            else gettext("Overdue since today")
        )
    if due in (DueState.NEAR, DueState.ON_TIME) and days is not None:
        if days <= 0:
            return gettext("Due today")
        return ngettext("%(num)s working day left", "%(num)s working days left", days)
    return label("due", due)


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None


def telephone(e164: str | None) -> str:
    """053 211 234; a foreign number with its country code."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    domestic = number.country_code == 66
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if domestic else style.INTERNATIONAL)


def masked_telephone(e164: str | None) -> str:
    """The number of one who stays anonymous: only its end, to tell it from another."""
    return f"••• ••• {e164[-3:]}" if e164 else ""


def reference(ref: str) -> str:
    return grouped(ref)


def reference_groups(ref: str) -> list[str]:
    return grouped(ref).split()


def file_size(size: int) -> str:
    """12 KB · 3.4 MB"""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def place_name(code: str | None) -> str:
    """The name of a province or of the national centre."""
    found = province(code)
    return found.name(language()) if found else ""


def queue_name(queue: str | None) -> str:
    if queue == queue_of(NATIONAL):
        return gettext("National centre")
    return place_name(queue[1:]) if queue else ""


def case_place(case: Case) -> str:
    """ต.ช้างเผือก อ.เมืองเชียงใหม่ จ.เชียงใหม่ 50300"""
    subdistrict = geothai.subdistrict(case.subdistrict_code) if case.subdistrict_code else None
    district = geothai.district(case.district_code) if case.district_code else None
    return area_label(
        subdistrict.name_th if subdistrict else None,
        district.name_th if district else None,
        case.province_code,
        case.postcode,
        english=[area.name_en for area in (subdistrict, district) if area],
    )


def area_label(
    subdistrict: str | None,
    district: str | None,
    province_code: str,
    postcode: str | None,
    *,
    english: list[str],
) -> str:
    """A place from small to large, with the prefixes that Bangkok and the provinces use."""
    ending = f" {postcode}" if postcode else ""
    if language() != THAI:
        return ", ".join([*english, place_name(province_code)]) + ending
    in_bangkok = province_code == BANGKOK_CODE
    parts = [
        _prefixed("แขวง" if in_bangkok else "ต.", subdistrict),
        _prefixed("เขต" if in_bangkok else "อ.", district),
        f"{'' if in_bangkok else 'จ.'}{place_name(province_code)}",
    ]
    return " ".join(part for part in parts if part) + ending


def _prefixed(prefix: str, name: str | None) -> str:
    # Bangkok's districts have their prefix in their names already.
    return f"{prefix}{(name or '').removeprefix(prefix)}" if name else ""
