"""Requests about personal data and breaches, with the law's clocks; and the record of processing, to be printed."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext, language
from agent_console.paging import decode, page_of
from case_store.cases.complete import NotComplete
from case_store.clock import now
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import display_names
from case_store.places.provinces import Province, centres
from case_store.privacy.models import PrivacyRequest, RequestKind
from case_store.privacy.processing import LAW, TITLE, record_of_processing
from case_store.privacy.requests import (
    AlreadyDecided,
    act_by,
    finish,
    grant,
    is_late,
    list_requests,
    receive,
    refuse,
)
from case_store.privacy.retention import CannotErase

router = APIRouter(include_in_schema=False, prefix="/office")
RequestId = Annotated[int, Path(ge=1, lt=10**18)]
PAGE: Final = 30
MOST_OPEN: Final = 200
_RECEIVING: Final = {
    "kind": N_("Please choose one from the list."),
    "centre_code": N_("Please choose one from the list."),
    "summary": N_("Please write what is asked, or what happened."),
    "case_ref": N_("There is no such case. Please check the case number."),
}
_DECIDING: Final = {
    "reason": N_("Please write the reason: the person is told it, and the record keeps it."),
    "case_ref": N_(
        "An erasure needs a case from which nobody was erased yet. Refuse it if there is none."
    ),
    "erasure": N_(
        "The case is not erased yet: the erasure waits for its approval, or for the night."
    ),
    "hold": N_("A legal hold lasts on this case: end it first."),
    "case": N_("The case has not ended. It can be erased when it has."),
    "decided": N_("Somebody decided this already."),
    "same_person": N_("You proposed this yourself: somebody else has to approve it."),
}


@router.get("/privacy")
def privacy_page(frame: Frame, store: Reader) -> Response:
    return _page(frame, store)


@router.get("/privacy/all")
def all_requests(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    rows = list_requests(
        store,
        by=frame.reader.actor,
        open_only=False,
        limit=PAGE + 1,
        before=decode(cursor),
    )
    page = page_of(rows, PAGE)
    people = {name for one in page.items for name in (one.made_by, one.decided_by) if name}
    names = display_names(store, people)
    return frame.page("office/privacy_all.html", page=page, cursor=cursor or "", names=names)


@router.post("/privacy")
def write_down(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    require(actor, Action.HANDLE_PRIVACY)
    try:
        kind = _kind(plain(fields, "kind"))
        receive(
            store,
            kind,
            plain(fields, "centre_code") or actor.centre_code,
            plain(fields, "summary"),
            by=actor,
            at=now(),
            case_ref=plain(fields, "case_ref") or None,
        )
    except NotComplete as problem:
        errors = {problem.field: gettext(_RECEIVING[problem.field])}
        return _page(frame, store, typed=fields, errors=errors)
    return RedirectResponse("/office/privacy", 303)


@router.post("/privacy/{request_id}/decide")
def decide(request_id: RequestId, frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    require(actor, Action.HANDLE_PRIVACY)
    request = store.get(PrivacyRequest, request_id)
    if request is None:
        raise HTTPException(404)
    try:
        _decide(store, request, fields, by=actor)
    except (NotComplete, CannotErase, AlreadyDecided) as problem:
        why = problem.field if isinstance(problem, NotComplete) else "decided"
        why = problem.why if isinstance(problem, CannotErase) else why
        return _page(frame, store, typed=fields, wrong={request_id: gettext(_DECIDING[why])})
    return RedirectResponse("/office/privacy", 303)


@router.get("/processing")
def processing_page(frame: Frame, reader: CurrentUser) -> Response:
    require(reader.actor, Action.HANDLE_PRIVACY)
    return frame.page(
        "office/processing.html",
        title=TITLE.of(language()),
        law=LAW.of(language()),
        sections=record_of_processing(),
        sources=_sources(reader.actor),
    )


def _sources(actor: Actor) -> dict[str, str]:
    """Where the record's current figures stand, for those who may open that page."""
    sources = {"requests": "/office/privacy/all"}
    if may(actor, Action.MANAGE_WORDS):
        sources["policies"] = "/office/policies"
    return sources


def _decide(store: Session, request: PrivacyRequest, fields: Fields, *, by: Actor) -> None:
    reason = plain(fields, "reason")
    match fields.get("decision"):
        case "grant":
            grant(store, request, by=by, at=now(), reason=reason)
        case "refuse":
            refuse(store, request, reason, by=by, at=now())
        case "finish":
            finish(store, request, by=by, at=now())
        case _:
            raise HTTPException(422)


def _kind(typed: str) -> RequestKind:
    if typed not in set(RequestKind):
        raise NotComplete("kind")
    return RequestKind(typed)


def _choices(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.HANDLE_PRIVACY, one.code)]


def _page(
    frame: PageFrame,
    store: Session,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    wrong: dict[int, str] | None = None,
) -> Response:
    actor, at = frame.reader.actor, now()
    requests = list_requests(store, by=actor, limit=MOST_OPEN)
    return frame.page(
        "office/privacy.html",
        status=422 if errors or wrong else 200,
        requests=requests,
        act_by=act_by,
        late={one.id for one in requests if is_late(one, at)},
        names=display_names(store, {one.made_by for one in requests}),
        centres=_choices(actor),
        typed=typed or {"centre_code": actor.centre_code},
        errors=errors or {},
        wrong=wrong or {},
    )
