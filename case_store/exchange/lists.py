"""A list of cases for a spreadsheet: CSV, row by row, or XLSX. Bounded, audited, and without formulas."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from case_store.audit.trail import record
from case_store.cases.find_cases import CaseFilter, list_cases
from case_store.cases.models import Case
from case_store.exchange.cells import harmless, plain_text
from case_store.exchange.columns import COLUMNS, Column, Value, identity_columns
from case_store.exchange.labels import pick
from case_store.exchange.thai_style import short_date
from case_store.people.permissions import Action, Actor, may, require

CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 50_000
_PAGE: Final = 200
_BOM: Final = "\ufeff"
"""Without it Excel reads Thai as the letters of another alphabet."""
_DAY_FORMATS: Final = {"th": "[$-1070000]d/mm/yyyy;@", "en": "yyyy-mm-dd"}
"""The first is Excel's own for Buddhist years: the cell stays a date that can be sorted."""
_CUT = (
    "แสดงเพียง {:,} เรื่องแรก โปรดจำกัดรายการให้แคบลง",
    "Only the first {:,} cases are here: narrow the list down.",
)


@dataclass(frozen=True)
class Export:
    """A list that `by` was allowed to take out, and the columns it has."""

    wanted: CaseFilter
    by: Actor
    at: datetime
    language: str
    columns: tuple[Column, ...]


def begin_export(
    session: Session,
    wanted: CaseFilter,
    *,
    by: Actor,
    at: datetime,
    file_format: str,
    language: str = "th",
    with_identity: bool = False,
) -> Export:
    """Allows it and writes it down. The rows may be read in another transaction, which writes nothing.

    Who complains is in it only when asked for, and only for whoever may see it. Raises `NotAllowed`.
    """
    require(by, Action.EXPORT_CASES)
    if with_identity:
        require(by, Action.SEE_IDENTITY)
    filters = sum(1 for name, value in vars(wanted).items() if value and name != "sort")
    record(
        session, chain=by.centre_code, action="cases.exported", subject="cases", by=by.name, at=at,
        facts={"format": file_format, "filters": filters, "identity": with_identity},
    )  # fmt: skip
    more = identity_columns(session, by) if with_identity else ()
    return Export(wanted, by, at, language, COLUMNS + more)


def list_csv(
    session: Session,
    wanted: CaseFilter,
    *,
    by: Actor,
    at: datetime,
    language: str = "th",
    with_identity: bool = False,
) -> Iterator[bytes]:
    """The list as CSV that Excel opens with Thai in it; checked and audited before the first part is asked for."""
    export = begin_export(
        session, wanted, by=by, at=at, file_format="csv", language=language, with_identity=with_identity
    )  # fmt: skip
    return csv_parts(session, export)


def list_xlsx(
    session: Session,
    wanted: CaseFilter,
    *,
    by: Actor,
    at: datetime,
    language: str = "th",
    with_identity: bool = False,
) -> bytes:
    """The list as a workbook with one sheet."""
    export = begin_export(
        session, wanted, by=by, at=at, file_format="xlsx", language=language, with_identity=with_identity
    )  # fmt: skip
    return xlsx_of(session, export)


def csv_parts(session: Session, export: Export) -> Iterator[bytes]:
    """A CSV file in parts of some hundred rows."""
    text = io.StringIO()
    text.write(_BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([pick(column.name, export.language) for column in export.columns])
    for number, row in enumerate(_rows(session, export), 1):
        writer.writerow([harmless(_as_text(value, export.language)) for value in row])
        if number % _PAGE == 0:
            yield _taken(text)
    yield _taken(text)


def xlsx_of(session: Session, export: Export) -> bytes:
    """A workbook: the first row stays in view, texts are texts, days are days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(pick(("รายการเรื่อง", "Cases"), export.language))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(export.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.append([_heading(sheet, column, export.language) for column in export.columns])
    for row in _rows(session, export):
        sheet.append([_cell(sheet, value, export.language) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _rows(session: Session, export: Export) -> Iterator[list[Value]]:
    for number, case in enumerate(_cases(session, export), 1):
        if number > MOST_ROWS:
            yield [pick(_CUT, export.language).format(MOST_ROWS)]
            return
        yield [column.value(case, export.language) for column in export.columns]


def _cases(session: Session, export: Export) -> Iterator[Case]:
    cursor = None
    while True:
        page = list_cases(
            session, export.wanted, by=export.by, limit=_PAGE, cursor=cursor, at=export.at
        )
        _load_what_columns_need(session, page.items)
        yield from (case for case in page.items if may(export.by, Action.EXPORT_CASES, case))
        if page.next is None:
            return
        cursor = page.next


def _load_what_columns_need(session: Session, cases: Sequence[Case]) -> None:
    """All at once, rather than case by case as the columns come to them."""
    ids = [case.id for case in cases]
    needed = (
        joinedload(Case.officer), selectinload(Case.referrals), selectinload(Case.complainant)
    )  # fmt: skip
    session.scalars(select(Case).where(Case.id.in_(ids)).options(*needed)).unique().all()


def _as_text(value: Value, language: str) -> str:
    return short_date(value, language) if isinstance(value, date) else value or ""


def _heading(sheet: Any, column: Column, language: str) -> Cell:
    cell = WriteOnlyCell(sheet, pick(column.name, language))
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Value, language: str) -> Cell | str | None:
    if isinstance(value, date):
        day = WriteOnlyCell(sheet, value)
        day.number_format = _DAY_FORMATS["en" if language == "en" else "th"]
        return day
    text = plain_text(value or "")
    if not text.startswith(("=", "#")):
        return text or None
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # else it would be a formula, or an error
    return cell


def _taken(text: io.StringIO) -> bytes:
    part = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return part
