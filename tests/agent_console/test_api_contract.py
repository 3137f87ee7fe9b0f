"""Made-up requests against the API's own description: never a 500, never an answer that is not described."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.api_kit import agency, opened, referred, stepped
from tests.agent_console.kit import waiting_call
from tests.case_store.rota import kit

load_all_checks()
pytestmark = pytest.mark.store

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.ignored_auth,
]
Things = dict[str, Callable[[], str]]
Attempt = Callable[[Any, GenerationMode, Things], None]


@pytest.fixture
def client(program: Callable[..., TestClient], database: Database) -> TestClient:
    waiting_call(database)
    agency(database)
    return program()


@pytest.fixture
def described(client: TestClient) -> Any:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app)
    schema.config.update(headers=token_of(client))
    return schema


@pytest.fixture
def attempt(client: TestClient) -> Attempt:
    """Tries an operation some times; what is `there` takes the place of made-up things."""

    def tried(operation: Any, mode: GenerationMode, there: Things) -> None:
        @settings(
            max_examples=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            named = {name: there[name]() for name in case.path_parameters or {} if name in there}
            case.path_parameters = (case.path_parameters or {}) | named
            case.call_and_validate(checks=CHECKS, headers=token_of(client))

        with suppress(Unsatisfiable):  # nothing can be wrong with an operation that takes nothing
            one()

    return tried


@pytest.fixture
def there(client: TestClient, program: Callable[..., TestClient], database: Database) -> Things:
    """What is at the addresses: a made-up one would find nothing, and learn nothing."""

    def attached() -> str:
        address = f"/api/v1/cases/{ref()}/attachments"
        files = {"file": ("a.txt", "สวัสดี".encode())}
        return str(client.post(address, files=files).json()["id"])

    def added() -> str:
        keeper = program(Role.ADMINISTRATOR, "00")
        body = {"name": "x", "url": "https://example.go.th", "events": ["*"]}
        return str(keeper.post("/api/v1/webhooks", json=body).json()["id"])

    first = opened(client)
    stepped(client, first, "begin_screening")
    referral = str(referred(client, first))
    webhook = added()

    def ref() -> str:
        return first

    with database.transaction() as session:
        rota = str(kit.rota(session).id)
        appointment = str(kit.channel_officer(session).id)

    return {
        "ref": ref,
        "referral_id": lambda: referral,
        "attachment_id": attached,
        "webhook_id": lambda: webhook,
        "call_id": lambda: "1",
        "rota_id": lambda: rota,
        "appointment_id": lambda: appointment,
        "channel": lambda: "letter",
    }


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_every_answer_is_as_described(
    described: Any, attempt: Attempt, mode: GenerationMode
) -> None:
    for operation in described.get_all_operations():
        attempt(operation.ok(), mode, {})


def test_every_answer_about_what_is_there_is_as_described(
    described: Any, attempt: Attempt, there: Things
) -> None:
    for operation in described.get_all_operations():
        if "{" in operation.ok().path:
            attempt(operation.ok(), GenerationMode.POSITIVE, there)


def token_of(client: TestClient) -> dict[str, str]:
    return {"Authorization": client.headers["Authorization"]}
