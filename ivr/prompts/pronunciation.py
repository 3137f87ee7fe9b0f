"""How to say words whose spelling does not tell: the entries of pronunciation.toml."""

import tomllib
from functools import cache
from pathlib import Path


class UnreadableText(ValueError):
    """A text that we cannot turn into sounds; the message names the word."""


@cache
def pronunciation(language: str) -> dict[str, str]:
    """Words of a language, and each respelled as it sounds."""
    path = Path(__file__).with_name("pronunciation.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))[language]
    return {str(word): str(said) for word, said in table.items()}
