"""A whole telephone line of the tests' own: Asterisk, the process `damrong ivr` and a store, on ports of their own."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from case_store import migrations
from case_store.calls.models import Call
from case_store.calls.record_call import find_call
from case_store.database import Database
from case_store.settings import Settings
from damrong.lifeline import die_with_parent
from damrong.provision import asterisk
from damrong.provision.paths import CHECKOUT, TOOLS
from damrong.provision.tools import launcher
from ivr.pbx.ami import Ami
from ivr.pbx.config import make_secret, render
from ivr.prompts.build import build_all
from tests.services.private_folder import private_folder

SOUNDS_HOME = TOOLS / "test-telephony"
"""Prompts are spoken once for all runs; only what changed is spoken anew."""

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], *, seconds: float = 30.0, every: float = 0.05) -> Found:
    """Looks until what is found is true; the last thing found when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(every)
    return found


@dataclass
class Line:
    """One installation's telephone side."""

    settings: Settings
    database: Database
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    # ── Processes ─────────────────────────────────────────────────────────────────────────────

    def start_asterisk(self) -> None:
        self._start("asterisk", [launcher("asterisk"), "-C", self._config, "-f", "-n"])
        booted = eventually(
            lambda: "fully booted" in self.cli("core waitfullybooted"), seconds=20, every=0.1
        )
        assert booted, self.asterisk_log()

    def start_ivr(self) -> None:
        self._start("ivr", [sys.executable, "-m", "damrong", "ivr"])
        assert eventually(self._agi_listens, seconds=20), self._log("ivr")

    def kill(self, name: str) -> None:
        """Ends `asterisk` or `ivr` as a crash would."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(10)

    def stop(self, name: str) -> None:
        if process := self._processes.pop(name, None):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    def freeze(self, name: str) -> None:
        """The process is there and does nothing: connections are made, and nobody answers."""
        self._processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGCONT)

    def _start(self, name: str, command: list[str | Path]) -> None:
        with (self.settings.home / f"{name}.out").open("ab") as output:
            self._processes[name] = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,  # noqa: PLW1509
            )

    def _environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith("DAMRONG_")}
        for name in self.settings.model_fields_set - {"trunk_match"}:
            ours[f"DAMRONG_{name.upper()}"] = str(getattr(self.settings, name))
        return ours | {"DAMRONG_TRUNK_MATCH": ",".join(map(str, self.settings.trunk_match))}

    def _agi_listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.settings.agi_port)) == 0

    # ── Witnesses ─────────────────────────────────────────────────────────────────────────────

    def cli(self, command: str) -> str:
        done = subprocess.run(
            [launcher("rasterisk"), "-C", self._config, "-rx", command],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout + done.stderr

    @contextmanager
    def manager(self) -> Iterator[Ami]:
        ami = Ami(
            port=self.settings.ami_port, username="damrong", secret=self.settings.secret("ami")
        )
        ami.start()
        assert ami.wait_connected(5)
        yield ami
        ami.close()

    def queue_log(self) -> list[list[str]]:
        """The ledger's lines: time, call, queue, agent, event, data…"""
        path = self.settings.home / "asterisk" / "log" / "queue_log"
        text = path.read_text() if path.exists() else ""
        return [line.split("|") for line in text.splitlines()]

    def events_of(self, call: str) -> list[str]:
        """What the ledger says of a call, in order; queue events with their queue."""
        return [
            row[4] if row[2] == "NONE" else f"{row[4]} {row[2]}"
            for row in self.queue_log()
            if row[1] == call
        ]

    def calls_from(self, number: str) -> list[str]:
        """Asterisk's names of the calls from a number, in order."""
        return [row[1] for row in self.queue_log() if row[4:6] == ["CALLSTART", number]]

    def row(self, pbx_id: str) -> Call | None:
        with self.database.reading() as session:
            return find_call(session, pbx_id)

    def agent_of(self, pbx_id: str) -> int | None:
        row = self.row(pbx_id)
        return row.agent_id if row is not None else None

    def members(self) -> dict[str, str]:
        """Agent → queue and, after a colon, “paused” when so."""
        with self.manager() as ami:
            return {
                m["Name"]: m["Queue"] + (":paused" if m["Paused"] == "1" else "")
                for m in ami.ask_list("QueueStatus")
                if m["Event"] == "QueueMember"
            }

    def channels(self) -> int:
        return int(self.cli("core show channels count").split()[0])

    def talks(self) -> int:
        """How many pairs of people speak with each other."""
        return sum(" basic" in row for row in self.cli("bridge show all").splitlines())

    def asterisk_log(self) -> str:
        path = self.settings.home / "asterisk" / "log" / "messages.log"
        return (path.read_text() if path.exists() else "") + self._log("asterisk")

    def _log(self, name: str) -> str:
        return (self.settings.home / f"{name}.out").read_text()

    @property
    def _config(self) -> Path:
        return self.settings.home / "asterisk" / "etc" / "asterisk.conf"


@contextmanager
def new_line(**settings: object) -> Iterator[Line]:
    """An installation with its Asterisk running; `start_ivr` is the test's to call."""
    with private_folder("line") as home:
        line = _prepare(Settings(home=home, **(_ports() | settings), _env_file=None))  # type: ignore[arg-type]
        try:
            line.start_asterisk()
            yield line
        finally:
            for name in ("ivr", "asterisk"):
                line.stop(name)
            line.database.close()


def _prepare(settings: Settings) -> Line:
    sounds = Settings(home=SOUNDS_HOME, _env_file=None)
    build_all(sounds, lambda *_: None, launcher("espeak-ng"))
    (settings.home / "sounds").symlink_to(SOUNDS_HOME / "sounds")
    make_secret(settings, "session")
    installed = asterisk.installed()
    assert installed is not None, "run `make tools`"
    installed.link_into(settings.home)
    etc = settings.home / "asterisk" / "etc"
    render(settings, etc)
    telephones_over_udp(etc / "agent-telephone.conf")
    telephones_over_udp(etc / "pjsip.conf")  # the demo phone
    database = Database.of(settings)
    migrations.upgrade(database.engine)
    return Line(settings, database)


def telephones_over_udp(kind: Path) -> None:
    """Neither SIPp nor our test telephone speaks web socket; the rest of an agent's telephone stays as it is."""
    text = kind.read_text()
    for ours, theirs in (
        ("transport = transport-ws", "transport = transport-udp"),
        ("webrtc = yes", "webrtc = no"),
    ):
        assert ours in text
        text = text.replace(ours, theirs)
    kind.write_text(text)


def _ports() -> dict[str, object]:
    speech = random.randrange(20_000, 45_000, 400)
    return {
        "sip_port": free_port(socket.SOCK_DGRAM),
        "ws_port": free_port(),
        "agi_port": free_port(),
        "ami_port": free_port(),
        "console_port": free_port(),
        "rtp_start": speech,
        "rtp_end": speech + 399,
    }


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
