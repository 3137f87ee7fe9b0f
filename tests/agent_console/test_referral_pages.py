"""Referring to agencies from the case page, and the agencies' own small view."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, agency_id, opened, referred, screened

Visit = Callable[..., Visitor]
NAMED = {
    "complainant_name": "สมศรี ใจงาม", "complainant_phone": "0812345678",
    "complainant_national_id": "1101700230708",
}  # fmt: skip


@pytest.fixture
def agency(database: Database) -> int:
    return agency_id(database)


@pytest.fixture
def suda(visit: Visit, agency: int) -> Visitor:
    """An officer of the agency."""
    return visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency)


def the_referral(database: Database) -> Referral:
    with database.reading() as session:
        referral = session.scalars(select(Referral).order_by(Referral.id.desc())).first()
        assert referral
        assert referral.case.ref
        return referral


def own_page(database: Database) -> str:
    return f"/agency/referrals/{the_referral(database).id}"


def test_a_letter_s_day_is_typed_in_the_buddhist_era(
    officer: Visitor, agency: int, database: Database
) -> None:
    path = screened(officer)
    asked = {
        "agency": str(agency), "request": "ขอให้ซ่อม", "letter_number": "ชม 0017/1",
        "letter_date": "5/1/2569",
    }  # fmt: skip

    assert officer.post(f"{path}/referrals", asked).status_code == 303

    referral = the_referral(database)
    assert str(referral.letter_out_date) == "2026-01-05"
    assert not referral.disclose_identity
    page = officer.get(path).text
    assert "ชม 0017/1 · 5 ม.ค. 2569" in page
    assert re.search(r'<li class="now[^"]*" aria-current="step">ส่งแล้ว', page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"agency": ""}, "กรุณาเลือกหน่วยงาน"),
        ({"agency": "99999"}, "กรุณาเลือกหน่วยงาน"),
        ({"request": " "}, "กรุณาเขียนสิ่งที่ขอให้หน่วยงานดำเนินการ"),
        ({"letter_date": "31/2/2569"}, "วัน/เดือน/ปี"),
        ({"letter_number": "ก" * 61}, "ไม่เกิน 60 ตัวอักษร"),
    ],
)
def test_a_referral_that_is_not_right_comes_back_with_all_that_was_typed(
    officer: Visitor, agency: int, database: Database, fields: dict[str, str], sentence: str
) -> None:
    path = screened(officer)
    asked = {
        "agency": str(agency), "request": "ขอให้ซ่อมด่วน", "letter_number": "ว 12",
        "letter_date": "5/1/2569", "disclose_identity": "yes",
    }  # fmt: skip

    answer = officer.post(f"{path}/referrals", asked | fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    for name, typed in asked.items():
        if name not in fields and name not in ("agency", "disclose_identity"):
            assert typed in answer.text
    assert re.search(r'name="disclose_identity" value="yes" checked', answer.text)
    with database.reading() as session:
        assert session.scalars(select(Referral)).all() == []


def test_an_identity_is_not_disclosed_against_the_complainant_s_wish(
    officer: Visitor, agency: int, database: Database
) -> None:
    path = screened(officer, anonymity="to_agency", **NAMED)
    assert 'name="disclose_identity"' not in officer.get(path).text

    asked = {"agency": str(agency), "request": "ขอให้ซ่อม", "disclose_identity": "yes"}
    answer = officer.post(f"{path}/referrals", asked)

    assert answer.status_code == 422
    assert "เปิดเผยตัวผู้ร้องไม่ได้" in answer.text


def test_agencies_are_found_by_a_part_of_their_name(
    officer: Visitor, agency: int, database: Database
) -> None:
    other = agency_id(database, "water_50")
    elsewhere = agency_id(database, "pea_10", "10")
    path = screened(officer)

    everything = officer.get(f"{path}/agencies").text
    some = officer.get(f"{path}/agencies", params={"agency_q": "WATER"}).text

    assert f'value="{agency}"' in everything
    assert f'value="{other}"' in everything
    assert f'value="{elsewhere}"' not in everything
    assert f'value="{other}"' in some
    assert f'value="{agency}"' not in some
    assert "ไม่พบหน่วยงาน" in officer.get(f"{path}/agencies", params={"agency_q": "ฮฮฮ"}).text


def test_an_agency_works_from_accepting_to_its_report(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = referred(officer, agency)
    own = own_page(database)

    assert suda.post(f"{own}/accept").status_code == 303
    assert suda.post(f"{own}/begin", {"note": "ส่งช่างแล้ว"}).status_code == 303
    assert suda.post(f"{own}/tell_progress", {"note": "รออะไหล่"}).status_code == 303
    report = {"report": "เปลี่ยนหลอดครบ 12 ต้น", "letter_number": "มท 5/1", "letter_date": "1/12/2569"}
    assert suda.post(f"{own}/report", report).status_code == 303

    page = officer.get(path).text
    assert "รออะไหล่" in page
    assert "มท 5/1 · 1 ธ.ค. 2569" in page
    assert ">เปลี่ยนหลอดครบ 12 ต้น</textarea>" in page, "the answer begins with what was reported"
    with database.reading() as session:
        assert session.scalars(select(Case)).one().state is CaseState.REVIEW


def test_a_report_that_is_not_enough_goes_back_to_the_agency(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = referred(officer, agency)
    suda.post(f"{own_page(database)}/accept")
    suda.post(f"{own_page(database)}/report", {"report": "เสร็จ"})
    step = f"{path}/referrals/{the_referral(database).id}/send_back"

    assert officer.post(step, {"note": ""}).status_code == 422
    assert officer.post(step, {"note": "ขอภาพถ่าย"}).status_code == 303

    assert the_referral(database).state is ReferralState.IN_PROGRESS
    assert "ขอภาพถ่าย" in suda.get(own_page(database)).text


def test_what_is_not_theirs_leaves_the_agency_s_view(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = referred(officer, agency, subject="เรื่องของทางหลวง")
    own = own_page(database)

    refused = suda.post(f"{own}/return", {"report": ""})
    assert refused.status_code == 422
    returned = suda.post(f"{own}/return", {"report": "ถนนของทางหลวง"})

    assert returned.headers["location"] == "/agency"
    assert "เรื่องของทางหลวง" not in suda.get("/agency").text
    assert suda.get(own).status_code == 404
    assert "ถนนของทางหลวง" in officer.get(path).text


def test_what_was_recalled_is_told_to_whoever_still_has_the_page_open(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = referred(officer, agency)
    recall = f"{path}/referrals/{the_referral(database).id}/recall"

    assert officer.post(recall, {"note": "ส่งผิดหน่วยงาน"}).status_code == 303

    assert suda.post(f"{own_page(database)}/accept").status_code == 404


def test_a_step_that_an_agency_cannot_make_now_says_what_is_possible(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    referred(officer, agency)

    answer = suda.post(f"{own_page(database)}/report", {"report": "เสร็จแล้วครับ"})

    assert answer.status_code == 409
    assert "ที่ทำได้ตอนนี้: รับเรื่อง" in answer.text


def test_an_agency_sees_neither_the_centre_s_notes_nor_who_complains(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = referred(officer, agency, **NAMED)
    officer.post(f"{path}/notes", {"note": "ผู้ร้องเป็นญาติกำนัน"})

    page = suda.get(own_page(database)).text

    assert "ไม่เปิดเผยต่อหน่วยงาน" in page
    for hidden in ("ญาติกำนัน", "สมศรี", "081 234 5678", "1101700230708"):
        assert hidden not in page


def test_a_disclosed_identity_is_seen_but_for_the_national_id(
    officer: Visitor, suda: Visitor, agency: int, database: Database
) -> None:
    path = screened(officer, **NAMED)
    asked = {"agency": str(agency), "request": "ขอให้ซ่อม", "disclose_identity": "yes"}
    assert officer.post(f"{path}/referrals", asked).status_code == 303

    page = suda.get(own_page(database)).text

    assert "สมศรี ใจงาม" in page
    assert "081 234 5678" in page
    assert "1101700230708" not in page
    assert "ทราบตัวผู้ร้อง" in officer.get(path).text


def test_the_urgent_ones_stand_first_in_the_agency_s_list(
    officer: Visitor, suda: Visitor, agency: int
) -> None:
    referred(officer, agency, subject="เรื่องธรรมดา")
    referred(officer, agency, subject="เรื่องอันตราย", urgency="emergency")

    page = suda.get("/agency").text

    assert page.index("เรื่องอันตราย") < page.index("เรื่องธรรมดา")


def test_an_agency_s_menu_holds_nothing_else(officer: Visitor, suda: Visitor, agency: int) -> None:
    assert suda.get("/").headers["location"] == "/agency"
    nav = re.search(r"<nav.+?</nav>", suda.get("/agency").text, re.S)
    assert nav
    assert re.findall(r'<a href="([^"]+)"', nav[0]) == ["/agency"]


def test_another_agency_s_referral_is_not_there(
    officer: Visitor, visit: Visit, agency: int, database: Database
) -> None:
    referred(officer, agency)
    other = visit(Role.AGENCY_OFFICER, "50", "chalerm", agency_id=agency_id(database, "roads_50"))

    assert other.get(own_page(database)).status_code == 404
    assert other.post(f"{own_page(database)}/accept").status_code == 404
    assert "ไฟถนนดับ" not in other.get("/agency").text


@pytest.mark.parametrize("step", ["recall", "send_back", "refer", "__init__"])
def test_the_centre_s_steps_are_none_of_an_agency(
    officer: Visitor, suda: Visitor, agency: int, database: Database, step: str
) -> None:
    path = referred(officer, agency)

    assert suda.post(f"{own_page(database)}/{step}", {"note": "x"}).status_code == 404
    assert (
        suda.post(f"{path}/referrals/{the_referral(database).id}/recall", {"note": "x"}).status_code
        == 403
    )


def test_a_referral_of_another_case_is_not_found_here(
    officer: Visitor, agency: int, database: Database
) -> None:
    referred(officer, agency)
    other = opened(officer)

    answer = officer.post(f"{other}/referrals/{the_referral(database).id}/recall", {"note": "x"})

    assert answer.status_code == 404
