"""What to play for a value: digits, a number, a day, a province, as lists of sound names."""

from datetime import datetime
from typing import Final

from case_store.clock import BANGKOK
from ivr.prompts.catalogue import FOLDER
from ivr.prompts.place_names import province_prompt_name, region_prompt_name

PAUSE: Final = f"{FOLDER}pause"
"""A third of a second of silence, to set groups of digits apart."""

_THAI_PLACES: Final = ((100_000, "san"), (10_000, "muan"), (1_000, "pan"), (100, "roi"))
_ENGLISH_PLACES: Final = ((10**9, "billion"), (10**6, "million"), (1_000, "thousand"))
_BUDDHIST_ERA: Final = 543
_KEYS: Final = {"*": "star", "#": "pound"}


def say_province(code: str) -> list[str]:
    """A province by its two-digit code, or the national centre (`00`)."""
    return [province_prompt_name(code)]


def say_region(code: str) -> list[str]:
    return [region_prompt_name(code)]


def say_key(key: str) -> list[str]:
    """A key of the telephone: a digit, * or #."""
    return [f"digits/{_KEYS.get(key, key)}"]


def say_digits(digits: str) -> list[str]:
    """Digit by digit, as postcodes and telephone numbers are read; blanks and hyphens are short pauses."""
    said: list[str] = []
    for character in digits.strip():
        if character.isascii() and (character.isdigit() or character in _KEYS):
            said += say_key(character)
        elif said and said[-1] != PAUSE:
            said.append(PAUSE)
    return said


def say_phone_number(number: str) -> list[str]:
    """A Thai number in the groups people use: 081 234 5678, 053 123 456, 02 123 4567."""
    if number.startswith("02"):
        return say_digits(f"{number[:2]} {number[2:5]} {number[5:]}")
    return say_digits(f"{number[:3]} {number[3:6]} {number[6:]}".strip())


def say_number(number: int, language: str) -> list[str]:
    """A whole number as words, Thai or English, up to a million million."""
    if abs(number) >= 10**12:
        raise ValueError("Numbers are said only up to a million million.")
    if number < 0:
        return [
            "digits/lop" if language == "th" else "digits/minus",
            *say_number(-number, language),
        ]
    if number == 0:
        return ["digits/0"]
    names = _thai(number) if language == "th" else _english(number)
    return [f"digits/{name}" for name in names]


def say_day(moment: datetime, language: str) -> list[str]:
    """The day in Bangkok: 23 November 2026; in Thai of the Buddhist era, ยี่สิบสาม พฤศจิกายน สองพันห้าร้อยหกสิบเก้า."""
    day = moment.astimezone(BANGKOK)
    year = day.year + _BUDDHIST_ERA if language == "th" else day.year
    month = f"digits/mon-{day.month - 1}"
    return [*say_number(day.day, language), month, *say_number(year, language)]


def _thai(number: int) -> list[str]:
    """หนึ่งล้านสองแสนสามหมื่นสี่พันห้าร้อยหกสิบเจ็ด; above a million the millions are counted likewise."""
    millions, rest = divmod(number, 10**6)
    said = [*_thai(millions), "larn"] if millions else []
    for place, name in _THAI_PLACES:
        count, rest = divmod(rest, place)
        if count:
            said += [str(count), name]
    return said + _thai_below_hundred(rest, after_more=bool(said))


def _thai_below_hundred(number: int, *, after_more: bool) -> list[str]:
    """A last one is เอ็ด after anything; 21, 31 … are files of their own because Asterisk wants them so."""
    if number == 0:
        return []
    if number == 1:
        return ["ed"] if after_more else ["1"]
    if number <= 20 or number % 10 == 1:
        return [str(number)]
    tens, ones = divmod(number, 10)
    return [str(tens * 10), *([str(ones)] if ones else [])]


def _english(number: int) -> list[str]:
    said: list[str] = []
    for place, name in _ENGLISH_PLACES:
        count, number = divmod(number, place)
        if count:
            said += [*_english(count), name]
    if number >= 100:
        said += [str(number // 100), "hundred"]
        number %= 100
    if number > 20 and number % 10:
        return [*said, str(number // 10 * 10), str(number % 10)]
    return [*said, str(number)] if number else said
