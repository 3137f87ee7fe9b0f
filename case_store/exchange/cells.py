"""What may stand in a cell: no program, whatever somebody typed into a complaint."""

import re
from typing import Final

LONGEST: Final = 32_767
"""As much as a cell of Excel holds."""
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell of a CSV file for a formula; the wide ones in East Asian settings."""
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def harmless(text: str) -> str:
    """For CSV, which cannot say that a cell is text: an apostrophe goes before what would be reckoned."""
    plain = plain_text(text)
    return f"'{plain}" if plain.startswith(_STARTS) else plain


def plain_text(text: str) -> str:
    """Without what XML cannot hold, and no longer than a cell."""
    return _UNSEEN.sub("", text)[:LONGEST]
