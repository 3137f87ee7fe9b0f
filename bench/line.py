"""A whole line of its own, in a temporary folder and on free ports: Asterisk, Redis and `damrong ivr`."""

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.free_ports import LOOPBACK, free_ports
from bench.sip import Address
from bench.tones import provide_tones
from case_store import migrations
from case_store.database import Database
from case_store.settings import Settings
from damrong.installation import prepare_home
from damrong.services import services_of
from damrong.supervisor.supervisor import Supervisor
from damrong.up import render_asterisk

_HERE: Final = Path(__file__).parent
_SPEECH_PORTS: Final = (22_000, 25_999)
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_IDLE_SHARE: Final = 0.1
_LOOK_SECONDS: Final = 0.25
_SETTLE_SECONDS: Final = 6.0


class Line:
    """The running line, and how much processor time it has used."""

    def __init__(self, settings: Settings, supervisor: Supervisor) -> None:
        self._settings, self._supervisor = settings, supervisor

    @property
    def address(self) -> Address:
        return (LOOPBACK, self._settings.sip_port)

    def processor_seconds(self) -> float:
        """Of Asterisk, ivr and Redis together, since their start."""
        return sum(map(_processor_seconds, self._supervisor.pids().values()))

    def settle(self) -> None:
        """Returns when all that calls left to do is done: the ledger is read, the channels are gone."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        used = self.processor_seconds()
        while time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            before, used = used, self.processor_seconds()
            if used - before < _IDLE_SHARE * _LOOK_SECONDS:
                return

    @contextmanager
    def without_flows(self) -> Iterator[None]:
        """Holds `damrong ivr`, so that a plain dialplan does not pay for its reading of the ledger."""
        ivr = self._supervisor.pids()["ivr"]
        os.kill(ivr, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(ivr, signal.SIGCONT)


@contextmanager
def running_line() -> Iterator[Line]:
    """Set up and started; at the end nothing of it is left."""
    home = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
    before = dict(os.environ)
    try:
        settings = _settings(home)
        _prepare(settings)
        supervisor = Supervisor(home / "log")
        try:
            supervisor.start([s for s in services_of(settings) if s.name != "console"])
            supervisor.wait_until_ready()
            yield Line(settings, supervisor)
        finally:
            supervisor.end()
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(home, ignore_errors=True)


def _settings(home: Path) -> Settings:
    """Said in the environment, as `damrong ivr` reads it there; nothing of a real installation may come in."""
    agi, ami, web, console = free_ports(4)
    values = {
        "home": home,
        "demo": "false",
        "database_url": f"sqlite:///{home / 'damrong.sqlite3'}",
        "redis_url": "",
        "sip_bind": LOOPBACK,
        "sip_port": free_ports(1, socket.SOCK_DGRAM)[0],
        "ws_port": web,
        "agi_port": agi,
        "ami_port": ami,
        "rtp_start": _SPEECH_PORTS[0],
        "rtp_end": _SPEECH_PORTS[1],
        "console_bind": LOOPBACK,
        "console_port": console,
        "trunk_match": f"{LOOPBACK}/32",
        "trunk_contact": "",
    }
    os.environ.update({f"DAMRONG_{name.upper()}": str(value) for name, value in values.items()})
    return Settings()


def _prepare(settings: Settings) -> None:
    prepare_home(settings)
    database = Database.of(settings)
    try:
        migrations.upgrade(database.engine)
    finally:
        database.close()
    provide_tones(settings.home)
    render_asterisk(settings)
    folder = settings.home / "asterisk" / "etc"
    _append(folder / "extensions.conf", _HERE / "plain-dialplan.conf")
    _append(folder / "queues.conf", _HERE / "open-queues.conf")


def _append(rendered: Path, extra: Path) -> None:
    with rendered.open("a") as file:
        file.write(extra.read_text())


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
