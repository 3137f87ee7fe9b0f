"""Changes of a rota by a program: from a sick call over the gap to the stand-in, and a swap from offer to approval."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.rota.models import CoverNeed
from tests.case_store.kit import person
from tests.case_store.rota import kit
from tests.case_store.rota.test_editing import day

Program = Callable[..., TestClient]
EARLY = datetime(2026, 12, 6, 22, 0, tzinfo=UTC)
ROTA = "/api/v1/rota"
FIRST, THIRD = day(0).isoformat(), day(2).isoformat()


@pytest.fixture(autouse=True)
def clock() -> Iterator[object]:
    with frozen(EARLY) as advance:
        yield advance


@pytest.fixture
def planner(program: Program, database: Database) -> TestClient:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        rota = kit.rota(session)
        kanya = person(session, "kanya")
        person(session, "malee")
        for number in (0, 2):
            kit.duty(session, rota, kanya, day(number), morning)
        session.add(CoverNeed(shift_type_id=morning.id, weekday=0, people=1, experienced=0))
    return program(Role.SUPERVISOR, "50")


def test_sick_gap_stand_in(planner: TestClient) -> None:
    sick = {"username": "kanya", "first_day": FIRST, "last_day": FIRST}
    answer = planner.post(f"{ROTA}/sick-calls", json=sick)
    assert (answer.status_code, answer.json()["freed"]) == (201, [{"day": FIRST, "shift": "M"}])
    gaps = planner.get(f"{ROTA}/cover").json()["gaps"]
    assert [(one["day"], one["missing"]) for one in gaps] == [
        (FIRST, 1), (day(7).isoformat(), 1),
    ]  # fmt: skip
    ranked = planner.get(f"{ROTA}/stand-ins", params={"day": FIRST, "shift": "M"}).json()["items"]
    assert [(one["username"], one["fits"], one["rules"]) for one in ranked] == [
        ("malee", True, []), ("kanya", False, ["absence"]),
    ]  # fmt: skip
    put = {"province_code": "50", "day": FIRST, "shift": "M", "username": "malee", "agreed": True}
    refused = planner.post(f"{ROTA}/stand-ins", json=put | {"username": "kanya"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "absence"
    assert planner.post(f"{ROTA}/stand-ins", json=put).status_code == 201
    left = planner.get(f"{ROTA}/cover").json()["gaps"]
    assert [one["day"] for one in left] == [day(7).isoformat()]


def test_a_swap_from_offer_to_approval(planner: TestClient) -> None:
    made = planner.post(f"{ROTA}/swaps", json={"giver": "kanya", "day": THIRD})
    assert (made.status_code, made.json()["state"]) == (201, "offered")
    steps = f"{ROTA}/swaps/{made.json()['id']}/steps"
    assert planner.post(steps, json={"step": "approve"}).status_code == 409
    accepted = planner.post(steps, json={"step": "accept", "taker": "malee"})
    assert (accepted.json()["state"], accepted.json()["taker"]) == ("accepted", "malee")
    assert planner.post(steps, json={"step": "approve"}).json()["state"] == "approved"
    listed = planner.get(f"{ROTA}/swaps").json()["items"]
    assert [one["state"] for one in listed] == ["approved"]


def test_another_centre_is_out_of_reach(planner: TestClient, program: Program) -> None:
    stranger = program(Role.SUPERVISOR, "10")
    assert stranger.get(f"{ROTA}/cover", params={"province_code": "50"}).status_code == 403
    offer = {"giver": "kanya", "day": THIRD}
    assert stranger.post(f"{ROTA}/swaps", json=offer).status_code == 403
