"""Folding Thai and English text, so that what looks alike is alike: on what is stored, and on what is searched."""

import re
import unicodedata
from typing import Final

_DROPPED: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TONES: Final = "\u0e48\u0e49\u0e4a\u0e4b"


def thai_fold(text: str) -> str:
    """One spelling of what has several: composed sara am, tone behind vowel, แ for เเ, ASCII digits, one space."""
    text = unicodedata.normalize("NFC", text).translate(_DROPPED).translate(_DIGITS)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    text = re.sub(
        f"\u0e4d([{_TONES}]?)\u0e32", "\\1\u0e33", text
    )  # nikhahit, tone, sara aa → tone, sara am
    text = re.sub(f"([{_TONES}])\u0e4d\u0e32", "\\1\u0e33", text)
    text = re.sub(
        f"([{_TONES}])([\u0e31\u0e34-\u0e3a])", "\\2\\1", text
    )  # the vowel stands before the tone
    return re.sub(r"\s+", " ", text.casefold()).strip()
