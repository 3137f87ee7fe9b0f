"""Reading a stranger's spreadsheet: rows of plain values, bounded, with nothing in it reckoned or fetched."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, Final

from case_store.storage.confinement import confined
from case_store.storage.containers import check_zip
from case_store.storage.errors import NotStorable
from case_store.storage.kinds import decoded

MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 60
MOST_BYTES: Final = 20_000_000
_MOST_UNPACKED: Final = 60_000_000
_MOST_BLANKS: Final = 500
_SECONDS: Final = 60
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
        yield bounded(_of_csv(content))


def _of_workbook(content: bytes) -> Iterator[list[Row]]:
    try:
        check_zip(io.BytesIO(content), most_unpacked=_MOST_UNPACKED)
    except NotStorable as error:
        raise NotImportable(SheetFault.BROKEN) from error
    said = confined("case_store.exchange.workbook_reader", given=content, seconds=_SECONDS)
    if said is None:
        raise NotImportable(SheetFault.BROKEN)
    for sheet in json.loads(said):
        if isinstance(sheet, str):
            raise NotImportable(SheetFault(sheet))
        yield [(number, [read_back(cell) for cell in cells]) for number, cells in sheet]


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


def bounded(rows: Iterable[Sequence[object]]) -> list[Row]:
    """The rows that say something, with their numbers. Raises `NotImportable`."""
    found: list[Row] = []
    blanks = 0
    for number, values in enumerate(rows, 1):
        cells = [cell_of(value) for value in values[:MOST_COLUMNS]]
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


def cell_of(value: object) -> Cell:
    """A text, a day, or nothing: all that an import looks at."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def written(cell: Cell) -> str | list[str] | None:
    """A cell as the reading process writes it."""
    return [cell.isoformat()] if isinstance(cell, date) else cell


def read_back(cell: str | list[str] | None) -> Cell:
    return date.fromisoformat(cell[0]) if isinstance(cell, list) else cell
