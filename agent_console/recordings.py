"""Recordings: files that leave only through a permission check of the page that asks for them, and never unnoted."""

from pathlib import Path
from typing import Final

from fastapi import HTTPException
from fastapi.responses import FileResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agent_console.console import Console
from agent_console.dependencies import SignedIn
from agent_console.i18n import N_
from case_store.calls.hearing import Sound, is_noted, note_hearing
from case_store.calls.models import Call
from case_store.clock import now

NOT_WRITTEN: Final = N_(
    "The recording cannot be played now: who hears it must be written into the audit trail first, and that "
    "failed. Please try again in a minute; if it stays like this, tell your administrator."
)
LARGEST_EMPTY = 44
"""Bytes of a WAV header with nothing behind it."""


class HearingNotWritten(Exception):
    """The audit trail could not be written, so nobody hears anything."""


def has_sound(folder: Path, file: str) -> bool:
    """Whether there is a recording, and something in it."""
    try:
        return (folder / file).stat().st_size > LARGEST_EMPTY
    except OSError:
        return False


def recording_file(folder: Path, file: str, *, name: str) -> FileResponse:
    """The recording `file` of a folder, to be saved as `name`. 404 when it is not there or not below the folder."""
    path = (folder / file).resolve()
    if not file or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type="audio/wav", filename=name)


def write_hearing(
    console: Console, store: Session, reader: SignedIn, call: Call, sound: Sound
) -> None:
    """Has the audit trail say who hears a call, committed when this returns. Raises `HearingNotWritten`.

    `store` only looks whether it says so already, so that seeking in a recording writes nothing.
    """
    sign_in, at = reader.sign_in_id, now()
    try:
        if is_noted(store, call, sound, sign_in=sign_in, at=at):
            return
        with console.database.transaction() as session:
            note_hearing(session, call, sound, sign_in=sign_in, by=reader.actor, at=at)
    except SQLAlchemyError as problem:
        raise HearingNotWritten from problem
