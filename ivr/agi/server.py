"""The FastAGI server: one thread for each call, at most `slots` of them, on loopback only.

A peer that is stuck, slow or hostile costs one slot for a bounded time. A call that finds no slot,
no script of its name, or an error of ours is told FAILURE at once, so that the dialplan takes the
caller to the national queue.
"""

import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import BoundedSemaphore, Condition, Thread
from time import sleep
from typing import Final

from ivr.agi.errors import Hangup, PeerTimeout, ProtocolError, SessionError
from ivr.agi.metrics import CONNECTIONS, SLOTS_IN_USE, Outcome
from ivr.agi.session import OPENING_SECONDS, Session
from ivr.agi.wire import Wire

Script = Callable[[Session], None]
"""One entry of the script table. It returns when the call goes back to the dialplan."""

LOOPBACK: Final = "127.0.0.1"  # FastAGI knows no password
FAILURE: Final = b"FAILURE\n"  # the one line that makes Asterisk set AGISTATUS=FAILURE
_BACKLOG: Final = 512
_NO_SCRIPT: Final = "-"

log = logging.getLogger(__name__)


class AgiServer:
    """Listens from its making; serves from `start()` to `drain()`."""

    def __init__(
        self,
        scripts: Mapping[str, Script],
        *,
        port: int,
        slots: int = 500,
        opening_seconds: float = OPENING_SECONDS,
    ) -> None:
        self._scripts = dict(scripts)
        self._opening_seconds = opening_seconds
        self._slots = BoundedSemaphore(slots)
        self._connections: set[socket.socket] = set()
        self._changed = Condition()
        self._draining = False
        self._listener = socket.create_server((LOOPBACK, port), backlog=_BACKLOG)
        self._acceptor = Thread(target=self._accept, name="agi-accept", daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def running_calls(self) -> int:
        with self._changed:
            return len(self._connections)

    def start(self) -> None:
        self._acceptor.start()

    def drain(self, seconds: float) -> bool:
        """Takes no more calls, waits for those that run, cuts off the rest. True: none cut."""
        self._draining = True
        with suppress(OSError):  # it may be drained already
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(); close() alone does not
        self._acceptor.join()
        self._listener.close()
        with self._changed:
            finished = self._changed.wait_for(lambda: not self._connections, seconds)
            for connection in self._connections:
                _hang_up(connection)
            self._changed.wait_for(lambda: not self._connections, 1)
        return finished

    def _accept(self) -> None:
        while not self._draining:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if not self._draining:
                    log.exception("FastAGI cannot accept a call")
                    sleep(0.1)  # out of file descriptors: calls that end give theirs back
                continue
            if self._slots.acquire(blocking=False):
                self._give_thread(connection)
            else:
                CONNECTIONS.labels(_NO_SCRIPT, Outcome.REFUSED).inc()
                log.warning("FastAGI refused a call: all slots are taken")
                _refuse(connection)

    def _give_thread(self, connection: socket.socket) -> None:
        with self._changed:
            self._connections.add(connection)
        try:
            Thread(target=self._serve, args=(connection,), name="agi-call", daemon=True).start()
        except RuntimeError:  # the machine has no thread left
            log.exception("FastAGI refused a call")
            _refuse(connection)
            self._leave(connection)

    def _serve(self, connection: socket.socket) -> None:
        SLOTS_IN_USE.inc()
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            script, outcome = self._converse(connection)
            CONNECTIONS.labels(script, outcome).inc()
        except OSError:
            CONNECTIONS.labels(_NO_SCRIPT, Outcome.HANGUP).inc()
        finally:
            SLOTS_IN_USE.dec()
            self._leave(connection)

    def _leave(self, connection: socket.socket) -> None:
        self._slots.release()
        with self._changed:
            connection.close()
            self._connections.discard(connection)
            self._changed.notify_all()

    def _converse(self, connection: socket.socket) -> tuple[str, Outcome]:
        wire = Wire(connection)
        try:
            session = Session(wire, opening_seconds=self._opening_seconds)
        except SessionError as error:
            return _NO_SCRIPT, _outcome_of_opening(error, wire)
        script = self._scripts.get(session.script)
        if script is None:
            log.warning("FastAGI was asked for a script that it does not have")
            _refuse(connection)
            return _NO_SCRIPT, Outcome.UNKNOWN_SCRIPT
        outcome = _run(script, session)
        if outcome in {Outcome.FAILED, Outcome.TIMEOUT}:
            _refuse(connection)
        return session.script, outcome


def _outcome_of_opening(error: SessionError, wire: Wire) -> Outcome:
    if isinstance(error, Hangup):
        return Outcome.HANGUP if wire.has_heard else Outcome.PROBE
    log.warning("FastAGI closed a connection that was no call: %s", error)
    return Outcome.HOSTILE


def _run(script: Script, session: Session) -> Outcome:
    try:
        script(session)
        session.release()
    except Hangup:
        return Outcome.HANGUP
    except PeerTimeout:
        log.warning("script %s: Asterisk did not answer in time", session.script)
        return Outcome.TIMEOUT
    except ProtocolError as error:
        log.warning("script %s: %s", session.script, error)
        return Outcome.FAILED
    except Exception as error:  # noqa: BLE001  # the caller must reach the fallback
        log.error("script %s failed: %s", session.script, where(error))
        return Outcome.FAILED
    return Outcome.DONE


def where(error: BaseException) -> str:
    """An error's kind and the line it came from. Its message may hold a number, and is left out."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {line}"


def _refuse(connection: socket.socket) -> None:
    with connection, suppress(OSError):
        connection.settimeout(1)
        connection.sendall(FAILURE)
        connection.shutdown(socket.SHUT_WR)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended meanwhile
        connection.shutdown(socket.SHUT_RDWR)
