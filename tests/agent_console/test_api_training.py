"""Training by the JSON API: a course held and passed, papers, withdrawal, and what is refused."""

from datetime import timedelta

import pytest

from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.staff import find_person
from case_store.rotation.training.courses import load_courses
from case_store.rotation.training.keeping import take_practice_call
from tests.agent_console.api_kit import Program
from tests.agent_console.kit import add_user


@pytest.fixture(autouse=True)
def people(database: Database) -> None:
    with database.transaction() as session:
        load_courses(session)
        add_user(session, "prasert", Role.AGENT, "50", is_trained=False)
        add_user(session, "narong", Role.AGENT, "10", is_trained=False)


def session_body(**more: object) -> dict[str, object]:
    begins = now() - timedelta(hours=7)
    return {
        "course_code": "case_work", "centre_code": "50", "begins_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=6)).isoformat(), "place": "ศาลากลาง", "trainer": "วิชัย",
        "capacity": 2,
    } | more  # fmt: skip


def test_a_course_is_held_and_who_passes_has_the_certificate(program: Program) -> None:
    client = program(Role.SUPERVISOR, "50")
    held = client.post("/api/v1/training/sessions", json=session_body())
    assert held.status_code == 201, held.text
    address = f"/api/v1/training/sessions/{held.json()['id']}/results"

    failed = client.post(
        address, json={"username": "prasert", "attendance": "attended", "result": "failed"}
    )
    assert failed.json() == {"certificate": None}
    passed = client.post(
        address, json={"username": "prasert", "attendance": "attended", "result": "passed"}
    )

    issued = passed.json()["certificate"]
    assert (issued["username"], issued["channel"]) == ("prasert", "walk_in")
    listed = client.get("/api/v1/certificates?centre_code=50&channel=walk_in").json()["items"]
    assert [one["id"] for one in listed] == [issued["id"]]
    revoked = client.post(f"/api/v1/certificates/{issued['id']}/revoke", json={"reason": "ผิดคน"})
    assert revoked.json()["revoked_at"] is not None
    day = issued["first_day"]
    left = client.get(f"/api/v1/certificates?centre_code=50&channel=walk_in&valid_on={day}")
    assert left.json()["items"] == []


def test_the_line_wants_practice_calls_too(program: Program, database: Database) -> None:
    client = program(Role.SUPERVISOR, "50")
    body = session_body(course_code="line_1567")
    held = client.post("/api/v1/training/sessions", json=body).json()
    passed = client.post(
        f"/api/v1/training/sessions/{held['id']}/results",
        json={"username": "prasert", "attendance": "attended", "result": "passed"},
    )
    assert passed.json() == {"certificate": None}
    with database.transaction() as session:
        prasert = find_person(session, "prasert")
        assert prasert is not None
        for number in range(3):
            take_practice_call(session, prasert, f"9.{number}", began_at=now(), seconds=60)
    waiting = client.get("/api/v1/training/practice-calls").json()["items"]
    assert [one["username"] for one in waiting] == ["prasert"] * 3
    answers = [
        client.post(f"/api/v1/training/practice-calls/{one['id']}/sign-off", json={"good": True})
        for one in waiting
    ]
    issued = [answer.json()["certificate"] for answer in answers]
    assert issued[:2] == [None, None]
    assert issued[2]["channel"] == "phone_1567"


def test_another_centre_is_not_ones_own(program: Program) -> None:
    client = program(Role.SUPERVISOR, "50")
    body = session_body(centre_code="10")
    assert client.post("/api/v1/training/sessions", json=body).status_code == 403
    assert client.get("/api/v1/certificates?centre_code=10").status_code == 403
    paper = {"username": "narong", "course_code": "line_1567", "note": "x"}
    answer = client.post("/api/v1/certificates", json=paper | {"first_day": str(now().date())})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_day": "1999-01-01"}, "first_day"),
        ({"course_code": "juggling"}, "course_code"),
        ({"username": "nobody"}, "username"),
    ],
)
def test_what_is_not_right_is_named(program: Program, changed: dict[str, str], field: str) -> None:
    paper = {"username": "prasert", "course_code": "line_1567", "note": "ทะเบียนเดิม"}
    body = paper | {"first_day": str(now().date())} | changed
    answer = program(Role.SUPERVISOR, "50").post("/api/v1/certificates", json=body)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
