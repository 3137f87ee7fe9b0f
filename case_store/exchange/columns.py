"""The columns of a list of cases: what each says of a case, in the reader's language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import geothai
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.exchange.labels import Pair, pick, word
from case_store.exchange.thai_style import centre_name, local_day, telephone
from case_store.identity.complainants import shown_to
from case_store.people.permissions import Actor
from case_store.places.provinces import province

Value = str | date | None
_MASKED: Final[Pair] = ("ปกปิด", "withheld")


@dataclass(frozen=True)
class Column:
    """`width`: in letters, as a spreadsheet reckons it."""

    name: Pair
    width: int
    value: Callable[[Case, str], Value]


def _day(value: datetime | None) -> date | None:
    return local_day(value) if value else None


def _district(case: Case, language: str) -> Value:
    found = geothai.district(case.district_code) if case.district_code else None
    return pick((found.name_th, found.name_en), language) if found else ""


def _subdistrict(case: Case, language: str) -> Value:
    found = geothai.subdistrict(case.subdistrict_code) if case.subdistrict_code else None
    return pick((found.name_th, found.name_en), language) if found else ""


def _province(case: Case, language: str) -> Value:
    found = province(case.province_code)
    return found.name(language) if found else case.province_code


def _agencies(case: Case, language: str) -> Value:
    return ", ".join(one.agency.name(language) for one in case.referrals if one.is_theirs)


COLUMNS: Final = (
    Column(("เลขที่เรื่อง", "Reference"), 13, lambda case, _: case.ref),
    Column(("วันที่รับเรื่อง", "Received"), 13, lambda case, _: _day(case.created_at)),
    Column(("สถานะ", "State"), 22, lambda case, lang: word(case.state, lang)),
    Column(("ศูนย์ดำรงธรรม", "Centre"), 30, lambda case, lang: centre_name(case.centre_code, lang)),
    Column(("ช่องทาง", "Channel"), 18, lambda case, lang: case.channel_row.name(lang)),
    Column(("ลักษณะเรื่อง", "Nature"), 22, lambda case, lang: case.nature_row.name(lang)),
    Column(("ประเภทเรื่อง", "Category"), 28, lambda case, lang: case.category_row.name(lang)),
    Column(
        ("ประเภทการให้บริการ", "Service type"), 20, lambda case, lang: case.service_type_row.name(lang)
    ),
    Column(("ความเร่งด่วน", "Urgency"), 12, lambda case, lang: word(case.urgency, lang)),
    Column(("เรื่อง", "Subject"), 45, lambda case, _: case.subject),
    Column(("รายละเอียด", "Details"), 60, lambda case, _: case.description),
    Column(("ผู้ถูกร้อง", "Respondent"), 25, lambda case, _: case.respondent),
    Column(("จังหวัด", "Province"), 16, _province),
    Column(("อำเภอ/เขต", "District"), 18, _district),
    Column(("ตำบล/แขวง", "Subdistrict"), 18, _subdistrict),
    Column(("รหัสไปรษณีย์", "Postcode"), 12, lambda case, _: case.postcode),
    Column(("สถานที่", "Place"), 30, lambda case, _: case.place_note),
    Column(
        ("ผู้รับผิดชอบ", "Officer"), 20, lambda case, _: case.officer.display_name if case.officer else ""
    ),
    Column(("หน่วยงานที่รับผิดชอบ", "Agencies"), 35, _agencies),
    Column(("กำหนดแล้วเสร็จ", "Due"), 13, lambda case, _: _day(case.due_at)),
    Column(("ผลการดำเนินการ", "Result"), 45, lambda case, _: case.result),
    Column(("การยุติเรื่อง", "Outcome"), 22, lambda case, lang: word(case.outcome or case.reject_reason, lang)),
    Column(("วันที่ยุติเรื่อง", "Closed"), 13, lambda case, _: _day(case.closed_at)),
)  # fmt: skip


def identity_columns(session: Session, reader: Actor) -> tuple[Column, ...]:
    """Who complains, for this reader; withheld of whoever wished to stay unknown to all."""

    def name(case: Case, language: str) -> Value:
        shown = shown_to(session, case, reader)
        if shown.identity is None:
            return pick(_MASKED, language) if shown.masked else ""
        return shown.identity.name or ""

    def phone(case: Case, _language: str) -> Value:
        shown = shown_to(session, case, reader)
        return telephone(shown.identity.phone) if shown.identity else ""

    return (
        Column(("ผู้ร้อง", "Complainant"), 25, name),
        Column(("โทรศัพท์ผู้ร้อง", "Complainant's telephone"), 16, phone),
    )
