"""A telephone network in one thread: places calls, presses a key, and notes when what was heard.

Arrivals are stamped by the kernel, so that a moment in which this program was busy is not counted.
"""

import selectors
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from bench import rtp, sip
from bench.sip import Address, Answer, Route
from bench.tones import Tone

CALL_SECONDS: Final = 10.0
"""A call that takes longer has failed."""
_RESEND_SECONDS: Final = 0.5
_LOOK_EVERY: Final = 0.1
_ROOM: Final = 4 * 1024 * 1024
_STAMPED: Final = 35  # SO_TIMESTAMPNS, which Python does not name
_STAMP: Final = struct.Struct("@qq")
_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True)
class Plan:
    """What a caller does: dials, presses `key` at the greeting, hangs up `stay` seconds after hearing `until`."""

    dialled: str
    until: Tone
    key: str = ""
    stay: float = 0.0


@dataclass
class Call:
    """One call, and when (seconds since the epoch) what happened in it."""

    plan: Plan
    route: Route
    invited: float
    sent: float
    """When the last message was sent that waits for an answer."""
    answer: Answer | None = None
    answered: float | None = None
    greeted: float | None = None
    leaves: float | None = None
    """When the caller will have heard enough."""
    hung_up: bool = False
    ended: float | None = None
    failure: str = ""

    @property
    def first_prompt(self) -> float | None:
        """Seconds from the INVITE to the first packet of the greeting."""
        return None if self.greeted is None else self.greeted - self.invited


class Network:
    """The telephone company's side of the trunk."""

    def __init__(self, pbx: Address) -> None:
        self._pbx = pbx
        self._sip, self._rtp = _open_socket(), _open_socket()
        self._here: Address = self._sip.getsockname()
        self._speech_port: int = self._rtp.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        for each in (self._sip, self._rtp):
            self._selector.register(each, selectors.EVENT_READ)
        self._numbers = count(1)
        self._run = time.time_ns()
        self._calls: dict[str, Call] = {}
        self._by_port: dict[int, Call] = {}
        self._over: list[Call] = []
        self._look_at = 0.0

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        self._sip.close()
        self._rtp.close()

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    def place(self, plan: Plan) -> Call:
        """Dials as a landline of Chiang Mai's area code, each time another."""
        number = next(self._numbers)
        route = Route(
            pbx=self._pbx,
            here=self._here,
            speech_port=self._speech_port,
            dialled=plan.dialled,
            number=f"05321{number % 10_000:04d}",
            call_id=f"{self._run}x{number}",
        )
        now = time.time()
        call = Call(plan, route, invited=now, sent=now)
        self._calls[route.call_id] = call
        self._sip.sendto(sip.invite(route), self._pbx)
        return call

    def serve(self, seconds: float = 0.05) -> list[Call]:
        """Waits for news at most so long, handles all there is; the calls that are over by it."""
        if self._selector.select(seconds):
            # SIP first: it says which call the speech belongs to.
            for message, at, _ in _arrived(self._sip):
                self._on_message(message.decode(errors="replace"), at)
            for packet, at, sender in _arrived(self._rtp):
                self._on_speech(packet, at, sender[1])
        self._look_after(time.time())
        over, self._over = self._over, []
        return over

    # ── What comes ────────────────────────────────────────────────────────────────────────────

    def _on_message(self, message: str, at: float) -> None:
        answer = sip.read(message)
        call = self._calls.get(answer.call_id)
        if answer.code == 0:
            self._on_request(message, answer, call)
        elif call is not None and answer.code >= 200:
            if answer.method == "INVITE":
                self._on_final(call, answer, at)
            elif answer.method == "BYE":
                self._end(call, at)

    def _on_request(self, message: str, request: Answer, call: Call | None) -> None:
        if request.method == "ACK":
            return
        self._sip.sendto(sip.agreement(message), self._pbx)
        if request.method == "BYE" and call is not None:
            call.failure = "the other side hung up"
            self._end(call, time.time())

    def _on_final(self, call: Call, answer: Answer, at: float) -> None:
        self._sip.sendto(sip.acknowledgement(call.route, answer), self._pbx)
        if answer.code >= 300:
            call.failure = f"refused with {answer.code}"
            self._end(call, at)
        elif call.answer is None:
            call.answer, call.answered = answer, at
            self._by_port[answer.speech_port] = call

    def _on_speech(self, packet: bytes, at: float, port: int) -> None:
        call = self._by_port.get(port)
        tone = rtp.tone_in(packet)
        if call is None or call.hung_up or tone is None:
            return
        if tone is Tone.GREETING and call.greeted is None:
            call.greeted = at
            self._press(call, port)
        if tone is call.plan.until and call.leaves is None:
            call.leaves = at + call.plan.stay
            if not call.plan.stay:
                self._say_bye(call)

    def _press(self, call: Call, port: int) -> None:
        if call.plan.key:
            for packet in rtp.pressed(call.plan.key, source=port):
                self._rtp.sendto(packet, (_LOOPBACK, port))

    # ── What does not come ────────────────────────────────────────────────────────────────────

    def _look_after(self, now: float) -> None:
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_EVERY
        for call in list(self._calls.values()):
            if now - call.invited > CALL_SECONDS:
                call.failure = call.failure or _where_it_stuck(call)
                if call.answer is not None:
                    self._say_bye(call)
                self._end(call, now)
            elif call.leaves is not None and not call.hung_up and now >= call.leaves:
                self._say_bye(call)
            elif now - call.sent > _RESEND_SECONDS:
                self._send_again(call, now)

    def _send_again(self, call: Call, now: float) -> None:
        if call.answer is None:
            call.sent = now
            self._sip.sendto(sip.invite(call.route), self._pbx)
        elif call.hung_up:
            self._say_bye(call)

    def _say_bye(self, call: Call) -> None:
        assert call.answer is not None
        call.sent, call.hung_up = time.time(), True
        self._sip.sendto(sip.bye(call.route, call.answer), self._pbx)

    def _end(self, call: Call, at: float) -> None:
        call.ended = at
        del self._calls[call.route.call_id]
        if call.answer is not None and self._by_port.get(call.answer.speech_port) is call:
            del self._by_port[call.answer.speech_port]
        self._over.append(call)


def _where_it_stuck(call: Call) -> str:
    if call.answer is None:
        return "no answer"
    return "no greeting" if call.greeted is None else f"never heard {call.plan.until.name}"


def _open_socket() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
    opened.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)
    opened.bind((_LOOPBACK, 0))
    opened.setblocking(False)
    return opened


def _arrived(source: socket.socket) -> Iterator[tuple[bytes, float, Address]]:
    """Everything that waits in a socket, each with the moment at which the kernel took it in."""
    while True:
        try:
            data, extra, _, sender = source.recvmsg(4096, 64)
        except BlockingIOError:
            return
        yield data, _stamp(extra), sender


def _stamp(extra: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _STAMPED and len(data) == _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack(data)
            return float(seconds + nanoseconds / 1e9)
    return time.time()
