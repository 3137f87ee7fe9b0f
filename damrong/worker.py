"""The process `damrong worker`: sends what leaves the house, and keeps the deadlines, until SIGTERM.

Everything that it does lies in the store and waits there while no worker runs. Two workers share the work.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from case_store.database import Database
from case_store.events.redis_stream import RedisPublisher
from case_store.settings import Settings
from damrong.channel_watch import watch_channels
from damrong.chores import CHORES, Chore, do
from damrong.planner import Planner
from integrations.outgoing import Outgoing

SENDS_EVERY: Final = 1.0
KEEPS_EVERY: Final = 60.0
PLANS_EVERY: Final = 2.0
WATCHES_EVERY: Final = 60.0
AWAY_PAUSE: Final = 5.0
"""How long to wait when the database is away."""
STOP_SECONDS: Final = 6.0
"""`damrong up` waits eight seconds; what is being sent then is sent again, with the same key."""
STOP_SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGINT})

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Works until a stop signal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # before any thread begins
    for chatty in ("httpx", "httpcore"):  # they log addresses
        logging.getLogger(chatty).setLevel(logging.WARNING)
    database = Database.of(settings, RedisPublisher(settings.redis_address))
    stop = Event()
    loops = [Loop(one, settings, stop) for one in beats(settings, database, stop)]
    for loop in loops:
        loop.start()
    log.info("the worker works")
    signal.sigwait(STOP_SIGNALS)
    stop.set()
    deadline = time.monotonic() + STOP_SECONDS
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
        loop.pulse.unlink(missing_ok=True)
    database.close()
    log.info("the worker ends")


@dataclass(frozen=True)
class Beat:
    """Something done every so many seconds; when it did something, at once again."""

    name: str
    seconds: float
    work: Callable[[], bool]


def beats(settings: Settings, database: Database, stop: Event) -> list[Beat]:
    """All that the worker does, each in a thread of its own."""
    outgoing = Outgoing(database, settings.audit_heads, private=settings.webhook_private)
    return [
        Beat("outgoing", SENDS_EVERY, lambda: outgoing.send_due() > 0),
        Beat("planning", PLANS_EVERY, Planner(database, stop).work),
        Beat("deadlines", KEEPS_EVERY, lambda: _keep(database, CHORES, stop)),
        Beat("channels", WATCHES_EVERY, lambda: _watch(settings, database)),
    ]


def _watch(settings: Settings, database: Database) -> bool:
    watch_channels(settings, database)
    return False


def _keep(database: Database, chores: tuple[Chore, ...], stop: Event) -> bool:
    """Every chore once; one that fails does not keep the others from being done."""
    for chore in chores:
        if not stop.is_set():
            guarded(chore.name, lambda chore=chore: do(database, chore, stop))  # type: ignore[misc]
    return False


class Loop(Thread):
    """Runs a beat until the stop, whatever fails, and leaves a sign of life after each round."""

    def __init__(self, beat: Beat, settings: Settings, stop: Event) -> None:
        super().__init__(name=beat.name, daemon=True)
        self.pulse = pulse_file(settings, beat.name)
        self._beat = beat
        self._stop_asked = stop

    def run(self) -> None:
        while not self._stop_asked.is_set():
            again = guarded(self._beat.name, self._once)
            pause = {None: AWAY_PAUSE, True: 0.0, False: self._beat.seconds}[again]
            self._stop_asked.wait(pause)

    def _once(self) -> bool:
        self.pulse.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.pulse.write_text(f"{os.getpid()}\n")
        return self._beat.work()


def guarded(name: str, work: Callable[[], bool]) -> bool | None:
    """What the work says; None when it failed, which is logged without what the error says: it may hold a name."""
    try:
        return work()
    except SQLAlchemyError as error:
        log.warning("%s: the store did not do it (%s); trying again", name, type(error).__name__)
    except Exception as error:  # noqa: BLE001 - the worker goes on with the rest
        log.error("%s failed: %s", name, _where(error))
    return None


def pulse_file(settings: Settings, name: str) -> Path:
    """Touched by a living worker, for `damrong doctor`."""
    return settings.home / "worker" / name


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {line}"
