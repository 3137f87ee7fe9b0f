"""What somebody typed into the search box, read: pieces of text, a reference, a telephone number, names."""

import re
from dataclasses import dataclass
from typing import Final

from case_store.cases.fold import thai_fold
from case_store.cases.reference import parse_reference
from case_store.places.numbering import read_caller

LONGEST: Final = 200
MOST_PIECES: Final = 8
_SEPARATED_DIGITS: Final = re.compile(r"[0-9][0-9 .\-]*")
_TELEPHONE: Final = re.compile(r"[+(]?[0-9][0-9 .\-()]{6,24}")
_SHORTEST_PREFIX: Final = 4
_LONGEST_REFERENCE: Final = 12


@dataclass(frozen=True)
class Query:
    """All that the typed words may mean; a case that fits any of these meanings is found.

    `pieces`: the text has every one of them somewhere. `reference`: the first digits of the reference, or all.
    `names`: words of a complainant's name; the other pieces may be in the text.
    """

    pieces: tuple[str, ...] = ()
    reference: str | None = None
    is_whole_reference: bool = False
    telephone: str | None = None

    @property
    def is_empty(self) -> bool:
        return not self.pieces

    @property
    def names(self) -> tuple[str, ...]:
        """The pieces that can be a word of a name: no digits, and no space within."""
        return tuple(piece for piece in self.pieces if re.fullmatch(r"[^\d\s]{2,}", piece))


def read_query(q: str) -> Query:
    """Never refuses anything: what means nothing else is text."""
    folded = thai_fold(q)[:LONGEST].strip()
    telephone = read_caller(folded) if _TELEPHONE.fullmatch(folded) else None
    whole = parse_reference(folded)
    return Query(
        pieces=_pieces(folded),
        reference=whole or _reference_prefix(folded),
        is_whole_reference=whole is not None,
        telephone=telephone.e164 if telephone else None,
    )


def _pieces(folded: str) -> tuple[str, ...]:
    """Words, wherever each stands; what is in quotation marks, or a lone sign with its neighbour, as it stands."""
    if '"' in folded:
        quoted = re.fullmatch(r'"([^"]+)"', folded)
        if quoted and quoted[1].strip():
            return (quoted[1].strip(),)
    pieces: list[str] = []
    glue = False
    for word in folded.split():
        lone = len(word) == 1
        if pieces and (glue or lone):
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
        glue = lone
    return tuple(dict.fromkeys(pieces))[:MOST_PIECES]


def _reference_prefix(folded: str) -> str | None:
    """The first digits of a reference, with or without separators; four at least, else every house number is one."""
    if not _SEPARATED_DIGITS.fullmatch(folded):
        return None
    digits = re.sub(r"[ .\-]", "", folded)
    return digits if _SHORTEST_PREFIX <= len(digits) <= _LONGEST_REFERENCE else None
