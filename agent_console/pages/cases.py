"""The page of one case: reading it, writing notes, linking calls, opening a protected identity, printing."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.case_page import act, case_of, case_page, refused
from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import FormFields
from agent_console.frame import Frame
from agent_console.i18n import language
from agent_console.taking_steps import keepable
from case_store.calls.find_calls import get_call
from case_store.cases.complete import NotComplete
from case_store.cases.history import add_note, link_call
from case_store.cases.models import Case
from case_store.cases.revealing import reveal_identity
from case_store.clock import now
from case_store.exchange.case_pdf import case_pdf
from case_store.people.models import Role
from case_store.people.permissions import Action
from case_store.tracking.pins import NobodyToTell, reissue_pin

router = APIRouter(include_in_schema=False, prefix="/cases")
Ref = Annotated[str, Path(pattern=r"^[0-9]{9,12}$")]


@router.get("/{ref}")
def show_case(
    ref: Ref,
    frame: Frame,
    store: Reader,
    saved: int = 0,
    done: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    case = case_of(store, frame.reader, ref)
    if frame.reader.actor.role is Role.AGENCY_OFFICER:
        return _own_referral(case, frame.reader.actor.agency_id)
    return case_page(frame, store, case, saved=bool(saved), done=done)


@router.post("/{ref}/notes")
def add_case_note(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    def work(store: Session, case: Case) -> None:
        note = keepable(fields.get("note", ""), "note")
        add_note(store, case, note, by=frame.reader.actor, at=now())

    return act(frame, ref, "act-note", fields, work, needs=Action.NOTE_CASES)


@router.post("/{ref}/calls")
def link_case_call(ref: Ref, reader: CurrentUser, store: Store, fields: FormFields) -> Response:
    """Says that a call was about this case."""
    case = case_of(store, reader, ref)
    call_id = fields.get("call_id", "")
    call = get_call(store, int(call_id), by=reader.actor) if _is_id(call_id) else None
    if call is None:
        raise HTTPException(404)
    link_call(store, case, call, by=reader.actor, at=now())
    return RedirectResponse(f"/cases/{case.ref}?done=act-call", 303)


@router.post("/{ref}/identity")
def open_protected_identity(ref: Ref, frame: Frame, store: Store, fields: FormFields) -> Response:
    """Shows who complains, this once, for a reason that stays on record."""
    case = case_of(store, frame.reader, ref)
    try:
        reason = keepable(fields.get("reveal_reason", ""), "reveal_reason")
        identity = reveal_identity(store, case, reason, by=frame.reader.actor, at=now())
    except NotComplete:
        tried, status = refused("reveal", fields, NotComplete("reveal_reason"))
        return case_page(frame, store, case, tried=tried, status=status)
    store.flush()
    return case_page(frame, store, case, revealed=identity)


@router.post("/{ref}/pin")
def give_new_pin(ref: Ref, frame: Frame, store: Store) -> Response:
    """A new PIN for a complainant who lost theirs; it is shown this once."""
    case = case_of(store, frame.reader, ref)
    try:
        pin = reissue_pin(store, case, by=frame.reader.actor, at=now())
    except NobodyToTell as error:
        raise HTTPException(409) from error
    return case_page(frame, store, case, pin=pin)


@router.get("/{ref}/pdf")
def print_case(ref: Ref, frame: Frame, store: Store) -> Response:
    """The case as a document in the official style."""
    case = case_of(store, frame.reader, ref)
    pdf = case_pdf(store, case, by=frame.reader.actor, at=now(), language=language())
    name = {"Content-Disposition": f'inline; filename="case-{case.ref}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=name)


def _own_referral(case: Case, agency_id: int | None) -> Response:
    """An agency sees its referral, not the centre's page."""
    theirs = [one for one in case.referrals if one.agency_id == agency_id and one.is_theirs]
    return RedirectResponse(f"/agency/referrals/{theirs[-1].id}", 303)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
