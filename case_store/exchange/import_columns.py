"""Which column of a province's spreadsheet is what: by the names that such columns go by."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from case_store.cases.fold import thai_fold
from case_store.exchange.sheets import Cell, Row

REQUIRED: Final = "subject"
_HEADER_WITHIN: Final = 20

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "number": (
        "เลขที่เดิม", "เลขรับ", "เลขที่รับ", "เลขรับเรื่อง", "เลขที่รับเรื่อง", "เลขที่คำร้อง",
        "รหัสเรื่อง", "number", "case number",
    ),
    "ref": ("เลขที่เรื่อง", "เลขอ้างอิง", "reference", "ref"),
    "received": (
        "วันที่รับเรื่อง", "วันที่รับ", "วันรับเรื่อง", "วันที่ร้องเรียน", "วันเดือนปีที่รับเรื่อง",
        "วันที่", "received", "date received", "date",
    ),
    "state": ("สถานะ", "สถานะเรื่อง", "ผลการดำเนินงาน (สถานะ)", "state", "status"),
    "channel": ("ช่องทาง", "ช่องทางรับเรื่อง", "ช่องทางการร้องเรียน", "ช่องทางร้องเรียน", "channel"),
    "nature": ("ลักษณะเรื่อง", "ลักษณะ", "nature"),
    "service_type": ("ประเภทการให้บริการ", "ชั้นความสำคัญ", "service type"),
    "category": ("ประเภทเรื่อง", "ประเภท", "หมวด", "หมวดหมู่", "ประเภทเรื่องร้องเรียน", "ประเภทปัญหา", "category"),
    "subcategory": ("ประเภทย่อย", "หมวดย่อย", "ประเภทเรื่องย่อย", "subcategory"),
    "urgency": ("ความเร่งด่วน", "urgency"),
    "secrecy": ("ชั้นความลับ", "ความลับ", "secrecy"),
    "subject": (
        "เรื่อง", "ชื่อเรื่อง", "หัวข้อ", "หัวเรื่อง", "เรื่องร้องเรียน", "ประเด็น", "ประเด็นร้องเรียน",
        "subject", "title",
    ),
    "description": (
        "รายละเอียด", "รายละเอียดเรื่อง", "ข้อเท็จจริง", "เนื้อหา", "รายละเอียดเรื่องร้องเรียน",
        "details", "description",
    ),
    "respondent": ("ผู้ถูกร้อง", "ผู้ถูกร้องเรียน", "หน่วยงานที่ถูกร้องเรียน", "respondent"),
    "province": ("จังหวัด", "province"),
    "district": ("อำเภอ", "เขต", "อำเภอ/เขต", "district"),
    "subdistrict": ("ตำบล", "แขวง", "ตำบล/แขวง", "subdistrict"),
    "postcode": ("รหัสไปรษณีย์", "postcode"),
    "place_note": ("สถานที่", "สถานที่เกิดเหตุ", "จุดเกิดเหตุ", "place"),
    "latitude": ("ละติจูด", "latitude", "lat"),
    "longitude": ("ลองจิจูด", "longitude", "long", "lng"),
    "anonymity": ("การปกปิดชื่อ", "ประสงค์ปกปิด", "การเปิดเผยชื่อ", "anonymity"),
    "complainant_name": (
        "ผู้ร้อง", "ชื่อผู้ร้อง", "ชื่อ-สกุล", "ชื่อ-สกุลผู้ร้อง", "ชื่อผู้ร้องเรียน", "ผู้ร้องเรียน",
        "complainant", "complainant name",
    ),
    "complainant_phone": (
        "โทรศัพท์ผู้ร้อง", "โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์",
        "complainant's telephone", "telephone", "phone",
    ),
    "complainant_national_id": ("เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "national id"),
    "complainant_email": ("อีเมล", "อีเมลผู้ร้อง", "email", "e-mail"),
    "complainant_address": ("ที่อยู่", "ที่อยู่ผู้ร้อง", "address"),
    "result": ("ผลการดำเนินการ", "ผลการดำเนินงาน", "ผลการพิจารณา", "result"),
    "outcome": ("การยุติเรื่อง", "ผลการยุติ", "outcome"),
    "transferred_to": ("หน่วยงานที่ส่งต่อ", "ส่งต่อไปยัง", "transferred to"),
    "closed": ("วันที่ยุติเรื่อง", "วันที่ยุติ", "วันที่แล้วเสร็จ", "วันที่เสร็จสิ้น", "closed", "date closed"),
}  # fmt: skip


def key_of(name: str) -> str:
    """What a name is compared by: without blanks, stars and punctuation."""
    return re.sub(r"[\s*.:()_/\-\"']", "", thai_fold(name))


_FIELDS: Final = {key_of(name): field for field, names in NAMES.items() for name in names}


@dataclass(frozen=True)
class Header:
    """The row that names the columns: where it stands among the rows, the field of each column, and the others."""

    place: int
    fields: dict[int, str]
    unknown: tuple[int, ...]


def find_header(rows: Sequence[Row]) -> Header | None:
    """The row that names most columns, the subject's among them; above it a sheet may have titles.

    A name that comes twice counts where it comes first.
    """
    best: Header | None = None
    for place, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
        fields = _fields_of(cells)
        if REQUIRED in fields.values() and len(fields) > max(1, len(best.fields) if best else 0):
            named = (column for column, cell in enumerate(cells) if cell)
            best = Header(place, fields, tuple(one for one in named if one not in fields))
    return best


def _fields_of(cells: Sequence[Cell]) -> dict[int, str]:
    found: dict[int, str] = {}
    for column, cell in enumerate(cells):
        field = _FIELDS.get(key_of(cell)) if isinstance(cell, str) else None
        if field is not None and field not in found.values():
            found[column] = field
    return found
