"""Days as people type them: 1/10/2569 in the Buddhist era, 1/10/2026 in the Christian one, with Thai digits too."""

import re
from datetime import date
from typing import Final

from agent_console.formats import BUDDHIST_ERA
from agent_console.i18n import THAI, language

_FIRST_BUDDHIST_YEAR: Final = 2400
_THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TYPED: Final = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4})")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


class BadDay(ValueError):
    """What was typed is no day."""


def read_day(typed: str) -> date | None:
    """The day that was typed; None when nothing was. Raises `BadDay`."""
    text = typed.strip().translate(_THAI_DIGITS)
    if not text:
        return None
    if found := _TYPED.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        raise BadDay(typed)
    if year >= _FIRST_BUDDHIST_YEAR:
        year -= BUDDHIST_ERA
    try:
        return date(year, month, day)
    except ValueError as error:
        raise BadDay(typed) from error


def typed_day(day: date | None) -> str:
    """A day as its reader would type it."""
    if day is None:
        return ""
    year = day.year + BUDDHIST_ERA if language() == THAI else day.year
    return f"{day.day}/{day.month}/{year}"
