"""The little RTP that a caller needs: reading what arrives, and pressing a key (RFC 4733)."""

import struct
from collections.abc import Iterator
from typing import Final

from bench.tones import Tone, heard_in

_HEADER: Final = 12
_A_LAW: Final = 8
_EVENT: Final = 101
_MARKED: Final = 0x80
_VERSION: Final = 0x80
_KEY_SAMPLES: Final = 800
_KEYS: Final = "0123456789*#"


def tone_in(packet: bytes) -> Tone | None:
    """Which of the bench's tones this packet carries, if any."""
    if len(packet) <= _HEADER or packet[1] & 0x7F != _A_LAW:
        return None
    return heard_in(packet[_HEADER:])


def pressed(key: str, source: int) -> Iterator[bytes]:
    """A key of a tenth of a second: its beginning, and its end three times, as one may be lost."""
    event = _KEYS.index(key)
    yield _packet(1, source, event, samples=160, marked=True)
    for sequence in (2, 3, 4):
        yield _packet(sequence, source, event, samples=_KEY_SAMPLES, ended=True)


def _packet(
    sequence: int,
    source: int,
    event: int,
    *,
    samples: int,
    marked: bool = False,
    ended: bool = False,
) -> bytes:
    kind = _EVENT | (_MARKED if marked else 0)
    head = struct.pack("!BBHII", _VERSION, kind, sequence, 160, source)
    return head + struct.pack("!BBH", event, (0x80 if ended else 0) | 10, samples)
