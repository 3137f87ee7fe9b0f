"""A whole installation of the tests' own: `damrong up` in its own folder and on its own ports."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from damrong.lifeline import FAMILY
from tests.services.private_folder import private_folder

_PORTS: Final = {
    "DAMRONG_SIP_PORT": socket.SOCK_DGRAM,
    "DAMRONG_WS_PORT": socket.SOCK_STREAM,
    "DAMRONG_AGI_PORT": socket.SOCK_STREAM,
    "DAMRONG_AMI_PORT": socket.SOCK_STREAM,
    "DAMRONG_CONSOLE_PORT": socket.SOCK_STREAM,
}


@dataclass
class Installation:
    """A running system: its folder, its settings, its parent process and what it printed."""

    home: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    printed: list[str]

    @property
    def url(self) -> str:
        """The console's address, as READY said it."""
        return self.printed[-1].removeprefix("READY ")

    @property
    def password(self) -> str:
        """The demo people's password, as it was printed."""
        found = re.search(r"with the password (\S+)", "\n".join(self.printed))
        assert found is not None
        return found[1]

    def port(self, name: str) -> int:
        """The port that a setting was given, for instance `sip`."""
        return int(self.environment[f"DAMRONG_{name.upper()}_PORT"])

    def service_pid(self, name: str) -> int:
        """The process of a service, looked up among the parent's children."""
        for child in _children(self.process.pid):
            if name in Path(f"/proc/{child}/cmdline").read_bytes().decode().replace("\0", " "):
                return child
        raise LookupError(name)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a `damrong` command on this installation."""
        command = [sys.executable, "-m", "damrong", *words]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=60
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def running_installation(sounds: Path | None = None, **settings: str) -> Iterator[Installation]:
    """Start a system and wait for READY; `sounds` of an earlier one save the time to make them."""
    with private_folder("up") as home:
        if sounds is not None:
            (home / "sounds").symlink_to(sounds)
        environment = _environment(home, settings)
        process = subprocess.Popen(
            [sys.executable, "-m", "damrong", "up"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        installation = Installation(home, environment, process, [])
        try:
            _await_ready(installation)
            yield installation
        finally:
            if process.poll() is None:
                installation.stop()


def _await_ready(installation: Installation) -> None:
    stdout = installation.process.stdout
    assert stdout is not None
    for line in stdout:
        installation.printed.append(line.rstrip("\n"))
        if line.startswith("READY "):
            # Nobody reads on: keep the pipe from filling up.
            threading.Thread(target=stdout.read, daemon=True).start()
            return
    raise RuntimeError("\n".join(["damrong up did not get ready", *installation.printed]))


def _environment(home: Path, settings: dict[str, str]) -> dict[str, str]:
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("DAMRONG_") and key != FAMILY
    }
    return {**inherited, "DAMRONG_HOME": str(home), **_free_ports(), **settings}


def _free_ports() -> dict[str, str]:
    with ExitStack() as stack:
        found = {}
        for setting, kind in _PORTS.items():
            probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
            probe.bind(("127.0.0.1", 0))
            found[setting] = str(probe.getsockname()[1])
        return found


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]
