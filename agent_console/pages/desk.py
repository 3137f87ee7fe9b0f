"""The agent's desk: the front page, the panel of duty, the queues, and the telephone's credentials and targets."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.console import Console
from agent_console.csrf import check_script
from agent_console.dependencies import (
    ConsoleDep,
    CurrentActor,
    CurrentUser,
    Reader,
    SignedIn,
    Store,
    idle_time,
)
from agent_console.forms import FormFields
from agent_console.frame import Frame, duty_of
from agent_console.pages.transfer_targets import transfer_targets
from agent_console.ready_words import not_your_turn, refusal
from agent_console.security import page_host, web_socket
from agent_console.workspace import resumed_workspace
from case_store.calls.waiting import waiting_callers
from case_store.clock import now
from case_store.people.models import BreakReason, PresenceState
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.presence import (
    end_wrap_up,
    extend_wrap_up,
    issue_softphone_secret,
    set_presence,
)
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.today.last_one import LastOne, leaves_nobody, tell_who_left
from case_store.rotation.training.gate import NotCertified

router = APIRouter(include_in_schema=False)
MORE_TIME = timedelta(minutes=1)
SECRET_LASTS = timedelta(hours=1)


@router.get("/")
def desk(
    frame: Frame,
    store: Reader,
    draft: str = "",
    callback: Annotated[int, Query(ge=0, lt=10**18)] = 0,
) -> Response:
    if not frame.reader.takes_calls:
        return RedirectResponse(front_page(frame.reader.actor), 303)
    workspace = resumed_workspace(store, frame.reader, draft_key=draft, callback_id=callback)
    return frame.page("desk/desk.html", workspace=workspace)


@router.get("/duty")
def duty_panel(frame: Frame, console: ConsoleDep, store: Reader) -> Response:
    require(frame.reader.actor, Action.TAKE_CALLS)
    return _duty(frame, console, store)


@router.post("/duty")
def change_duty(frame: Frame, console: ConsoleDep, store: Store, fields: FormFields) -> Response:
    state, reason = _wanted(fields, practice_line=console.settings.demo)
    user = frame.reader.user(store)
    is_last = leaves_nobody(store, user, state, at=now(), idle=idle_time(console))
    if is_last and "anyway" not in fields:
        if "HX-Request" not in frame.request.headers:
            raise LastOne
        return _duty(frame, console, store, leaving=fields)
    try:
        set_presence(store, user, state, reason=reason, at=now())
    except (NotCertified, NotOnShift) as refused:
        if "HX-Request" not in frame.request.headers:
            raise
        words = refusal(refused) if isinstance(refused, NotCertified) else not_your_turn(refused)
        return _duty(frame, console, store, refused=words)
    if is_last:
        tell_who_left(store, user, at=now())
    return _after_change(frame, console, store)


@router.post("/duty/wrap-up/end")
def finish_wrap_up(frame: Frame, console: ConsoleDep, store: Store) -> Response:
    end_wrap_up(store, frame.reader.user(store), at=now())
    return _after_change(frame, console, store)


@router.post("/duty/wrap-up/extend")
def prolong_wrap_up(frame: Frame, console: ConsoleDep, store: Store) -> Response:
    extend_wrap_up(store, frame.reader.user(store), by=MORE_TIME, at=now())
    return _after_change(frame, console, store)


@router.get("/queues")
def queues_panel(frame: Frame, store: Reader) -> Response:
    queues = waiting_callers(store, by=frame.reader.actor, at=now())
    return frame.fragment("desk/_queues.html", queues=queues)


@router.get("/softphone/credentials", dependencies=[Depends(check_script)])
def softphone_credentials(
    request: Request, console: ConsoleDep, reader: CurrentUser, store: Store
) -> dict[str, str]:
    """A new secret; the one before it, and with it another page's telephone, stops working."""
    require(reader.actor, Action.TAKE_CALLS)
    expires_at = min(now() + SECRET_LASTS, reader.ends_at)
    secret = issue_softphone_secret(store, reader.sign_in(store), expires_at=expires_at)
    return {
        "uri": f"sip:{reader.extension}@{page_host(request.scope)}",
        "ws_url": web_socket(request.scope, console.settings),
        "extension": reader.extension,
        "authorization_user": reader.extension,
        "secret": secret,
        "expires_at": expires_at.isoformat(),
    }


@router.get("/softphone/targets")
def softphone_targets(
    console: ConsoleDep,
    actor: CurrentActor,
    store: Reader,
    q: Annotated[str, Query(max_length=100)] = "",
) -> list[dict[str, Any]]:
    require(actor, Action.TAKE_CALLS)
    return transfer_targets(store, by=actor, q=q, at=now(), idle=idle_time(console))


def front_page(actor: Actor) -> str:
    """Where whoever takes no calls begins: with what they must do, or with how their provinces stand."""
    if may(actor, Action.REPORT_REFERRALS):
        return "/agency"
    if may(actor, Action.HANDLE_CASES):
        return "/work"
    return "/statistics" if may(actor, Action.SEE_CASES) else "/board"


def _wanted(
    fields: dict[str, str], *, practice_line: bool
) -> tuple[PresenceState, BreakReason | None]:
    """An unknown state or reason can only come from a forged form, and means what harms least."""
    state = fields.get("state", "")
    if state == PresenceState.BREAK:
        reason = fields.get("reason", "")
        known = reason in set(BreakReason)
        return PresenceState.BREAK, BreakReason(reason) if known else BreakReason.OTHER
    if state == PresenceState.PRACTICE and practice_line:
        return PresenceState.PRACTICE, None
    return (PresenceState.READY if state == PresenceState.READY else PresenceState.OFF), None


def _after_change(frame: Frame, console: Console, store: Session) -> Response:
    if "HX-Request" not in frame.request.headers:
        return RedirectResponse("/", 303)
    store.flush()
    return _duty(frame, console, store)


def _duty(
    frame: Frame,
    console: Console,
    store: Session,
    refused: str = "",
    leaving: dict[str, str] | None = None,
) -> Response:
    """`leaving`: what the last one of a queue asked for, to be asked once more."""
    reader: SignedIn = frame.reader
    seconds = console.settings.wrap_up_seconds
    duty = duty_of(
        store, reader, at=now(), wrap_up_seconds=seconds, practice_line=console.settings.demo
    )
    return frame.fragment("desk/_duty.html", duty=duty, refused=refused, leaving=leaving)
