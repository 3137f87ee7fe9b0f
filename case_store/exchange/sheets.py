"""Reading a stranger's spreadsheet: rows of plain values, bounded, with nothing in it reckoned or fetched."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from case_store.storage.containers import check_zip
from case_store.storage.errors import NotStorable
from case_store.storage.kinds import decoded

MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
MOST_BYTES: Final = 20_000_000
_MOST_UNPACKED: Final = 150_000_000
_MOST_BLANKS: Final = 500
_MOST_SHEETS: Final = 10
_ZIP: Final = b"PK\x03\x04"

Cell = str | date | None
Row = tuple[int, list[Cell]]
"""A row's number in the sheet, as its owner sees it, and its cells."""


class SheetFault(StrEnum):
    EMPTY = "empty"
    TOO_BIG = "too_big"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_A_SHEET = "not_a_sheet"
    """Neither XLSX nor CSV; an older XLS has to be saved anew."""
    BROKEN = "broken"
    NO_HEADER = "no_header"
    """No row names a column for the subject."""


class NotImportable(Exception):
    """The file cannot be imported at all; `reason` says why."""

    def __init__(self, reason: SheetFault) -> None:
        super().__init__(f"the spreadsheet cannot be read: {reason}")
        self.reason = reason


def read_sheets(source: BinaryIO) -> Iterator[list[Row]]:
    """The sheets of a workbook, or the one of a CSV file; rows without any value are left out.

    Raises `NotImportable`, also while the sheets are gone through.
    """
    content = source.read(MOST_BYTES + 1)
    if not content.strip():
        raise NotImportable(SheetFault.EMPTY)
    if len(content) > MOST_BYTES:
        raise NotImportable(SheetFault.TOO_BIG)
    if content.startswith(_ZIP):
        yield from _of_workbook(content)
    else:
        yield _bounded(_of_csv(content))


def _of_workbook(content: bytes) -> Iterator[list[Row]]:
    file = io.BytesIO(content)
    try:
        check_zip(file, most_unpacked=_MOST_UNPACKED)
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets[:_MOST_SHEETS]:
            if sheet.sheet_state == "visible":
                yield _bounded(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except NotStorable as error:
        raise NotImportable(SheetFault.BROKEN) from error
    except DefusedXmlException as error:
        raise NotImportable(SheetFault.BROKEN) from error
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError,
        AttributeError, OSError,
    ) as error:  # fmt: skip
        # What openpyxl says of a workbook that another program, or nobody, made as it should be.
        raise NotImportable(SheetFault.BROKEN) from error


def _of_csv(content: bytes) -> Iterator[Sequence[object]]:
    text = decoded(content)
    if text is None or "\x00" in text:
        raise NotImportable(SheetFault.NOT_A_SHEET)
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise NotImportable(SheetFault.BROKEN) from error


def _bounded(rows: Iterable[Sequence[object]]) -> list[Row]:
    found: list[Row] = []
    blanks = 0
    for number, values in enumerate(rows, 1):
        cells = [_cell(value) for value in values[:MOST_COLUMNS]]
        if not any(cells):
            blanks += 1
            if blanks > _MOST_BLANKS:
                break
            continue
        blanks = 0
        found.append((number, cells))
        if len(found) > MOST_ROWS + 20:  # titles and the header stand above the rows
            raise NotImportable(SheetFault.TOO_MANY_ROWS)
    return found


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None
