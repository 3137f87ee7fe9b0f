"""Comparing a spreadsheet with the store: which rows are new, known, repeated or wrong. Opens nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.cases.reference import parse_reference
from case_store.exchange.import_columns import Header, find_header
from case_store.exchange.import_report import ImportReport, RowReport, RowState
from case_store.exchange.import_rows import ReadRow, RowReader
from case_store.exchange.sealed_rows import WaitingRow, key_of_row
from case_store.exchange.sheets import (
    MOST_ROWS,
    Cell,
    NotImportable,
    Row,
    SheetFault,
    read_sheets,
)
from case_store.identity.keyring import keyring_of

_AT_ONCE: Final = 500


@dataclass
class Checked:
    """What was found: a report of every row, and the rows that can become cases."""

    columns: dict[str, str]
    unknown_columns: tuple[str, ...]
    reports: list[RowReport] = field(default_factory=list)
    waiting: list[WaitingRow] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @property
    def report(self) -> ImportReport:
        return ImportReport(
            tuple(self.reports), self.columns, self.unknown_columns, len(self.waiting), opened=0
        )

    def add(self, number: int, row: ReadRow, key: str, known: str | None) -> None:
        """A row without faults."""
        if known is not None:
            self.reports.append(RowReport(number, RowState.KNOWN, ref=known))
        elif key in self._seen:
            self.reports.append(RowReport(number, RowState.REPEATED))
        else:
            self.reports.append(RowReport(number, RowState.NEW))
            self.waiting.append(WaitingRow(number, key, row))
        self._seen.add(key)


def checked(session: Session, source: BinaryIO, centre_code: str, *, at: datetime) -> Checked:
    """Reads the spreadsheet and compares every row. Raises `NotImportable`."""
    header, rows = _table(source)
    found = Checked(
        {get_column_letter(place + 1): name for place, name in sorted(header.fields.items())},
        tuple(get_column_letter(place + 1) for place in header.unknown),
    )
    reader = RowReader.of(session, centre_code, at)
    for start in range(0, len(rows), _AT_ONCE):
        _check(session, reader, found, rows[start : start + _AT_ONCE], header.fields)
    return found


def _table(source: BinaryIO) -> tuple[Header, list[Row]]:
    """The row of names, and the rows below it, of the first sheet that has both."""
    fault = SheetFault.NO_HEADER
    for rows in read_sheets(source):
        header = find_header(rows)
        if header is None:
            continue
        below = rows[header.place + 1 :]
        if len(below) > MOST_ROWS:
            raise NotImportable(SheetFault.TOO_MANY_ROWS)
        if below:
            return header, below
        fault = SheetFault.EMPTY
    raise NotImportable(fault)


def _check(
    session: Session,
    reader: RowReader,
    found: Checked,
    rows: Sequence[Row],
    fields: Mapping[int, str],
) -> None:
    cells = {number: _by_field(values, fields) for number, values in rows}
    read = {number: reader.read(one) for number, one in cells.items()}
    ring = keyring_of(session)
    keys = {
        number: key_of_row(ring, reader.centre_code, row)
        for number, row in read.items()
        if isinstance(row, ReadRow)
    }
    by_key = _refs_by_key(session, list(keys.values()))
    refs = {number: parse_reference(str(one.get("ref") or "")) for number, one in cells.items()}
    here = _refs_here(session, reader.centre_code, refs.values())
    for number, row in read.items():
        if isinstance(row, ReadRow):
            own = refs[number] if refs[number] in here else None
            found.add(number, row, keys[number], by_key.get(keys[number]) or own)
        else:
            found.reports.append(RowReport(number, RowState.WRONG, tuple(row)))


def _by_field(values: Sequence[Cell], fields: Mapping[int, str]) -> dict[str, Cell]:
    return {name: values[place] for place, name in fields.items() if place < len(values)}


def _refs_by_key(session: Session, keys: Sequence[str]) -> dict[str, str]:
    query = select(Case.intake_key, Case.ref).where(Case.intake_key.in_(keys))
    return {key: ref for key, ref in session.execute(query) if key}


def _refs_here(session: Session, centre_code: str, refs: Iterable[str | None]) -> frozenset[str]:
    """Those that are of cases of this centre; of another's nothing is told."""
    wanted = [ref for ref in refs if ref]
    query = select(Case.ref).where(Case.ref.in_(wanted), Case.centre_code == centre_code)
    return frozenset(session.scalars(query))
