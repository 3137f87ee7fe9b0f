"""All of the API's addresses, and the errors that each may answer with."""

from typing import Any, Final

from fastapi import APIRouter

from agent_console.api import calls, cases
from agent_console.problems import Problem

ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": Problem, "description": "The body is not JSON."},
    401: {"model": Problem, "description": "No token, or one that is unknown or revoked."},
    403: {"model": Problem, "description": "The token's role or centre does not allow it."},
    404: {"model": Problem, "description": "There is no such thing."},
    409: {"model": Problem, "description": "Changed by another request at the same moment."},
    413: {"model": Problem, "description": "The request is too large."},
    415: {"model": Problem, "description": "The body is not said to be JSON."},
    422: {"model": Problem, "description": "A field is not right; `errors` says which and why."},
    503: {"model": Problem, "description": "The database cannot be reached; try again."},
}

router = APIRouter(prefix="/api/v1", responses=ERRORS)
router.include_router(calls.router)
router.include_router(cases.router)
