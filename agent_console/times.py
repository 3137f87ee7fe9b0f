"""Times of day as people type them: 9.00, 09:00, 0900 or 9, with Thai digits too."""

import re
from datetime import time
from typing import Final

_THAI_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TYPED: Final = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?")


def read_time(typed: str) -> time | None:
    """The time that was typed; None when it is none."""
    found = _TYPED.fullmatch(typed.strip().translate(_THAI_DIGITS))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
