"""One's own leave and wishes, and what the supervisor decides about."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.rota.models import Absence, AbsenceKind, RequestState, Wish, WishLevel
from tests.agent_console.kit import Visitor
from tests.case_store.rota import kit

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
OWN, ALL = "/rotation/leave/own", "/rotation/leave"
LEAVE = {"kind": "personal", "first_day": "7/12/2569", "last_day": "9/12/2569", "note": "งานแต่งงาน"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def agent(visit: Visit) -> Visitor:
    return visit(Role.AGENT, "50", "kanya")


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


def _absences(database: Database) -> list[Absence]:
    with database.reading() as session:
        return list(session.scalars(select(Absence).order_by(Absence.id)))


def test_leave_goes_from_the_phone_to_the_supervisor_and_back(
    agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    assert "ยังไม่มีคำขอ" in agent.get(OWN).text
    assert agent.post(OWN, LEAVE).headers["location"] == OWN
    assert "รอหัวหน้าเวรพิจารณา" in agent.get(OWN).text
    (asked,) = _absences(database)
    assert (asked.kind, asked.first_day) == (AbsenceKind.PERSONAL, date(2026, 12, 7))

    page = supervisor.get(ALL).text
    assert "Kanya" in page and "7 ธ.ค. 2569 – 9 ธ.ค. 2569" in page and "งานแต่งงาน" in page
    assert "เพื่อนร่วมงานขอลาตั้งแต่ 7 ธ.ค. 2569" in supervisor.get("/notices").text
    answer = supervisor.post(f"{ALL}/{asked.id}/decide", {"decision": "approve"})
    assert answer.status_code == 303

    own = agent.get(OWN).text
    assert "อนุมัติการลาแล้ว" in own and own.count('class="own-leave"') == 3
    assert "อนุมัติแล้ว: ท่านไม่อยู่ปฏิบัติงานตั้งแต่ 7 ธ.ค. 2569" in agent.get("/notices").text
    again = supervisor.post(f"{ALL}/{asked.id}/decide", {"decision": "refuse"})
    assert again.status_code == 422 and "พิจารณาเสร็จแล้ว" in again.text

    assert agent.post(f"{OWN}/{asked.id}/withdraw").status_code == 303
    assert _absences(database)[0].state is RequestState.WITHDRAWN


def test_the_supervisor_sees_the_duties_that_become_gaps(
    agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    agent.post(OWN, LEAVE)
    (asked,) = _absences(database)
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        user = session.get_one(Absence, asked.id).user
        kit.duty(session, kit.rota(session), user, date(2026, 12, 8), morning)
    page = supervisor.get(ALL).text
    assert "8 ธ.ค. 2569 เวร M" in page and "เมื่ออนุมัติ เวรเหล่านี้จะว่าง" in page
    assert agent.get(OWN).text.count('class="own-asked"') == 3
    supervisor.post(f"{ALL}/{asked.id}/decide", {"decision": "approve"})
    assert "เวรที่ประกาศแล้วไม่มีผู้ปฏิบัติ 1 เวร เริ่มวันที่ 8 ธ.ค. 2569" in supervisor.get("/notices").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "holiday"}, "กรุณาเลือกจากรายการ"),
        ({"kind": "other_duty"}, "กรุณาเลือกจากรายการ"),
        ({"first_day": "วันหนึ่ง"}, "กรุณาเขียนวันแรก"),
        ({"last_day": "6/12/2569"}, "กรุณาเขียนวันสุดท้าย"),
        ({"note": "ก" * 301}, "ไม่เกิน 300"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    agent: Visitor, change: dict[str, str], sentence: str
) -> None:
    answer = agent.post(OWN, LEAVE | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="7/12/2569"' in answer.text or "first_day" in change


def test_another_duty_is_written_down_by_the_supervisor(
    agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    user_id = re.search(r'<option value="(\d+)"[^>]*>Kanya', supervisor.get(ALL).text)
    assert user_id
    duty = {"user": user_id[1], "kind": "other_duty", "first_day": "1/12/2569", "note": "ประชุม"}
    assert supervisor.post(ALL, duty).status_code == 303
    assert _absences(database)[0].state is RequestState.APPROVED
    assert supervisor.post(ALL, duty).status_code == 422
    assert supervisor.post(ALL, duty | {"user": "999"}).status_code == 422
    assert "ภารกิจราชการอื่น" in agent.get(OWN).text
    assert agent.post(f"{OWN}/{_absences(database)[0].id}/withdraw").status_code == 422


def test_nobody_decides_or_takes_back_what_is_not_theirs(
    agent: Visitor, supervisor: Visitor, visit: Visit, database: Database
) -> None:
    supervisor.post(OWN, LEAVE)
    (own,) = _absences(database)
    decide = f"{ALL}/{own.id}/decide"
    assert supervisor.post(decide, {"decision": "approve"}).status_code == 403
    assert agent.post(decide, {"decision": "approve"}).status_code == 403
    assert agent.post(f"{OWN}/{own.id}/withdraw").status_code == 403
    assert agent.get(ALL).status_code == 403
    elsewhere = visit(Role.SUPERVISOR, "10", "elsewhere")
    assert elsewhere.post(decide, {"decision": "approve"}).status_code == 403
    national = visit(Role.NATIONAL_OFFICER, "00", "naree")
    assert national.post(decide, {"decision": "approve"}).headers["location"] == f"{ALL}?centre=50"
    assert supervisor.post(f"{ALL}/99/decide").status_code == 404
    assert visit(Role.GOVERNOR, "50").get(OWN).status_code == 404


def test_wishes_are_made_taken_back_and_made_binding(
    agent: Visitor, supervisor: Visitor, database: Database
) -> None:
    wish = {"day": "5/1/2570", "wish": "off", "level": "3"}
    assert agent.post(f"{OWN}/wishes", wish).status_code == 303
    with database.reading() as session:
        made = session.scalars(select(Wish)).one()
    assert (made.day, made.wanted, made.level) == (date(2027, 1, 5), False, WishLevel.MUCH)
    assert "5 ม.ค. 2570" in agent.get(OWN).text
    assert supervisor.post(f"{ALL}/wishes/{made.id}/fix", {"fixed": "yes"}).status_code == 303
    assert agent.post(f"{ALL}/wishes/{made.id}/fix", {"fixed": "yes"}).status_code == 403
    refused = agent.post(f"{OWN}/wishes/{made.id}/drop")
    assert refused.status_code == 422 and "หัวหน้าเวรกำหนดให้" in refused.text
    supervisor.post(f"{ALL}/wishes/{made.id}/fix", {"fixed": "no"})
    assert agent.post(f"{OWN}/wishes/{made.id}/drop").status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": "20/12/2569"}, "ปิดรับความประสงค์"),
        ({"day": "x"}, "กรุณาเขียนวันข้างหน้า"),
        ({"wish": "7777"}, "กรุณาเลือกจากรายการ"),
        ({"level": "1000"}, "กรุณาเลือกจากรายการ"),
    ],
)
def test_wishes_that_cannot_be(agent: Visitor, change: dict[str, str], sentence: str) -> None:
    wish = {"day": "5/1/2570", "wish": "off", "level": "3"} | change
    answer = agent.post(f"{OWN}/wishes", wish)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_shifts_of_the_centre_can_be_wished_for(agent: Visitor, database: Database) -> None:
    with database.transaction() as session:
        shift = kit.shift_type(session, "M", 8).id
    agent.post(f"{OWN}/wishes", {"day": "5/1/2570", "wish": f"-{shift}", "level": "10"})
    with database.reading() as session:
        made = session.scalars(select(Wish)).one()
    assert (made.shift_type_id, made.wanted) == (shift, False)
    assert "ไม่สะดวก เวร M" in agent.get(OWN).text
