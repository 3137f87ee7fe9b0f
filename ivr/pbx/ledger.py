"""The ledger: Asterisk's queue log, read line by line into `calls`, live and after any absence alike.

How far it was read is saved in the transaction that holds what was read, so that each line counts
once. Rotated logs are read to their end before the next one, and removed when they are a day old:
they hold callers' numbers.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.ledger_position import ledger_position, save_ledger_position
from case_store.database import Database
from case_store.settings import Settings
from ivr.pbx.ledger_events import EVENTS, Entry, Ledger, read_entry

LOG_NAME: Final = "queue_log"
POSITION: Final = "queue_log"
MOST_LINES: Final = 200
"""Lines in one transaction: after a long absence no other writer is kept waiting."""
MOST_BYTES: Final = 256 * 1024
KEPT_SECONDS: Final = 24 * 3600

_BAD_LINE: Final = (ValueError, LookupError, TypeError, DataError, IntegrityError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Piece:
    """Whole lines of one log file, and where they end."""

    inode: int
    end: int
    lines: list[str]


class LedgerReader:
    """Reads the queue log of one Asterisk. Not to be shared between threads."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._folder = settings.home / "asterisk" / "log"
        self._database = database
        self._ledger = Ledger(
            wrap_up=timedelta(seconds=settings.wrap_up_seconds), recordings=settings.recordings
        )
        self._position: tuple[int, int] | None = None

    def catch_up(self) -> int:
        """Writes down everything that Asterisk has logged by now. Says how many lines."""
        written = 0
        while piece := self._next_piece():
            self._write_down(piece)
            written += len(piece.lines)
        return written

    def has_news(self) -> bool:
        """Whether the log grew since the last look; costs one system call."""
        try:
            status = (self._folder / LOG_NAME).stat()
        except FileNotFoundError:
            return False
        return (status.st_ino, status.st_size) != self._position

    def is_long(self) -> bool:
        """Whether the present log begins more than a day ago, and should be rotated."""
        try:
            with (self._folder / LOG_NAME).open("rb") as file:
                began = file.readline(MOST_BYTES).partition(b"|")[0]
        except FileNotFoundError:
            return False
        return began.isdigit() and int(began) < time.time() - KEPT_SECONDS

    def remove_consumed(self) -> int:
        """Deletes rotated logs that are read and old; makes the others readable for their owner only."""
        inode, _ = self._read_position()
        files = self._files()
        inodes = [status.st_ino for _, status in files]
        consumed = files[: inodes.index(inode)] if inode in inodes else []
        for path, _ in files:
            path.chmod(0o600)
        old = [path for path, status in consumed if status.st_mtime < time.time() - KEPT_SECONDS]
        for path in old:
            path.unlink()
        return len(old)

    # ── Reading ───────────────────────────────────────────────────────────────────────────────

    def _next_piece(self) -> _Piece | None:
        inode, offset = self._read_position()
        for path, inode_here in self._from(inode):
            piece = _read_lines(path, inode_here, offset if inode_here == inode else 0)
            if piece.lines:
                return piece
        return None

    def _from(self, inode: int) -> Iterator[tuple[Path, int]]:
        """The log that was being read, and those begun after it; all of them when it is gone."""
        files = [(path, status.st_ino) for path, status in self._files()]
        inodes = [number for _, number in files]
        yield from files[inodes.index(inode) :] if inode in inodes else files

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        """The rotated logs, oldest first, and the present one."""
        found = []
        for path in self._folder.glob(f"{LOG_NAME}*"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:  # rotated away just now: the next look finds it
                continue
        return sorted(found, key=lambda item: (item[0].name == LOG_NAME, item[1].st_mtime))

    def _read_position(self) -> tuple[int, int]:
        if self._position is None:
            with self._database.reading() as session:
                self._position = ledger_position(session, POSITION)
        return self._position

    # ── Writing ───────────────────────────────────────────────────────────────────────────────

    def _write_down(self, piece: _Piece) -> None:
        # A line that cannot be written must not stop those behind it. That is rare: only then is each line
        # written by itself, in a savepoint that undoes what a bad one did.
        before = self._ledger.remembered()
        try:
            self._write_lines(piece, self._ledger.write)
        except _BAD_LINE:
            self._ledger.remember(before)
            self._write_lines(piece, self._write_or_leave_out)
        self._position = (piece.inode, piece.end)

    def _write_lines(self, piece: _Piece, write: Callable[[Session, Entry], None]) -> None:
        with self._database.transaction() as session:
            for line in piece.lines:
                entry = read_entry(line, now=clock.now())
                if entry is not None and entry.event in EVENTS:
                    write(session, entry)
            save_ledger_position(session, POSITION, inode=piece.inode, offset=piece.end)

    def _write_or_leave_out(self, session: Session, entry: Entry) -> None:
        try:
            with session.begin_nested():
                self._ledger.write(session, entry)
                session.flush()
        except _BAD_LINE as error:
            log.error(
                "a line of the ledger was left out: %s: %s", entry.event, type(error).__name__
            )


def _read_lines(path: Path, inode: int, offset: int) -> _Piece:
    """Whole lines from `offset` on; a line that is being written waits for its end."""
    with path.open("rb") as file:
        if path.stat().st_size < offset:  # somebody emptied the file
            offset = 0
        file.seek(offset)
        data = file.read(MOST_BYTES)
    whole = data[: data.rfind(b"\n") + 1].splitlines(keepends=True)[:MOST_LINES]
    end = offset + sum(map(len, whole))
    return _Piece(inode, end, [line.decode("utf-8", "replace").rstrip("\n") for line in whole])
