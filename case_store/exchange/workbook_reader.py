"""The process that unpacks one stranger's workbook and writes its rows down (case_store/storage/confinement.py)."""

import io
import json
import sys
from typing import Any, Final

from openpyxl import load_workbook

from case_store.exchange.sheets import MOST_COLUMNS, NotImportable, SheetFault, bounded, written
from case_store.storage.confinement import confine

MEMORY: Final = 700_000_000
SECONDS: Final = 30
MOST_SHEETS: Final = 10
MOST_LETTERS: Final = 30_000_000


def main() -> None:
    confine(memory=MEMORY, seconds=SECONDS)
    json.dump(_sheets(sys.stdin.buffer.read()), sys.stdout, ensure_ascii=False)


def _sheets(content: bytes) -> list[Any]:
    """The rows of each visible sheet, or the name of what is wrong with it."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    found: list[Any] = []
    letters = 0
    for sheet in book.worksheets[:MOST_SHEETS]:
        if sheet.sheet_state != "visible":
            continue
        try:
            rows = bounded(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
        except NotImportable as fault:
            found.append(fault.reason.value)
            continue
        letters += sum(len(cell) for _, cells in rows for cell in cells if isinstance(cell, str))
        if letters > MOST_LETTERS:
            return [*found, SheetFault.TOO_BIG.value]
        found.append([(number, [written(cell) for cell in cells]) for number, cells in rows])
    return found


if __name__ == "__main__":
    main()
