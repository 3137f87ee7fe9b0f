"""The folder of attachments: files by the hash of their content, written once, whole or not at all."""

import errno
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

from case_store.storage.errors import NotStorable, Refusal

_CHUNK: Final = 256 * 1024
INCOMING: Final = "incoming"
DEFAULT_BYTES: Final = 10 * 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Received:
    """A file that was written down and is not kept yet."""

    path: Path
    sha256: str
    size: int


def folder_of(session: Session) -> Path:
    """The folder of the store that the session belongs to."""
    folder = session.info.get("files")
    if not isinstance(folder, Path):
        raise LookupError("this store was opened without a folder for files")
    return folder


def limit_of(session: Session) -> int:
    """How many bytes a file may have."""
    return int(session.info.get("attachment_bytes") or DEFAULT_BYTES)


def place_of(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def received(folder: Path, source: BinaryIO, *, limit: int) -> Iterator[Received]:
    """Writes a stream down while hashing it; gone again at the end unless `keep` took it. Raises `NotStorable`."""
    path = folder / INCOMING / secrets.token_hex(16)
    try:
        with _clear_when_full():
            _make_private(folder, path.parent)
            digest, size = _write(path, source, limit)
        yield Received(path, digest, size)
    finally:
        path.unlink(missing_ok=True)


def keep(folder: Path, file: Received, *, at: datetime) -> Path:
    """Moves a received file to its place at one stroke; content that is there already stays as it is."""
    place = place_of(folder, file.sha256)
    moment = at.timestamp()
    with _clear_when_full():
        _make_private(folder, place.parent.parent, place.parent)
        with locked(folder):
            if not place.exists():
                file.path.replace(place)
            # Young files are left alone by the sweep: the row that names this one is not committed yet.
            os.utime(place, (moment, moment))
        _sync_folder(place.parent)
    return place


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Whoever keeps or sweeps a file waits here for the other, in whatever process."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, source: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise NotStorable(Refusal.TOO_BIG)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0:
        raise NotStorable(Refusal.EMPTY)
    return digest.hexdigest(), size


@contextmanager
def _clear_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NotStorable(Refusal.DISK_FULL) from error
        raise


def _make_private(*folders: Path) -> None:
    for folder in folders:
        folder.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
