"""Which answer each error gets. Handlers raise what the domain raises; here it becomes a status."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from agent_console.csrf import Forged
from agent_console.dependencies import SignedOut
from agent_console.i18n import gettext
from agent_console.middleware import FILES
from agent_console.paging import BadCursor
from agent_console.problems import (
    FORGED,
    NOT_A_FORM,
    NOT_JSON,
    NOT_POSSIBLE,
    TO_PROGRAMS,
    FieldProblem,
    describe,
    problem_response,
    reads_json,
)
from agent_console.ready_words import not_your_turn, refusal
from agent_console.recordings import NOT_WRITTEN, HearingNotWritten
from agent_console.safe_paths import safe_path, with_query
from case_store.calls.callbacks import CallbackTaken
from case_store.cases.complete import NotComplete
from case_store.cases.drafts import DraftTooLarge
from case_store.cases.intake import SavedMeanwhile
from case_store.cases.lifecycle import ChangedMeanwhile, IllegalStep
from case_store.cases.merging import CannotMerge
from case_store.cases.referrals import CannotRefer
from case_store.exchange.paper import FontMissing
from case_store.outbox.webhooks import BadWebhook
from case_store.people.permissions import NotAllowed
from case_store.rotation.channels.appointments import BadAppointment
from case_store.rotation.rota.editing import BadChange, RotaChanged, RotaLocked, RuleBroken
from case_store.rotation.rota.sick import BadSickCall
from case_store.rotation.rota.swaps import BadSwap, SwapOver
from case_store.rotation.rota.terms import BadTerms
from case_store.rotation.rota.wishes import BadWish
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.today.last_one import LastOne
from case_store.rotation.training.gate import NotCertified
from case_store.rotation.training.keeping import BadTraining
from case_store.settings import MissingSecret
from case_store.storage.errors import NotStorable, Refusal
from case_store.tracking.pins import NobodyToTell

STATUS_OF = {
    NotAllowed: 403,
    DraftTooLarge: 413,
    SavedMeanwhile: 409,
    StaleDataError: 409,
    CallbackTaken: 409,
    LastOne: 409,
    NobodyToTell: 409,
    ChangedMeanwhile: 412,
    RotaLocked: 409,
    RotaChanged: 409,
    SwapOver: 409,
}
NAMES_ITS_FIELD = (
    NotComplete,
    CannotRefer,
    CannotMerge,
    BadWebhook,
    BadAppointment,
    BadChange,
    BadSickCall,
    BadSwap,
    BadTerms,
    BadTraining,
    BadWish,
)
STATUS_OF_REFUSAL = {
    Refusal.TOO_BIG: 413,
    Refusal.TOO_MANY: 409,
    Refusal.HELD: 409,
    Refusal.DISK_FULL: 503,
}
"""The other files are themselves not right: 422."""
DATABASE_IS_AWAY = (OperationalError, InterfaceError, PoolExhausted)

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Registers all of them."""
    for error in STATUS_OF:
        app.add_exception_handler(error, _by_class)
    for error in DATABASE_IS_AWAY:
        app.add_exception_handler(error, _database_away)
    for error in NAMES_ITS_FIELD:
        app.add_exception_handler(error, _field_not_right)
    app.add_exception_handler(HearingNotWritten, _hearing_not_written)
    app.add_exception_handler(IllegalStep, _not_possible)
    app.add_exception_handler(NotCertified, _not_certified)
    app.add_exception_handler(RuleBroken, _rule_broken)
    app.add_exception_handler(NotOnShift, _not_on_shift)
    app.add_exception_handler(NotStorable, _not_storable)
    app.add_exception_handler(BadCursor, _bad_cursor)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(SignedOut, _signed_out)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(MissingSecret, _not_set_up)
    app.add_exception_handler(FontMissing, _not_set_up)


def _by_class(request: Request, error: Exception) -> Response:
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    return problem_response(request.scope, status)


def _database_away(request: Request, error: Exception) -> Response:
    log.error("the database cannot be used: %s", describe(error))
    return problem_response(request.scope, 503, headers={"Retry-After": "5"})


def _hearing_not_written(request: Request, error: Exception) -> Response:
    log.error("a hearing is not in the audit trail, and no sound was given: %s", describe(error))
    return problem_response(request.scope, 503, detail=gettext(NOT_WRITTEN))


def _not_set_up(request: Request, error: Exception) -> Response:
    log.error("the installation is not whole: %s", error)  # names a file, nothing of a person
    return problem_response(request.scope, 503)


def _field_not_right(request: Request, error: Exception) -> Response:
    problem = FieldProblem(field=str(vars(error)["field"]), message="is missing or not right")
    return problem_response(request.scope, 422, errors=[problem])


def _not_possible(request: Request, error: Exception) -> Response:
    assert isinstance(error, IllegalStep)  # noqa: S101 (registered for this class)
    possible = [str(step) for step in error.possible]
    detail = NOT_POSSIBLE if reads_json(request.scope) else None
    return problem_response(request.scope, 409, detail=detail, possible=possible)


def _not_certified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotCertified)  # noqa: S101 (registered for this class)
    return problem_response(request.scope, 409, detail=refusal(error))


def _not_on_shift(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotOnShift)  # noqa: S101 (registered for this class)
    return problem_response(request.scope, 409, detail=not_your_turn(error))


def _rule_broken(request: Request, error: Exception) -> Response:
    """Pages say it in words beside the form; to programs each rule is named with its day."""
    assert isinstance(error, RuleBroken)  # noqa: S101 (registered for this class)
    errors = [
        FieldProblem(field=one.rule.value, message=f"would be broken on {one.day.isoformat()}")
        for one in error.breaches
    ]
    return problem_response(request.scope, 422, errors=errors)


def _not_storable(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotStorable)  # noqa: S101 (registered for this class)
    status = STATUS_OF_REFUSAL.get(error.reason, 422)
    problem = FieldProblem(field="file", message=str(error.reason))
    return problem_response(request.scope, status, errors=[problem])


def _bad_cursor(request: Request, _error: Exception) -> Response:
    problem = FieldProblem(field="cursor", message="is not the `next` of a page")
    return problem_response(request.scope, 422, errors=[problem])


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class)
    headers = dict(error.headers) if error.headers else None
    return problem_response(request.scope, error.status_code, headers=headers)


def _invalid(request: Request, error: Exception) -> Response:
    """Says which field is not right and why, and never repeats what was in it."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return problem_response(request.scope, 400, detail=NOT_JSON)
    if reads_json(request.scope) and (wanted := _other_media_type(request)):
        return problem_response(request.scope, 415, detail=wanted)
    errors = [
        FieldProblem(field=".".join(map(str, one["loc"][1:])), message=str(one["msg"]))
        for one in error.errors()
    ]
    return problem_response(request.scope, 422, errors=errors)


def _other_media_type(request: Request) -> str | None:
    """What a program is to send instead; None when the body is of the right kind, or there is to be none."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method not in {"POST", "PUT", "PATCH"}:
        return None
    if request.url.path.endswith(FILES):
        return None if media_type == "multipart/form-data" else NOT_A_FORM
    is_json = media_type.startswith("application/") and media_type.endswith("json")
    return None if is_json else TO_PROGRAMS[415]


def _forged(request: Request, _error: Exception) -> Response:
    return problem_response(request.scope, 403, detail=FORGED)


def _signed_out(request: Request, _error: Exception) -> Response:
    """A page leads to the sign-in form and back; scripts and htmx say that one is signed out."""
    if request.method != "GET" or reads_json(request.scope) or "HX-Request" in request.headers:
        return problem_response(request.scope, 401)
    # The query stays behind: it may hold what somebody searched for.
    return RedirectResponse(with_query("/sign-in", next=safe_path(request.url.path)), 303)
