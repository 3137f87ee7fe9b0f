"""Finds every message of the console and brings the Thai catalogue up to date: `python -m agent_console.messages`.

Translations that are there stay; new messages come in empty, and a test fails until they are filled in.
"""

from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from agent_console.i18n import LOCALE, THAI

PACKAGE: Final = Path(__file__).parent
THAI_CATALOGUE: Final = LOCALE / THAI / "LC_MESSAGES" / "messages.po"
METHODS: Final = [
    ("frontend/**", "ignore"),
    ("static/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
]


def found_messages() -> Catalog:
    """Every message in the code and the templates."""
    catalogue = Catalog(project="damrong", charset="utf-8")
    options = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    for name, line, message, comments, context in extract_from_dir(
        str(PACKAGE), METHODS, options_map=options
    ):
        if message:
            catalogue.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalogue


def thai_catalogue() -> Catalog:
    if not THAI_CATALOGUE.exists():
        return Catalog(locale=THAI, project="damrong", charset="utf-8")
    with THAI_CATALOGUE.open("rb") as source:
        return read_po(source, locale=THAI)


def update() -> None:
    """Rewrites the Thai catalogue with what is found now."""
    catalogue = thai_catalogue()
    # No fuzzy guesses: a wrong sentence on screen is worse than an English one.
    catalogue.update(found_messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    THAI_CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with THAI_CATALOGUE.open("wb") as target:
        write_po(target, catalogue, width=100, no_location=True, sort_output=True)


if __name__ == "__main__":
    update()
