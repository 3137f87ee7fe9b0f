"""What must I do today, and what was I told: the work list of an officer, and the notices."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from case_store.cases.models import Case
from case_store.cases.referral_models import Referral
from case_store.clock import now
from case_store.database import Database
from case_store.outbox.notices import tell
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, agency_id, opened, referred, screened

Visit = Callable[..., Visitor]


def test_an_officer_begins_with_the_work_list(officer: Visitor) -> None:
    assert officer.get("/").headers["location"] == "/work"
    assert "ไม่มีงานค้าง" in officer.get("/work").text


def test_what_presses_is_in_groups_that_say_why(officer: Visitor, database: Database) -> None:
    opened(officer, subject="เรื่องใหม่")
    late = referred(officer, agency_id(database), subject="เรื่องเลยกำหนด")
    with database.transaction() as session:
        case = session.scalars(select(Case).where(Case.ref == late.rpartition("/")[2])).one()
        case.due_at = now() - timedelta(days=20)

    page = officer.get("/work").text

    to_screen, overdue = page.split('aria-labelledby="work-overdue"')
    assert "เรื่องใหม่" in to_screen
    assert "เรื่องเลยกำหนด" in overdue
    assert re.search(r"เกินกำหนด 1\d วันทำการ", overdue)


def test_what_is_another_officer_s_is_not_on_the_list(officer: Visitor, visit: Visit) -> None:
    screened(officer, subject="เรื่องของประไพ")
    wanida = visit(Role.CASE_OFFICER, "50", "wanida")

    assert "เรื่องของประไพ" in officer.get("/work").text
    assert "เรื่องของประไพ" not in wanida.get("/work").text


def test_a_supervisor_sees_the_whole_centre_and_any_officer_s_list(
    officer: Visitor, visit: Visit
) -> None:
    screened(officer, subject="เรื่องของประไพ")
    wichai = visit(Role.SUPERVISOR, "50", "wichai")
    wanida = visit(Role.CASE_OFFICER, "50", "wanida")

    assert "เรื่องของประไพ" in wichai.get("/work").text
    assert "เรื่องของประไพ" in wichai.get(f"/work?officer={officer.user.id}").text
    assert "เรื่องของประไพ" not in wichai.get(f"/work?officer={wanida.user.id}").text


def test_an_officer_chooses_no_other_s_list(officer: Visitor, visit: Visit) -> None:
    wanida = visit(Role.CASE_OFFICER, "50", "wanida")
    screened(wanida, subject="เรื่องของวนิดา")

    page = officer.get(f"/work?officer={wanida.user.id}").text

    assert 'name="officer"' not in page
    assert "เรื่องของวนิดา" not in page


def test_those_who_oversee_see_what_is_late_and_no_more(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    late = screened(officer, subject="เรื่องเลยกำหนด")
    opened(officer, subject="เรื่องใหม่")
    with database.transaction() as session:
        case = session.scalars(select(Case).where(Case.ref == late.rpartition("/")[2])).one()
        case.due_at = now() - timedelta(days=20)
    orathai = visit(Role.DEPUTY_GOVERNOR, "50", "orathai")

    page = orathai.get("/work").text

    assert "เรื่องเลยกำหนด" in page
    assert "เรื่องใหม่" not in page
    assert 'name="officer"' not in page


def test_a_notice_is_counted_worded_and_read(officer: Visitor, visit: Visit) -> None:
    path = opened(officer)
    wichai = visit(Role.SUPERVISOR, "50", "wichai")
    wichai.post(f"{path}/steps/assign", {"officer": str(officer.user.id)})

    assert ">1</span>" in officer.get("/notices/count").text
    page = officer.get("/notices").text
    assert "คุณได้รับมอบหมายให้รับผิดชอบเรื่องนี้" in page
    notice = re.search(r'name="notice" value="(\d+)"', page)
    assert notice

    ref = path.rpartition("/")[2]
    opened_case = officer.post("/notices/read", {"notice": notice[1], "case_ref": ref})

    assert opened_case.headers["location"] == path
    assert "ไม่มีรายการใหม่" in officer.get("/notices").text
    assert ">1</span>" not in officer.get("/notices/count").text


@pytest.mark.parametrize("path", ["/agency", "/agency/referrals/{id}", "/notices"])
def test_pages_of_an_agency_look_again_when_its_officers_are_told_something(
    officer: Visitor, visit: Visit, database: Database, path: str
) -> None:
    agency = agency_id(database)
    referred(officer, agency)
    with database.reading() as session:
        referral = session.scalars(select(Referral.id)).one()

    page = visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency).get(path.format(id=referral))

    kinds = re.search(r'data-kinds="([^"]+)"', page.text)
    assert kinds and "notices-changed" in kinds[1].split()
    main = page.text.partition("<main")[2]
    assert "damrong:notices-changed from:body" in main


def test_a_notice_of_another_is_not_read_for_them(
    officer: Visitor, agent: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        tell(session, [officer.user.id], "overdue", at=now())
    notice = re.search(r'name="notice" value="(\d+)"', officer.get("/notices").text)
    assert notice

    agent.post("/notices/read", {"notice": notice[1]})
    agent.post("/notices/read")

    assert "เรื่องนี้เกินกำหนดแล้ว" in officer.get("/notices").text


def test_numbers_in_a_notice_are_filled_in_and_a_new_kind_shows_itself(
    officer: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        tell(session, [officer.user.id], "no_progress", at=now(), days=45)
        tell(session, [officer.user.id], "daily_digest", at=now(), open=7)
        tell(session, [officer.user.id], "of_tomorrow", at=now())

        names = {"agency_th": "การประปา", "agency_en": "Water"}
        tell(session, [officer.user.id], "referral_no_progress", at=now(), days=30, **names)

    page = officer.get("/notices").text

    assert "ไม่มีความเคลื่อนไหวมา 45 วัน" in page
    assert "การประปา: เรื่องนี้ไม่มีความเคลื่อนไหวมา 30 วัน" in page
    assert "ยังไม่ยุติ 7" in page
    assert "of_tomorrow" in page


def test_notices_lead_to_no_other_site(officer: Visitor, database: Database) -> None:
    answer = officer.post("/notices/read", {"notice": "1", "case_ref": "//evil.example"})

    assert answer.headers["location"] == "/notices"
