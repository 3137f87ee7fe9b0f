"""The JSON API: the fields, codes and pages that other programs rely on."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.calls.callbacks import request_callback
from case_store.calls.models import CallbackKind
from case_store.calls.record_call import record_answered, record_ended
from case_store.clock import frozen, now
from case_store.database import Database
from case_store.people.models import Role
from case_store.people.tokens import revoke_token
from tests.agent_console.kit import Visitor, waiting_call

CALL_FIELDS = {
    "id", "caller", "province_code", "province_source", "language", "outcome", "queue", "agent",
    "started_at", "queued_at", "answered_at", "ended_at", "case_refs",
}  # fmt: skip
CASE_FIELDS = {"ref", "subject", "state", "category", "province_code", "channel", "created_at"}
NEW_CASE = {
    "channel": "web_province",
    "subject": "ไฟถนนดับ",
    "description": "ไฟถนนหน้าวัดดับมาสามคืนแล้ว",
    "province_code": "50",
    "category": "utilities",
}
Program = Callable[..., TestClient]


@pytest.fixture
def national(program: Program) -> TestClient:
    return program(Role.NATIONAL_OFFICER, "00")


def opened(client: TestClient, **fields: str) -> str:
    answer = client.post("/api/v1/cases", json=NEW_CASE | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ref"])


def is_moment(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def test_a_call_has_the_promised_fields(
    national: TestClient, agent: Visitor, database: Database
) -> None:
    call = waiting_call(database)
    with database.transaction() as session:
        call = session.merge(call)
        record_answered(session, call, agent=session.merge(agent.user), at=now())
        record_ended(session, call, at=now())

    [item] = national.get("/api/v1/calls").json()["items"]

    assert set(item) == CALL_FIELDS
    assert (item["caller"], item["province_code"], item["queue"]) == ("+6653211234", "50", "p50")
    assert (item["province_source"], item["outcome"]) == ("area_code", "answered")
    assert (item["agent"], item["language"], item["case_refs"]) == ("kanya", "th", [])
    assert all(
        is_moment(item[name]) for name in ("started_at", "queued_at", "answered_at", "ended_at")
    )
    assert national.get(f"/api/v1/calls/{item['id']}").json() == item


def test_calls_are_limited_by_province_and_outcome(
    national: TestClient, database: Database
) -> None:
    waiting_call(database, "1.1", province="50")
    waiting_call(database, "1.2", province="10")

    def provinces(**query: str) -> list[str]:
        items = national.get("/api/v1/calls", params=query).json()["items"]
        return [item["province_code"] for item in items]

    assert provinces() == ["10", "50"]
    assert provinces(province_code="50") == ["50"]
    assert provinces(outcome="answered") == []


def test_a_list_is_read_to_its_end_by_cursors(national: TestClient, database: Database) -> None:
    for number in range(5):
        waiting_call(database, f"1.{number}")

    seen, cursor = [], None
    for _ in range(3):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = national.get("/api/v1/calls", params=query).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert cursor is None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=%E0%B8%81",
        "province_code=5",
        "outcome=x",
    ],
)
def test_a_bad_query_is_explained(national: TestClient, query: str) -> None:
    answer = national.get(f"/api/v1/calls?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_opening_a_case_needs_five_fields_and_answers_with_its_reference(
    national: TestClient,
) -> None:
    answer = national.post("/api/v1/cases", json=NEW_CASE)

    case = answer.json()
    assert answer.status_code == 201
    assert case["ref"].isdigit()
    assert set(case) >= CASE_FIELDS | {"events", "description"}
    assert is_moment(case["created_at"])
    assert re.fullmatch(r"\d{4}", case.pop("pin"))
    assert national.get(f"/api/v1/cases/{case['ref']}").json() == case


@pytest.mark.parametrize("field", list(NEW_CASE))
def test_each_of_the_five_fields_is_needed(national: TestClient, field: str) -> None:
    body = {name: value for name, value in NEW_CASE.items() if name != field}

    problem = national.post("/api/v1/cases", json=body).json()

    assert problem["status"] == 422
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_problem_never_repeats_what_was_sent(national: TestClient) -> None:
    body = NEW_CASE | {"complainant_phone": "not a number 0812345678", "category": "no_such"}

    answer = national.post("/api/v1/cases", json=body)

    assert answer.status_code == 422
    assert "0812345678" not in answer.text


@pytest.mark.parametrize("body", ["{", "\xff", '{"a": 1,}'])
def test_a_body_that_is_not_json_is_told_so(national: TestClient, body: str) -> None:
    answer = national.post(
        "/api/v1/cases", content=body, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is not JSON.")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_is_not_said_to_be_json_is_told_so(
    national: TestClient, media_type: str
) -> None:
    answer = national.post("/api/v1/cases", content="{}", headers={"Content-Type": media_type})

    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_body_of_the_api_that_hides_its_size_is_refused(national: TestClient) -> None:
    answer = national.post(
        "/api/v1/cases",
        content=(b"a" * 10_000 for _ in range(100)),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 413


def test_a_cursor_that_is_none_of_ours_is_named(national: TestClient) -> None:
    problem = national.get("/api/v1/calls?cursor=x").json()

    assert [error["field"] for error in problem["errors"]] == ["cursor"]


def test_a_code_that_is_not_in_its_list_is_named(national: TestClient) -> None:
    problem = national.post("/api/v1/cases", json=NEW_CASE | {"category": "no_such"}).json()

    assert problem["errors"] == [{"field": "category", "message": "is not in the list"}]


def test_a_request_repeated_with_its_key_opens_one_case(
    national: TestClient, program: Program
) -> None:
    other = program(Role.AGENT, "50")
    key = {"Idempotency-Key": "a" * 255}

    first, again, others = [
        client.post("/api/v1/cases", json=NEW_CASE, headers=key).json()
        for client in (national, national, other)
    ]

    assert (again["ref"], again["pin"]) == (first["ref"], first["pin"])
    assert others["ref"] != first["ref"]


def test_a_request_repeated_much_later_is_no_way_to_a_pin(national: TestClient) -> None:
    key = {"Idempotency-Key": "a"}
    first = national.post("/api/v1/cases", json=NEW_CASE, headers=key).json()

    with frozen(now() + timedelta(minutes=61)):
        again = national.post("/api/v1/cases", json=NEW_CASE, headers=key).json()

    assert (again["ref"], again["pin"]) == (first["ref"], None)


def test_cases_are_searched_and_limited(national: TestClient) -> None:
    first = opened(national, subject="ถมดินปิดทางน้ำ", category="land")
    second = opened(national, province_code="10")

    def refs(**query: str) -> list[str]:
        items = national.get("/api/v1/cases", params=query).json()["items"]
        assert all(set(item) >= CASE_FIELDS for item in items)
        return [item["ref"] for item in items]

    assert refs() == [second, first]
    assert refs(q="ปิดทาง") == [first]
    assert refs(q=second) == [second]
    assert refs(category="land") == [first]
    assert refs(province_code="10", channel="web_province") == [second]
    assert refs(q="ไม่มี") == []


def test_who_brought_a_case_is_in_no_list(national: TestClient) -> None:
    opened(national, complainant_name="สมศรี มีสุข", complainant_phone="0812345678")

    cases = national.get("/api/v1/cases").text

    assert "สมศรี" not in cases
    assert "812345678" not in cases


def test_a_note_joins_the_history(national: TestClient) -> None:
    ref = opened(national)

    answer = national.post(f"/api/v1/cases/{ref}/events", json={"note": " ตรวจแล้ว "})

    assert answer.status_code == 201
    page = national.get(f"/api/v1/cases/{ref}/events").json()
    assert [(one["kind"], one["note"]) for one in page["items"]] == [
        ("received", ""),
        ("note", "ตรวจแล้ว"),
    ]
    assert page["next"] is None
    assert page["items"][1] == answer.json()


def test_a_history_is_paged(national: TestClient) -> None:
    ref = opened(national)
    for number in range(3):
        national.post(f"/api/v1/cases/{ref}/events", json={"note": str(number)})

    first = national.get(f"/api/v1/cases/{ref}/events?limit=3").json()
    second = national.get(f"/api/v1/cases/{ref}/events?limit=3&cursor={first['next']}").json()

    assert [one["note"] for one in first["items"] + second["items"]] == ["", "0", "1", "2"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"note": " "},
        {"note": "a\0"},
        {"kind": "closed", "note": "x"},
        {"note": "x", "by": "me"},
        [],
    ],
)
def test_a_note_that_is_none_is_refused(national: TestClient, body: Any) -> None:
    assert national.post(f"/api/v1/cases/{opened(national)}/events", json=body).status_code == 422


@pytest.mark.parametrize("path", ["/cases/690000012", "/cases/690000012/events", "/calls/999"])
def test_what_is_not_there_is_not_found(national: TestClient, path: str) -> None:
    answer = national.get(f"/api/v1{path}")

    assert answer.status_code == 404
    assert answer.json()["title"] == "Not Found"


def test_callbacks_and_queues_are_lists(national: TestClient, database: Database) -> None:
    call = waiting_call(database)
    with database.transaction() as session:
        request_callback(
            session, session.merge(call), kind=CallbackKind.CALLBACK, number="+6653211234", at=now()
        )
    waiting_call(database, "1.2", province="10")

    [wish] = national.get("/api/v1/callbacks").json()["items"]
    queues = national.get("/api/v1/queues").json()

    assert (wish["number"], wish["state"], wish["centre_code"]) == ("+6653211234", "open", "50")
    assert {queue["queue"] for queue in queues["items"]} == {"p10", "p50"}
    assert queues["next"] is None


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Basic x", "Bearer ", "Bearer ก".encode()]
)
def test_a_program_without_a_living_token_is_turned_away(client: TestClient, header: Any) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = client.get("/api/v1/calls", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "damrong token create" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_revoked_token_opens_nothing(national: TestClient, database: Database) -> None:
    with database.transaction() as session:
        revoke_token(session, "national_officer-00", at=now())

    assert national.get("/api/v1/calls").status_code == 401


def test_the_cookie_of_a_person_opens_nothing_in_the_api(agent: Visitor) -> None:
    assert agent.get("/api/v1/calls").status_code == 401


def test_a_program_of_one_centre_sees_that_centre(program: Program, database: Database) -> None:
    waiting_call(database, "1.1", province="50")
    call = waiting_call(database, "1.2", province="10")
    local = program(Role.AGENT, "50")
    ref = opened(local, province_code="10")

    assert [item["province_code"] for item in local.get("/api/v1/calls").json()["items"]] == ["50"]
    assert local.get(f"/api/v1/calls/{call.id}").status_code == 403
    assert local.get(f"/api/v1/cases/{ref}").status_code == 403
    assert local.get("/api/v1/queues").status_code == 403
    assert local.get("/api/v1/cases").json()["items"] == []


def test_the_description_names_every_error_as_problem_details(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()

    assert {path.removeprefix("/api/v1") for path in document["paths"]} == {
        "/rota/now", "/rota/schedule", "/rota/rotas", "/rota/rotas/{rota_id}/duties",
        "/calls", "/calls/{call_id}", "/callbacks", "/queues",
        "/cases", "/cases.csv", "/cases.xlsx", "/cases/{ref}", "/cases/{ref}/events",
        "/cases/{ref}/steps", "/cases/{ref}/checklist", "/cases/{ref}/document.pdf",
        "/cases/{ref}/merge", "/cases/{ref}/unmerge", "/cases/{ref}/identity", "/cases/{ref}/pin",
        "/cases/{ref}/complainant",
        "/cases/{ref}/attachments", "/cases/{ref}/attachments/{attachment_id}",
        "/cases/{ref}/referrals", "/referrals", "/referrals/{referral_id}",
        "/referrals/{referral_id}/steps", "/webhooks", "/webhooks/{webhook_id}",
        "/agencies", "/categories", "/channels", "/natures", "/service-types", "/work", "/statistics",
        "/certificates", "/certificates/{certificate_id}/revoke", "/channels/gaps",
        "/channels/officers", "/channels/officers/{appointment_id}/days",
        "/channels/{channel}/officers", "/rota/absences", "/rota/absences/{absence_id}/decision",
        "/rota/cover", "/rota/holidays", "/rota/rules", "/rota/shift-types", "/rota/sick-calls",
        "/rota/stand-ins", "/rota/swaps", "/rota/swaps/{swap_id}/steps", "/rota/terms",
        "/rota/wishes", "/rota/wishes/{wish_id}",
        "/training/courses", "/training/practice-calls",
        "/training/practice-calls/{practice_id}/sign-off", "/training/sessions",
        "/training/sessions/{session_id}/results",
    }  # fmt: skip
    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"401", "403", "404", "422", "503"} <= set(operation["responses"])
            assert operation["security"] == [{"HTTPBearer": []}]
            for status, answer in operation["responses"].items():
                if status >= "4":
                    assert set(answer["content"]) == {"application/problem+json"}
