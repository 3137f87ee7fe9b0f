"""A real PostgreSQL server of the tests' own: private data folder, UNIX socket, no port."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from damrong.lifeline import die_with_parent
from damrong.provision.tools import launcher
from tests.services.private_folder import private_folder

_START_SECONDS = 30
_USER = "tester"
_SERVER_SETTINGS = {"listen_addresses": "", "shared_buffers": "32MB", "max_connections": "100"}
_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""What makes tests quick, and loses commits when the server is killed."""


@dataclass
class PostgresServer:
    """A server that a test may also stop and start again; each test asks it for a database of its own."""

    socket_folder: Path
    durable: bool = False
    """Whether it keeps what it committed even when it is killed, as a real one does."""
    _user: pwd.struct_passwd | None = None
    _process: "subprocess.Popen[bytes] | None" = None
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        """Start it and wait until it answers."""
        chosen = _SERVER_SETTINGS | ({} if self.durable else _QUICK)
        options = [f"-c{key}={value}" for key, value in chosen.items()]
        self._process = subprocess.Popen(
            [launcher("postgres"), "-D", self._data, "-k", self.socket_folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=self._log.open("wb"),
            cwd=self.socket_folder,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            preexec_fn=lambda: die_with_parent(signal.SIGQUIT),  # noqa: PLW1509
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it, and every connection with it, at once. Not as a crash: without fsync that loses commits."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(10)

    def kill(self) -> None:
        """Crash it: every process of it drops what it does, and the next start recovers from the log."""
        if not self.durable or self._process is None:
            raise RuntimeError("only a running durable server may crash: another one loses commits")
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(10)

    @property
    def _data(self) -> Path:
        return self.socket_folder / "data"

    @property
    def _log(self) -> Path:
        return self.socket_folder / "log"

    def create_database(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.socket_folder}"

    def drop_database(self, url: str) -> None:
        """Remove a database that `create_database` made, also when somebody is still connected."""
        name = url.split("@/", 1)[1].split("?", 1)[0]
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            statement = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(statement)

    def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self, database: str) -> str:
        return f"host={self.socket_folder} user={_USER} dbname={database}"


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end; as root it runs as another user, as it must."""
    with private_folder("pg") as folder:
        user = _unprivileged_user()
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _initialise(folder / "data", user)
        server = PostgresServer(folder, durable, user)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _initialise(data: Path, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [
            launcher("initdb"),
            "-D",
            data,
            "-U",
            _USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ],
        check=True,
        capture_output=True,
        cwd=data.parent,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]
