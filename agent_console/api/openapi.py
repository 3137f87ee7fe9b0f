"""The API's description, at /api/v1/openapi.json."""

from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from agent_console.problems import PROBLEM_JSON

ADDRESS: Final = "/api/v1/openapi.json"
DESCRIPTION: Final = """
Calls, cases and the rota of the 1567 line. Lists are paged: pass `next` of one page as `cursor` of the next.
Times are ISO 8601 with a zone. Errors are problem details (RFC 9457).
A step that is not possible now is answered with 409 and `possible`: what is. Every change of a case raises its
`version`: send it as `If-Match: "7"`, and a change of what you have not read is refused with 412.
Province codes are the two digits of Thailand's Ministry of Interior; `00` is the national centre.
""".strip()


def install(app: FastAPI) -> None:
    """Serves the description."""

    @cache
    def description() -> dict[str, Any]:
        document = get_openapi(
            title="Damrong",
            version="1",
            description=DESCRIPTION,
            routes=app.routes,
        )
        _name_problem_details(document)
        return document

    @app.get(ADDRESS, include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(description())

    app.openapi = description  # type: ignore[method-assign]


def _name_problem_details(document: dict[str, Any]) -> None:
    """FastAPI describes errors by the media type of the right answer; ours have one of their own."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status >= "4" and answer.get("content"):
                    [described] = answer["content"].values()
                    answer["content"] = {PROBLEM_JSON: described}
