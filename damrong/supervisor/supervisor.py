"""Starts all services, waits until they are ready, revives the dead, and ends all in order."""

import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from types import FrameType

from damrong.lifeline import FAMILY
from damrong.provision.errors import SetupError
from damrong.supervisor import warden
from damrong.supervisor.caller import Caller
from damrong.supervisor.child import Child
from damrong.supervisor.logfile import LogFile
from damrong.supervisor.service import Service

_TICK = 0.1
_READY_SECONDS = 60.0
_HOPELESS_DEATHS = 4
_ROTATE_EVERY = 5.0


class Stopped(Exception):
    """Somebody asked the parent to end."""


class Supervisor:
    """The one parent. Everything that it starts carries its family name in the environment."""

    def __init__(self, log_folder: Path, caller: Caller | None = None) -> None:
        self.family = secrets.token_hex(8)
        self._log_folder = log_folder
        self._caller = caller
        self._children: list[Child] = []
        self._stop = threading.Event()
        self._ending = False
        self._warden = warden.start(self.family, dict(os.environ))
        # What the set-up starts (npm, apt, speech) belongs to the family too.
        os.environ[FAMILY] = self.family

    def catch_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP end everything; a second one at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, services: Sequence[Service]) -> None:
        """Start them all; a program that cannot be started at all ends the attempt."""
        for service in services:
            log = LogFile(self._log_folder / f"{service.name}.log")
            child = Child(service, log, self.family)
            self._children.append(child)
            child.start()

    def wait_until_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Return when every service says it is ready; stop when one cannot live."""
        deadline = time.monotonic() + seconds
        waiting = list(self._children)
        while waiting:
            self._pause()
            self._revive()
            for child in self._children:
                if child.quick_deaths >= _HOPELESS_DEATHS:
                    raise SetupError(_obituary(child, "ends as soon as it is started"))
            waiting = [c for c in waiting if not (c.is_alive() and c.service.is_ready())]
            if waiting and time.monotonic() > deadline:
                raise SetupError(_obituary(waiting[0], f"is not ready after {seconds:.0f} s"))

    def watch(self) -> None:
        """Revive what dies until somebody asks for the end."""
        rotated = time.monotonic()
        while True:
            self._pause()
            self._revive()
            if time.monotonic() - rotated > _ROTATE_EVERY:
                rotated = time.monotonic()
                for child in self._children:
                    child.log.rotate_if_large()

    def end(self) -> None:
        """End all services in the order of their phases, then whatever they left behind."""
        self._ending = True
        self._stop.clear()
        in_order = sorted(self._children, key=_phase)
        for _, group in groupby(in_order, key=_phase):
            children = list(group)
            for child in children:
                child.ask_to_end()
            for child in children:
                self._await_end(child)
        warden.end_family(self.family, grace=1.0)
        if self._warden.stdin is not None:
            self._warden.stdin.close()
        self._warden.wait()

    def pids(self) -> dict[str, int]:
        """The living processes by service."""
        return {c.service.name: c.pid for c in self._children if c.pid is not None}

    def _await_end(self, child: Child) -> None:
        deadline = time.monotonic() + child.service.stop_seconds
        while child.is_alive() and time.monotonic() < deadline and not self._stop.is_set():
            time.sleep(0.02)
        child.kill()

    def _pause(self) -> None:
        if self._stop.wait(_TICK) or (self._caller and self._caller.wants_the_end()):
            raise Stopped

    def _revive(self) -> None:
        for child in self._children:
            news = child.revive()
            if news:
                tell(news)
        if self._warden.poll() is not None:
            self._warden = warden.start(self.family, dict(os.environ))

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._children or self._ending:
            self._stop.set()
        else:
            raise Stopped  # still setting up: interrupt whatever is being done


def tell(text: str) -> None:
    """Say something to the operator without touching standard output, whose last line is READY."""
    sys.stderr.write(f"damrong: {text}\n")
    sys.stderr.flush()


def _phase(child: Child) -> int:
    return child.service.stop_phase


def _obituary(child: Child, what: str) -> str:
    last = child.log.last_line()
    return f"{child.service.name} {what}; its log {child.log.path} ends: {last or '(empty)'}"
