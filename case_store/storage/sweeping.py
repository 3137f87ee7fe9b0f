"""Bytes that no row refers to any more go: of removed files, of erased cases, of transactions that came to nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.storage.models import Attachment
from case_store.storage.previews import drop_preview
from case_store.storage.vault import INCOMING, folder_of, locked

_YOUNG: Final = timedelta(hours=1)
"""A file may be older than its row by as long as a transaction lasts."""


def sweep_files(session: Session, *, at: datetime) -> int:
    """Deletes bytes and previews that belong to no file of a case; returns how many files went."""
    folder = folder_of(session)
    before = (at - _YOUNG).timestamp()
    for left in (folder / INCOMING).glob("*"):
        if left.stat().st_mtime < before:
            left.unlink(missing_ok=True)
    return sum(_sweep(session, folder, part, before) for part in sorted(folder.glob("??")))


def _sweep(session: Session, folder: Path, part: Path, before: float) -> int:
    gone = 0
    old = [path for path in part.glob("??/*") if path.stat().st_mtime < before]
    if not old:
        return 0
    with locked(folder):
        wanted = _wanted(session, part.name)
        for path in _still_old(old, before):
            if path.name not in wanted:
                path.unlink()
                drop_preview(folder, path.name)
                gone += 1
    return gone


def _still_old(paths: list[Path], before: float) -> Iterator[Path]:
    return (path for path in paths if path.stat().st_mtime < before)


def _wanted(session: Session, beginning: str) -> set[str]:
    query = select(Attachment.sha256).where(
        Attachment.removed_at.is_(None), Attachment.sha256.startswith(beginning)
    )
    return set(session.scalars(query.distinct()))
