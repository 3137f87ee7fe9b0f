"""Building the prompts with the real espeak-ng."""

import wave
from pathlib import Path

import numpy as np
import pytest

from case_store.settings import Settings
from ivr.prompts.audio import TARGET_LEVEL, active_level, read_wav, wav_bytes
from ivr.prompts.build import BuildFailed, BuildReport, build_all
from ivr.prompts.catalogue import Prompt, asterisk_sounds, catalogue
from ivr.prompts.missing import missing, unknown_names, unknown_sentences

pytestmark = pytest.mark.slow

SOME = [
    catalogue()["recorded"],
    catalogue()["press-9-english"],
    asterisk_sounds()["digits/7"],
    asterisk_sounds()["digits/ed"],
]


def quiet(_what: str, _done: int, _all: int) -> None:
    """Nobody watches."""


def build(settings: Settings, prompts: list[Prompt] = SOME) -> BuildReport:
    return build_all(settings, quiet, prompts=prompts)


def recording(settings: Settings, path: str, content: bytes) -> None:
    file = settings.home / "recorded" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Some prompts, built once; tests of this one only read."""
    settings = Settings(home=tmp_path_factory.mktemp("built"))
    build(settings)
    return settings


def test_a_prompt_is_what_asterisk_plays_at_the_target_loudness(built: Settings) -> None:
    spoken = [p for folder in ("th", "en") for p in (built.home / "sounds" / folder).rglob("*.wav")]
    spoken = [path for path in spoken if path.stem not in {"beep", "pause"}]

    assert len(spoken) == 7
    for path in spoken:
        with wave.open(str(path)) as file:
            assert file.getparams()[:3] == (1, 2, 8000)
        samples, _ = read_wav(path)
        assert active_level(samples) == pytest.approx(TARGET_LEVEL, abs=1)
        assert np.abs(samples).max() < 10 ** (-3 / 20)


def test_speech_lies_in_the_telephones_band(built: Settings) -> None:
    samples, _ = read_wav(built.home / "sounds/th/damrong/recorded.wav")
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 8000)

    assert power[(hertz > 240) & (hertz < 3460)].sum() > 0.999 * power.sum()


def test_a_thai_sentence_is_said_at_a_pace_that_an_old_person_can_follow(built: Settings) -> None:
    samples, _ = read_wav(built.home / "sounds/th/damrong/recorded.wav")
    syllables = 27  # การสนทนานี้มีการบันทึกเสียง เพื่อใช้ติดตามเรื่องของท่าน และปรับปรุงบริการค่ะ

    assert 3.0 < syllables / (len(samples) / 8000) < 4.5


def test_music_is_a_quiet_loop_without_a_seam(built: Settings) -> None:
    samples, rate = read_wav(built.home / "sounds/moh/damrong.wav")
    steps = np.abs(np.diff(np.concatenate([samples, samples[:1]])))

    assert 60 <= len(samples) / rate <= 90
    assert active_level(samples) == pytest.approx(-27, abs=1)
    assert steps[-1] <= steps.max()
    assert np.abs(samples).max() < 0.5


def test_the_browsers_ring_and_the_beep_are_there(built: Settings) -> None:
    ring, rate = read_wav(built.home / "sounds/web/ring.wav")

    assert len(ring) / rate == pytest.approx(3)
    assert (built.home / "sounds/th/beep.wav").read_bytes() == (
        built.home / "sounds/en/beep.wav"
    ).read_bytes()


def test_a_second_build_makes_nothing(settings: Settings) -> None:
    first = build(settings)
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*.wav")}

    second = build(settings)

    assert (second.built, second.kept) == (0, first.built)
    assert {path: path.stat().st_mtime_ns for path in settings.home.rglob("*.wav")} == before


def test_only_what_changed_is_made_anew(settings: Settings) -> None:
    build(settings)
    changed = [Prompt(SOME[0].sound, SOME[0].th, "Another sentence."), *SOME[1:]]

    assert build(settings, changed).built == 1


def test_a_damaged_file_is_made_anew_and_one_that_nobody_needs_goes(settings: Settings) -> None:
    build(settings)
    damaged = settings.home / "sounds/th/digits/7.wav"
    damaged.write_bytes(b"")

    assert build(settings, SOME[1:]).built == 1
    assert damaged.stat().st_size > 1000
    assert not (settings.home / "sounds/th/damrong/recorded.wav").exists()


def test_a_recording_takes_the_place_of_the_voice_at_the_same_loudness(settings: Settings) -> None:
    stereo_rate = 44_100
    hum = 0.01 * np.sin(2 * np.pi * 700 * np.arange(stereo_rate * 2) / stereo_rate)
    recording(settings, "th/damrong/recorded.wav", wav_bytes(hum, stereo_rate))

    report = build(settings)
    samples, rate = read_wav(settings.home / "sounds/th/damrong/recorded.wav")

    assert report.problems == []
    assert len(samples) / rate == pytest.approx(2, abs=0.1)
    assert active_level(samples) == pytest.approx(TARGET_LEVEL, abs=1)


def test_a_recording_that_cannot_be_used_is_reported_until_it_is_mended(settings: Settings) -> None:
    recording(settings, "th/digits/7.wav", b"an mp3 by another name")

    reports = [build(settings), build(settings)]

    for report in reports:
        assert len(report.problems) == 1
        assert "recorded/th/digits/7.wav" in report.problems[0]
    assert (settings.home / "sounds/th/digits/7.wav").stat().st_size > 1000
    (settings.home / "recorded/th/digits/7.wav").unlink()
    assert build(settings).problems == []


def test_a_build_that_is_stopped_leaves_whole_files_and_the_next_one_goes_on(
    settings: Settings,
) -> None:
    def stop_at_three(_what: str, done: int, _all: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_all(settings, stop_at_three, prompts=SOME)
    whole = list(settings.home.rglob("*.wav"))

    assert len(whole) == 3
    assert all(read_wav(path) for path in whole)
    assert list(settings.home.rglob("*.part")) == []
    assert build(settings).kept == 3


def test_progress_counts_every_file(settings: Settings) -> None:
    seen: list[tuple[int, int]] = []

    report = build_all(
        settings, lambda _what, done, all_: seen.append((done, all_)), prompts=SOME[2:]
    )

    assert seen == [(n, report.built) for n in range(1, report.built + 1)]


def test_a_voice_that_fails_says_so(settings: Settings) -> None:
    with pytest.raises(BuildFailed, match="false"):
        build_all(settings, quiet, espeak=Path("/bin/false"), prompts=SOME)


def test_what_a_caller_would_miss_is_named(built: Settings) -> None:
    absent = missing(built)

    assert "sounds/th/damrong/greeting.wav" in absent
    assert "sounds/th/digits/7.wav" not in absent


def test_a_name_in_the_dialplan_that_no_catalogue_has_is_found(tmp_path: Path) -> None:
    dialplan = tmp_path / "extensions.conf"
    dialplan.write_text(
        "same => n,Playback(damrong/fallback-greetin)\n"
        "same => n,Playback(damrong/greeting&damrong/pause)\n"
        "same => n,Playback(damrong/province-${PROVINCE})\n"
    )

    assert unknown_names([dialplan]) == ["damrong/fallback-greetin (in extensions.conf)"]


def test_every_sentence_of_the_flows_is_in_the_catalogue() -> None:
    assert unknown_sentences() == []


@pytest.mark.telephony
def test_the_whole_set_is_built_and_nothing_is_missing(settings: Settings) -> None:
    recording(settings, "th/damrong/greetings.wav", b"meant for greeting.wav")

    [problem] = build_all(settings, quiet).problems

    assert problem.endswith("th/damrong/greetings.wav: not used, because no prompt has this name.")
    assert missing(settings) == []
    levels = [
        active_level(read_wav(path)[0])
        for path in (settings.home / "sounds/th/damrong").glob("[!p]*.wav")
    ]
    assert min(levels) > TARGET_LEVEL - 1
    assert max(levels) < TARGET_LEVEL + 1
