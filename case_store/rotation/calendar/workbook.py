"""The rota as a spreadsheet, people by days, in the form that `sheet_import` reads back."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from babel.dates import get_day_names, get_month_names
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from case_store.exchange.cells import plain_text
from case_store.exchange.labels import Pair, pick
from case_store.exchange.thai_style import centre_name
from case_store.rotation.calendar.sheet import Line, Sheet, Square
from case_store.rotation.rota.models import ShiftPlace, ShiftType

NUMBER: Final[Pair] = ("ลำดับ", "No.")
USERNAME: Final[Pair] = ("ชื่อผู้ใช้", "User name")
NAME: Final[Pair] = ("ชื่อ-สกุล", "Name")
LEAVE: Final[Pair] = ("ลา", "leave")
"""What stands in a cell of somebody who is away; the import takes it for off."""
_TOTALS: Final[tuple[Pair, ...]] = (
    ("ดึก/กลางคืน", "Nights"),
    ("เสาร์-อาทิตย์", "Weekends"),
    ("ชั่วโมง", "Hours"),
)
_TITLE: Final[Pair] = ("ตารางเวร {}", "Rota, {}")
_FROM_TO: Final[Pair] = ("ตั้งแต่วันที่ {} ถึง {}", "From {} to {}")
_DOTS: Final = "." * 46
_SIGNS: Final[tuple[Pair, ...]] = (
    (f"(ลงชื่อ) {_DOTS} หัวหน้าเวร ผู้จัดเวร", f"Signed {_DOTS} Shift supervisor"),
    (f"(ลงชื่อ) {_DOTS} รองผู้ว่าราชการจังหวัด ผู้อนุมัติ", f"Signed {_DOTS} Deputy governor, approved"),
)
FIRST_DAY_COLUMN: Final = 4
HEADER_ROW: Final = 4
_GREY: Final = PatternFill("solid", fgColor="E8ECF2")
_HOLIDAY: Final = PatternFill("solid", fgColor="FFF0D6")
_LEAVE: Final = PatternFill("solid", fgColor="F2F2F2")
_THIN: Final = Side(style="thin", color="999999")
_GRID: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_ERA: Final = 543


def workbook_of(sheet: Sheet, *, language: str = "th") -> bytes:
    """A workbook with one sheet: heading, a row for each person, what the codes mean, and where to sign."""
    book = Workbook()
    paper = book.worksheets[0]
    paper.title = pick(("ตารางเวร", "Rota"), language)
    _heading(paper, sheet, language)
    _header(paper, sheet, language)
    for place, line in enumerate(sheet.lines):
        _row(paper, HEADER_ROW + 2 + place, place + 1, line, language)
    _foot(paper, HEADER_ROW + 3 + len(sheet.lines), sheet, language)
    paper.freeze_panes = paper.cell(HEADER_ROW + 2, FIRST_DAY_COLUMN)
    paper.page_setup.orientation = "landscape"
    paper.page_setup.paperSize = paper.PAPERSIZE_A4
    paper.page_setup.fitToWidth, paper.page_setup.fitToHeight = 1, 0
    paper.sheet_properties.pageSetUpPr.fitToPage = True
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _heading(paper: Any, sheet: Sheet, language: str) -> None:
    title = pick(_TITLE, language).format(centre_name(sheet.centre_code, language))
    days = pick(_FROM_TO, language).format(
        _day(sheet.first_day, language), _day(sheet.last_day, language)
    )
    for row, text in ((1, title), (2, days)):
        _text(paper, row, 1, text).font = Font(bold=True, size=14 if row == 1 else 12)


def _header(paper: Any, sheet: Sheet, language: str) -> None:
    names = get_day_names("abbreviated", locale=language)
    for column, words in enumerate((NUMBER, USERNAME, NAME), 1):
        _boxed(_text(paper, HEADER_ROW, column, pick(words, language))).font = Font(bold=True)
    for place, day in enumerate(sheet.days):
        column = FIRST_DAY_COLUMN + place
        # A real date, so that the sheet can be read back; shown as the day alone.
        cell = _boxed(paper.cell(HEADER_ROW, column, day))
        cell.number_format = "d"
        cell.font = Font(bold=True)
        below = _boxed(_text(paper, HEADER_ROW + 1, column, names[day.weekday()]))
        for one in (cell, below):
            one.alignment = Alignment(horizontal="center")
            if day in sheet.holidays:
                one.fill = _HOLIDAY
            elif day.weekday() >= 5:
                one.fill = _GREY
        paper.column_dimensions[get_column_letter(column)].width = 4.6
    for place, words in enumerate(_TOTALS):
        column = FIRST_DAY_COLUMN + len(sheet.days) + place
        _boxed(_text(paper, HEADER_ROW, column, pick(words, language))).font = Font(bold=True)
    for letter, width in (("A", 6), ("B", 14), ("C", 26)):
        paper.column_dimensions[letter].width = width


def _row(paper: Any, row: int, number: int, line: Line, language: str) -> None:
    _boxed(paper.cell(row, 1, number))
    _boxed(_text(paper, row, 2, line.user.username))
    _boxed(_text(paper, row, 3, line.user.display_name))
    for place, square in enumerate(line.squares):
        cell = _boxed(_text(paper, row, FIRST_DAY_COLUMN + place, _code(square, language)))
        cell.alignment = Alignment(horizontal="center")
        if square.absence:
            cell.fill = _LEAVE
    totals = (line.nights, line.weekends, round(line.minutes / 60, 1))
    for place, total in enumerate(totals):
        _boxed(paper.cell(row, FIRST_DAY_COLUMN + len(line.squares) + place, total))


def _foot(paper: Any, row: int, sheet: Sheet, language: str) -> None:
    for shift in sheet.shift_types:
        _text(paper, row, 2, shift.code).font = Font(bold=True)
        _text(paper, row, 3, shift_words(shift, language))
        row += 1
    for place, words in enumerate(_SIGNS):
        _text(paper, row + 2 + 2 * place, 3, pick(words, language))


def shift_words(shift: ShiftType, language: str) -> str:
    """เวรเช้า 08.00–16.00 น."""
    name = shift.name_en if language == "en" else shift.name_th
    place = (
        pick((" (เตรียมพร้อมที่บ้าน)", " (standby at home)"), language)
        if shift.place is ShiftPlace.STANDBY
        else ""
    )
    end = (shift.start_minute + shift.minutes) % (24 * 60)
    times = f"{_clock(shift.start_minute, language)}–{_clock(end, language)}"
    return f"{name} {times}{'' if language == 'en' else ' น.'}{place}"


def _clock(minute: int, language: str) -> str:
    return f"{minute // 60:02d}{':' if language == 'en' else '.'}{minute % 60:02d}"


def _day(day: date, language: str) -> str:
    month = get_month_names("wide", locale=language)[day.month]
    return f"{day.day} {month} {day.year + (0 if language == 'en' else _ERA)}"


def _code(square: Square, language: str) -> str:
    if square.duty:
        return square.duty.shift_type.code
    return pick(LEAVE, language) if square.absence else ""


def _text(paper: Any, row: int, column: int, text: str) -> Any:
    """Text stays text: a name that begins with “=” is no formula."""
    cell = paper.cell(row, column)
    if plain := plain_text(text):
        cell.value = plain
        cell.data_type = "s"
    return cell


def _boxed(cell: Any) -> Any:
    cell.border = _GRID
    return cell


def write_rows(
    book: Workbook, title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """A plain list on a sheet of its own: the first row bold and always in view."""
    paper = book.create_sheet(title)
    for column, words in enumerate(head, 1):
        _boxed(_text(paper, 1, column, words)).font = Font(bold=True)
        paper.column_dimensions[get_column_letter(column)].width = max(12, len(words) + 4)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            if isinstance(value, str):
                _boxed(_text(paper, number, column, value))
            else:
                _boxed(paper.cell(number, column, value))
    paper.freeze_panes = "A2"
