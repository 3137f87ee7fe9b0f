"""Calls: the screen pop of the one that rings, and the list of all."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import Response

from agent_console.console import Console
from agent_console.dependencies import ConsoleDep, CurrentUser, Reader, Store
from agent_console.frame import Frame
from agent_console.paging import decode, page_of
from agent_console.recordings import has_sound, recording_file, write_hearing
from agent_console.ringing import PbxId, RightKey
from agent_console.workspace import caller_of, workspace_of_call
from case_store.calls.find_calls import get_call, list_calls, may_finish, may_listen
from case_store.calls.hearing import Sound
from case_store.calls.models import Call, CallOutcome, CallSound
from case_store.calls.record_call import find_call, record_finish_wish
from case_store.calls.sound_files import talk_name
from case_store.clock import now
from case_store.people.permissions import Action, Actor, NotAllowed, require

router = APIRouter(include_in_schema=False, prefix="/calls")
PAGE = 40
PRACTICE: Final = "practice"


@router.get("/by-pbx/{pbx_id}/pop")
def screen_pop(
    pbx_id: PbxId,
    frame: Frame,
    store: Reader,
    key: RightKey,
    kind: str = "citizen",
    open_draft: str = "",
) -> Response:
    require(frame.reader.actor, Action.TAKE_CALLS)
    if (
        kind == PRACTICE
    ):  # nobody's call: there is nothing to know of the caller, and nothing to write down
        return frame.fragment("desk/_practice.html")
    workspace = workspace_of_call(store, frame.reader, pbx_id, kind, key=key, open_draft=open_draft)
    return frame.fragment("desk/_workspace.html", workspace=workspace)


@router.get("/by-pbx/{pbx_id}/caller")
def caller(
    pbx_id: PbxId, frame: Frame, store: Reader, key: RightKey, kind: str = "citizen"
) -> Response:
    """The caller's part of the pop, again: what is written of a call grows while it lasts."""
    require(frame.reader.actor, Action.TAKE_CALLS)
    known = caller_of(store, frame.reader, pbx_id, kind, key=key)
    return frame.fragment("desk/_caller.html", caller=known, beside=True)


@router.post("/by-pbx/{pbx_id}/finish", status_code=204)
def finish(pbx_id: PbxId, reader: CurrentUser, store: Store, key: RightKey) -> None:
    """The agent is about to hang up. A call that was never written down is hung up all the same."""
    require(reader.actor, Action.TAKE_CALLS)
    call = find_call(store, pbx_id)
    if call is None:
        return
    if not may_finish(call, reader.actor, rang_here=bool(key)):
        raise NotAllowed(reader.actor, Action.TAKE_CALLS)
    record_finish_wish(store, call, at=now())


@router.get("/{call_id}/recording")
def recording(
    call_id: Annotated[int, Path(ge=1, lt=10**18)],
    console: ConsoleDep,
    reader: CurrentUser,
    store: Reader,
) -> Response:
    """What was said, for those who watch over the centre. Who hears it stands in the audit trail before it is sent."""
    call = get_call(store, call_id, by=reader.actor)
    if call is None or call.sound is not CallSound.KEPT:
        raise HTTPException(404)
    if not may_listen(call, reader.actor):
        raise NotAllowed(reader.actor, Action.LISTEN)
    file = recording_file(console.settings.talks, talk_name(call), name=f"call-{call.id}.wav")
    write_hearing(console, store, reader, call, Sound.TALK)
    return file


@router.get("")
def calls_page(
    frame: Frame,
    store: Reader,
    console: ConsoleDep,
    outcome: Annotated[str, Query(max_length=16)] = "",
    cursor: str | None = None,
) -> Response:
    rows = list_calls(
        store, by=frame.reader.actor, limit=PAGE + 1, before=decode(cursor), outcome=outcome or None
    )
    return frame.page(
        "calls/list.html",
        calls=page_of(rows, PAGE),
        outcome=outcome,
        outcomes=list(CallOutcome),
        cursor=cursor or "",
        recorded=[call.id for call in rows if _may_hear(console, call, frame.reader.actor)],
    )


def _may_hear(console: Console, call: Call, by: Actor) -> bool:
    return may_listen(call, by) and has_sound(console.settings.talks, talk_name(call))
