"""All of the API's addresses, and the errors that each may answer with."""

from typing import Any, Final

from fastapi import APIRouter

from agent_console.api import (
    attachments,
    calls,
    case_steps,
    cases,
    channels,
    documents,
    identity,
    merging,
    on_duty,
    referrals,
    rota,
    rota_changes,
    rota_inputs,
    rota_wishes,
    statistics,
    training,
    webhooks,
    words,
    work,
)
from agent_console.problems import Problem

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem, "description": "The body is not JSON."},
    401: {"model": Problem, "description": "No token, or one that is unknown or revoked."},
    403: {"model": Problem, "description": "The token's role or centre does not allow it."},
    404: {"model": Problem, "description": "There is no such thing."},
    409: {
        "model": Problem,
        "description": "Changed by another request at the same moment; or not possible now: `possible` says what is.",
    },
    412: {"model": Problem, "description": "The case has another version than `If-Match` says."},
    413: {"model": Problem, "description": "The request is too large."},
    415: {"model": Problem, "description": "The body is of another media type."},
    422: {"model": Problem, "description": "A field is not right; `errors` says which and why."},
    503: {"model": Problem, "description": "The database cannot be reached; try again."},
}

router = APIRouter(prefix="/api/v1", responses=ERRORS)
for part in (
    calls, documents, cases, case_steps, referrals, merging, attachments, identity, words, webhooks,
    work, statistics, on_duty, rota, rota_inputs, rota_wishes, rota_changes, training, channels,
):  # fmt: skip
    router.include_router(part.router)
