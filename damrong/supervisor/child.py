"""One service's process: started, found dead, started again a little later each time."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from damrong.lifeline import FAMILY, die_with_parent
from damrong.supervisor.logfile import LogFile
from damrong.supervisor.service import Service

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_LONG_LIFE = 20.0
_STOP_COMMAND_SECONDS = 3.0


class Child:
    """The process of one service, and what became of earlier ones."""

    def __init__(self, service: Service, log: LogFile, family: str) -> None:
        self.service = service
        self.log = log
        self.quick_deaths = 0
        self._family = family
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due: float | None = None

    @property
    def pid(self) -> int | None:
        """The living process, if any."""
        return self._process.pid if self.is_alive() and self._process else None

    def is_alive(self) -> bool:
        """Whether it runs at this moment."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it in a session of its own: a Ctrl-C at the terminal reaches the parent alone.

        It must be called in the main thread, whose end is what the child's lifeline watches.
        """
        with self.log.open() as output:
            self._process = subprocess.Popen(
                [str(word) for word in self.service.command],
                env={**os.environ, **self.service.env, FAMILY: self._family},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )
        self._started = time.monotonic()
        self._due = None

    def revive(self) -> str | None:
        """Start it again when it died and its delay is over; return what is worth telling."""
        if self.is_alive():
            return None
        now = time.monotonic()
        if self._due is None:
            return self._plan_restart(now)
        if now >= self._due:
            self.start()
        return None

    def _plan_restart(self, now: float) -> str:
        self.quick_deaths = 1 if now - self._started > _LONG_LIFE else self.quick_deaths + 1
        delay = min(_FIRST_DELAY * 2 ** (self.quick_deaths - 1), _LONGEST_DELAY)
        self._due = now + delay
        return f"{self.service.name} ended ({self._how_it_ended()}), starting it again"

    def _how_it_ended(self) -> str:
        code = self._process.returncode if self._process else 0
        if code >= 0:
            return f"exit code {code}"
        return f"signal {signal.Signals(-code).name}"

    def ask_to_end(self) -> None:
        """Ask it to end in its own way."""
        if not self.is_alive() or self._process is None:
            return
        command = self.service.stop_command
        if command is None or not _succeeds(command):
            self._process.terminate()

    def kill(self) -> None:
        """End it at once."""
        if self._process is None or not self.is_alive():
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self._process.wait()


def _succeeds(command: Sequence[str | Path]) -> bool:
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_STOP_COMMAND_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
