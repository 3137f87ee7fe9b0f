"""Who is on now, on the page and by the API, and only of centres that one may see."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
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
