"""Sounds that can be told apart by one byte of what arrives: the bench's greeting, its music, and all else.

Each is a square wave of its own loudness, so that any 20 ms of it, in G.711 A-law, says which it is.
"""

import struct
import wave
from enum import IntEnum
from pathlib import Path
from typing import Final

from ivr.prompts.catalogue import LANGUAGES, every_prompt

RATE: Final = 8000
SECONDS: Final = 0.1
"""Short, so that handling is measured and not speech."""
_MUSIC_SECONDS: Final = 5
_SIGN: Final = 0x80
GREETING_SOUNDS: Final = ("damrong/greeting", "damrong/recorded", "damrong/press-9-english")
"""What a citizen hears first. The plain dialplan plays the same."""


class Tone(IntEnum):
    """What is heard; the value is its loudness."""

    GREETING = 8000
    WAITING = 2000
    """The queue's music and announcements."""
    OTHER = 500


def provide_tones(home: Path) -> None:
    """Puts a tone under the name of every sound that a call can play, and one in place of the music."""
    for prompt in every_prompt():
        tone = tone_of(prompt.sound)
        for language in LANGUAGES:
            write_tone(home / "sounds" / language / f"{prompt.sound}.wav", tone, SECONDS)
    write_tone(home / "recorded" / "music" / "waiting.wav", Tone.WAITING, _MUSIC_SECONDS)


def tone_of(sound: str) -> Tone:
    if sound in GREETING_SOUNDS:
        return Tone.GREETING
    return Tone.OTHER if sound.startswith("damrong/") else Tone.WAITING


def heard_in(payload: bytes) -> Tone | None:
    """Which tone a packet of A-law carries, if any."""
    return _BY_BYTE.get(payload[len(payload) // 2] | _SIGN) if payload else None


def write_tone(path: Path, tone: Tone, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack("<2h", tone, -tone) * int(RATE * seconds / 2))


def a_law(sample: int) -> int:
    """One sample in G.711 A-law, without its sign."""
    magnitude = min(abs(sample) >> 4, 2047)
    exponent = max(0, magnitude.bit_length() - 4)
    mantissa = (magnitude >> max(0, exponent - 1)) & 0x0F
    return ((exponent << 4 | mantissa) ^ 0x55) | _SIGN


_BY_BYTE: Final = {a_law(tone): tone for tone in Tone}
