"""Hours and times of the day as people type them: 40, 37:30, 08:30. In the store they are minutes."""

import re
from typing import Final

_HOURS: Final = re.compile(r"([0-9]{1,3})(?:[:.]([0-5][0-9]))?")
_THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class BadHours(ValueError):
    """What was typed are no hours."""


def read_hours(typed: str) -> int:
    """The minutes of 40 or 37:30. Raises `BadHours`."""
    found = _HOURS.fullmatch(typed.strip().translate(_THAI_DIGITS))
    if found is None:
        raise BadHours(typed)
    return int(found[1]) * 60 + int(found[2] or 0)


def shown_hours(minutes: int | None) -> str:
    """40, or 37:30; nothing for None."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def clock_time(minute: int) -> str:
    """08:30; a minute of the next day is shown as its time there, midnight at the end as 24:00."""
    if minute == 24 * 60:
        return "24:00"
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
