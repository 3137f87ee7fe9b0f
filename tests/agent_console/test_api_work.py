"""The work list of the JSON API."""

import pytest
from fastapi.testclient import TestClient

from case_store.people.models import Role
from tests.agent_console.api_kit import Program, opened, stepped


@pytest.fixture
def officer(program: Program) -> TestClient:
    return program(Role.CASE_OFFICER, "50")


def groups(client: TestClient, query: str = "") -> list[tuple[str, list[str], bool]]:
    answer = client.get(f"/api/v1/work{query}")
    assert answer.status_code == 200, answer.text
    return [
        (group["kind"], [item["ref"] for item in group["items"]], group["more"])
        for group in answer.json()["groups"]
    ]


def test_the_centres_cases_stand_in_groups_by_what_they_need(officer: TestClient) -> None:
    first, second, third = (opened(officer) for _ in range(3))
    for step in ("begin_screening", "handle"):
        stepped(officer, third, step)
    stepped(officer, third, "report_result", result="ซ่อมแล้ว")

    assert groups(officer) == [
        ("to_screen", [first, second], False),
        ("to_review", [third], False),
    ]
    assert groups(officer, "?limit=1")[0] == ("to_screen", [first], True)


def test_another_centre_has_nothing_to_do_with_them(program: Program, officer: TestClient) -> None:
    opened(officer)

    assert groups(program(Role.CASE_OFFICER, "83")) == []
    assert groups(program(Role.ADMINISTRATOR, "00")) == []
