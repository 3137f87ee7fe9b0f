"""The rota for other programs: who reads which centre, drafts, changes, and why one is refused."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.rota.models import RotaState
from tests.agent_console.kit import add_user
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

Program = Callable[..., TestClient]
MORNING = datetime(2026, 12, 9, 2, 0, tzinfo=UTC)
DAYS = {"from_day": "2026-12-07", "to_day": "2026-12-13"}


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with frozen(MORNING):
        yield


@pytest.fixture
def rota_id(database: Database) -> int:
    """Anong has the mornings of the 7th to the 11th."""
    with database.transaction() as session:
        anong = add_user(session, "anong", Role.AGENT, "50")
        add_user(session, "boon", Role.AGENT, "50")
        early, *_ = kit.three_shifts(session)
        rota = kit.rota(session)
        for number in range(5):
            kit.duty(session, rota, anong, date.fromisoformat(day(number)), early)
        kit.rota(session, state=RotaState.DRAFT)
        kit.rota(session, "57")
        return rota.id


def changed(user: str, number: int, shift: str | None, version: int = 1, **more: Any) -> Any:
    change = {"user": user, "day": day(number), "shift": shift}
    return {"expected_version": version, "changes": [change]} | more


def schedule(client: TestClient, **more: str) -> Any:
    answer = client.get("/api/v1/rota/schedule", params=DAYS | more)
    assert answer.status_code == 200, answer.text
    return [(item["user"], item["day"], item["shift"]) for item in answer.json()["items"]]


def test_a_program_reads_what_counts_at_its_centre(rota_id: int, program: Program) -> None:
    client = program(Role.AGENT, "50")

    items = client.get("/api/v1/rota/schedule", params=DAYS).json()["items"]

    assert len(items) == 5
    assert items[0] == {
        "user": "anong", "name": "Anong", "centre_code": "50", "day": "2026-12-07", "shift": "M",
        "shift_name_th": "เวร M", "shift_name_en": "Shift M", "begins_at": "2026-12-07T01:00:00Z",
        "ends_at": "2026-12-07T09:00:00Z", "standby": False, "cause": "plan", "rota_id": rota_id,
    }  # fmt: skip
    assert schedule(client, user="boon") == [] and schedule(client, user="nobody") == []
    assert len(schedule(client, user="anong", to_day="2026-12-08")) == 2


def test_other_centres_and_too_long_a_time_are_refused(rota_id: int, program: Program) -> None:
    client = program(Role.AGENT, "50")

    for params, status in (
        (DAYS | {"centre_code": "57"}, 403),
        ({"from_day": "2026-12-07", "to_day": "2027-06-01"}, 422),
        ({"from_day": "2026-12-07", "to_day": "2026-12-06"}, 422),
        ({"from_day": "soon"}, 422),
    ):
        assert client.get("/api/v1/rota/schedule", params=params).status_code == status
    assert len(schedule(program(), centre_code="50")) == 5


def test_rotas_are_paged_and_drafts_are_the_planners(rota_id: int, program: Program) -> None:
    seen = program(Role.AGENT, "50").get("/api/v1/rota/rotas").json()["items"]
    planner = program(Role.SUPERVISOR, "50")

    first = planner.get("/api/v1/rota/rotas", params={"limit": 1}).json()
    second = planner.get("/api/v1/rota/rotas", params={"limit": 1, "cursor": first["next"]}).json()

    assert [one["id"] for one in seen] == [rota_id]
    assert [one["state"] for one in first["items"] + second["items"]] == ["draft", "published"]
    assert second["next"] is None


def test_a_planner_changes_a_duty_and_the_answer_is_the_way_back(
    rota_id: int, program: Program
) -> None:
    client, path = program(Role.SUPERVISOR, "50"), f"/api/v1/rota/rotas/{rota_id}/duties"

    answer = client.put(path, json=changed("boon", 5, "M"))

    assert answer.status_code == 200
    assert answer.json() == {
        "version": 2, "before": [{"user": "boon", "day": day(5), "shift": None}],
    }  # fmt: skip
    assert ("boon", day(5), "M") in schedule(client)


def test_a_refusal_lists_the_rules_and_changes_nothing(rota_id: int, program: Program) -> None:
    client, path = program(Role.SUPERVISOR, "50"), f"/api/v1/rota/rotas/{rota_id}/duties"

    broken = client.put(path, json=changed("anong", 3, "E"))
    stale = client.put(path, json=changed("boon", 3, "M", 9))
    past = client.put(path, json=changed("anong", 0, None))

    assert broken.status_code == 422
    assert broken.headers["content-type"] == "application/problem+json"
    [breach] = broken.json()["breaches"]
    assert (breach["rule"], breach["day"], breach["may_insist"]) == ("least_rest", day(3), True)
    assert stale.status_code == 409 and stale.json()["changed"]
    assert past.status_code == 409 and past.json()["may_override"]
    for unknown in (changed("nobody", 5, "M"), changed("boon", 5, "Q"), changed("boon", 90, "M")):
        assert client.put(path, json=unknown).status_code == 422
    assert len(schedule(client)) == 5
    insisting = changed("anong", 3, "E", insist=True, reason="น้ำท่วม")
    assert client.put(path, json=insisting).status_code == 200


def test_only_planners_of_the_centre_change_a_rota(rota_id: int, program: Program) -> None:
    path = f"/api/v1/rota/rotas/{rota_id}/duties"

    assert program(Role.AGENT, "50").put(path, json=changed("boon", 5, "M")).status_code == 403
    assert program(Role.SUPERVISOR, "57").put(path, json=changed("boon", 5, "M")).status_code == 404
    missing = program(Role.SUPERVISOR, "50").put(
        "/api/v1/rota/rotas/999/duties", json=changed("boon", 5, "M")
    )
    assert missing.status_code == 404
