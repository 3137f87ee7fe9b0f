"""The steps of a case in the console: each one works, and what is refused says why and keeps what was typed."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from case_store.cases.models import Case, CaseState, Outcome, RejectReason
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, agency_id, opened, referred, screened

Visit = Callable[..., Visitor]


def the_case(database: Database, path: str) -> Case:
    with database.reading() as session:
        return session.scalars(select(Case).where(Case.ref == path.rpartition("/")[2])).one()


def take(person: Visitor, path: str, step: str, **fields: str) -> int:
    return person.post(f"{path}/steps/{step}", fields).status_code


def test_a_case_goes_from_intake_to_its_end_by_the_centre_itself(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = opened(officer)
    wichai = visit(Role.SUPERVISOR, "50", "wichai")

    assert take(officer, path, "begin_screening") == 303
    assert take(officer, path, "handle", note="ส่งช่างไปดู") == 303
    assert take(officer, path, "report_result", result="ซ่อมแล้ว") == 303
    assert take(wichai, path, "send_back_result", note="ขอภาพถ่าย") == 303
    assert take(officer, path, "report_result", result="ซ่อมแล้ว มีภาพถ่าย") == 303
    assert take(wichai, path, "close", outcome="settled", result="ซ่อมไฟครบทุกดวงแล้ว") == 303

    case = the_case(database, path)
    assert (case.state, case.outcome, case.result) == (
        CaseState.CLOSED, Outcome.SETTLED, "ซ่อมไฟครบทุกดวงแล้ว",
    )  # fmt: skip
    assert case.officer_id == officer.user.id
    assert "ซ่อมไฟครบทุกดวงแล้ว" in officer.get(path).text


def test_a_case_may_be_refused_reopened_and_withdrawn(officer: Visitor, database: Database) -> None:
    path = screened(officer)

    assert take(officer, path, "reject", reason="in_court", note="ศาลรับฟ้องแล้ว") == 303
    assert the_case(database, path).reject_reason is RejectReason.IN_COURT
    assert take(officer, path, "reopen", note="ถอนฟ้องแล้ว") == 303
    assert take(officer, path, "withdraw", note="ตกลงกันได้") == 303
    assert the_case(database, path).state is CaseState.WITHDRAWN


def test_a_case_is_assigned_to_an_officer_of_the_centre_only(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = opened(officer)
    wanida = visit(Role.CASE_OFFICER, "50", "wanida")
    stranger = visit(Role.CASE_OFFICER, "10", "stranger")

    assert take(officer, path, "assign", officer=str(stranger.user.id)) == 422
    assert take(officer, path, "assign", officer="กก") == 422
    assert take(officer, path, "assign", officer=str(wanida.user.id), note="เชี่ยวชาญ") == 303
    assert the_case(database, path).officer_id == wanida.user.id


def test_a_case_is_given_to_another_centre(officer: Visitor, database: Database) -> None:
    path = opened(officer)

    assert take(officer, path, "transfer", centre_code="50", note="x") == 422
    assert (
        officer.post(
            f"{path}/steps/transfer", {"centre_code": "51", "note": "ที่เกิดเหตุอยู่ลำพูน"}
        ).status_code
        == 303
    )
    assert the_case(database, path).centre_code == "51"


@pytest.mark.parametrize(
    ("step", "fields", "field", "sentence"),
    [
        ("close", {"outcome": "settled", "transferred_to": "อบต."}, "result", "กรุณาเขียนคำตอบ"),
        ("close", {"result": "ก", "outcome": "gone"}, "outcome", "กรุณาเลือกจากรายการ"),
        (
            "close",
            {"result": "ไม่ใช่หน้าที่", "outcome": "referred_elsewhere"},
            "transferred_to",
            "กรุณาระบุหน่วยงานที่รับเรื่องไป",
        ),
        ("reject", {"note": "ซ้ำ", "reason": ""}, "reason", "กรุณาเลือกจากรายการ"),
        ("reject", {"reason": "duplicate", "note": "  "}, "note", "กรุณาเขียนเหตุผล"),
        ("withdraw", {"note": ""}, "note", "กรุณาเขียนเหตุผล"),
        ("wait", {"note": "a\0b"}, "note", "มีอักขระที่เก็บไม่ได้"),
        ("transfer", {"note": "ไกล", "centre_code": "99"}, "centre", "กรุณาเลือกศูนย์อื่น"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_the_rest_stays(
    officer: Visitor, step: str, fields: dict[str, str], field: str, sentence: str
) -> None:
    path = screened(officer)

    answer = officer.post(f"{path}/steps/{step}", fields)

    assert answer.status_code == 422
    form = re.search(
        rf'<details class="step" open>.+?/steps/{step}".+?</details>',
        answer.text,
        re.S,
    )
    assert form, "the form that came back is open"
    assert f'id="step-{step}-{field}-error"' in form[0]
    assert sentence in form[0]
    for typed in fields.values():
        if typed.strip() and "\0" not in typed and typed not in ("gone", "99"):
            assert typed in form[0]


def test_a_step_that_is_not_possible_says_what_is(officer: Visitor) -> None:
    path = opened(officer)

    answer = officer.post(f"{path}/steps/close", {"outcome": "settled", "result": "เสร็จแล้วครับ"})

    assert answer.status_code == 409
    assert "ขณะนี้ทำ “แจ้งผลและยุติเรื่อง” ไม่ได้ เพราะสถานะคือ “รับเรื่องแล้ว”" in answer.text
    assert "ที่ทำได้ตอนนี้: เริ่มคัดกรอง" in answer.text


def test_the_second_of_two_officers_is_told_and_overwrites_nothing(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = screened(officer)
    wanida = visit(Role.CASE_OFFICER, "50", "wanida")
    seen = re.search(r'name="seen" value="(\d+)"', wanida.get(path).text)
    assert seen
    take(officer, path, "assign", officer=str(officer.user.id), note="รับไว้เอง")

    fields = {"officer": str(wanida.user.id), "note": "ฉันทำเอง", "seen": seen[1]}
    second = wanida.post(f"{path}/steps/assign", fields)

    assert second.status_code == 409
    assert "เพื่อนร่วมงานแก้ไขเรื่องนี้ไปแล้ว" in second.text
    assert "ฉันทำเอง" in second.text
    assert the_case(database, path).officer_id == officer.user.id
    newer = re.search(r'name="seen" value="(\d+)"', second.text)
    assert newer
    assert wanida.post(f"{path}/steps/assign", fields | {"seen": newer[1]}).status_code == 303


@pytest.mark.parametrize("step", ["refer", "correct", "nothing", "__class__"])
def test_there_are_no_other_steps(officer: Visitor, step: str) -> None:
    assert officer.post(f"{opened(officer)}/steps/{step}").status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.GOVERNOR, Role.INSPECTOR])
def test_who_may_not_handle_cases_takes_no_step(
    officer: Visitor, visit: Visit, database: Database, role: Role
) -> None:
    path = opened(officer)
    other = visit(role, "50", region="15" if role is Role.INSPECTOR else None)

    assert take(other, path, "begin_screening") == 403
    assert the_case(database, path).state is CaseState.RECEIVED


def test_an_anonymous_letter_goes_on_only_with_facts_that_can_be_checked(
    officer: Visitor, database: Database
) -> None:
    path = screened(officer, service_type="anonymous_letter")
    agency = str(agency_id(database))
    asked = {"agency": agency, "request": "ขอให้ตรวจสอบ"}

    refused = officer.post(f"{path}/referrals", asked)
    assert refused.status_code == 422
    assert "กรุณากรอกรายการตรวจสอบก่อน" in refused.text

    facts = {"what": "1", "where": "1", "evidence": "1", "when": "1"}
    assert officer.post(f"{path}/checklist", facts).status_code == 303
    assert officer.get(path).text.count(" checked> ") >= 4
    assert officer.post(f"{path}/referrals", asked).status_code == 303


def test_facts_are_corrected_and_the_history_names_them(
    officer: Visitor, database: Database
) -> None:
    path = opened(officer)
    page = officer.get(f"{path}/correct").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    facts = {
        "seen": seen[1], "category": "util_road", "nature": "complaint", "channel": "walk_in",
        "service_type": "important", "subject": "ถนนยุบ", "description": "ถนนยุบหน้าวัด",
        "province_code": "50", "district_code": "5001", "urgency": "urgent", "secrecy": "normal",
        "anonymity": "to_agency", "respondent": "เทศบาล",
        "map_point": "https://www.google.com/maps/place/x/@18.79,98.98,17z",
    }  # fmt: skip

    assert officer.post(f"{path}/correct", facts).status_code == 303

    case = the_case(database, path)
    assert (case.category, case.respondent, case.latitude) == ("util_road", "เทศบาล", 18.79)
    assert "จุดบนแผนที่" in officer.get(path).text
    again = officer.post(f"{path}/correct", facts | {"subject": "อื่น"})
    assert again.status_code == 409, "the page is older than the correction"
    assert 'value="อื่น"' in again.text


def test_a_correction_that_is_not_right_says_so_beside_its_field(officer: Visitor) -> None:
    path = opened(officer)
    seen = re.search(r'name="seen" value="(\d+)"', officer.get(f"{path}/correct").text)
    assert seen

    answer = officer.post(
        f"{path}/correct", {"seen": seen[1], "subject": "", "map_point": "ที่วัด", "category": "x"}
    )

    assert answer.status_code == 422
    assert "กรุณากรอกหัวข้อ" in answer.text
    assert "ไม่พบพิกัดในประเทศไทย" in answer.text
    assert 'value="ที่วัด"' in answer.text


def test_a_duplicate_is_merged_and_the_merge_undone(officer: Visitor, database: Database) -> None:
    path, into = opened(officer), opened(officer, subject="เรื่องหลัก")
    ref = into.rpartition("/")[2]
    assert f'value="{ref}"' in officer.get(f"{path}/likely").text

    assert officer.post(f"{path}/merge", {"into_ref": ref, "note": "เรื่องเดียวกัน"}).status_code == 303
    assert the_case(database, path).merged_into_id == the_case(database, into).id
    assert f'href="{into}"' in officer.get(path).text
    assert f'href="{path}"' in officer.get(into).text

    assert officer.post(f"{path}/unmerge", {"note": "คนละเรื่อง"}).status_code == 303
    assert the_case(database, path).state is CaseState.RECEIVED


@pytest.mark.parametrize("into", ["", "123", "itself", "690000012"])
def test_a_case_is_merged_into_no_case_that_is_not_there(officer: Visitor, into: str) -> None:
    path = opened(officer)
    ref = path.rpartition("/")[2] if into == "itself" else into

    answer = officer.post(f"{path}/merge", {"into_ref": ref, "note": "เหมือนกัน"})

    assert answer.status_code == 422
    assert "กรุณาตรวจสอบเลขที่เรื่อง" in answer.text
    assert "เหมือนกัน" in answer.text


def test_a_case_that_agencies_work_on_is_withdrawn_with_their_work(
    officer: Visitor, database: Database
) -> None:
    path = referred(officer, agency_id(database))

    assert take(officer, path, "withdraw", note="ผู้ร้องถอน") == 303

    assert "ศูนย์เรียกเรื่องคืน" in officer.get(path).text
