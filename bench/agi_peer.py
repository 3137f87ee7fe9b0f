"""Plays Asterisk towards AGI: sends the request, answers every command, over a socket or the pipes of a process."""

import os
import selectors
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

COMMANDS: Final = 5
"""How many commands the tiny conversation has."""
TALK_SECONDS: Final = 5.0
_REPLY: Final = b"200 result=1 (th)\n"
_LOOPBACK: Final = "127.0.0.1"
_FIELDS: Final = {
    "network": "yes",
    "network_script": "tiny",
    "request": "agi://127.0.0.1/tiny",
    "channel": "PJSIP/trunk-00000001",
    "language": "th",
    "type": "PJSIP",
    "uniqueid": "1790000000.1",
    "version": "22.10.1",
    "callerid": "053211234",
    "calleridname": "unknown",
    "callingpres": "0",
    "callingani2": "0",
    "callington": "0",
    "callingtns": "0",
    "dnid": "1567",
    "rdnis": "unknown",
    "context": "citizen",
    "extension": "s",
    "priority": "12",
    "enhanced": "0.0",
    "accountcode": "",
    "threadid": "140000000000000",
}
REQUEST: Final = "".join(f"agi_{key}: {value}\n" for key, value in _FIELDS.items()).encode() + b"\n"


@dataclass
class Talk:
    """One conversation: where the other side is heard and answered, and how it ends."""

    hear: int
    speak: int
    close: Callable[[], None]
    began: float = field(default_factory=time.perf_counter)
    answered: int = 0


Begin = Callable[[], Talk]
"""Begins a conversation: connects, or starts a process."""


@dataclass
class Talks:
    """What many conversations came to."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0


def dial(port: int) -> Begin:
    """A FastAGI server."""

    def begin() -> Talk:
        connection = socket.create_connection((_LOOPBACK, port), timeout=TALK_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Talk(connection.fileno(), connection.fileno(), connection.close)

    return begin


def start(command: Sequence[str]) -> Begin:
    """A process for each call, as AGI() starts it."""

    def begin() -> Talk:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def close() -> None:
            stdin.close()
            stdout.close()
            try:
                process.wait(TALK_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

        return Talk(stdout.fileno(), stdin.fileno(), close, began)

    return begin


def converse(begin: Begin, *, at_once: int, seconds: float, most: int | None = None) -> Talks:
    """Holds `at_once` conversations all the time, for `seconds` or until `most` were begun."""
    talks, begun = Talks(), 0
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        while True:
            more = time.perf_counter() < end and (most is None or begun < most)
            if more and len(selector.get_map()) < at_once:
                _open(selector, begin())
                begun += 1
                continue
            if not selector.get_map():
                return talks
            _heed(selector, talks)


def _open(selector: selectors.BaseSelector, talk: Talk) -> None:
    os.write(talk.speak, REQUEST)
    selector.register(talk.hear, selectors.EVENT_READ, talk)


def _heed(selector: selectors.BaseSelector, talks: Talks) -> None:
    ready = selector.select(TALK_SECONDS)
    for key, _ in ready:
        talk: Talk = key.data
        if not _answer(talk):
            _over(selector, talk, talks)
    if not ready:  # nobody has said anything for long: they are stuck
        for key in list(selector.get_map().values()):
            _over(selector, key.data, talks)


def _answer(talk: Talk) -> bool:
    """Answers what was said; False when the other side is done."""
    try:
        commands = os.read(talk.hear, 4096).count(b"\n")
        if commands:
            talk.answered += commands
            os.write(talk.speak, _REPLY * commands)
        return commands > 0
    except OSError:
        return False


def _over(selector: selectors.BaseSelector, talk: Talk, talks: Talks) -> None:
    selector.unregister(talk.hear)
    talk.close()
    if talk.answered == COMMANDS:
        talks.seconds.append(time.perf_counter() - talk.began)
    else:
        talks.failed += 1
