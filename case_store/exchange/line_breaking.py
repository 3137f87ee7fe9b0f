"""Where a line of Thai may end: between words, which are written without blanks."""

from collections.abc import Callable, Iterator
from typing import Final

from pythainlp.tokenize import subword_tokenize, word_tokenize

_NEVER_FIRST: Final = frozenset("ๆฯ.,:;!?)]}”’\"'%/-")
_LONGEST_WORD: Final = 60


def lines_of(text: str, width: float, width_of: Callable[[str], float]) -> Iterator[str]:
    """The lines of a text, none wider than `width` as `width_of` measures it; empty lines stay."""
    for paragraph in text.replace("\r\n", "\n").replace("\t", " ").split("\n"):
        yield from _filled(list(_pieces(paragraph)), width, width_of)


def _filled(pieces: list[str], width: float, width_of: Callable[[str], float]) -> Iterator[str]:
    line, used = "", 0.0
    for piece in pieces:
        wide = width_of(piece)
        if line and used + wide > width and not piece.isspace():
            yield line.rstrip()
            line, used = "", 0.0
        while wide > width and len(piece) > 1:
            head = _fitting(piece, width, width_of)
            yield head
            piece = piece[len(head) :]  # noqa: PLW2901 (what is left of a word wider than the line)
            wide = width_of(piece)
        line, used = line + piece, used + wide
    yield line.rstrip()


def _pieces(paragraph: str) -> Iterator[str]:
    """Words with the marks that may not begin a line; blanks by themselves."""
    kept = ""
    for word in word_tokenize(paragraph, engine="newmm", keep_whitespace=True):
        joins = word[:1] in _NEVER_FIRST or (kept and kept[-1] in "([{“‘")
        if kept and (not joins or kept.isspace() or len(kept) > _LONGEST_WORD):
            yield kept
            kept = ""
        kept += word
    if kept:
        yield kept


def _fitting(word: str, width: float, width_of: Callable[[str], float]) -> str:
    """As much of an overlong word as fits, never parting a letter from its vowels and tones."""
    head = ""
    for cluster in subword_tokenize(word, engine="tcc"):
        if head and width_of(head + cluster) > width:
            break
        head += cluster
    return head or word
