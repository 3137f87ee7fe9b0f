"""Folding Thai and English text, so that what looks alike is alike: on what is stored, and on what is searched.

What was folded stays as it is when it is folded again, and so does every part of it: a part is found as it stands.
"""

import re
import unicodedata
from typing import Final

_DROPPED: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_REWRITTEN: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", _DROPPED)
_TO_REWRITE: Final = re.compile(f"[๐-๙{_DROPPED}]")
_TONES: Final = "\u0e48\u0e49\u0e4a\u0e4b"
_VOWELS: Final = "\u0e31\u0e34-\u0e3a"
"""Those that stand above or below their consonant."""
_NIKHAHIT: Final = "\u0e4d"
_SARA_AM: Final = re.compile(f"{_NIKHAHIT}([{_TONES}]?)\u0e32|([{_TONES}]){_NIKHAHIT}\u0e32")
_TONE_FIRST: Final = re.compile(f"[{_TONES}][{_VOWELS}]")
_MARKS: Final = re.compile(f"[{_VOWELS}{_TONES}]+")


def thai_fold(text: str) -> str:
    """One spelling of what has several: composed sara am, tone behind vowel, แ for เเ, ASCII digits, one space."""
    text = unicodedata.normalize("NFC", text)
    if _TO_REWRITE.search(text):
        text = text.translate(_REWRITTEN)
    text = text.replace("\u0e40\u0e40", "\u0e41")
    if _TONE_FIRST.search(text):
        text = _MARKS.sub(_vowels_first, text)
    if _NIKHAHIT in text:
        text = _SARA_AM.sub(lambda found: f"{found[1] or found[2] or ''}\u0e33", text)
    # Again, because letters that the casefold or the dropped signs took apart may have a composed form.
    text = unicodedata.normalize("NFC", text.casefold())
    return " ".join(text.split())


def _vowels_first(found: re.Match[str]) -> str:
    return "".join(sorted(found[0], key=lambda sign: sign in _TONES))
