"""Cases: the list with its search, and the page of one case with its history."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import CurrentUser, Reader, SignedIn, Store
from agent_console.forms import FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.paging import decode, page_of
from case_store.calls.find_calls import get_call
from case_store.cases.find_cases import CaseFilter, find_case, list_cases
from case_store.cases.history import add_note, link_call
from case_store.cases.models import Case
from case_store.cases.word_models import Category, Channel
from case_store.cases.words import active_words
from case_store.clock import now
from case_store.identity.complainants import shown_to
from case_store.people.staff import display_names
from case_store.places.provinces import provinces

router = APIRouter(include_in_schema=False, prefix="/cases")
PAGE = 40
LONGEST_NOTE = 10_000
Ref = Annotated[str, Path(pattern=r"^[0-9]{9,12}$")]
Code = Annotated[str, Query(max_length=32)]


@dataclass(frozen=True)
class Wanted:
    """The list's filters, from the address; the words of a search come by POST and stay out of it."""

    province_code: Code = ""
    category: Code = ""
    channel: Code = ""
    q: Annotated[str, Query(max_length=200)] = ""
    cursor: str = ""

    def filter(self) -> CaseFilter:
        return CaseFilter(
            q=self.q,
            province_code=self.province_code or None,
            category=self.category or None,
            channel=self.channel or None,
        )


@router.get("")
def case_list(frame: Frame, store: Reader, wanted: Annotated[Wanted, Depends()]) -> Response:
    return _list(frame, store, wanted)


@router.post("/search")
def case_search(frame: Frame, store: Reader, fields: FormFields) -> Response:
    """The same list. What is searched for may be a name or a number, and must not stand in an address."""
    names = ("province_code", "category", "channel", "q", "cursor")
    return _list(frame, store, Wanted(**{name: fields.get(name, "")[:200] for name in names}))


@router.get("/{ref}")
def case_page(ref: Ref, frame: Frame, store: Reader, saved: int = 0) -> Response:
    case = _case(store, frame.reader, ref)
    return _case_page(frame, store, case, saved=bool(saved))


@router.post("/{ref}/notes")
def add_case_note(ref: Ref, frame: Frame, store: Store, fields: FormFields) -> Response:
    case = _case(store, frame.reader, ref)
    note = fields.get("note", "").strip()
    if problem := _problem_of(note):
        return _case_page(frame, store, case, status=422, problem=problem, note=note)
    add_note(store, case, note, by=frame.reader.actor, at=now())
    return RedirectResponse(f"/cases/{case.ref}", 303)


@router.post("/{ref}/calls")
def link_case_call(ref: Ref, reader: CurrentUser, store: Store, fields: FormFields) -> Response:
    """Says that a call was about this case."""
    case = _case(store, reader, ref)
    call_id = fields.get("call_id", "")
    call = get_call(store, int(call_id), by=reader.actor) if _is_id(call_id) else None
    if call is None:
        raise HTTPException(404)
    link_call(store, case, call, by=reader.actor, at=now())
    return RedirectResponse(f"/cases/{case.ref}", 303)


def _list(frame: PageFrame, store: Session, wanted: Wanted) -> Response:
    rows = list_cases(
        store, wanted.filter(), by=frame.reader.actor, limit=PAGE + 1, before=decode(wanted.cursor)
    )
    return frame.page(
        "cases/list.html",
        cases=page_of(rows, PAGE),
        wanted=wanted,
        categories=active_words(store, Category),
        channels=active_words(store, Channel),
        provinces=provinces(),
    )


def _case_page(
    frame: PageFrame,
    store: Session,
    case: Case,
    *,
    saved: bool = False,
    status: int = 200,
    problem: str = "",
    note: str = "",
) -> Response:
    names = display_names(store, {event.by for event in case.events})
    errors = {"note": problem}
    return frame.page(
        "cases/case.html",
        status=status,
        case=case,
        complainant=shown_to(store, case, frame.reader.actor),
        names=names,
        saved=saved,
        errors=errors,
        note=note,
    )


def _case(store: Session, reader: SignedIn, ref: str) -> Case:
    case = find_case(store, ref, by=reader.actor)
    if case is None:
        raise HTTPException(404)
    return case


def _problem_of(note: str) -> str:
    if not note:
        return gettext("Please write the note first.")
    if len(note) > LONGEST_NOTE:
        return gettext("This is too long: at most %(most)s letters.", most=LONGEST_NOTE)
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in note):
        return gettext("There is a sign in it that cannot be kept. Please type it again.")
    return ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
