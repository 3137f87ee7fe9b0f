"""A client of Asterisk's manager interface (AMI): one connection, kept alive, safe to use from many threads.

Our own because the libraries to be had are unmaintained and write values raw, so that a line break
in one becomes a second action; here no value with a line break leaves the process.
"""

import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from typing import Final

Message = Mapping[str, str]
"""One answer or event: header → value."""

CONNECT_SECONDS: Final = 3.0
ACTION_SECONDS: Final = 5.0
PING_EVERY_SECONDS: Final = 5.0
LONGEST_LINE: Final = 65_536
_BACK_OFF: Final = (0.1, 0.2, 0.5, 1.0, 2.0)
_FORBIDDEN: Final = "\r\n\0"

log = logging.getLogger(__name__)


class AmiError(Exception):
    """Asterisk could not be told, or did not do it."""


class NotConnected(AmiError):
    """There is no connection, or it broke before the answer came."""


class NoAnswer(AmiError):
    """Asterisk did not answer in time."""


class Refused(AmiError):
    """Asterisk answered with an error; its words are the message."""


class UnsafeValue(ValueError):
    """A value holds a line break or a zero byte. It is not repeated here: it may be personal."""


@dataclass
class _Pending:
    is_list: bool
    messages: list[Message] = field(default_factory=list)
    done: Event = field(default_factory=Event)
    broken: bool = False

    def take(self, message: Message) -> None:
        self.messages.append(message)
        refused = message.get("Response") == "Error"
        ended = message.get("EventList") == "Complete" if self.is_list else "Response" in message
        if ended or refused:
            self.done.set()


class Ami:
    """Connects from `start()` on, and again whenever the connection is lost, until `close()`.

    `on_event` and `on_connect` are called in the reading thread: they must return at once and send nothing.
    """

    def __init__(
        self,
        *,
        port: int,
        username: str,
        secret: str,
        on_event: Callable[[Message], None] = lambda _: None,
        on_connect: Callable[[], None] = lambda: None,
        host: str = "127.0.0.1",
    ) -> None:
        self._address = (host, port)
        self._username, self._secret = username, secret
        self._on_event, self._on_connect = on_event, on_connect
        self._ids = count(1)
        self._lock = Lock()
        self._pending: dict[str, _Pending] = {}
        self._socket: socket.socket | None = None
        self._ready = Event()
        self._closing = Event()
        self._threads = [
            Thread(target=self._live, name="ami-reader", daemon=True),
            Thread(target=self._ping, name="ami-ping", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._closing.set()
        self._hang_up()

    @property
    def is_connected(self) -> bool:
        return self._ready.is_set()

    def wait_connected(self, seconds: float) -> bool:
        return self._ready.wait(seconds)

    def act(self, action: str, **values: str | int) -> Message:
        """Sends an action and returns Asterisk's answer. Raises `AmiError`, `UnsafeValue`."""
        return self._ask(action, values, is_list=False)[0]

    def ask_list(self, action: str, **values: str | int) -> list[Message]:
        """Sends an action that is answered by a list, and returns the list's events."""
        return [
            message for message in self._ask(action, values, is_list=True) if "Event" in message
        ]

    # ── Sending ───────────────────────────────────────────────────────────────────────────────

    def _ask(
        self, action: str, values: Mapping[str, str | int], *, is_list: bool, login: bool = False
    ) -> list[Message]:
        if not (login or self._ready.is_set()):
            raise NotConnected("Asterisk's manager is not connected")
        action_id = f"damrong-{next(self._ids)}"
        packet = _packet({"Action": action, "ActionID": action_id, **values})
        pending = _Pending(is_list)
        with self._lock:
            self._pending[action_id] = pending
        try:
            self._send(packet)
            return _result(action, pending)
        finally:
            with self._lock:
                self._pending.pop(action_id, None)

    def _send(self, packet: bytes) -> None:
        with self._lock:
            if self._socket is None:
                raise NotConnected("Asterisk's manager is not connected")
            try:
                self._socket.sendall(packet)
            except OSError as error:
                raise NotConnected("the connection to Asterisk's manager broke") from error

    def _ping(self) -> None:
        """A connection that is silently dead is found out, and made anew."""
        while not self._closing.wait(PING_EVERY_SECONDS):
            if not self._ready.is_set():
                continue
            try:
                self.act("Ping")
            except NoAnswer:
                log.warning("Asterisk's manager is silent: connecting anew")
                self._hang_up()
            except AmiError:
                continue

    # ── Receiving ─────────────────────────────────────────────────────────────────────────────

    def _live(self) -> None:
        failures = 0
        while not self._closing.is_set():
            try:
                self._converse()
                failures = 0
            except Exception as error:  # noqa: BLE001  # whatever it is, the connection is made anew
                if failures == 0:
                    log.warning("Asterisk's manager cannot be reached: %s", type(error).__name__)
                failures += 1
            self._forget_connection()
            self._closing.wait(_BACK_OFF[min(failures, len(_BACK_OFF) - 1)])

    def _converse(self) -> None:
        connection = socket.create_connection(self._address, CONNECT_SECONDS)
        connection.settimeout(None)  # the pings find a dead connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._socket = connection
        Thread(target=self._log_in, name="ami-login", daemon=True).start()
        with connection, connection.makefile("rb") as stream:
            message: dict[str, str] = {}
            while line := stream.readline(LONGEST_LINE):
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text:
                    name, _, value = text.partition(":")
                    message.setdefault(name, value.strip())
                elif message:
                    self._receive(message)
                    message = {}

    def _log_in(self) -> None:
        try:
            self._ask(
                "Login",
                {"Username": self._username, "Secret": self._secret},
                is_list=False,
                login=True,
            )
        except NotConnected:
            return  # the reading thread knows, and tries again
        except AmiError as error:
            log.error("Asterisk's manager does not let us in: %s", error)
            self._hang_up()

    def _receive(self, message: Message) -> None:
        with self._lock:
            pending = self._pending.get(message.get("ActionID", ""))
        if pending is not None:
            pending.take(message)
        elif (
            message.get("Event") == "FullyBooted"
        ):  # comes after every login, or at the end of a start
            log.info("connected to Asterisk's manager")
            self._ready.set()
            self._on_connect()
        elif "Event" in message:
            self._on_event(message)

    def _forget_connection(self) -> None:
        self._ready.clear()
        with self._lock:
            self._socket = None
            waiting, self._pending = list(self._pending.values()), {}
        for pending in waiting:
            pending.broken = True
            pending.done.set()

    def _hang_up(self) -> None:
        with self._lock:
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:  # it has ended by itself
                    self._socket = None


def _packet(values: Mapping[str, str | int]) -> bytes:
    lines = []
    for name, value in values.items():
        text = str(value)
        if any(character in text for character in _FORBIDDEN):
            raise UnsafeValue(f"the value of {name} holds a line break")
        lines.append(f"{name}: {text}\r\n")
    return "".join([*lines, "\r\n"]).encode()


def _result(action: str, pending: _Pending) -> list[Message]:
    if not pending.done.wait(ACTION_SECONDS):
        raise NoAnswer(f"no answer to {action}")
    if pending.broken:
        raise NotConnected("the connection to Asterisk's manager broke")
    first = pending.messages[0]
    if first.get("Response") == "Error":
        raise Refused(first.get("Message", "refused"))
    return pending.messages
