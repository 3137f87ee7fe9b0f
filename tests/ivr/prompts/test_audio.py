"""Sound as a telephone carries it: rate, band, loudness."""

import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.prompts.audio import (
    PEAK,
    TARGET_LEVEL,
    Samples,
    UnusableSound,
    active_level,
    for_telephone,
    level_matched,
    read_wav,
    resample,
    telephone_band,
    trimmed,
    wav_bytes,
)


def tone(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


def rms(samples: Samples) -> float:
    return float(np.sqrt((samples[len(samples) // 4 : -len(samples) // 4] ** 2).mean()))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_a_tone_keeps_its_pitch_and_strength_at_the_telephones_rate(rate: int) -> None:
    ours = resample(tone(1000, rate), rate)

    assert len(ours) == 8_000
    assert np.abs(ours - tone(1000, 8_000))[400:-400].max() < 0.01


def test_what_the_new_rate_cannot_carry_does_not_come_back_as_another_tone() -> None:
    assert rms(resample(tone(5_000, 22_050), 22_050)) < 0.001


@pytest.mark.parametrize(
    ("hertz", "passes"),
    [(60, False), (200, False), (320, True), (1000, True), (3300, True), (3700, False)],
)
def test_only_the_telephones_band_is_kept(hertz: float, passes: bool) -> None:
    strength = rms(telephone_band(tone(hertz, 8_000))) / rms(tone(hertz, 8_000))

    assert strength > 0.95 if passes else strength < 0.02


@pytest.mark.parametrize("gain", [0.001, 0.1, 1.0])
def test_loud_and_quiet_speech_come_out_alike(gain: float) -> None:
    speech = np.concatenate([tone(500, 8_000) * gain, np.zeros(8_000), tone(900, 8_000) * gain])

    matched = level_matched(speech)

    assert active_level(matched) == pytest.approx(TARGET_LEVEL, abs=1)


def test_pauses_do_not_count_as_quietness() -> None:
    speech = tone(500, 8_000)

    assert active_level(np.concatenate([speech, np.zeros(24_000)])) == pytest.approx(
        active_level(speech), abs=0.3
    )


def test_a_click_does_not_go_over_the_peak() -> None:
    speech = tone(500, 8_000) * 0.05
    speech[4_000] = 1.0

    assert np.abs(level_matched(speech)).max() <= PEAK


def test_silence_around_is_cut_and_pauses_inside_are_kept() -> None:
    spoken = np.concatenate([tone(500, 8_000), np.zeros(4_000), tone(500, 8_000)])
    padded = np.concatenate([np.zeros(16_000), spoken, np.zeros(16_000)])

    assert len(trimmed(padded)) == pytest.approx(len(spoken), abs=800)


def test_the_ends_are_faded() -> None:
    ended = for_telephone(tone(500, 8_000), 8_000)

    assert abs(ended[0]) < 0.001
    assert abs(ended[-1]) < 0.001


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_recordings_of_any_width_and_channels_are_read(
    tmp_path: Path, width: int, channels: int
) -> None:
    path = tmp_path / "recording.wav"
    original = tone(440, 16_000) * 0.5
    whole = np.repeat((original * (2 ** (8 * width - 1) - 1)).round().astype(np.int64), channels)
    data = (
        (whole + (128 if width == 1 else 0)).astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]
    )
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, 16_000, 0, "NONE", ""))
        file.writeframes(data.tobytes())

    read, rate = read_wav(path)

    assert rate == 16_000
    assert np.abs(read - original).max() < 0.01


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"ID3 an mp3 by another name", wav_bytes(np.zeros(0))]
)
def test_what_is_no_wav_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(UnusableSound, match=r"^it is"):
        read_wav(content)


def test_a_recording_below_the_telephones_rate_is_refused() -> None:
    with pytest.raises(UnusableSound, match="4000 Hz"):
        read_wav(wav_bytes(tone(440, 4_000), 4_000))


def test_silence_is_no_prompt() -> None:
    with pytest.raises(UnusableSound, match="silent"):
        for_telephone(np.zeros(8_000), 8_000)
