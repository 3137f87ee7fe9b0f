"""The files that hold what was said in a call, and their removal once its row says that they are destroyed.

First the row, then the file: after a crash in between nobody hears the sound any more, and the next run removes it.
"""

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from case_store.calls.models import Call, CallbackRequest, CallSound
from case_store.settings import TALKS

ENDING: Final = ".wav"
log = logging.getLogger(__name__)


def talk_name(call: Call) -> str:
    """The file of a talk, in the folder of talks."""
    return f"{call.pbx_id}{ENDING}"


def remove_destroyed_sound(session: Session, *, limit: int = 50) -> int:
    """Removes the files of calls whose sound is destroyed; returns of how many calls. Those that resist stay marked.

    A file that is gone already is no error. The store must know its folder of recordings.
    """
    folder = session.info.get("recordings")
    if not isinstance(folder, Path):
        raise LookupError("this store was opened without a folder for recordings")
    query = (
        select(Call)
        .where(Call.sound == CallSound.DESTROYED)
        .options(lazyload(Call.agent))
        .order_by(Call.started_at)
        .limit(limit)
        .with_for_update(of=Call, skip_locked=True)
    )
    calls = session.scalars(query).all()
    removed = [call for call in calls if _remove(session, folder, call)]
    # What a power cut brings back must not be called gone.
    for touched in (folder, folder / TALKS):
        _sync(touched)
    for call in removed:
        call.sound = CallSound.GONE
    session.flush()
    return len(removed)


def _remove(session: Session, folder: Path, call: Call) -> bool:
    wish = session.scalar(select(CallbackRequest).where(CallbackRequest.call_id == call.id))
    files = [folder / TALKS / Path(talk_name(call)).name]
    if wish is not None and wish.recording:
        files.append(folder / Path(wish.recording).name)
    if not _unlink(call, files):
        return False
    if wish is not None:
        wish.recording = None
    return True


def _unlink(call: Call, files: Iterable[Path]) -> bool:
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        log.error("the sound of call %s cannot be removed: %s", call.id, error.strerror)
        return False
    return True


def _sync(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
