"""The parent of all processes, with real children."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from damrong.lifeline import family_members

pytestmark = pytest.mark.slow

_PARENT = """
import sys
from pathlib import Path
from damrong.supervisor.service import Service
from damrong.supervisor.supervisor import Stopped, Supervisor

folder = Path(sys.argv[1])
supervisor = Supervisor(folder / "log")
supervisor.catch_signals()
services = [
    Service(name, ["/bin/sh", "-c", script], stop_seconds=0.3)
    for name, script in zip(sys.argv[2::2], sys.argv[3::2])
]
(folder / "family").write_text(supervisor.family)
try:
    supervisor.start(services)
    supervisor.wait_until_ready()
    print("READY", flush=True)
    supervisor.watch()
except Stopped:
    pass
finally:
    supervisor.end()
"""
# A child that forks a grandchild out of its session, as a badly behaved program would.
_FORKING = "setsid sleep 1000 & echo $$ >> pids; exec sleep 1000"


class Parent:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def start(self, **services: str) -> None:
        words = [word for pair in services.items() for word in pair]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PARENT, self.folder, *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "READY\n"

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(10)

    def family(self) -> list[int]:
        return list(family_members((self.folder / "family").read_text()))

    def pids_written(self) -> list[int]:
        path = self.folder / "pids"
        return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Parent]:
    supervised = Parent(tmp_path)
    yield supervised
    if supervised.process and supervised.process.poll() is None:
        supervised.signal(signal.SIGTERM)


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_is_killed_is_started_again_at_once(parent: Parent) -> None:
    parent.start(sleeper="echo $$ >> pids; exec sleep 1000")
    assert _within(30, lambda: len(parent.pids_written()) == 1)
    os.kill(parent.pids_written()[0], signal.SIGKILL)
    assert _within(30, lambda: len(parent.pids_written()) == 2)
    assert parent.pids_written()[1] in parent.family()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_parent_leaves_no_process_behind(
    parent: Parent, number: signal.Signals
) -> None:
    parent.start(plain="exec sleep 1000", forking=_FORKING)
    assert _within(30, lambda: len(parent.family()) >= 3)
    parent.signal(number)
    assert parent.family() == []
    assert parent.process is not None
    assert parent.process.returncode == 0


def test_a_killed_parent_leaves_no_process_behind(parent: Parent) -> None:
    parent.start(plain="exec sleep 1000", forking=_FORKING)
    assert _within(30, lambda: len(parent.family()) >= 3)
    parent.signal(signal.SIGKILL)
    assert _within(30, lambda: parent.family() == [])


def test_a_child_that_does_not_listen_is_ended_by_force(parent: Parent) -> None:
    parent.start(deaf="trap '' TERM; echo $$ >> pids; while true; do sleep 1; done")
    assert _within(30, lambda: len(parent.pids_written()) == 1)
    started = time.monotonic()
    parent.signal(signal.SIGTERM)
    assert time.monotonic() - started < 4
    assert parent.family() == []


def test_what_a_child_prints_is_in_its_log(parent: Parent) -> None:
    parent.start(speaker="echo hello; exec sleep 1000")
    log = parent.folder / "log" / "speaker.log"
    assert _within(30, lambda: log.exists() and log.read_text() == "hello\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_only_make_ends_us_too(tmp_path: Path, number: signal.Signals) -> None:
    watch = (
        "import os, time\nfrom damrong.supervisor.caller import Caller\n"
        "caller = Caller(os.getppid())\nprint('WATCHING', flush=True)\n"
        "while not caller.wants_the_end(): time.sleep(0.02)\n"
    )
    (tmp_path / "watch.py").write_text(watch)
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} watch.py\n")
    # The tests themselves may run under make, whose settings a newcomer's shell does not have.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make = subprocess.Popen(
        # A shell's background job, as these tests may be, ignores an interrupt; a newcomer's make does not.
        ["env", "--default-signal=INT", "make", "run"],
        cwd=tmp_path,
        env={**env, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert make.stdout is not None
    assert make.stdout.readline() == "WATCHING\n"
    make.send_signal(number)
    # The pipe ends with the last process that writes to it; make itself is not waited for yet.
    assert make.stdout.read() == ""
    make.wait(5)
