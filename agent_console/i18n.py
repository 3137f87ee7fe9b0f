"""The readers' languages. Message ids are English; Thai is the language of a reader who has not chosen one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

THAI: Final = "th"
LANGUAGES: Final = (THAI, "en")
LOCALE: Final = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=THAI)


@cache
def compile_catalogues() -> dict[str, NullTranslations]:
    """Reads the catalogues, once; in memory, so that an installation's folder need not be writable."""
    found: dict[str, NullTranslations] = {code: NullTranslations() for code in LANGUAGES}
    for source in LOCALE.glob("*/LC_MESSAGES/messages.po"):
        compiled = BytesIO()
        write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=source.parts[-3]))
        compiled.seek(0)
        found[source.parts[-3]] = GNUTranslations(compiled)
    return found


def language() -> str:
    """The language of the reader of this request."""
    return _language.get()


@contextmanager
def reading_in(code: str | None) -> Iterator[None]:
    """What is rendered meanwhile is in this language; in Thai when there is no such language."""
    token = _language.set(code if code in LANGUAGES else THAI)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, with `%(name)s` filled in."""
    translated = compile_catalogues()[language()].gettext(message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    translated = compile_catalogues()[language()].ngettext(singular, plural, number)
    return translated % {"num": number, **values}


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for a message that is translated later)
    """Marks a message that is kept in a table and translated when it is shown."""
    return message
