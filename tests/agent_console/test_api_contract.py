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
from tests.agent_console.kit import waiting_call

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


@pytest.fixture
def described(program: Callable[..., TestClient], database: Database) -> Any:
    client = program()
    waiting_call(database)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app)
    schema.config.update(headers={"Authorization": client.headers["Authorization"]})
    return schema


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_every_answer_is_as_described(described: Any, mode: GenerationMode) -> None:
    for operation in described.get_all_operations():
        _try(operation.ok(), mode)


def _try(operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    with suppress(Unsatisfiable):  # nothing can be wrong with an operation that takes nothing
        attempt()
