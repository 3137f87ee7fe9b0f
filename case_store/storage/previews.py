"""Previews of pictures and of a document's first page, made in a process of their own and kept by hash."""

import os
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from case_store.storage.confinement import confined
from case_store.storage.models import Attachment
from case_store.storage.vault import folder_of, place_of

SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
MEDIA_TYPE: Final = "image/png"
_SECONDS: Final = 20
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
    try:
        if _run(source, unfinished, media_type):
            unfinished.replace(place)
            return place
    finally:
        unfinished.unlink(missing_ok=True)
    place.with_suffix(_FAILED).touch(0o600)  # not tried again at every look
    return None


def _run(source: Path, target: Path, media_type: str) -> bool:
    arguments = (str(source.absolute()), str(target.absolute()), media_type)
    done = confined("case_store.storage.preview_maker", *arguments, seconds=_SECONDS)
    return done is not None and target.exists()
