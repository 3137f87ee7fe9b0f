"""Who is on now, on the page and by the API, and only of centres that one may see."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from case_store.clock import frozen
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor
from case_store.people.presence import set_presence
from case_store.people.sign_in import begin_sign_in
from case_store.rotation.rota.models import Rota, ShiftPlace, StaffClass
from case_store.rotation.rota.terms import NewTerms, set_terms
from case_store.rotation.today.attendance import keep_attendance
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

Visit = Callable[..., Visitor]
BEGIN = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
PATH = "/rotation/now"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Callable[[timedelta], None]]:
    with frozen(BEGIN) as advance:
        yield advance


@pytest.fixture
def agent(visit: Visit, database: Database) -> Visitor:
    """Has the morning in Chiang Mai, from now on; a colleague is due with them."""
    agent = visit(Role.AGENT, "50", "kanya")
    with database.transaction() as session:
        morning, evening, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, agent.user, FIRST, morning)
        kit.duty(session, rota, add_user(session, "somchai", Role.AGENT, "50"), FIRST, morning)
        kit.duty(session, rota, add_user(session, "malee", Role.AGENT, "50"), FIRST, evening)
    return agent


def test_the_page_tells_who_is_there_late_missing_and_next(
    agent: Visitor, clock: Callable[[timedelta], None]
) -> None:
    assert "ยังไม่มา 2 คน" in agent.get(PATH).text
    assert agent.post("/duty", {"state": "ready"}).status_code == 303
    page = agent.get(PATH).text
    assert "รับสายอยู่ 1 คน" not in page  # somebody is missing: that comes first
    assert "ยังไม่มา 1 คน" in page
    assert "เวรถัดไป 16:00" in page
    clock(timedelta(minutes=6))
    assert "ไม่มาเข้าเวร" in agent.get(PATH).text


def test_a_supervisor_hears_who_is_missing_and_goes_to_the_stand_ins(
    agent: Visitor, visit: Visit, database: Database, clock: Callable[[timedelta], None]
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50", "wichai")
    with database.transaction() as session:
        free = add_user(session, "free", Role.AGENT, "50").display_name
        keep_attendance(session, at=BEGIN + timedelta(minutes=6))
    clock(timedelta(minutes=6))

    page = supervisor.get("/notices").text
    assert "ยังไม่มาเข้าเวร" in page
    named = re.search(r"ผู้ที่มาแทนได้ เรียงตามความเหมาะสม: ([^<]+)", page)
    assert named is not None
    assert free in named[1]
    link = re.search(r'href="(/rotation/cover/stand-ins[^"]+)"', page)
    assert link is not None
    assert free in supervisor.get(link[1].replace("&amp;", "&")).text
    assert f'href="{PATH}"' in supervisor.get("/board").text


def test_whose_turn_it_is_not_is_told_when_it_is(agent: Visitor, visit: Visit) -> None:
    other = visit(Role.AGENT, "50", "prasert")
    answer = other.post("/duty", {"state": "ready"}, headers={"HX-Request": "true"})
    assert "ไม่มีเวร" in answer.text
    assert other.post("/duty", {"state": "ready"}).status_code == 409


def test_other_centres_are_not_seen(agent: Visitor, visit: Visit) -> None:
    bangkok = visit(Role.AGENT, "10", "boonmee")
    assert "Somchai" not in bangkok.get(PATH).text
    assert bangkok.get(f"{PATH}?centre=50").status_code == 403
    ministry = visit(Role.NATIONAL_OFFICER, "00", "naree")
    assert "Somchai" in ministry.get(PATH).text


def test_programs(agent: Visitor, program: Callable[..., TestClient]) -> None:
    agent.post("/duty", {"state": "ready"})
    (centre,) = program(Role.SUPERVISOR, "50").get("/api/v1/rota/now").json()["items"]
    assert (centre["province_code"], centre["answering"], centre["missing"]) == ("50", 1, 1)
    assert {one["state"] for one in centre["on_duty"]} == {"ready", "late"}
    bangkok = program(Role.SUPERVISOR, "10")
    assert bangkok.get("/api/v1/rota/now").json()["items"] == []
    assert bangkok.get("/api/v1/rota/now?province_code=50").status_code == 403


def test_a_supervisor_has_somebody_on_standby_rung(
    agent: Visitor, visit: Visit, database: Database
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50", "wichai")
    with database.transaction() as session:
        standby = kit.shift_type(session, "S", 8, place=ShiftPlace.STANDBY)
        prasert = add_user(session, "prasert", Role.AGENT, "50")
        kit.duty(session, session.scalars(select(Rota)).one(), prasert, FIRST, standby)
        address = f"{PATH}/standby/{prasert.id}/ring"
    assert address in supervisor.get(PATH).text
    assert address not in agent.get(PATH).text
    assert agent.post(address).status_code == 403
    assert visit(Role.SUPERVISOR, "10", "boonmee").post(address).status_code == 403
    refused = supervisor.post(address)
    assert refused.status_code == 409
    assert "ไม่มีหมายเลขโทรศัพท์" in refused.text
    with database.transaction() as session:
        terms = NewTerms(StaffClass.OFFICIAL, 2400, standby_phone="0812345678")
        by = Actor("wichai", Role.SUPERVISOR, "50")
        set_terms(session, session.get_one(User, prasert.id), terms, by=by, at=BEGIN)
    assert supervisor.post(address).status_code == 303
    page = supervisor.get(PATH).text
    assert "กำลังจะโทรตาม" in page
    assert address not in page  # not twice
    assert "0812345678" not in page
    assert supervisor.post(address).status_code == 409
    assert supervisor.post(f"{PATH}/standby/{10**17}/ring").status_code == 404


def test_the_last_one_is_asked_once_more_and_the_supervisors_told(
    agent: Visitor, visit: Visit, database: Database
) -> None:
    wichai = visit(Role.SUPERVISOR, "50", "wichai").user
    naree = visit(Role.NATIONAL_OFFICER, "00", "naree").user
    agent.post("/duty", {"state": "ready"})
    panel = {"HX-Request": "true"}

    def told() -> list[int]:
        with database.reading() as session:
            query = select(Notice.user_id).where(Notice.kind == "last_one_left")
            return list(session.scalars(query))

    for wish in ({"state": "off"}, {"state": "break", "reason": "meal"}):
        asked = agent.post("/duty", wish, headers=panel)
        assert "คนสุดท้าย" in asked.text
        assert 'data-duty="ready"' in asked.text
        assert agent.post("/duty", wish).status_code == 409
    assert told() == []
    left = agent.post("/duty", {"state": "off", "anyway": "yes"}, headers=panel)
    assert 'data-duty="off"' in left.text
    assert sorted(told()) == sorted([wichai.id, naree.id])


def test_who_is_not_the_last_one_leaves_unasked(agent: Visitor, visit: Visit) -> None:
    agent.post("/duty", {"state": "ready"})
    with agent.browser.app.state.console.database.transaction() as session:  # type: ignore[attr-defined]
        somchai = session.scalars(select(User).where(User.username == "somchai")).one()
        begin_sign_in(session, somchai, at=BEGIN, lasts=timedelta(hours=9))
        set_presence(session, somchai, PresenceState.READY, at=BEGIN)
    assert agent.post("/duty", {"state": "off"}).status_code == 303
