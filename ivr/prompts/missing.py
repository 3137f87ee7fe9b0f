"""Finds prompts that a caller would miss, before a caller does: for `damrong doctor`."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from case_store.settings import Settings
from ivr.flows.sentences import Sentence
from ivr.prompts.build import sounds_folder
from ivr.prompts.catalogue import LANGUAGES, every_prompt
from ivr.prompts.speech import PAUSE
from ivr.prompts.tones import TONES

_DIALPLAN: Final = Path(__file__).resolve().parents[2] / "asterisk-config"
_HEADER_BYTES: Final = 44

_WHOLE_NAME = re.compile(r"\bdamrong/[a-z0-9]+(?:-[a-z0-9]+)*(?![a-z0-9./{-]|-?\$)")
"""Not the beginning of a name that the dialplan completes, such as damrong/province-${CODE}."""


def missing(settings: Settings) -> list[str]:
    """Sounds that are missing or empty, and names that the flows or the dialplan use but no catalogue has."""
    folder = sounds_folder(settings)
    absent = [f"sounds/{path}" for path in _expected() if not _is_there(folder / path)]
    return absent + unknown_sentences() + unknown_names(_DIALPLAN.rglob("*.conf*"))


def unknown_sentences() -> list[str]:
    """Sentences of the flows that no catalogue has."""
    return [
        f"{sentence} (in ivr/flows/sentences.py)"
        for sentence in Sentence
        if sentence not in _known()
    ]


def unknown_names(files: Iterable[Path]) -> list[str]:
    """Sounds of ours that a dialplan file names and no catalogue has."""
    named = {
        (name, path.name)
        for path in files
        for name in _WHOLE_NAME.findall(path.read_text(encoding="utf-8"))
    }
    return [f"{name} (in {file})" for name, file in sorted(named) if name not in _known()]


def _known() -> set[str]:
    return {PAUSE} | {prompt.sound for prompt in every_prompt()}


def _expected() -> Iterator[str]:
    for prompt in every_prompt():
        yield from (
            f"{language}/{prompt.sound}.wav" for language in LANGUAGES if prompt.text(language)
        )
    yield from TONES


def _is_there(path: Path) -> bool:
    try:
        return path.stat().st_size > _HEADER_BYTES
    except OSError:
        return False
