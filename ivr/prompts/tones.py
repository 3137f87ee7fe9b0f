"""Sounds that nobody speaks: the beep, silence, music on hold, and the ring of the browser's telephone."""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from ivr.prompts.audio import TELEPHONE_RATE, Samples, active_level, telephone_band, wav_bytes

TONES_VERSION: Final = 1
"""To be raised when a sound of this module changes, so that it is built anew."""

MUSIC_LEVEL: Final = -27.0
"""dBFS: well below the voice, which interrupts it to tell the caller's place."""

_PENTATONIC: Final = (293.66, 329.63, 392.00, 440.00, 493.88, 587.33, 659.26, 783.99)
_BEAT_SECONDS: Final = 0.6
_BARS: Final = 30
_BEATS_IN_BAR: Final = 4
_SONG_SEED: Final = 1567


def beep() -> bytes:
    """A third of a second of 1 kHz, softly begun and ended."""
    return wav_bytes(_note(1000, 0.35, TELEPHONE_RATE) * 0.2)


def pause() -> bytes:
    """A third of a second of silence."""
    return wav_bytes(np.zeros(round(TELEPHONE_RATE * 0.32)))


def music_on_hold() -> bytes:
    """72 seconds of slow plucked notes in five tones, over a soft low fifth; its end runs into its beginning."""
    rate = TELEPHONE_RATE
    song = np.zeros(round(rate * _BEAT_SECONDS * _BEATS_IN_BAR * _BARS))
    for beat, pitch, loudness in _melody():
        note = _plucked(pitch, 3.0, rate) * loudness
        places = (round(beat * _BEAT_SECONDS * rate) + np.arange(len(note))) % len(song)
        song[places] += note
    # made periodic by wrapping, so filtering three rounds and keeping the second leaves no seam
    thrice = telephone_band(np.concatenate((song, song, song)))
    song = thrice[len(song) : 2 * len(song)]
    song *= 10 ** ((MUSIC_LEVEL - active_level(song)) / 20)
    return wav_bytes(song)


def browser_ring() -> bytes:
    """Two gentle rings and a rest, three seconds, to be played in a loop."""
    rate = 22_050
    ring = np.concatenate([_note(f, 0.18, rate) for f in (880.0, 1108.73, 880.0, 1108.73)])
    return wav_bytes(np.concatenate((ring, np.zeros(3 * rate - len(ring)))) * 0.35, rate)


TONES: Final[dict[str, Callable[[], bytes]]] = {
    "th/beep.wav": beep,
    "en/beep.wav": beep,
    "th/damrong/pause.wav": pause,
    "en/damrong/pause.wav": pause,
    "moh/damrong.wav": music_on_hold,
    "web/ring.wav": browser_ring,
}
"""Every such file under the folder of sounds."""


def _melody() -> list[tuple[float, float, float]]:
    """Beat, pitch and loudness of each note: a walk in small steps, with rests, and a low fifth under each bar."""
    random = np.random.default_rng(_SONG_SEED)
    notes: list[tuple[float, float, float]] = []
    step = 3
    for bar in range(_BARS):
        first = bar * _BEATS_IN_BAR
        notes += [(first, _PENTATONIC[0], 0.5), (first + 2, _PENTATONIC[3], 0.35)]
        for beat in range(_BEATS_IN_BAR):
            if random.random() < 0.3:
                continue
            step = int(np.clip(step + random.integers(-2, 3), 0, len(_PENTATONIC) - 1))
            notes.append((first + beat + 0.02 * random.random(), _PENTATONIC[step], 0.8))
    return notes


@cache
def _plucked(pitch: float, seconds: float, rate: int) -> Samples:
    """Harmonics that die the sooner the higher they are, as those of a string."""
    time = np.arange(round(seconds * rate)) / rate
    note = sum(
        np.sin(2 * np.pi * pitch * n * time) * np.exp(-time * (1.6 + 1.1 * n)) / n**1.5
        for n in range(1, 5)
    )
    attack = np.minimum(time / 0.012, 1)
    release = np.minimum((seconds - time) / 0.1, 1)
    return np.asarray(note * attack * release, np.float64)


def _note(pitch: float, seconds: float, rate: int) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    edge = np.clip(np.minimum(time, seconds - time) / 0.015, 0, 1)
    return np.asarray(np.sin(2 * np.pi * pitch * time) * edge, np.float64)
