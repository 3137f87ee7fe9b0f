"""Likely duplicates: offered while a case is being written down, and to whoever merges one."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.case_page import case_of
from agent_console.dependencies import Reader
from agent_console.first_pin import first_pin
from agent_console.forms import Fields, FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.pages.cases import Ref
from agent_console.pages.new_case import call_of, draft_key_of, form_again
from agent_console.step_problems import sentence_for
from agent_console.taking_steps import NotKept, keepable
from agent_console.workspace import PBX_ID
from case_store.cases.complete import NotComplete, needed
from case_store.cases.drafts import drop_draft
from case_store.cases.duplicates import Likely, likely_duplicates
from case_store.cases.history import add_note, link_call
from case_store.cases.models import Case
from case_store.clock import now
from case_store.people.permissions import Action, may, require

router = APIRouter(include_in_schema=False, prefix="/cases")
MOST = 4


@router.post("/likely")
def likely_cases(frame: Frame, store: Reader, fields: FormFields) -> Response:
    """By POST: a telephone number is among what is looked for, and must not stand in an address."""
    actor = frame.reader.actor
    require(actor, Action.LOG_CASES)
    found = _likely(store, frame, fields) if may(actor, Action.SEE_CASES) else []
    return frame.fragment(
        "cases/_likely.html",
        likely=found,
        addable={one.case.id for one in found if may(actor, Action.NOTE_CASES, one.case)},
        repeat_of=fields.get("repeat_of", ""),
    )


@router.get("/{ref}/likely")
def likely_to_merge(ref: Ref, frame: Frame, store: Reader) -> Response:
    """The cases into which this one might be merged."""
    case = case_of(store, frame.reader, ref)
    require(frame.reader.actor, Action.MERGE_CASES, case)
    found = likely_duplicates(
        store,
        province_code=case.province_code,
        category=case.category,
        district_code=case.district_code,
        subdistrict_code=case.subdistrict_code,
        text=f"{case.subject} {case.description}",
        by=frame.reader.actor,
        at=now(),
        limit=MOST + 1,
    )
    others = [one for one in found if one.case.id != case.id and not one.case.is_ended]
    return frame.fragment("cases/_into.html", likely=others[:MOST])


@router.post("/{ref}/additions")
def add_to_case(ref: Ref, frame: Frame, fields: FormFields) -> Response:
    """What was written down is no new matter: it joins the history of this case, and the call is linked to it."""
    with frame.console.database.reading() as store:
        case = case_of(store, frame.reader, ref)
        require(frame.reader.actor, Action.NOTE_CASES, case)
    try:
        with frame.console.database.transaction() as store:
            case = case_of(store, frame.reader, ref)
            _add(store, frame, case, fields)
    except NotKept as error:
        return form_again(frame, fields, {error.field: sentence_for(error.why)})
    except NotComplete as error:
        return form_again(frame, fields, {error.field: sentence_for(error.field)})
    if "HX-Request" not in frame.request.headers:
        return RedirectResponse(f"/cases/{case.ref}?done=act-note", 303)
    pbx_id = fields.get("pbx_id", "")
    with frame.console.database.reading() as store:
        pin = first_pin(store, store.get_one(Case, case.id), frame.reader.actor)
    return frame.fragment(
        "cases/_saved.html",
        ref=case.ref,
        pin=pin,
        added=True,
        draft_key=draft_key_of(fields),
        pbx_id=pbx_id if PBX_ID.fullmatch(pbx_id) else "",
    )


def _likely(store: Session, frame: PageFrame, fields: Fields) -> list[Likely]:
    return likely_duplicates(
        store,
        province_code=fields.get("province_code", "")[:2],
        category=fields.get("category", "")[:32],
        phone=fields.get("complainant_phone", "")[:40] or None,
        district_code=fields.get("district_code", "")[:4] or None,
        subdistrict_code=fields.get("subdistrict_code", "")[:6] or None,
        text=f"{fields.get('subject', '')[:200]} {fields.get('description', '')[:2000]}",
        by=frame.reader.actor,
        at=now(),
        limit=MOST,
    )


def _add(store: Session, frame: PageFrame, case: Case, fields: Fields) -> None:
    words = [fields.get(name, "").strip() for name in ("subject", "description")]
    note = "\n".join(word for word in words if word)
    note = needed(keepable(note, "description"), "description")
    actor, at = frame.reader.actor, now()
    add_note(store, case, note, by=actor, at=at)
    call = call_of(store, frame.reader, fields.get("pbx_id", ""))
    if call is not None:
        link_call(store, case, call, by=actor, at=at)
    if key := draft_key_of(fields):
        drop_draft(store, frame.reader.user(store), key)
