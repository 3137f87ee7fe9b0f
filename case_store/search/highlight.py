"""Where the words of a search stand in a text: found by their folded form, marked in the text as it was written."""

from typing import Final

from case_store.cases.fold import thai_fold
from case_store.search.query import read_query

Marked = list[tuple[str, bool]]
"""Parts of a text in their order, and whether each is what was searched for."""
_BEFORE: Final = 40
_LONGEST_TEXT: Final = 20_000
_MARKS: Final = frozenset(
    "\u0e31\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
"""Signs that stand on the one before: a mark never begins between the two."""


def highlight(text: str, q: str) -> Marked:
    """The whole text, in parts. Without words to search for: one part that is not marked."""
    return _cut(text, _spans(text, q), 0, len(text))


def excerpt(text: str, q: str, longest: int = 160) -> Marked:
    """A part of the text around the first place that is marked, with … where it was cut; its beginning without one."""
    spans = _spans(text, q)
    start = max(spans[0][0] - _BEFORE, 0) if spans and spans[0][1] > longest else 0
    while start and text[start] in _MARKS:
        start -= 1
    end = min(start + longest, len(text))
    while end < len(text) and text[end] in _MARKS:
        end += 1
    parts = _cut(text, spans, start, end)
    return [
        *([("…", False)] if start else []),
        *parts,
        *([("…", False)] if end < len(text) else []),
    ]


def _cut(text: str, spans: list[tuple[int, int]], start: int, end: int) -> Marked:
    parts: Marked = []
    at = start
    for begin, stop in ((max(begin, start), min(stop, end)) for begin, stop in spans):
        if begin < stop:
            parts += [(text[at:begin], False), (text[begin:stop], True)]
            at = stop
    parts.append((text[at:end], False))
    return [(part, marked) for part, marked in parts if part]


def _spans(text: str, q: str) -> list[tuple[int, int]]:
    """The places of all pieces, in order, those that touch made one."""
    pieces = read_query(q).pieces
    if not pieces or not text:
        return []
    folded, places = _folded_with_places(text[:_LONGEST_TEXT])
    found: list[tuple[int, int]] = []
    for piece in pieces:
        at = folded.find(piece)
        while at >= 0:
            found.append((places[at][0], places[at + len(piece) - 1][1]))
            at = folded.find(piece, at + len(piece))
    return _joined(text, sorted(found))


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in (_whole_signs(text, *span) for span in spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _whole_signs(text: str, begin: int, end: int) -> tuple[int, int]:
    while end < len(text) and text[end] in _MARKS:
        end += 1
    while begin and text[begin] in _MARKS:
        begin -= 1
    return begin, end


def _folded_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its signs from where to where in the text it comes from.

    Folded a cluster at a time: a sign with all that stands on it, as folding never reaches further.
    """
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    for begin, end in _clusters(text):
        part = " " if text[begin:end].isspace() else thai_fold(text[begin:end])
        if part == " " and (not folded or folded[-1] == " "):
            continue
        folded += part
        places += [(begin, end)] * len(part)
    return "".join(folded), places


def _clusters(text: str) -> list[tuple[int, int]]:
    edges = [at for at, sign in enumerate(text) if not _joins(text, at, sign)]
    return list(zip(edges, [*edges[1:], len(text)], strict=True))


def _joins(text: str, at: int, sign: str) -> bool:
    if at == 0:
        return False
    before = text[at - 1]
    return (
        sign in _MARKS
        or (sign == "\u0e32" and (before == "\u0e4d" or text[max(at - 2, 0) : at - 1] == "\u0e4d"))
        or (sign == before == "\u0e40")
        or sign in "\u200b\u200c\u200d\u2060\ufeff\u00ad"
        or "\u0300" <= sign <= "\u036f"
    )
