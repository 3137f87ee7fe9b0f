"""Texts spoken by espeak-ng: Thai from our own phonemes, English from its own reading."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from ivr.prompts.audio import Samples, read_wav, resample, trimmed
from ivr.prompts.pronunciation import pronunciation

PHRASE_PAUSE_SECONDS: Final = 0.22
_ALONE: Final = 18
"""Letters up to which a text is a digit, a number or a name: said slower, as people do when it matters."""

_SLOWER: Final = 0.85
_RATE: Final = 22_050
_ENGLISH_PIECE = re.compile(r"<en>(.*?)</en>")
_THAI_LETTER = re.compile(r"[\u0e01-\u0e5b]")


class VoiceFailed(Exception):
    """espeak-ng did not speak; the message says what it said instead."""


@dataclass(frozen=True)
class Voice:
    """How espeak-ng is told to speak one language.

    A woman's voice, because our Thai says ค่ะ. Thai is spoken by the Shan voice: both languages share one sound
    system in espeak, but only for Shan does espeak let tones alone make the pitch; for Thai it lays the falling
    melody of a European sentence over them. Tones need a wide pitch range, or they differ by too little on a bad line.
    """

    name: str
    speed: int
    pitch: int
    range_percent: int


VOICES: Final = {"th": Voice("shn+f3", 175, 68, 220), "en": Voice("en-gb+f3", 145, 45, 110)}


def speak(espeak: Path, text: str, language: str) -> tuple[Samples, int]:
    """The whole text and its sample rate; spaces in Thai and <en> pieces are short pauses."""
    pace = _SLOWER if len(text) <= _ALONE else 1.0
    phrases = [
        trimmed(_phrase(espeak, phrase, VOICES[spoken], pace), _RATE)
        for phrase, spoken in _pieces(text, language)
    ]
    if not phrases:
        raise VoiceFailed(f"Nothing to say in {text!r}.")
    pause = np.zeros(round(_RATE * PHRASE_PAUSE_SECONDS))
    joined = [part for phrase in phrases for part in (pause, phrase)]
    return np.concatenate(joined[1:]), _RATE


def readings_of(text: str) -> list[tuple[str, str]]:
    """The entries of pronunciation.toml that a text uses: a change of one of them changes the sound."""
    return [
        (word, said)
        for language in ("th", "en")
        for word, said in pronunciation(language).items()
        if word in text
    ]


def _pieces(text: str, language: str) -> list[tuple[str, str]]:
    """Phrases in the order they are said, each with its language."""
    pieces: list[tuple[str, str]] = []
    for place, piece in enumerate(_ENGLISH_PIECE.split(text)):
        if place % 2 or (language == "en" and not _THAI_LETTER.search(piece)):
            pieces += [(piece.strip(), "en")] if piece.strip() else []
        else:
            pieces += [(phrase, "th") for phrase in piece.split()]
    return pieces


def _phrase(espeak: Path, phrase: str, voice: Voice, pace: float) -> Samples:
    from ivr.prompts.thai_voice import phonemes  # its dictionary takes a second to load

    said = f"[[{phonemes(phrase)}]]" if voice is VOICES["th"] else _english(phrase)
    # the blank before the closing tag keeps espeak from reading the tag aloud after phonemes
    ssml = f'<prosody range="{voice.range_percent}%">{said} </prosody>'
    speed = round(voice.speed * pace)
    command = [
        str(espeak), "-m", "-z", "-v", voice.name, "-s", str(speed), "-p", str(voice.pitch),
        "--stdout",
    ]  # fmt: skip
    run = subprocess.run(command, input=ssml.encode(), capture_output=True, check=False, timeout=60)
    if run.returncode or len(run.stdout) < 1000:
        reason = run.stderr.decode(errors="replace").strip()[:300] or f"exit code {run.returncode}"
        raise VoiceFailed(f"{espeak} could not say {phrase!r}: {reason}.")
    samples, rate = read_wav(_with_true_length(run.stdout))
    return samples if rate == _RATE else resample(samples, rate, _RATE)


def _english(phrase: str) -> str:
    for word, said in pronunciation("en").items():
        phrase = phrase.replace(word, said)
    return phrase.replace("&", "and").replace("<", " ")


def _with_true_length(streamed: bytes) -> bytes:
    """espeak writes a stream's header before it knows the length; put the length in."""
    data = len(streamed) - 44
    return b"".join(
        (
            streamed[:4],
            (data + 36).to_bytes(4, "little"),
            streamed[8:40],
            data.to_bytes(4, "little"),
            streamed[44:],
        )
    )
