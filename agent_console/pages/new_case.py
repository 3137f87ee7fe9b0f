"""Opening a case: the form, and saving it."""

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from agent_console.case_form import CaseForm, blank_form, explain, read_case, unknown_word
from agent_console.dependencies import ConsoleDep, Reader, SignedIn
from agent_console.first_pin import first_pin
from agent_console.forms import Fields, FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.saving import save_once
from agent_console.workspace import DRAFT_KEY, PBX_ID, intake_key, new_case_form
from case_store.calls.find_calls import may_handle
from case_store.calls.models import Call
from case_store.calls.record_call import find_call
from case_store.cases.drafts import drop_draft, find_draft
from case_store.cases.find_cases import find_case
from case_store.cases.intake import NewCase, UnknownWord, open_case
from case_store.cases.models import Case
from case_store.cases.related import link_repeat
from case_store.clock import now
from case_store.people.permissions import Action, require

router = APIRouter(include_in_schema=False)


@router.get("/cases/new")
def new_case_page(frame: Frame, store: Reader, draft: str = "") -> Response:
    require(frame.reader.actor, Action.LOG_CASES)
    kept = find_draft(store, frame.reader.user(store), draft) if draft else None
    form = blank_form(store, kept.key, draft=kept) if kept else new_case_form(store)
    return frame.page("cases/new.html", form=form)


@router.post("/cases")
def save_case(frame: Frame, console: ConsoleDep, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.LOG_CASES)
    try:
        new = read_case(fields)
        case = save_once(console.database, lambda store: _save(store, frame.reader, new, fields))
    except ValidationError as error:
        return form_again(frame, fields, explain(error))
    except UnknownWord as error:
        return form_again(frame, fields, unknown_word(error.field))
    console.metrics.cases.labels(case.channel).inc()
    return _saved(frame, case, fields)


def _save(store: Session, reader: SignedIn, new: NewCase, fields: Fields) -> Case:
    key = draft_key_of(fields)
    case = open_case(
        store,
        new,
        by=reader.actor,
        at=now(),
        call=call_of(store, reader, fields.get("pbx_id", "")),
        intake_key=intake_key(reader.user_id, key) if key else None,
    )
    if parent := _repeated(store, reader, fields):
        link_repeat(store, case, parent, by=reader.actor, at=now())
    if key:
        drop_draft(store, reader.user(store), key)
    return case


def _repeated(store: Session, reader: SignedIn, fields: Fields) -> Case | None:
    """The case that this one is a repeat of, as was chosen among the likely ones."""
    ref = fields.get("repeat_of", "")[:20]
    return find_case(store, ref, by=reader.actor) if ref else None


def call_of(store: Session, reader: SignedIn, pbx_id: str) -> Call | None:
    """The call that the form was opened for; a case is saved even when the call was never written down."""
    call = find_call(store, pbx_id) if PBX_ID.fullmatch(pbx_id) else None
    return call if call and may_handle(call, reader.actor) else None


def draft_key_of(fields: Fields) -> str:
    key = fields.get("draft_key", "")
    return key if DRAFT_KEY.fullmatch(key) else ""


def _saved(frame: PageFrame, case: Case, fields: Fields) -> Response:
    if "HX-Request" not in frame.request.headers:
        return RedirectResponse(f"/cases/{case.ref}?saved=1", 303)
    pbx_id = fields.get("pbx_id", "")
    with frame.console.database.reading() as store:
        pin = first_pin(store, store.get_one(Case, case.id), frame.reader.actor)
    return frame.fragment(
        "cases/_saved.html",
        ref=case.ref,
        pin=pin,
        draft_key=draft_key_of(fields),
        pbx_id=pbx_id if PBX_ID.fullmatch(pbx_id) else "",
    )


def form_again(frame: PageFrame, fields: Fields, errors: dict[str, str]) -> Response:
    """The form once more, with everything that was typed and what is wrong beside its field."""
    with frame.console.database.reading() as store:
        form = replace(_typed_form(store, fields), errors=errors)
    if "HX-Request" in frame.request.headers:
        return frame.fragment("cases/_form.html", status=422, form=form)
    return frame.page("cases/new.html", status=422, form=form)


def _typed_form(store: Session, fields: Fields) -> CaseForm:
    callback_id = fields.get("callback_id", "")
    return blank_form(
        store,
        draft_key_of(fields) or new_case_form(store).draft_key,
        known=fields,
        pbx_id=fields.get("pbx_id", ""),
        callback_id=int(callback_id) if callback_id.isdecimal() else 0,
    )
