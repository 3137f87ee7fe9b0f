"""What stands on an agent's desk for one call: the caller, what is known of them, and the form for their case."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from agent_console.case_form import CaseForm, blank_form
from agent_console.dependencies import SignedIn
from agent_console.first_pin import first_pin
from agent_console.formats import telephone
from case_store.calls.callbacks import callbacks_of_number, find_callback
from case_store.calls.find_calls import call_of_agent, may_handle
from case_store.calls.memory import earlier_calls
from case_store.calls.models import Call, CallbackRequest
from case_store.calls.record_call import find_call
from case_store.cases.drafts import drafts_of, find_draft
from case_store.cases.find_cases import cases_of_number
from case_store.cases.intake import case_of_intake
from case_store.cases.models import Case, CaseDraft
from case_store.clock import now
from case_store.people.permissions import Action, NotAllowed
from case_store.places.provinces import NATIONAL

KINDS: Final = ("citizen", "transfer", "callback")
DRAFT_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
PBX_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,150}")


@dataclass(frozen=True)
class Caller:
    """What is known of whoever is on the line. `call` is None until the call's row is written."""

    pbx_id: str
    kind: str
    call: Call | None
    earlier_calls: Sequence[Call] = ()
    earlier_cases: Sequence[Case] = ()
    callbacks: Sequence[CallbackRequest] = ()
    key: str = ""
    """With which the page asks for the caller again (agent_console/ringing.py)."""


@dataclass(frozen=True)
class Workspace:
    """Everything inside #workspace. Without caller and form: nobody is there, and what was left undone is shown."""

    caller: Caller | None = None
    form: CaseForm | None = None
    callback: CallbackRequest | None = None
    saved: Case | None = None
    saved_pin: str = ""
    open_draft: str = ""
    drafts: Sequence[CaseDraft] = ()

    @property
    def pbx_id(self) -> str:
        return self.caller.pbx_id if self.caller else ""


def caller_of(
    session: Session, reader: SignedIn, pbx_id: str, kind: str, *, key: str = ""
) -> Caller:
    """The caller of a call; `key`: of one that rang here, checked. Raises `NotAllowed`."""
    call = find_call(session, pbx_id)
    kind = kind if kind in KINDS else KINDS[0]
    if call is None:
        return Caller(pbx_id, kind, None, key=key)
    if not may_handle(call, reader.actor, rang_here=bool(key)):
        raise NotAllowed(reader.actor, Action.TAKE_CALLS)
    this_call = {case.id for case in call.cases}
    cases = cases_of_number(session, call.caller, by=reader.actor)
    return Caller(
        pbx_id,
        kind,
        call,
        earlier_calls(session, call),
        [case for case in cases if case.id not in this_call],
        callbacks_of_number(session, call.caller),
        key,
    )


def workspace_of_call(
    session: Session,
    reader: SignedIn,
    pbx_id: str,
    kind: str,
    *,
    key: str = "",
    open_draft: str = "",
) -> Workspace:
    """The screen pop."""
    caller = caller_of(session, reader, pbx_id, kind, key=key)
    form = _form(session, reader, f"call-{_stem(pbx_id)}", _known(caller.call), pbx_id=pbx_id)
    return Workspace(caller, form, open_draft=open_draft if DRAFT_KEY.fullmatch(open_draft) else "")


def workspace_of_callback(session: Session, reader: SignedIn, callback_id: int) -> Workspace:
    """The desk for calling somebody back: about the call in which they asked for it."""
    request = find_callback(session, callback_id, by=reader.actor)
    if request is None:
        return Workspace()
    caller = caller_of(session, reader, request.call.pbx_id, "callback")
    known = _known(request.call)
    form = _form(
        session,
        reader,
        f"cb-{callback_id}",
        known,
        pbx_id=request.call.pbx_id,
        callback_id=callback_id,
    )
    return Workspace(caller, form, callback=request)


def resumed_workspace(
    session: Session, reader: SignedIn, *, draft_key: str = "", callback_id: int = 0
) -> Workspace:
    """What an agent who opens the front page was doing: a chosen draft or callback, the present call, or its notes."""
    if draft_key and (draft := find_draft(session, reader.user(session), draft_key)):
        return Workspace(form=_resumed(session, draft))
    if callback_id:
        return workspace_of_callback(session, reader, callback_id)
    call = call_of_agent(session, reader.user_id) or _call_in_wrap_up(session, reader)
    if call:
        return _with_saved(
            session, reader, workspace_of_call(session, reader, call.pbx_id, KINDS[0])
        )
    return Workspace(drafts=drafts_of(session, reader.user(session)))


def new_case_form(session: Session) -> CaseForm:
    """A case that came by another way than a call."""
    return blank_form(session, f"new-{secrets.token_hex(8)}", known={"channel": "walk_in"})


def intake_key(user_id: int, draft_key: str) -> str:
    """The store's name of a draft: saving it twice opens one case."""
    return f"u{user_id}-{draft_key}"


def _form(
    session: Session,
    reader: SignedIn,
    stem: str,
    known: dict[str, str],
    *,
    pbx_id: str,
    callback_id: int = 0,
) -> CaseForm:
    """One call may bring several cases: each saved form is followed by one of the next number."""
    number = 1
    while case_of_intake(session, intake_key(reader.user_id, f"{stem}-{number}")):
        number += 1
    key = f"{stem}-{number}"
    draft = find_draft(session, reader.user(session), key)
    return blank_form(
        session, key, draft=draft, known=known, pbx_id=pbx_id, callback_id=callback_id
    )


def _with_saved(session: Session, reader: SignedIn, workspace: Workspace) -> Workspace:
    """Shows the reference again, instead of an empty form, when the call's case is saved already."""
    form = workspace.form
    if form is None or form.draft_saved_at:
        return workspace
    stem, _, number = form.draft_key.rpartition("-")
    saved = case_of_intake(session, intake_key(reader.user_id, f"{stem}-{int(number) - 1}"))
    if saved is None:
        return workspace
    pin = first_pin(session, saved, reader.actor)
    return replace(workspace, form=None, saved=saved, saved_pin=pin)


def _resumed(session: Session, draft: CaseDraft) -> CaseForm:
    kept = draft.fields
    callback_id = str(kept.get("callback_id", ""))
    return blank_form(
        session,
        draft.key,
        draft=draft,
        pbx_id=str(kept.get("pbx_id", "")),
        callback_id=int(callback_id) if callback_id.isdecimal() else 0,
    )


def _known(call: Call | None) -> dict[str, str]:
    if call is None:
        return {}
    province = call.province_code if call.province_code != NATIONAL else None
    return {"province_code": province or "", "complainant_phone": telephone(call.caller)}


def _call_in_wrap_up(session: Session, reader: SignedIn) -> Call | None:
    presence, at = reader.user(session).presence, now()
    if presence is None or presence.wrap_up_until is None or presence.wrap_up_until <= at:
        return None
    return session.get(Call, presence.wrap_up_call_id) if presence.wrap_up_call_id else None


def _stem(pbx_id: str) -> str:
    if len(pbx_id) <= 48:
        return pbx_id
    return hashlib.sha256(pbx_id.encode()).hexdigest()[:32]
