"""Whatever goes wrong, as an answer: a page in the reader's language, or RFC 9457 problem details for programs.

Neither ever holds what was sent, a trace, or a message of the database.
"""

import logging
import traceback
from http import HTTPStatus
from typing import Final

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from agent_console.i18n import N_, gettext
from agent_console.rendering import render

PROBLEM_JSON: Final = "application/problem+json"
API: Final = "/api/"
API_V1: Final = "/api/v1"

EXPLANATIONS: Final = {
    400: N_("The request could not be understood. Go back and try again."),
    401: N_("You are signed out. Please sign in again."),
    403: N_("Your role or your centre does not allow this. Ask your supervisor if you need it."),
    404: N_("There is nothing at this address. It may have been moved or typed wrongly."),
    405: N_("This address does not take that kind of request."),
    409: N_(
        "Somebody changed this at the same moment. Load the page again and repeat your change."
    ),
    413: N_("What was sent is too large."),
    422: N_("Some of what was sent is not right."),
    429: N_("Too many tries. Please wait a few minutes."),
    500: N_("Something broke here. It has been written down; please try again."),
    503: N_(
        "The database cannot be reached just now. Calls still come in, and what you type is kept in "
        "this browser. Wait a moment and try again; if it stays like this, tell your administrator."
    ),
}
FORGED: Final = N_("This page is older than your sign-in. Load it again and repeat what you did.")

NOT_A_FORM: Final = "Send the file as a form, with `Content-Type: multipart/form-data`."
NOT_POSSIBLE: Final = "This step is not possible now; `possible` says which are."
NOT_JSON: Final = "The body is not JSON."
TO_PROGRAMS: Final = {
    400: "The request could not be understood.",
    401: "Send a token that `damrong token create` made, as `Authorization: Bearer …`.",
    403: "The role or the centre of this token does not allow it.",
    404: "There is no such thing.",
    409: "Changed by another request at the same moment: send it again.",
    412: "The case was changed since you read it: read it again.",
    415: "Send JSON, with the header `Content-Type: application/json`.",
    422: "Some of what was sent is not right; `errors` says what.",
    503: "The database cannot be reached just now: try again in some seconds.",
}
"""What a developer needs to know, who reads English; the rest is as on the pages."""

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """One field that is not right."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldProblem] = Field(default_factory=list)
    possible: list[str] | None = None
    """The steps that are possible instead."""


def problem_response(
    scope: Scope,
    status: int,
    *,
    detail: str | None = None,
    headers: dict[str, str] | None = None,
    errors: list[FieldProblem] | None = None,
    possible: list[str] | None = None,
) -> Response:
    """The answer to a request that failed, in the form that its sender reads."""
    if not reads_json(scope):
        return _page(scope, status, detail, headers)
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or _explain(scope, status),
        errors=errors or [],
        possible=possible,
    )
    told = problem.model_dump(exclude_none=True)
    return JSONResponse(told, status, headers=headers, media_type=PROBLEM_JSON)


def _explain(scope: Scope, status: int) -> str:
    explanation = EXPLANATIONS.get(status, "")
    if str(scope["path"]).startswith(API):
        return TO_PROGRAMS.get(status) or explanation
    # The console's own scripts read JSON too, and show it to people.
    return gettext(explanation) if explanation else ""


def unexpected(scope: Scope, error: Exception) -> Response:
    """An error that nobody foresaw."""
    log.error("%s %s failed: %s", scope["method"], route_of(scope), describe(error))
    return problem_response(scope, 500)


def route_of(scope: Scope) -> str:
    """The route's address with names for its parts: /cases/{ref}. The address itself belongs in no log.

    A router inside another does not know the outer one's prefix.
    """
    template = str(getattr(scope.get("route"), "path", "other"))
    inner = template.startswith("/") and not template.startswith(API)
    return API_V1 + template if inner and scope["path"].startswith(API) else template


def too_large(scope: Scope) -> Response:
    return problem_response(scope, 413)


def describe(error: BaseException) -> str:
    """Where it broke. Messages of errors may quote what a caller said, so only the class and the places are kept."""
    places = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in _frames(error)]
    cause = f" <- {describe(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__} in {' < '.join(places)}{cause}"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(reversed(traceback.extract_tb(error.__traceback__)))[:6]


def reads_json(scope: Scope) -> bool:
    if str(scope["path"]).startswith(API):
        return True
    accepts = Headers(scope=scope).get("accept", "")
    return "application/json" in accepts and "text/html" not in accepts


def _page(
    scope: Scope, status: int, detail: str | None, headers: dict[str, str] | None
) -> Response:
    explanation = detail or EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    return render(
        Request(scope),
        "error.html",
        status=status,
        headers=headers,
        code=status,
        explanation=gettext(explanation),
    )
