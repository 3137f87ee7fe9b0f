"""Sound as numbers: reading and writing WAV files, the telephone's band and rate, one loudness for all prompts."""

import io
import wave
from math import gcd
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""Mono, full scale is 1.0."""

TELEPHONE_RATE: Final = 8000
BAND: Final = (300.0, 3400.0)
"""Hz that a telephone carries; what lies outside only costs loudness."""

TARGET_LEVEL: Final = -20.0
"""dBFS of active speech, near the -19 dBm0 or so that ITU-T P.56 measures of a good talker."""

PEAK: Final = 10 ** (-3.5 / 20)
_EDGE_HZ: Final = 60.0
_FRAME_SECONDS: Final = 0.02
_SILENCE_BELOW_PEAK_DB: Final = 35.0
_FADE_SECONDS: Final = 0.008
_SILENT: Final = 1e-4
"""A few steps of 16 bits: no speech is so quiet."""

_MARGIN_SECONDS: Final = 0.05


class UnusableSound(ValueError):
    """A sound file that cannot be a prompt; the message says why."""


def read_wav(source: Path | bytes) -> tuple[Samples, int]:
    """Samples and rate of an uncompressed WAV of any rate, width and number of channels."""
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise UnusableSound(f"it is not an uncompressed (PCM) WAV file ({error})") from error
    if rate < TELEPHONE_RATE:
        raise UnusableSound(f"its rate of {rate} Hz is below {TELEPHONE_RATE} Hz")
    samples = _to_float(data, width).reshape(-1, channels).mean(axis=1)
    if not samples.size:
        raise UnusableSound("it is empty")
    return samples, rate


def _to_float(data: bytes, width: int) -> Samples:
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:  # numpy has no 24-bit integers: put each into the upper bytes of 32
        padded = np.zeros((len(data) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return padded.reshape(-1).view("<i4").astype(np.float64) / 2**31
    return np.frombuffer(data, f"<i{width}").astype(np.float64) / 2.0 ** (8 * width - 1)


def wav_bytes(samples: Samples, rate: int = TELEPHONE_RATE) -> bytes:
    """A 16-bit mono WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return buffer.getvalue()


def resample(samples: Samples, rate: int, to: int = TELEPHONE_RATE) -> Samples:
    """The same sound at another rate, exactly band-limited: the spectrum cut off above half the new rate."""
    unit = rate // gcd(rate, to)
    padded = np.pad(samples, (0, -len(samples) % unit + unit))
    length = len(padded) * to // rate
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(length // 2 + 1, complex)
    size = min(len(kept), len(spectrum))
    kept[:size] = spectrum[:size]
    resampled = np.fft.irfft(kept, length) * (length / len(padded))
    return resampled[: round(len(samples) * to / rate)]


def telephone_band(samples: Samples, rate: int = TELEPHONE_RATE) -> Samples:
    """Only 300–3400 Hz, with soft edges, no delay."""
    low, high = BAND
    # the filter's ringing needs room after the end, or it wraps round; powers of two are fast
    size = 1 << (len(samples) + rate // 10).bit_length()
    padded = np.pad(samples, (0, size - len(samples)))
    frequencies: Samples = np.fft.rfftfreq(len(padded), 1 / rate).astype(np.float64)
    rise = _smooth((frequencies - (low - _EDGE_HZ)) / _EDGE_HZ)
    fall = _smooth((high + _EDGE_HZ - frequencies) / _EDGE_HZ)
    return np.fft.irfft(np.fft.rfft(padded) * rise * fall, len(padded))[: len(samples)]


def _smooth(ramp: Samples) -> Samples:
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(ramp, 0, 1))


def active_level(samples: Samples, rate: int = TELEPHONE_RATE) -> float:
    """Level of the speech itself in dBFS, pauses left out (after ITU-T P.56: frames within 15.9 dB of the level)."""
    size = round(rate * _FRAME_SECONDS)
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    powers = (frames**2).mean(axis=1)
    active = powers[powers > powers.max() * 1e-4]
    for _ in range(8):  # settles in two or three
        louder = active[active > active.mean() * 10**-1.59]
        if len(louder) == len(active):
            break
        active = louder
    return float(10 * np.log10(active.mean() + 1e-12))


def level_matched(samples: Samples, rate: int = TELEPHONE_RATE) -> Samples:
    """At the target loudness. Peaks above -3.5 dBFS are bent down softly, which a telephone hides."""
    for _ in range(3):  # bending takes a little of the level away
        samples = samples * 10 ** ((TARGET_LEVEL - active_level(samples, rate)) / 20)
        samples = _bent(samples)
    return samples


def _bent(samples: Samples) -> Samples:
    """Unchanged up to three quarters of the peak, then nearing it like tanh."""
    knee = 0.75 * PEAK
    size = np.abs(samples)
    over = knee + (PEAK - knee) * np.tanh((size - knee) / (PEAK - knee))
    return np.where(size > knee, np.sign(samples) * over, samples)


def trimmed(samples: Samples, rate: int = TELEPHONE_RATE) -> Samples:
    """Without the silence around it, with a short fade at both ends."""
    size = round(rate * 0.005)
    frames = np.abs(np.pad(samples, (0, -len(samples) % size))).reshape(-1, size).max(axis=1)
    if frames.max() < _SILENT:
        raise UnusableSound("it is silent")
    loud = np.flatnonzero(frames > frames.max() * 10 ** (-_SILENCE_BELOW_PEAK_DB / 20))
    margin = round(rate * _MARGIN_SECONDS)
    start = max(0, int(loud[0]) * size - margin)
    kept = samples[start : (int(loud[-1]) + 1) * size + margin].copy()
    ramp = _smooth(np.linspace(0, 1, min(round(rate * _FADE_SECONDS), len(kept) // 2)))
    kept[: len(ramp)] *= ramp
    kept[len(kept) - len(ramp) :] *= ramp[::-1]
    return kept


def for_telephone(samples: Samples, rate: int) -> Samples:
    """Any speech as a prompt: rate, band, loudness, no silence around it."""
    return level_matched(trimmed(telephone_band(resample(samples, rate))))
