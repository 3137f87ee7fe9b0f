"""An empty spreadsheet to fill in: the columns that an import knows, and the words that stand in them."""

import io
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from case_store.cases.words import CATEGORIES, CHANNELS, NATURES, SERVICE_TYPES, SUBCATEGORIES
from case_store.exchange.import_columns import NAMES, REQUIRED

_WIDTHS: Final = {"subject": 45, "description": 60, "result": 45, "complainant_address": 40}
_HINTS: Final = (
    "กรอกหนึ่งเรื่องต่อหนึ่งแถวในแผ่นงาน “นำเข้า” คอลัมน์ที่ต้องกรอกคือ “เรื่อง” คอลัมน์อื่นเว้นว่างหรือลบออกได้",
    "วันที่เขียนเป็น พ.ศ. หรือ ค.ศ. ก็ได้ เช่น 25/11/2569 หรือ 2026-11-25",
    "ใส่เลขที่เดิมของเรื่องทุกแถว เพื่อไม่ให้นำเข้าเรื่องเดียวกันซ้ำ",
    "เรื่องที่ยุติแล้วให้กรอกสถานะ “ยุติเรื่อง” พร้อมวันที่ยุติและผลการดำเนินการ",
)


def template_xlsx() -> bytes:
    """The template, with the words that the store starts with."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "นำเข้า"
    sheet.freeze_panes = "A2"
    for place, (field, names) in enumerate(NAMES.items(), 1):
        cell = sheet.cell(1, place, names[0])
        cell.font = Font(bold=True)
        if field == REQUIRED:
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
        sheet.column_dimensions[cell.column_letter].width = _WIDTHS.get(field, 18)
    _explain(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _explain(book: Workbook) -> None:
    sheet = book.create_sheet("คำอธิบาย")
    for hint in _HINTS:
        sheet.append([hint])
    lists = (
        ("ช่องทาง", [names[1] for names in CHANNELS]),
        ("ลักษณะ", [names[1] for names in NATURES]),
        ("ประเภทการให้บริการ", [names[1] for names in SERVICE_TYPES]),
        ("ประเภท", [names[1] for names in CATEGORIES]),
        ("ประเภทย่อย", [names[2] for names in SUBCATEGORIES]),
    )
    for title, words in lists:
        sheet.append([])
        sheet.append([title])
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        for word in words:
            sheet.append([word])
    sheet.column_dimensions["A"].width = 60
