"""Cases and their history."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import IfMatch, Ref, case_of
from agent_console.api.case_changes import CaseChanges
from agent_console.api.case_filter import Filter
from agent_console.api.case_schemas import CaseDetail, CaseEventItem, CaseItem, OpenedCase
from agent_console.api.paging import Paging, items_of
from agent_console.api.schemas import ListOf
from agent_console.api.texts import NewNote
from agent_console.dependencies import ConsoleDep, Reader, Store
from agent_console.first_pin import first_pin
from agent_console.paging import page_of
from agent_console.saving import save_once
from case_store.cases.correcting import correct
from case_store.cases.find_cases import list_cases
from case_store.cases.find_referrals import history_for
from case_store.cases.history import add_note
from case_store.cases.intake import NewCase, UnknownWord, open_case
from case_store.clock import now
from case_store.people.permissions import Actor

router = APIRouter(tags=["cases"])
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="A request repeated with the same key opens no second case.",
    ),
]


@router.get("/cases", summary="Cases; `q` searches")
def get_cases(chosen: Filter, program: Program, store: Reader, paging: Paging) -> ListOf[CaseItem]:
    found = list_cases(
        store, chosen.wanted, by=program, limit=paging.limit, cursor=paging.cursor, at=now()
    )
    return ListOf(items=[CaseItem.model_validate(one) for one in found.items], next=found.next)


@router.post("/cases", status_code=201, summary="Open a case")
def post_case(
    new: NewCase, program: Program, console: ConsoleDep, idempotency_key: IdempotencyKey = None
) -> OpenedCase:
    key = _intake_key(program, idempotency_key)

    def work(store: Session) -> OpenedCase:
        at = now()
        case = open_case(store, new, by=program, at=at, intake_key=key)
        detail = CaseDetail.of(store, case, program, at=at)
        return OpenedCase(**detail.model_dump(), pin=first_pin(store, case, program) or None)

    try:
        return save_once(console.database, work)
    except UnknownWord as error:
        raise _not_in_list(error) from error


@router.get("/cases/{ref}", summary="One case with its history")
def get_case(ref: Ref, program: Program, store: Reader, response: Response) -> CaseDetail:
    detail = CaseDetail.of(store, case_of(store, program, ref), program, at=now())
    response.headers["ETag"] = f'"{detail.version}"'
    return detail


@router.patch("/cases/{ref}", summary="Correct facts of a case")
def patch_case(
    ref: Ref, changes: CaseChanges, program: Program, store: Store, version: IfMatch
) -> CaseDetail:
    case, at = case_of(store, program, ref, version), now()
    try:
        correct(store, case, changes.sent, by=program, at=at, reason=changes.reason)
    except UnknownWord as error:
        raise _not_in_list(error) from error
    except ValidationError as error:
        raise _not_right(error) from error
    store.flush()
    return CaseDetail.of(store, case, program, at=at)


@router.get("/cases/{ref}/events", summary="A case's history, oldest first")
def get_case_events(
    ref: Ref, program: Program, store: Reader, paging: Paging
) -> ListOf[CaseEventItem]:
    after = paging.after or 0
    history = history_for(case_of(store, program, ref), program)
    events = [event for event in history if event.id > after]
    return items_of(page_of(events[: paging.limit + 1], paging.limit), CaseEventItem.of)


@router.post("/cases/{ref}/events", status_code=201, summary="Add to a case's history")
def post_case_event(ref: Ref, new: NewNote, program: Program, store: Store) -> CaseEventItem:
    event = add_note(store, case_of(store, program, ref), new.note, by=program, at=now())
    return CaseEventItem.of(event)


def _intake_key(program: Actor, sent: str | None) -> str | None:
    """Keys of two programs never meet, and a key may be longer than our column."""
    if sent is None:
        return None
    return "api-" + hashlib.sha256(f"{program.name}\n{sent}".encode()).hexdigest()


def _not_in_list(error: UnknownWord) -> RequestValidationError:
    what = {"type": "unknown_code", "loc": ("body", error.field), "msg": "is not in the list"}
    return RequestValidationError([what])


def _not_right(error: ValidationError) -> RequestValidationError:
    """What the domain found wrong, told as if the body's own model had."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found])
