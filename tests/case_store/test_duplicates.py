"""Likely duplicates at intake: offered for a reason, bounded, and never beyond what the reader may see."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from case_store.cases.duplicates import (
    RECENT,
    SAME_CALLER,
    SAME_PLACE,
    SIMILAR_TEXT,
    likely_duplicates,
)
from case_store.cases.merging import merge
from case_store.cases.models import Case
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.casework import NOTHING, OFFICER
from tests.case_store.kit import NATIONAL, NOON, case

PHONE = "+66812345678"
# Eight matters of one category in different words, as callers put them; each is followed by the same matter again.
MATTERS = (
    ("ไฟถนนหน้าวัดสวนดอกดับมาสามคืนแล้ว มืดมาก กลัวเกิดอุบัติเหตุ", "ไฟส่องสว่างหน้าวัดสวนดอกดับสามคืน ถนนมืดกลัวอุบัติเหตุ"),
    ("น้ำประปาไม่ไหลทั้งหมู่บ้านตั้งแต่วันจันทร์", "ตั้งแต่วันจันทร์น้ำประปาในหมู่บ้านไม่ไหลเลย"),
    ("ถนนซอยพหลโยธิน 12 เป็นหลุมลึก รถล้มไปสองคันแล้ว", "ซอยพหลโยธิน 12 ถนนเป็นหลุมลึกมาก มีรถล้มสองคัน"),
    ("เสาไฟฟ้าเอียงใกล้ล้มข้างโรงเรียนบ้านดอน", "ข้างโรงเรียนบ้านดอนมีเสาไฟฟ้าเอียงใกล้จะล้ม"),
    ("ท่อระบายน้ำอุดตัน น้ำท่วมหน้าตลาดทุกครั้งที่ฝนตก", "ฝนตกทีไรน้ำท่วมหน้าตลาด เพราะท่อระบายน้ำอุดตัน"),
    ("สะพานข้ามคลองแม่ข่าชำรุด ราวสะพานหัก", "ราวสะพานข้ามคลองแม่ข่าหัก สะพานชำรุด"),
    ("มิเตอร์ไฟฟ้าคิดเงินเกินจริงสามเดือนติดกัน", "ค่าไฟเกินจริงติดกันสามเดือน มิเตอร์ไฟฟ้าคิดเงินผิด"),
    ("สายสื่อสารห้อยต่ำขวางทางเดินหน้าธนาคาร", "หน้าธนาคารมีสายสื่อสารห้อยต่ำขวางทางเดิน"),
)  # fmt: skip


def likely(session: Session, by: Actor = OFFICER, **about: object) -> dict[str, frozenset[str]]:
    session.flush()
    plain: dict[str, object] = {"province_code": "50", "category": "utilities", "at": NOON}
    found = likely_duplicates(session, by=by, **(plain | about))  # type: ignore[arg-type]
    return {one.case.ref: one.reasons for one in found}


def test_the_same_caller_whatever_the_matter(session: Session) -> None:
    own = case(session, complainant_phone=PHONE, category="land")
    case(session, complainant_phone="+66898765432", category="land")

    assert likely(session, phone="081-234 5678") == {own.ref: {SAME_CALLER}}


def test_who_stays_unknown_to_all_is_not_found_by_number(session: Session) -> None:
    case(session, complainant_phone=PHONE, category="land", anonymity="to_all")

    assert likely(session, phone=PHONE) == {}


@pytest.mark.parametrize("phone", ["", "12", "ไม่มี", None])
def test_what_is_no_number_finds_nobody(session: Session, phone: str | None) -> None:
    case(session, complainant_phone=PHONE, category="land")

    assert likely(session, phone=phone) == {}


def test_the_same_place_and_category_of_late(session: Session) -> None:
    near = case(session, district_code="5001", subdistrict_code="500101")
    case(session, district_code="5001", subdistrict_code="500102")
    case(session, district_code="5001", subdistrict_code="500101", category="land")
    case(session, district_code="5001", subdistrict_code="500101", at=NOON - RECENT * 2)

    assert likely(session, district_code="5001", subdistrict_code="500101") == {
        near.ref: {SAME_PLACE}
    }


def test_without_a_subdistrict_the_district_counts_and_without_it_nothing(
    session: Session,
) -> None:
    near = case(session, district_code="5001", subdistrict_code="500102")

    assert likely(session, district_code="5001") == {near.ref: {SAME_PLACE}}
    assert likely(session) == {}


def test_the_same_matter_in_other_words_is_found_and_others_are_not(session: Session) -> None:
    refs = [case(session, subject=told[:40], description=told).ref for told, _ in MATTERS]

    for ref, (_, again) in zip(refs, MATTERS, strict=True):
        assert likely(session, text=f"{again[:40]} {again}") == {ref: {SIMILAR_TEXT}}, again


def test_the_more_reasons_the_higher(session: Session) -> None:
    told, again = MATTERS[0]
    text = case(session, subject="ไฟดับ", description=told)
    every = case(
        session, description=told, complainant_phone=PHONE, district_code="5001",
        subdistrict_code="500101",
    )  # fmt: skip
    caller = case(session, complainant_phone=PHONE, category="land")

    found = likely(
        session, phone=PHONE, district_code="5001", subdistrict_code="500101", text=again
    )

    assert list(found) == [every.ref, text.ref, caller.ref]
    assert found[every.ref] == {SAME_CALLER, SAME_PLACE, SIMILAR_TEXT}


def test_what_was_merged_is_not_offered_but_the_case_that_goes_on_is(session: Session) -> None:
    one, into = (case(session, complainant_phone=PHONE) for _ in range(2))
    merge(session, one, into, "ซ้ำ", by=OFFICER, at=NOON)

    assert list(likely(session, phone=PHONE)) == [into.ref]


def test_nobody_is_offered_what_they_may_not_see(session: Session) -> None:
    about: dict[str, Any] = {
        "complainant_phone": PHONE,
        "district_code": "5001",
        "subdistrict_code": "500101",
    }
    secret = case(session, secrecy="secret", **about)
    plain = case(session, **about)
    asked = {
        "phone": PHONE, "district_code": "5001", "subdistrict_code": "500101",
        "text": plain.description,
    }  # fmt: skip

    agent, phuket = Actor("kanya", Role.AGENT, "50"), Actor("anong", Role.AGENT, "83")
    assert list(likely(session, agent, **asked)) == [plain.ref]
    assert likely(session, phuket, **asked) == {}
    assert set(likely(session, OFFICER, **asked)) == {plain.ref, secret.ref}
    assert set(likely(session, NATIONAL, **asked)) == {plain.ref, secret.ref}
    with pytest.raises(NotAllowed):
        likely(session, NOTHING, **asked)


def test_the_list_is_short(session: Session) -> None:
    cases: list[Case] = [
        case(session, complainant_phone=PHONE, at=NOON + timedelta(minutes=n)) for n in range(8)
    ]

    assert list(likely(session, phone=PHONE, limit=3)) == [one.ref for one in cases[:-4:-1]]
