"""Previews of pictures and of a document's first page, made in a process of their own and kept by hash.

Strangers' files are parsed there: it has little memory and time, no store, no keys, and its death harms nobody.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from sqlalchemy.orm import Session

from case_store.storage import preview_maker
from case_store.storage.models import Attachment
from case_store.storage.vault import folder_of, place_of

SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
MEDIA_TYPE: Final = "image/png"
_SECONDS: Final = 20
_AT_ONCE: Final = BoundedSemaphore(2)
"""A page of many pictures must not start as many processes."""
_FAILED: Final = ".failed"


def preview(session: Session, attachment: Attachment) -> Path | None:
    """The PNG of a picture or of a PDF's first page; None when there is none, or the file defies it."""
    if attachment.media_type not in SHOWN:
        return None
    files = folder_of(session)
    place = _place_of(files, attachment.sha256)
    if place.exists():
        return place
    source = place_of(files, attachment.sha256)
    if place.with_suffix(_FAILED).exists() or not source.exists():
        return None
    return _make(source, place, attachment.media_type)


def drop_preview(files: Path, sha256: str) -> None:
    """The file is gone: so is its preview."""
    place = _place_of(files, sha256)
    place.unlink(missing_ok=True)
    place.with_suffix(_FAILED).unlink(missing_ok=True)


def _place_of(files: Path, sha256: str) -> Path:
    return files.parent / "previews" / sha256[:2] / f"{sha256}.png"


def _make(source: Path, place: Path, media_type: str) -> Path | None:
    for folder in (place.parent.parent, place.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    if not _AT_ONCE.acquire(timeout=_SECONDS):
        return None
    try:
        if _run(source, unfinished, media_type):
            unfinished.replace(place)
            return place
    finally:
        _AT_ONCE.release()
        unfinished.unlink(missing_ok=True)
    place.with_suffix(_FAILED).touch(0o600)  # not tried again at every look
    return None


def _run(source: Path, target: Path, media_type: str) -> bool:
    # -I: nothing of this process's surroundings; neither its environment nor its open files.
    command = [sys.executable, "-I", preview_maker.__file__, str(source), str(target), media_type]
    try:
        done = subprocess.run(
            command,
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and target.exists()
