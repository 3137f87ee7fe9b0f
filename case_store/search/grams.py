"""The signs of a text as one byte each, and the short runs of them that both databases index.

PostgreSQL gets sets of three neighbours, SQLite a sequence of two: its index knows the order, PostgreSQL's does not,
so there the run must be longer to mean as much. Every hit is compared with the text itself: a run that two different
texts share costs time, never a wrong answer.
"""

from collections.abc import Iterable
from struct import unpack_from
from typing import Final

BLOCK: Final = 1 << 15
"""So many case ids share a tag in PostgreSQL's index: a search reads one block after the other until it has enough."""
_TAGS: Final = 256
_THAI: Final = 0x0E00
_RARE: Final = 30
_PLACE: Final = 0
_AGENCY: Final = 31
"""First bytes that no text has: what a centre, a province and an agency are indexed as."""


class _ByteOf(dict[int, int]):
    """ASCII as it is, the Thai block above it, every other sign as one of thirty."""

    def __missing__(self, sign: int) -> int:
        if 32 <= sign < 128:
            byte = sign
        elif _THAI <= sign < _THAI + 128:
            byte = sign - _THAI + 128
        else:
            byte = 1 + sign % _RARE
        self[sign] = byte
        return byte


_BYTES: Final = _ByteOf()


def letters(text: str) -> bytes:
    """One byte for each sign of a folded text."""
    return text.translate(_BYTES).encode("latin-1")


def triples(signs: bytes) -> set[int]:
    """Every run of three as a number below 2²⁴; the last two signs count as one with nothing behind."""
    count, padded = max(len(signs) - 1, 0), signs + bytes(8)
    found: set[int] = set()
    for offset in range(
        4
    ):  # four signs are read at a time and one is dropped: the quickest way in plain Python
        words = len(range(offset, count, 4))
        found.update(word >> 8 for word in unpack_from(f">{words}I", padded, offset))
    return found


def triples_of_query(signs: bytes, most: int = 8) -> set[int]:
    """Enough runs of three to find a text by; of a long one not all, as each costs time."""
    starts = range(len(signs) - 2)
    if len(starts) > most:
        last = len(starts) - 1
        starts = [last * number // (most - 1) for number in range(most)]  # type: ignore[assignment]
    return {signs[at] << 16 | signs[at + 1] << 8 | signs[at + 2] for at in starts}


def triples_after(signs: bytes) -> list[int]:
    """Every run of three that begins with these two signs."""
    begin = signs[0] << 16 | signs[1] << 8
    return [begin | third for third in range(256) if not 65 <= third <= 90]


def of_centre(code: str) -> int:
    """What cases of a centre have beside their text."""
    return _PLACE << 16 | ord(code[0]) << 8 | ord(code[1])


def of_province(code: str) -> int:
    """What cases have that happened in a province, whichever centre is responsible."""
    return _PLACE << 16 | 128 << 8 | ord(code[0]) << 8 | ord(code[1])


def of_agency(agency_id: int) -> int:
    """What cases have that an agency was ever asked about."""
    return _AGENCY << 16 | agency_id % 65_536


def tagged(codes: Iterable[int], block: int) -> list[int]:
    """The codes as a block of cases has them, as PostgreSQL's signed integers, in order."""
    tag = block % _TAGS
    first = (tag if tag < _TAGS // 2 else tag - _TAGS) << 24
    return [first + code for code in sorted(codes)]


def block_of(case_id: int) -> int:
    return case_id // BLOCK


def pairs(signs: bytes) -> str:
    """Every run of two, in order, as words for SQLite's index: an index of words in their order finds runs."""
    plain = signs.hex()
    return " ".join([plain[at : at + 4] for at in range(0, len(plain) - 2, 2)])
