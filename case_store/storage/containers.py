"""Office documents: what kind they are, told from their outside. Nothing in them is unpacked."""

import re
import zipfile
from itertools import pairwise
from typing import BinaryIO, Final

from case_store.storage.errors import NotStorable, Refusal

_END: Final = b"PK\x05\x06"
_LONGEST_TAIL: Final = 65_557
_LARGEST_DIRECTORY: Final = 1_000_000
MOST_MEMBERS: Final = 5_000
MOST_UNPACKED: Final = 200_000_000
_MACROS: Final = "vbaproject.bin"


def check_zip(file: BinaryIO, *, most_unpacked: int = MOST_UNPACKED) -> None:
    """Refuses what is broken, or would be too large once somebody unpacks it. Raises `NotStorable`."""
    if _directory_size(file) > _LARGEST_DIRECTORY:
        raise NotStorable(Refusal.BOMB)
    members = _members(file)
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > most_unpacked:
        raise NotStorable(Refusal.BOMB)
    ends = sorted((one.header_offset, one.compress_size) for one in members)
    for (start, size), (following, _) in pairwise(ends):
        if start + size > following:  # several names for the same bytes
            raise NotStorable(Refusal.BOMB)


def office_kind_of_zip(file: BinaryIO) -> str:
    """`docx` or `xlsx`; empty when it is another archive. Raises `NotStorable` when it holds macros."""
    names = {one.filename.lower() for one in _members(file)}
    if any(name.rsplit("/", 1)[-1] == _MACROS for name in names):
        raise NotStorable(Refusal.MACROS)
    if "[content_types].xml" not in names:
        return ""
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else ""


def office_kind_of_ole(content: bytes) -> str:
    """`doc` or `xls`, by the names of the streams; empty when it is another document."""
    if _utf16("_VBA_PROJECT") in content:
        raise NotStorable(Refusal.MACROS)
    if _utf16("WordDocument") in content:
        return "doc"
    return "xls" if re.search(re.escape(_utf16("Workbook")) + b"|B\0o\0o\0k\0\0", content) else ""


def _directory_size(file: BinaryIO) -> int:
    """How large the table of contents is: read before anything reads the table itself."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_TAIL))
    tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) < found + 16:
        raise NotStorable(Refusal.BROKEN)
    return int.from_bytes(tail[found + 12 : found + 16], "little")


def _members(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise NotStorable(Refusal.BROKEN) from None


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")
