"""The store as a call may use it: it never keeps a caller waiting for more than a second.

What is asked is asked in the background, while something is said. What is written down is written
in order by one thread, and again until it succeeds, so that a store that was away misses nothing.
"""

import logging
import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import Final, Generic, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from case_store.database import Database
from ivr.agi.server import where

Found = TypeVar("Found")

PATIENCE_SECONDS: Final = 1.0
_READERS: Final = 8
_MOST_UNWRITTEN: Final = 10_000
_MOST_TOGETHER: Final = 50
_PAUSES: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
_LAST_CHANCE_SECONDS: Final = 1.5

log = logging.getLogger(__name__)


class Answer(Generic[Found]):
    """What was asked of the store, on its way."""

    def __init__(self, future: "Future[Found]", seconds: float) -> None:
        self._future = future
        self._until = monotonic() + seconds

    def or_else(self, otherwise: Found) -> Found:
        """The answer; `otherwise` when the store failed or did not answer in time."""
        try:
            return self._future.result(max(0.0, self._until - monotonic()))
        except TimeoutError:
            self._future.cancel()
            log.warning("the store did not answer in time: a call goes on without it")
        except Exception as error:  # noqa: BLE001  # no failure of the store may end a call
            log.warning("the store failed: a call goes on without it: %s", where(error))
        return otherwise


@dataclass(frozen=True)
class _Note:
    write: Callable[[Session], object]
    written: Event


class Store:
    """Shared by all calls of the process."""

    def __init__(self, database: Database, *, patience: float = PATIENCE_SECONDS) -> None:
        self._database = database
        self._patience = patience
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="store-read")
        self._notes: queue.Queue[_Note | None] = queue.Queue(_MOST_UNWRITTEN)
        self._closing = Event()
        self._ended = False
        self._writer = Thread(target=self._write_all, name="store-write", daemon=True)
        self._writer.start()

    def ask(self, question: Callable[[Session], Found]) -> Answer[Found]:
        """Begins to ask, and returns at once."""

        def read() -> Found:
            with self._database.reading() as session:
                return question(session)

        return Answer(self._readers.submit(read), self._patience)

    def change(self, change: Callable[[Session], Found]) -> Answer[Found]:
        """Begins a change whose result the call needs. It is tried once."""

        def write() -> Found:
            with self._database.transaction() as session:
                return change(session)

        return Answer(self._readers.submit(write), self._patience)

    def write_down(self, write: Callable[[Session], object]) -> bool:
        """Writes in one transaction. False when it is not done yet: it will be, and the call goes on."""
        note = _Note(write, Event())
        try:
            self._notes.put_nowait(note)
        except queue.Full:
            log.error("the store has been away for too long: a note of a call is lost")
            return False
        return note.written.wait(self._patience)

    def close(self) -> None:
        """Writes what is not written yet, if the store can be reached."""
        self._closing.set()
        self._notes.put(None)
        self._writer.join(_LAST_CHANCE_SECONDS)
        self._readers.shutdown(wait=False, cancel_futures=True)

    def _write_all(self) -> None:
        while not self._ended:
            notes = self._waiting_notes()
            if len(notes) > 1 and self._write_together(notes):
                continue
            for note in notes:
                self._write(note)
                note.written.set()

    def _waiting_notes(self) -> list[_Note]:
        """Those that wait by now, at least one until the end."""
        notes: list[_Note] = []
        note = self._notes.get()
        while note is not None:
            notes.append(note)
            if len(notes) == _MOST_TOGETHER or self._notes.empty():
                return notes
            note = self._notes.get()  # this thread alone takes notes out: one is there
        self._ended = True
        return notes

    def _write_together(self, notes: list[_Note]) -> bool:
        """On a busy line one transaction serves many calls. False: nothing is written, each must be tried alone."""
        try:
            with self._database.transaction() as session:
                for note in notes:
                    note.write(session)
        except Exception:  # noqa: BLE001  # told apart, note by note, when each is tried alone
            return False
        for note in notes:
            note.written.set()
        return True

    def _write(self, note: _Note) -> None:
        tries = 0
        while not self._try(note):
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            tries += 1
            if self._closing.wait(pause) and tries > 1:
                log.error("the store cannot be reached: a note of a call is lost")
                return

    def _try(self, note: _Note) -> bool:
        """True when there is nothing more to try: written, or wrong in a way that no later try mends."""
        try:
            with self._database.transaction() as session:
                note.write(session)
        except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
            log.warning("the store cannot be written now: %s", where(error))
            return False
        except Exception as error:  # noqa: BLE001  # the notes of other calls wait behind this one
            log.error("a note of a call cannot be written: %s", where(error))
        return True
