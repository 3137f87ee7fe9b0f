"""Officers of channels for other programs."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import add_user

Program = Callable[..., TestClient]
API = "/api/v1/channels"
NEW = {"centre_code": "50", "user": "anong", "first_day": "2026-11-25"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(datetime(2026, 11, 25, 5, 0, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def people(database: Database) -> None:
    with database.transaction() as session:
        for name in ("anong", "boon"):
            add_user(session, name, Role.AGENT, "50")


@pytest.fixture
def supervisor(program: Program) -> TestClient:
    return program(Role.SUPERVISOR, "50")


def appointed(client: TestClient, channel: str = "letter", **more: Any) -> Any:
    answer = client.post(f"{API}/{channel}/officers", json=NEW | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_appointed_read_moved_and_ended(supervisor: TestClient) -> None:
    made = appointed(supervisor, order="ชม 1/2569")
    assert made == {
        "id": made["id"], "centre_code": "50", "channel": "letter", "user": "anong", "name": "Anong",
        "deputy": False, "first_day": "2026-11-25", "last_day": None, "order": "ชม 1/2569",
        "made_at": "2026-11-25T05:00:00Z",
    }  # fmt: skip
    appointed(supervisor, user="boon", deputy=True, first_day="2026-12-01", last_day="2026-12-31")
    items = supervisor.get(f"{API}/officers", params={"on": "2026-12-01"}).json()["items"]
    assert len(items) == 13
    [letter] = [one for one in items if one["channel"] == "letter"]
    assert letter == {
        "centre_code": "50", "channel": "letter", "officer": {"user": "anong", "name": "Anong"},
        "deputy": {"user": "boon", "name": "Boon"},
    }  # fmt: skip
    path = f"{API}/officers/{made['id']}/days"
    ended = supervisor.post(path, json={"last_day": "2026-11-30"})
    assert ended.status_code == 200 and ended.json()["last_day"] == "2026-11-30"
    items = supervisor.get(f"{API}/officers", params={"on": "2026-12-01"}).json()["items"]
    assert {one["officer"] and one["officer"]["user"] for one in items} == {None}


def test_gaps_are_of_the_centres_that_are_seen(supervisor: TestClient, program: Program) -> None:
    appointed(supervisor)
    [mine] = supervisor.get(f"{API}/gaps").json()["items"]
    assert mine["centre_code"] == "50"
    assert len(mine["channels"]) == 12 and "letter" not in mine["channels"]
    inspector = program(Role.INSPECTOR, "00", inspection_region="15")
    codes = [one["centre_code"] for one in inspector.get(f"{API}/gaps").json()["items"]]
    assert sorted(codes) == ["50", "51", "52", "58"]
    assert len(program().get(f"{API}/gaps").json()["items"]) == 78
    assert supervisor.get(f"{API}/gaps", params={"centre_code": "51"}).status_code == 403


def test_appointments_are_paged(supervisor: TestClient) -> None:
    for day, user in (("2026-11-23", "anong"), ("2026-11-24", "boon"), ("2026-11-25", "anong")):
        appointed(supervisor, user=user, first_day=day)
    appointed(supervisor, "sms")
    first = supervisor.get(f"{API}/letter/officers", params={"limit": 2}).json()
    params = {"limit": 2, "cursor": first["next"]}
    second = supervisor.get(f"{API}/letter/officers", params=params).json()
    days = [one["last_day"] for one in first["items"] + second["items"]]
    assert days == [None, "2026-11-24", "2026-11-23"] and second["next"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user": "nobody"}, "user"),
        ({"first_day": "2030-01-01"}, "first_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"last_day": "2026-11-24"}, "last_day"),
        ({"order": "x" * 121}, "order"),
        ({"order": "\0"}, "order"),
        ({"wish": 1}, "wish"),
    ],
)
def test_what_is_not_right_is_named(
    supervisor: TestClient, change: dict[str, Any], field: str
) -> None:
    answer = supervisor.post(f"{API}/letter/officers", json=NEW | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_strangers_and_what_is_not_there(supervisor: TestClient, program: Program) -> None:
    made = appointed(supervisor)
    path = f"{API}/officers/{made['id']}/days"
    elsewhere = program(Role.SUPERVISOR, "51")
    assert elsewhere.post(f"{API}/letter/officers", json=NEW).status_code == 403
    assert elsewhere.post(path, json={"last_day": None}).status_code == 403
    assert elsewhere.get(f"{API}/officers", params={"centre_code": "50"}).status_code == 403
    missing = supervisor.post(f"{API}/officers/999/days", json={"last_day": None})
    assert missing.status_code == 404
    assert supervisor.post(f"{API}/telegraph/officers", json=NEW).status_code == 404
    assert supervisor.get(f"{API}/officers", headers={"Authorization": ""}).status_code == 401
