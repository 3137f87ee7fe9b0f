"""What a file is, decided by its content. The name only has to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import filetype

from case_store.storage.containers import check_zip, office_kind_of_ole, office_kind_of_zip
from case_store.storage.errors import NotStorable, Refusal
from case_store.storage.file_names import extension_of, with_extension

_HEAD: Final = 8192


@dataclass(frozen=True)
class Kind:
    """One kind of file that is taken. `extensions`: the first is its own, the others are synonyms."""

    media_type: str
    extensions: tuple[str, ...]
    family: str = ""
    """Kinds of one family are often named as each other (a telephone calls every picture .jpg): the name is mended."""


_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final[Mapping[str, Kind]] = {
    kind.extensions[0]: kind
    for kind in (
        Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), "picture"),
        Kind("image/png", ("png",), "picture"),
        Kind("image/webp", ("webp",), "picture"),
        Kind("image/heic", ("heic", "heif"), "picture"),
        Kind("application/pdf", ("pdf",)),
        Kind("application/msword", ("doc",)),
        Kind("application/vnd.ms-excel", ("xls",)),
        Kind(_DOCX, ("docx",)),
        Kind(_XLSX, ("xlsx",)),
        Kind("audio/mpeg", ("mp3",)),
        Kind("audio/wav", ("wav",)),
        Kind("audio/mp4", ("m4a",), "mp4"),
        Kind("video/mp4", ("mp4", "m4v"), "mp4"),
        Kind("text/plain", ("txt",), "text"),
        Kind("text/csv", ("csv",), "text"),
    )
}
"""Every kind that is taken, by its own extension."""

_BY_MAGIC: Final = {
    "jpg": "jpg", "png": "png", "webp": "webp", "heic": "heic", "pdf": "pdf", "mp3": "mp3",
    "wav": "wav", "m4a": "m4a", "mp4": "mp4", "m4v": "mp4",
}  # fmt: skip
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOT_TEXT: Final = ("<!doctype", "<html", "<?xml", "<svg", "<script", "<?php", "{\\rtf", "#!")
_CONTROLS: Final = bytes(sign for sign in range(32) if sign not in b"\t\n\r\f\x1a") + b"\x7f"


def identify(path: Path, name: str) -> tuple[Kind, str]:
    """The kind of a file, and its name with the extension that belongs to it. Raises `NotStorable`."""
    named = next((kind for kind in KINDS.values() if extension_of(name) in kind.extensions), None)
    if named is None and extension_of(name):
        raise NotStorable(Refusal.NOT_ALLOWED)
    found = _by_content(path)
    if found is None:
        raise NotStorable(Refusal.DISGUISED if named else Refusal.NOT_ALLOWED)
    if named is None or named is found:
        return found, name if named else with_extension(name, found.extensions[0])
    if not found.family or named.family != found.family:
        raise NotStorable(Refusal.DISGUISED)
    if found.family == "picture":
        return found, with_extension(name, found.extensions[0])
    return named, name


def _by_content(path: Path) -> Kind | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(_ZIP):
            check_zip(file)
            return KINDS.get(office_kind_of_zip(file))
    if head.startswith(_OLE):
        return KINDS.get(office_kind_of_ole(path.read_bytes()))
    magic = filetype.guess(head)
    if magic is not None and magic.extension in _BY_MAGIC:
        return KINDS[_BY_MAGIC[magic.extension]]
    return KINDS["txt"] if _is_text(path.read_bytes()) else None


def _is_text(content: bytes) -> bool:
    """Readable text that no browser takes for a page and no shell for a program."""
    if content.translate(None, _CONTROLS) != content:
        return False
    start = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
    return not start.startswith(_NOT_TEXT) and decoded(content) is not None


def decoded(content: bytes) -> str | None:
    """Text in UTF-8 or in the older Thai coding (TIS-620, as Windows writes it); None when it is neither."""
    for coding in ("utf-8-sig", "cp874"):
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    return None
