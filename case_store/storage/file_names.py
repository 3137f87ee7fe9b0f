"""Names of files as strangers give them, made fit to be shown and to be saved under."""

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 120
_LONGEST_EXTENSION: Final = 10
_RESERVED: Final = re.compile(r'[<>:"|?*%]')
"""What a file name cannot hold on Windows, and what a header or an address reads as something else."""


def clean_name(given: str) -> str:
    """The last part of a path, without what cannot be seen or saved; Thai and everything readable stays."""
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(sign if _is_visible(sign) else "" for sign in unicodedata.normalize("NFC", last))
    plain = re.sub(r"\s+", " ", _RESERVED.sub("_", seen)).strip(" .")
    name = _shortened(plain) or "file"
    return name if extension_of(name) or "." not in name else name.replace(".", "_")


def extension_of(name: str) -> str:
    """`pdf` of `letter.PDF`; empty when there is none."""
    suffix = PurePosixPath(name).suffix.removeprefix(".").lower()
    return suffix if suffix.isascii() and suffix.isalnum() else ""


def with_extension(name: str, extension: str) -> str:
    """The name, ending in the extension that its content has."""
    known = extension_of(name)
    stem = name[: -len(known) - 1] if known else name
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"


def _is_visible(sign: str) -> bool:
    # Controls, direction marks that let `gpj.exe` look like `exe.jpg`, halves of characters, private ones.
    return not unicodedata.category(sign).startswith("C") or sign in "\t\n\r"


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    extension = extension_of(name)[:_LONGEST_EXTENSION]
    kept = name[: LONGEST - len(extension) - 1].rstrip(" .")
    return f"{kept}.{extension}" if extension else kept
