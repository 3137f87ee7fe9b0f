"""Builds every sound file that the line plays, anew only where its text, voice or recording changed."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from case_store.settings import Settings
from ivr.prompts.audio import UnusableSound, for_telephone, read_wav, wav_bytes
from ivr.prompts.catalogue import LANGUAGES, Prompt, every_prompt
from ivr.prompts.pronunciation import UnreadableText
from ivr.prompts.tones import TONES, TONES_VERSION
from ivr.prompts.voice import (
    PHRASE_PAUSE_SECONDS,
    VOICES,
    VoiceFailed,
    readings_of,
    speak,
)

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many files are done, and how many there are."""

SOUND_VERSION: Final = 2
"""To be raised when audio.py or voice.py make another sound of the same text."""

_STAMPS: Final = ".stamps.json"


class BuildFailed(Exception):
    """The prompts cannot be built; the message says what to mend."""


@dataclass
class BuildReport:
    """What a build did. `problems` are for people: recordings that could not be used."""

    built: int = 0
    kept: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Sound:
    """One file to be: where, from what text or recording; `stamp` changes when the result would."""

    path: str
    language: str
    text: str
    recording: Path | None
    stamp: str


@dataclass(frozen=True)
class _Made:
    wav: bytes
    problem: str = ""


def sounds_folder(settings: Settings) -> Path:
    """Asterisk's folder of sounds: one folder for each language."""
    return settings.home / "sounds"


def recordings_folder(settings: Settings) -> Path:
    """Where a person puts recorded prompts: recorded/th/damrong/greeting.wav replaces the spoken greeting."""
    return settings.home / "recorded"


def find_espeak() -> Path:
    """espeak-ng of set-up (.tools/bin), else of the machine."""
    unpacked = Path(".tools/bin/espeak-ng").resolve()
    found = str(unpacked) if unpacked.exists() else shutil.which("espeak-ng")
    if not found:
        raise BuildFailed(
            "There is no espeak-ng to speak the prompts: run `make run`, or install espeak-ng."
        )
    return Path(found)


def build_all(
    settings: Settings,
    progress: Progress,
    espeak: Path | None = None,
    prompts: Sequence[Prompt] | None = None,
) -> BuildReport:
    """Makes the sounds that are missing or out of date. May be stopped at any moment: the next build goes on."""
    folder = sounds_folder(settings)
    stamps = _read_stamps(folder)
    sounds = list(_wanted(settings, every_prompt() if prompts is None else prompts))
    report = BuildReport()
    due = [sound for sound in sounds if not _is_current(folder, sound, stamps)]
    report.kept = len(sounds) - len(due)
    try:
        _make_all(
            folder,
            due,
            stamps,
            espeak,
            lambda done: progress("Speaking the prompts", done, len(due)),
        )
    finally:
        _forget(folder, stamps, keep={sound.path for sound in sounds})
        _write(folder / _STAMPS, json.dumps(stamps, indent=0, sort_keys=True).encode())
    report.built = len(due)
    report.problems = [entry["problem"] for entry in stamps.values() if entry.get("problem")]
    if prompts is None:
        report.problems += _misnamed(settings, {sound.path for sound in sounds})
    return report


def _misnamed(settings: Settings, known: set[str]) -> list[str]:
    """Recordings that replace nothing, as no prompt has their name: somebody meant them for one."""
    folder = recordings_folder(settings)
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        f"{path}: not used, because no prompt has this name."
        for path in found
        if not path.name.startswith(".") and str(path.relative_to(folder)) not in known
    ]


def _wanted(settings: Settings, prompts: Sequence[Prompt]) -> Iterator[_Sound]:
    recorded = recordings_folder(settings)
    for prompt in prompts:
        for language in LANGUAGES:
            if text := prompt.text(language):
                path = f"{language}/{prompt.sound}.wav"
                recording = recorded / path if (recorded / path).is_file() else None
                yield _Sound(path, language, text, recording, _stamp(language, text, recording))
    for path in TONES:
        recording = recorded / path if (recorded / path).is_file() else None
        yield _Sound(path, "", "", recording, _digest("tone", TONES_VERSION, _content(recording)))


def _stamp(language: str, text: str, recording: Path | None) -> str:
    said = (text, readings_of(text), sorted(VOICES.items()) if "<" in text else VOICES[language])
    return _digest("speech", SOUND_VERSION, PHRASE_PAUSE_SECONDS, said, _content(recording))


def _content(recording: Path | None) -> str:
    return hashlib.sha256(recording.read_bytes()).hexdigest() if recording else ""


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def _is_current(folder: Path, sound: _Sound, stamps: dict[str, dict[str, str]]) -> bool:
    entry = stamps.get(sound.path, {})
    try:
        size = (folder / sound.path).stat().st_size
    except OSError:
        return False
    return entry.get("stamp") == sound.stamp and entry.get("size") == str(size)


def _make_all(
    folder: Path,
    due: list[_Sound],
    stamps: dict[str, dict[str, str]],
    espeak: Path | None,
    done: Callable[[int], None],
) -> None:
    if not due:
        return
    speaker = espeak or find_espeak()
    workers = max(2, len(os.sched_getaffinity(0)))
    with ThreadPoolExecutor(workers, thread_name_prefix="speak") as pool:
        running: dict[Future[_Made], _Sound] = {
            pool.submit(_make, speaker, sound): sound for sound in due
        }
        try:
            for count, future in enumerate(as_completed(running), start=1):
                sound, made = running[future], _result(future)
                _write(folder / sound.path, made.wav)
                stamps[sound.path] = {
                    "stamp": sound.stamp,
                    "size": str(len(made.wav)),
                    "problem": made.problem,
                }
                done(count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _result(future: Future[_Made]) -> _Made:
    try:
        return future.result()
    except (VoiceFailed, UnusableSound, UnreadableText, OSError) as error:
        raise BuildFailed(f"A prompt cannot be built: {error}") from error


def _make(espeak: Path, sound: _Sound) -> _Made:
    """The recording when it can be used, else the synthetic voice and what is wrong with the recording."""
    problem = ""
    if sound.recording:
        try:
            return _Made(wav_bytes(for_telephone(*read_wav(sound.recording))))
        except UnusableSound as error:
            problem = f"{sound.recording}: not used, because {error}. The synthetic voice is played instead."
    if not sound.text:
        return _Made(TONES[sound.path](), problem)
    return _Made(wav_bytes(for_telephone(*speak(espeak, sound.text, sound.language))), problem)


def _read_stamps(folder: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads((folder / _STAMPS).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _forget(folder: Path, stamps: dict[str, dict[str, str]], keep: set[str]) -> None:
    """Removes what we made once and nobody plays any more."""
    for path in [path for path in stamps if path not in keep]:
        (folder / path).unlink(missing_ok=True)
        del stamps[path]


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, even when the machine stops in the middle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
