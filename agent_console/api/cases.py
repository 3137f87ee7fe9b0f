"""Cases and their history."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Path, Query
from fastapi.exceptions import RequestValidationError
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.paging import Paging, items_of
from agent_console.api.schemas import CaseDetail, CaseEventItem, CaseItem, ListOf, NewNote
from agent_console.dependencies import ConsoleDep, Reader, Store
from agent_console.paging import page_of
from agent_console.saving import save_once
from case_store.cases.find_cases import CaseFilter, find_case, list_cases
from case_store.cases.history import add_note
from case_store.cases.intake import NewCase, UnknownWord, open_case
from case_store.cases.models import Case
from case_store.clock import now
from case_store.people.permissions import Actor

router = APIRouter(tags=["cases"])
Ref = Annotated[str, Path(pattern="^[0-9]{9,12}$", description="Digits, with the check digit.")]
Code = Annotated[str | None, Query(pattern="^[a-z0-9_]{1,32}$")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="A request repeated with the same key opens no second case.",
    ),
]


@router.get("/cases", summary="Cases, newest first; `q` searches")
def get_cases(
    program: Program,
    store: Reader,
    paging: Paging,
    q: Annotated[str, Query(max_length=200)] = "",
    province_code: Annotated[str | None, Query(pattern="^[0-9]{2}$")] = None,
    category: Code = None,
    channel: Code = None,
    state: Code = None,
) -> ListOf[CaseItem]:
    wanted = CaseFilter(
        q, province_code=province_code, category=category, channel=channel, state=state
    )
    page = list_cases(store, wanted, by=program, limit=paging.limit, cursor=paging.cursor)
    return ListOf(items=[CaseItem.model_validate(case) for case in page.items], next=page.next)


@router.post("/cases", status_code=201, summary="Open a case")
def post_case(
    new: NewCase, program: Program, console: ConsoleDep, idempotency_key: IdempotencyKey = None
) -> CaseDetail:
    key = _intake_key(program, idempotency_key)

    def work(store: Session) -> CaseDetail:
        return CaseDetail.of(open_case(store, new, by=program, at=now(), intake_key=key))

    try:
        return save_once(console.database, work)
    except UnknownWord as error:
        raise _not_in_list(error) from error


@router.get("/cases/{ref}", summary="One case with its history")
def get_case(ref: Ref, program: Program, store: Reader) -> CaseDetail:
    return CaseDetail.of(_case(store, program, ref))


@router.get("/cases/{ref}/events", summary="A case's history, oldest first")
def get_case_events(
    ref: Ref, program: Program, store: Reader, paging: Paging
) -> ListOf[CaseEventItem]:
    after = paging.after or 0
    events = [event for event in _case(store, program, ref).events if event.id > after]
    return items_of(page_of(events[: paging.limit + 1], paging.limit), CaseEventItem.of)


@router.post("/cases/{ref}/events", status_code=201, summary="Add to a case's history")
def post_case_event(ref: Ref, new: NewNote, program: Program, store: Store) -> CaseEventItem:
    event = add_note(store, _case(store, program, ref), new.note, by=program, at=now())
    return CaseEventItem.of(event)


def _case(store: Session, program: Actor, ref: str) -> Case:
    case = find_case(store, ref, by=program)
    if case is None:
        raise HTTPException(404)
    return case


def _intake_key(program: Actor, sent: str | None) -> str | None:
    """Keys of two programs never meet, and a key may be longer than our column."""
    if sent is None:
        return None
    return "api-" + hashlib.sha256(f"{program.name}\n{sent}".encode()).hexdigest()


def _not_in_list(error: UnknownWord) -> RequestValidationError:
    what = {"type": "unknown_code", "loc": ("body", error.field), "msg": "is not in the list"}
    return RequestValidationError([what])
