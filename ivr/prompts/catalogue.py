"""The prompts: our own sentences, the names of places, and the words that Asterisk says by itself.

A prompt is named by what Asterisk plays: `damrong/greeting`, `digits/5`, `queue-thankyou`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("th", "en")
FOLDER: Final = "damrong/"
"""Our own sentences lie in this folder of each language, apart from the sounds Asterisk expects."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ASTERISK_NAME = re.compile(r"([a-z]+/)?[a-z0-9]+(-[a-z0-9]+)*")
_HERE = Path(__file__).parent


class CatalogueError(ValueError):
    """A prompt file says something that cannot be spoken."""


@dataclass(frozen=True)
class Prompt:
    """One sound, and what is said in each language; "" where that language has no such sound."""

    sound: str
    th: str
    en: str

    def text(self, language: str) -> str:
        return self.en if language == "en" else self.th


def load_catalogue(path: Path) -> dict[str, Prompt]:
    """Our sentences by name. Each must exist in both languages."""
    prompts = {name: _entry(path, name, _NAME, texts) for name, texts in _tables(path).items()}
    for name, prompt in prompts.items():
        if not (prompt.th and prompt.en):
            raise CatalogueError(f"{path.name}: [{name}] needs both th and en.")
    return {name: Prompt(FOLDER + name, prompt.th, prompt.en) for name, prompt in prompts.items()}


@cache
def catalogue() -> dict[str, Prompt]:
    """The prompts that flows and the dialplan name."""
    return load_catalogue(_HERE / "catalogue.toml")


@cache
def asterisk_sounds() -> dict[str, Prompt]:
    """What Queue, SayNumber and SayDigits play; some words exist in one language only."""
    path = _HERE / "asterisk_sounds.toml"
    return {
        name: _entry(path, name, _ASTERISK_NAME, texts) for name, texts in _tables(path).items()
    }


@cache
def every_prompt() -> tuple[Prompt, ...]:
    """All that is spoken: sentences, places, and Asterisk's own words."""
    from ivr.prompts.place_names import place_prompts

    return (*catalogue().values(), *place_prompts(), *asterisk_sounds().values())


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error


def _entry(path: Path, name: str, allowed: re.Pattern[str], texts: Any) -> Prompt:
    if not allowed.fullmatch(name):
        raise CatalogueError(f"{path.name}: the name {name!r} may hold only a-z, 0-9 and hyphens.")
    if not isinstance(texts, dict) or set(texts) - set(LANGUAGES):
        raise CatalogueError(f"{path.name}: [{name}] may hold only th and en.")
    said = {language: str(texts.get(language, "")).strip() for language in LANGUAGES}
    if not any(said.values()):
        raise CatalogueError(f"{path.name}: [{name}] says nothing.")
    return Prompt(name, said["th"], said["en"])
