"""Citizens whom nobody answered: who asked to be called back, who left a message, and what became of it."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import ConsoleDep, CurrentUser, Reader, SignedIn, Store
from agent_console.forms import FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.paging import decode, page_of
from agent_console.recordings import recording_file, write_hearing
from case_store.calls.callbacks import (
    count_open_callbacks,
    find_callback,
    open_callbacks,
    settle_callback,
)
from case_store.calls.hearing import Sound
from case_store.calls.models import CallbackRequest, CallbackState, CallSound
from case_store.clock import now

router = APIRouter(include_in_schema=False, prefix="/callbacks")
RequestId = Annotated[int, Path(ge=1, lt=10**18)]
PAGE = 40
LONGEST_NOTE = 2_000


@router.get("")
def callback_list(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    return _list(frame, store, cursor=cursor)


@router.get("/count")
def callback_count(frame: Frame, store: Reader) -> Response:
    count = count_open_callbacks(store, by=frame.reader.actor)
    return frame.fragment("callbacks/_count.html", open_callbacks=count)


@router.post("/{request_id}/settle")
def settle(request_id: RequestId, frame: Frame, store: Store, fields: FormFields) -> Response:
    """Done, or given up; who gives up says why."""
    wish = _request(store, frame.reader, request_id)
    state = CallbackState.DONE if fields.get("state") == "done" else CallbackState.GIVEN_UP
    note = fields.get("note", "").replace("\0", "").strip()[:LONGEST_NOTE]
    if state is CallbackState.GIVEN_UP and not note:
        return _list(frame, store, status=422, errors={request_id: gettext("Please say why.")})
    settle_callback(store, wish, state=state, note=note, by=frame.reader.user(store), at=now())
    return RedirectResponse("/callbacks", 303)


@router.get("/{request_id}/recording")
def recording(
    request_id: RequestId, console: ConsoleDep, reader: CurrentUser, store: Reader
) -> Response:
    """The message that the caller left, for those who may answer it. Who hears it is written down first."""
    wish = _request(store, reader, request_id)
    if wish.call.sound is not CallSound.KEPT:
        raise HTTPException(404)
    file = recording_file(
        console.settings.recordings, wish.recording or "", name=f"callback-{request_id}.wav"
    )
    write_hearing(console, store, reader, wish.call, Sound.MESSAGE)
    return file


def _list(
    frame: PageFrame,
    store: Session,
    *,
    cursor: str | None = None,
    status: int = 200,
    errors: dict[int, str] | None = None,
) -> Response:
    rows = open_callbacks(store, by=frame.reader.actor, limit=PAGE + 1, after=decode(cursor))
    return frame.page(
        "callbacks/list.html",
        status=status,
        callbacks=page_of(rows, PAGE),
        cursor=cursor or "",
        errors=errors or {},
    )


def _request(store: Session, reader: SignedIn, request_id: int) -> CallbackRequest:
    wish = find_callback(store, request_id, by=reader.actor)
    if wish is None:
        raise HTTPException(404)
    return wish
