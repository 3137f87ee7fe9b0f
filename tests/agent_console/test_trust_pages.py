"""The pages of trust: requests about personal data, holds, approvals of erasure, and the audit trail."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from case_store.audit.models import AuditEntry
from case_store.calls.models import ProvinceSource
from case_store.calls.record_call import open_call, record_ended, set_province
from case_store.cases.models import Case
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from case_store.privacy.call_retention import carry_out_months, propose_months
from case_store.privacy.models import (
    CallErasure,
    LegalHold,
    PrivacyRequest,
    RequestState,
    RetentionAction,
    RetentionItem,
)
from case_store.privacy.retention import WORKER, propose_one
from tests.agent_console.kit import Visitor, opened, screened

Visit = Callable[..., Visitor]
REQUEST = {"kind": "access", "summary": "ขอสำเนาข้อมูลของตน"}


@pytest.fixture
def governor(visit: Visit) -> Visitor:
    return visit(Role.GOVERNOR, "50", "phuwa")


def ended(officer: Visitor) -> str:
    """The reference of a case that has ended."""
    path = screened(officer, subject="เรื่องที่จบแล้ว")
    done = officer.post(f"{path}/steps/withdraw", {"note": "ผู้ร้องขอถอน"})
    assert done.status_code == 303, done.text
    return path.removeprefix("/cases/")


def the_request(database: Database) -> PrivacyRequest:
    with database.reading() as session:
        return session.scalars(select(PrivacyRequest)).one()


def test_a_request_is_written_down_granted_and_done(officer: Visitor, database: Database) -> None:
    assert officer.post("/office/privacy", REQUEST).status_code == 303
    request = the_request(database)
    assert request.centre_code == "50"
    assert "ขอสำเนาข้อมูลของตน" in officer.get("/office/privacy").text

    for decision in ("grant", "finish"):
        answer = officer.post(f"/office/privacy/{request.id}/decide", {"decision": decision})
        assert answer.status_code == 303

    assert the_request(database).state is RequestState.DONE
    assert "ขอสำเนาข้อมูลของตน" not in officer.get("/office/privacy").text
    assert "เสร็จแล้ว" in officer.get("/office/privacy/all").text


def test_a_refusal_needs_a_reason_and_keeps_it(officer: Visitor, database: Database) -> None:
    officer.post("/office/privacy", REQUEST)
    path = f"/office/privacy/{the_request(database).id}/decide"

    without = officer.post(path, {"decision": "refuse", "reason": " "})
    assert without.status_code == 422
    assert "-error" in without.text

    officer.post(path, {"decision": "refuse", "reason": "ไม่ใช่เจ้าของข้อมูล"})
    assert "ไม่ใช่เจ้าของข้อมูล" in officer.get("/office/privacy/all").text


def test_what_is_late_is_marked_and_stands_on_top(officer: Visitor, database: Database) -> None:
    officer.post("/office/privacy", REQUEST | {"summary": "คำขอใหม่"})
    officer.post("/office/privacy", REQUEST | {"summary": "คำขอที่เกินกำหนด"})
    with database.transaction() as session:
        late = PrivacyRequest.summary == "คำขอที่เกินกำหนด"
        yesterday = now() - timedelta(days=1)
        session.execute(update(PrivacyRequest).where(late).values(due_at=yesterday))

    page = officer.get("/office/privacy").text

    assert page.index("คำขอที่เกินกำหนด") < page.index("คำขอใหม่")
    assert page.count("เกินกำหนด</span>") == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [({"kind": ""}, "kind"), ({"summary": " "}, "summary"), ({"case_ref": "690000001"}, "ref")],
)
def test_a_request_that_is_not_whole_keeps_what_was_typed(
    officer: Visitor, change: dict[str, str], wrong: str
) -> None:
    fields = {"kind": "erasure", "summary": "ขอลบข้อมูลทั้งหมด"} | change
    answer = officer.post("/office/privacy", fields)

    assert answer.status_code == 422
    assert f'id="p-{wrong}-error"' in answer.text
    assert fields["summary"].strip() in answer.text


def test_an_erasure_is_done_only_after_it_was_approved(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    fields = {"kind": "erasure", "summary": "ขอลบข้อมูล", "case_ref": ended(officer)}
    officer.post("/office/privacy", fields)
    path = f"/office/privacy/{the_request(database).id}/decide"

    granted = officer.post(path, {"decision": "grant", "reason": "ศูนย์เห็นสมควร"})
    too_early = officer.post(path, {"decision": "finish"})

    assert granted.status_code == 303
    assert too_early.status_code == 422
    assert "ยังไม่ได้ลบข้อมูลของเรื่อง" in too_early.text
    assert "เรื่องที่จบแล้ว" in governor.get("/office/retention").text


def test_the_record_of_processing_can_be_printed_in_the_reader_s_language(officer: Visitor) -> None:
    page = officer.get("/office/processing").text

    assert "มาตรา 39" in page
    assert "data-print" in page


def test_a_hold_is_put_listed_and_ended(officer: Visitor, database: Database) -> None:
    path = opened(officer, subject="เรื่องในศาล")
    ref = path.removeprefix("/cases/")

    assert officer.post("/office/holds", {"ref": ref, "reason": "คดีในศาล"}).status_code == 303
    assert "เรื่องในศาล" in officer.get("/office/holds").text
    with database.reading() as session:
        held = session.scalars(select(LegalHold)).one()
    assert officer.post(f"/office/holds/{held.id}/end").status_code == 303

    assert "เรื่องในศาล" not in officer.get("/office/holds").text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"ref": "690000001", "reason": "คดีในศาล"}, "h-ref"), ({"ref": "", "reason": "คดี"}, "h-ref")],
)
def test_a_hold_on_nothing_keeps_what_was_typed(
    officer: Visitor, fields: dict[str, str], wrong: str
) -> None:
    answer = officer.post("/office/holds", fields)

    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert fields["reason"] in answer.text


def test_holds_of_another_centre_are_not_seen_and_not_ended(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    ref = opened(officer, subject="เรื่องในศาล").removeprefix("/cases/")
    officer.post("/office/holds", {"ref": ref, "reason": "คดีในศาล"})
    with database.reading() as session:
        held = session.scalars(select(LegalHold)).one()
    other = visit(Role.CASE_OFFICER, "10")

    assert "เรื่องในศาล" not in other.get("/office/holds").text
    assert other.post(f"/office/holds/{held.id}/end").status_code == 403
    assert other.post("/office/holds", {"ref": ref, "reason": "x"}).status_code == 403


@pytest.fixture
def proposed(officer: Visitor, database: Database) -> int:
    ref = ended(officer)
    with database.transaction() as session:
        case = session.scalars(select(Case).where(Case.ref == ref)).one()
        item = propose_one(session, case, RetentionAction.ANONYMISE, by=WORKER, at=now())
        return item.id


def the_item(database: Database) -> RetentionItem:
    with database.reading() as session:
        return session.scalars(select(RetentionItem)).one()


def test_a_governor_approves_and_it_leaves_the_list(
    governor: Visitor, proposed: int, database: Database
) -> None:
    assert "เรื่องที่จบแล้ว" in governor.get("/office/retention").text

    path = f"/office/retention/{proposed}/decide"
    assert governor.post(path, {"decision": "approve"}).status_code == 303
    again = governor.post(path, {"decision": "approve"})

    assert the_item(database).decided_by == "phuwa"
    assert again.status_code == 422
    assert "เรื่องที่จบแล้ว" not in governor.get("/office/retention").text


def test_a_refused_erasure_needs_a_reason(
    governor: Visitor, proposed: int, database: Database
) -> None:
    path = f"/office/retention/{proposed}/decide"

    assert governor.post(path, {"decision": "refuse", "reason": ""}).status_code == 422
    assert the_item(database).decided_at is None
    governor.post(path, {"decision": "refuse", "reason": "ยังต้องใช้อ้างอิง"})

    assert "ยังต้องใช้อ้างอิง" in governor.get("/office/retention").text


def test_an_officer_sees_what_is_proposed_and_approves_nothing(
    officer: Visitor, proposed: int
) -> None:
    page = officer.get("/office/retention")

    assert "เรื่องที่จบแล้ว" in page.text
    assert 'value="approve"' not in page.text
    answer = officer.post(f"/office/retention/{proposed}/decide", {"decision": "approve"})
    assert answer.status_code == 403


def test_the_trail_is_read_by_case_and_says_things_in_words(
    officer: Visitor, governor: Visitor
) -> None:
    path = screened(officer)
    other = screened(officer)
    ref = path.removeprefix("/cases/")

    page = governor.get("/office/audit", params={"case": f"{ref[:3]} {ref[3:]}"}).text

    rows = "".join(re.findall(r"<tbody>.*</tbody>", page, re.DOTALL))
    assert "เริ่มคัดกรอง" in rows
    assert "Prapai" in rows
    other_ref = other.removeprefix("/cases/")
    assert f"{other_ref[:3]} {other_ref[3:6]} {other_ref[6:]}" not in rows


def test_a_wrong_digit_is_told_and_shows_nothing(officer: Visitor, governor: Visitor) -> None:
    screened(officer)

    answer = governor.get("/office/audit?case=690000012")

    assert answer.status_code == 422
    assert 'value="690000012"' in answer.text
    assert "<tbody>" not in answer.text


def test_a_whole_trail_is_said_to_be_whole_and_a_changed_one_is_not(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    screened(officer)
    whole = governor.post("/office/audit/verify", {"chain": "50"})
    assert "ครบถ้วน ทุกรายการต่อเนื่องกันถูกต้อง" in whole.text

    with database.transaction() as session:  # as somebody with the database in hand would
        for trigger in (
            session.connection()
            .exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
            )
            .all()
        ):
            session.connection().exec_driver_sql(f"DROP TRIGGER {trigger[0]}")
        first = AuditEntry.chain == "50", AuditEntry.number == 1
        session.execute(update(AuditEntry).where(*first).values(actor="somebody"))

    broken = governor.post("/office/audit/verify", {"chain": "50"})
    assert "รายการที่ 1: เนื้อหาถูกแก้ไข" in broken.text


@pytest.mark.parametrize("chain", ["10", "system", "", "x"])
def test_a_governor_verifies_and_reads_only_the_own_chain(
    officer: Visitor, governor: Visitor, chain: str
) -> None:
    screened(officer)

    assert governor.post("/office/audit/verify", {"chain": chain}).status_code == 404
    assert governor.get("/office/audit", params={"chain": chain}).status_code == 200


def test_an_administrator_reads_no_word_of_a_case_in_the_trail(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = screened(officer)
    officer.post(f"{path}/steps/wait", {"note": "ขอเอกสารสิทธิ์ของผู้ร้องเพิ่ม"})
    admin = visit(Role.ADMINISTRATOR, "00")

    page = admin.get("/office/audit").text

    assert "เริ่มคัดกรอง" in page
    assert "เอกสารสิทธิ์" not in page


def test_an_erasure_of_an_approver_s_own_wish_is_for_somebody_else(
    visit: Visit, officer: Visitor, database: Database
) -> None:
    national = visit(Role.NATIONAL_OFFICER, "00", "naree")
    ref = ended(officer)
    fields = {"kind": "erasure", "summary": "ขอลบ", "case_ref": ref, "centre_code": "50"}
    national.post("/office/privacy", fields)
    request = the_request(database)
    decision = {"decision": "grant", "reason": "เห็นสมควร"}
    assert national.post(f"/office/privacy/{request.id}/decide", decision).status_code == 303

    path = f"/office/retention/{the_item(database).id}/decide"
    answer = national.post(path, {"decision": "approve"})

    assert answer.status_code == 422
    assert "ท่านเป็นผู้เสนอเอง" in answer.text


@pytest.fixture
def old_calls(database: Database) -> CallErasure:
    """A month of calls of Chiang Mai whose recordings are proposed by the policy, before anybody decides."""
    began = now() - timedelta(days=500)
    with database.transaction() as session:
        for number in range(2):
            one = open_call(session, f"old-{number}", caller=None, at=began)
            set_province(session, one, province_code="50", source=ProvinceSource.MENU)
            record_ended(session, one, at=began)
        propose_months(session, at=now())
        return session.scalars(select(CallErasure)).one()


def the_erasure(database: Database) -> CallErasure:
    with database.reading() as session:
        return session.scalars(select(CallErasure)).one()


def test_a_month_of_calls_is_approved_in_words_and_then_erased(
    governor: Visitor, database: Database, old_calls: CallErasure
) -> None:
    page = governor.get("/office/retention").text
    assert "ทำลายเสียง คงรายการสายไว้" in page
    assert "2 สาย" in page

    path = f"/office/retention/calls/{old_calls.id}/decide"
    assert governor.post(path, {"decision": "approve"}).status_code == 303
    assert the_erasure(database).decided_by == "phuwa"
    again = governor.post(path, {"decision": "approve"})
    assert again.status_code == 422
    with database.transaction() as session:
        assert carry_out_months(session, at=now()) == 2

    page = governor.get("/office/retention").text
    assert "สายที่พิจารณาล่าสุด" in page
    assert path not in page


def test_a_month_of_calls_is_refused_for_a_reason(
    governor: Visitor, database: Database, old_calls: CallErasure
) -> None:
    path = f"/office/retention/calls/{old_calls.id}/decide"
    without = governor.post(path, {"decision": "refuse", "reason": " "})
    assert without.status_code == 422
    assert f'id="month-reason-{old_calls.id}-error"' in without.text

    assert governor.post(path, {"decision": "refuse", "reason": "ใช้สอบสวน"}).status_code == 303
    assert the_erasure(database).refused_reason == "ใช้สอบสวน"
    assert "ใช้สอบสวน" in governor.get("/office/retention").text
    assert governor.post("/office/retention/calls/99/decide").status_code == 404


def test_who_may_not_approve_reads_the_month_without_buttons(
    officer: Visitor, visit: Visit, database: Database, old_calls: CallErasure
) -> None:
    path = f"/office/retention/calls/{old_calls.id}/decide"
    page = officer.get("/office/retention").text
    assert "ทำลายเสียง คงรายการสายไว้" in page
    assert path not in page
    for other in (officer, visit(Role.SUPERVISOR, "50"), visit(Role.GOVERNOR, "83")):
        assert other.post(path, {"decision": "approve"}).status_code == 403
    assert the_erasure(database).decided_at is None
