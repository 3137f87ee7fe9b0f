"""The page of one case: its clocks, who may know who complains, what belongs to it, and how it is printed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from agent_console.clock_picture import clock_picture
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.referral_models import Referral
from case_store.clock import now
from case_store.database import Database
from case_store.deadlines.models import ReferralReminder, Reminder
from case_store.identity.complainants import pin_of
from case_store.people.models import Role
from case_store.settings import Settings
from tests.agent_console.kit import Visitor, agency_id, opened, referred, screened

Visit = Callable[..., Visitor]
NAMED = {"complainant_name": "สมศรี ใจงาม", "complainant_phone": "0812345678"}
FONTS = Settings(_env_file=None).fonts
UNKNOWN = NAMED | {"anonymity": "to_all"}


def pin(database: Database, path: str) -> str:
    with database.reading() as session:
        case = session.scalars(select(Case).where(Case.ref == path.rpartition("/")[2])).one()
        return pin_of(session, case) or ""


def test_the_due_date_is_told_in_words_and_in_colour(officer: Visitor) -> None:
    page = officer.get(opened(officer)).text

    assert re.search(r'badge good">\s*เหลือ 10 วันทำการ', page)
    assert '<rect class="left"' in page


def test_an_overdue_case_says_by_how_many_working_days(
    officer: Visitor, database: Database
) -> None:
    path = opened(officer)
    with database.transaction() as session:
        session.scalars(select(Case)).one().due_at = now() - timedelta(days=21)

    page = officer.get(path).text

    assert re.search(r"badge bad.+เกินกำหนด 1\d วันทำการ", page)
    assert 'class="late"' in page


def test_what_an_agency_is_said_to_have_done_names_the_agency(
    officer: Visitor, database: Database
) -> None:
    """Made-up cases have no officers of agencies: there the agency's code acts."""
    path = referred(officer, agency_id(database))
    with database.transaction() as session:
        case = session.scalars(select(Case)).one()
        accepted = CaseEvent(
            at=now(), kind=CaseEventKind.REFERRAL_ACCEPTED, by="pea_50", note="", data={},
            referral=case.referrals[0],
        )  # fmt: skip
        case.events.append(accepted)

    page = officer.get(path).text

    assert re.search(r"· หน่วยงาน pea_50</span>", page)
    assert "· pea_50<" not in page


def test_who_wrote_a_case_down_reads_the_pin_out_once(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    path = opened(officer)
    number = pin(database, path)
    other = visit(Role.CASE_OFFICER, "50", "wanida")

    assert f"<span>{number}</span>" in officer.get(f"{path}?saved=1").text
    assert f"<span>{number}</span>" not in officer.get(path).text
    assert f"<span>{number}</span>" not in other.get(f"{path}?saved=1").text


def test_an_hour_later_the_pin_is_not_shown_any_more(officer: Visitor, database: Database) -> None:
    path = opened(officer)
    with database.transaction() as session:
        session.scalars(select(Case)).one().created_at = now() - timedelta(hours=2)

    assert f"<span>{pin(database, path)}</span>" not in officer.get(f"{path}?saved=1").text


def test_a_complainant_who_lost_the_pin_gets_another(officer: Visitor, database: Database) -> None:
    path = opened(officer, **NAMED)

    page = officer.post(f"{path}/pin").text

    assert f"<span>{pin(database, path)}</span>" in page


def test_an_identity_is_opened_only_for_a_reason_that_stays_on_record(
    officer: Visitor, database: Database
) -> None:
    path = opened(officer, **UNKNOWN)
    assert "สมศรี" not in officer.get(path).text

    refused = officer.post(f"{path}/identity", {"reveal_reason": "อยากรู้"})
    assert refused.status_code == 422
    assert "อย่างน้อย 10 ตัวอักษร" in refused.text
    assert ">อยากรู้</textarea>" in refused.text
    assert "สมศรี" not in refused.text

    shown = officer.post(f"{path}/identity", {"reveal_reason": "โทรแจ้งผลการดำเนินการแก่ผู้ร้อง"})
    assert "สมศรี ใจงาม" in shown.text
    assert "081 234 5678" in shown.text
    assert "สมศรี" not in officer.get(path).text
    with database.reading() as session:
        kinds = session.scalars(select(CaseEvent.kind)).all()
    assert kinds.count(CaseEventKind.IDENTITY_REVEALED) == 1


def test_an_agent_is_not_offered_to_open_an_identity(agent: Visitor) -> None:
    path = opened(agent, **UNKNOWN)

    assert "reveal_reason" not in agent.get(path).text
    answer = agent.post(f"{path}/identity", {"reveal_reason": "อยากรู้มาก ๆ เลยครับ"})
    assert answer.status_code == 403
    assert "สมศรี" not in answer.text


def test_a_point_on_the_map_is_shown_and_asks_no_other_site_by_itself(officer: Visitor) -> None:
    page = officer.get(opened(officer, map_point="18.7883, 98.9853")).text

    assert '<circle class="point"' in page
    assert "#p50" in page
    assert re.findall(r'(?:src|href|hx-get)="(https?://[^"]+)"', page) == [
        "https://www.openstreetmap.org/?mlat=18.788300&amp;mlon=98.985300#map=17/18.788300/98.985300"
    ]


def test_a_note_is_marked_as_internal_and_an_agency_s_entries_as_seen_by_it(
    officer: Visitor, database: Database
) -> None:
    path = referred(officer, agency_id(database))
    officer.post(f"{path}/notes", {"note": "โทรแล้ว"})

    page = officer.get(path).text

    assert re.search(r'<li class="internal">.+ภายใน', page)
    assert re.search(r"ส่งต่อหน่วยงานแล้ว</span> · หน่วยงาน pea_50.+หน่วยงานเห็น", page)


def test_steps_that_are_not_the_reader_s_are_not_offered(agent: Visitor, visit: Visit) -> None:
    path = opened(agent)
    governor = visit(Role.GOVERNOR, "50")

    for reader in (agent, governor):
        page = reader.get(path).text
        assert "/steps/" not in page
        assert f'action="{path}/notes"' in page


def test_an_officer_is_offered_exactly_what_is_possible(officer: Visitor) -> None:
    path = opened(officer)
    new = set(re.findall(r"/steps/(\w+)", officer.get(path).text))
    officer.post(f"{path}/steps/begin_screening")
    page = officer.get(path).text

    assert new == {"begin_screening", "transfer", "withdraw", "assign"}
    assert set(re.findall(r"/steps/(\w+)", page)) == {
        "handle", "close", "reject", "withdraw", "wait", "transfer", "assign",
    }  # fmt: skip
    assert f'action="{path}/referrals"' in page


def test_a_repeat_leads_to_the_earlier_case_and_back(officer: Visitor) -> None:
    first = opened(officer, subject="ไฟดับครั้งแรก")
    again = opened(officer, subject="ไฟดับอีกแล้ว", repeat_of=first.rpartition("/")[2])

    assert f'href="{first}"' in officer.get(again).text
    assert f'href="{again}"' in officer.get(first).text

    assert officer.post(f"{again}/unlink").status_code == 303
    assert f'href="{first}"' not in officer.get(again).text
    assert officer.post(f"{again}/unlink").status_code == 422


@pytest.mark.skipif(not FONTS.exists(), reason="set-up has not brought the font of documents")
def test_a_case_is_printed_as_a_pdf(officer: Visitor) -> None:
    answer = officer.get(f"{opened(officer)}/pdf")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_picture_holds_every_wait_and_reminder(officer: Visitor, database: Database) -> None:
    path = screened(officer)
    officer.post(f"{path}/steps/wait", {"note": "ขอรูปถ่าย"})
    officer.post(f"{path}/steps/go_on", {"note": "ได้แล้ว"})
    officer.post(f"{path}/steps/wait", {"note": "ขอแผนที่"})
    with database.transaction() as session:
        case = session.scalars(select(Case)).one()
        case.created_at -= timedelta(days=40)
        session.add(
            Reminder(case_id=case.id, counted_from=case.progress_at, level=1, sent_at=now())
        )
    with database.reading() as session:
        case = session.scalars(select(Case)).one()
        picture = clock_picture(session, case, at=now())

    assert [span.kind for span in picture.deadline].count("waited") == 2
    [movement] = picture.movements
    assert len(movement.reminded) == 1
    assert movement.next_reminder is None, "the clock stands still"
    places = [mark.x for mark in (*picture.deadline_marks, *movement.marks)]
    assert all(0 <= x <= 100 for x in places)
    assert picture.today is not None
    assert 0 < picture.today <= 100


def test_each_agency_at_work_has_its_own_line_of_movement(
    officer: Visitor, database: Database
) -> None:
    path = referred(officer, agency_id(database))
    asked = {"agency": str(agency_id(database, "water_50")), "request": "ขอให้ตรวจสอบ"}
    assert officer.post(f"{path}/referrals", asked).status_code == 303
    long_ago, sent = now() - timedelta(days=40), now() - timedelta(days=10)
    with database.transaction() as session:
        [idle, busy] = session.scalars(select(Referral).order_by(Referral.id))
        idle.case.created_at = idle.progress_at = long_ago
        session.add(
            ReferralReminder(referral_id=idle.id, counted_from=long_ago, level=1, sent_at=sent)
        )
    with database.reading() as session:
        picture = clock_picture(session, session.scalars(select(Case)).one(), at=now())

    case, first, second = picture.movements
    assert (case.agency, case.next_reminder, case.reminded) == (None, None, [])
    assert first.agency and second.agency
    assert (first.agency.code, second.agency.code) == ("pea_50", "water_50")
    assert (first.reminded, first.next_reminder) == ([sent], sent + timedelta(days=15))
    assert (second.reminded, second.next_reminder) == ([], busy.progress_at + timedelta(days=30))
    assert first.quiet.width > 50 > second.quiet.width
    page = officer.get(path).text
    assert page.count("หน่วยงาน water_50</text>") == 1
    assert len(re.findall("เตือนครั้งต่อไปหากไม่มีความเคลื่อนไหว", page)) == 2


def test_a_case_of_an_agency_s_officer_opens_as_their_referral(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    agency = agency_id(database)
    path = referred(officer, agency)
    suda = visit(Role.AGENCY_OFFICER, "50", "suda", agency_id=agency)

    assert re.fullmatch(r"/agency/referrals/\d+", suda.get(path).headers["location"])


@pytest.mark.parametrize("done", ["step-close", "referral-7-recall", "act-note"])
def test_what_was_done_is_said(officer: Visitor, done: str) -> None:
    assert "เรียบร้อย:" in officer.get(f"{opened(officer)}?done={done}").text


@pytest.mark.parametrize("done", ["", "x", "step-", "step-nothing", "outcome-failed", "<b>"])
def test_nothing_else_is_said_to_be_done(officer: Visitor, done: str) -> None:
    page = officer.get(opened(officer), params={"done": done}).text

    assert "เรียบร้อย:" not in page
    assert "<b>" not in page
