"""The state folder of an installation: its lock, its folders, its secrets."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

from case_store.identity.keyring import SECRET, Keyring
from case_store.identity.keyring_file import keyring_text
from case_store.settings import Settings
from damrong.provision import disk
from damrong.provision.errors import SetupError

SECRETS = ("ami", "calls", "demo-phone")
_FOLDERS = ("log", "redis", "recordings", "recorded")
_LONGEST_SOCKET_PATH = 107  # what the kernel allows
_NEEDED_MEGABYTES = 300


def write_privately() -> None:
    """From here on, whatever this process and its children write is for their own user alone.

    The state holds callers' numbers and voices, and its folder may be one that others can look into.
    """
    os.umask(0o077)


def prepare_home(settings: Settings) -> None:
    """Make the folders and the secrets that are not there yet."""
    home = settings.home
    longest = home / "asterisk" / "run" / "asterisk.ctl"
    if len(str(longest)) > _LONGEST_SOCKET_PATH:
        raise SetupError(
            f"The path {home} is too long for UNIX sockets: set DAMRONG_HOME to a shorter one."
        )
    disk.require_free(home, _NEEDED_MEGABYTES, "The state folder")
    make_home(home)
    try:
        for name in _FOLDERS:
            (home / name).mkdir(mode=0o700, exist_ok=True)
        make_secrets(home)
    except PermissionError as error:
        raise SetupError(
            f"{error.filename} cannot be written: set DAMRONG_HOME to a folder of your own."
        ) from None


def make_home(home: Path) -> None:
    """Make the state folder; it holds personal data, so nobody else may look into it."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"The state folder {home} cannot be made ({error.strerror}): set DAMRONG_HOME to a "
            "folder of your own."
        ) from None


def make_secrets(home: Path) -> None:
    """Make the random secrets that are missing, readable by their owner alone."""
    folder = home / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in SECRETS:
        path = folder / name
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(32))
    # Never made anew beside a store that has cases: what was sealed with lost keys stays shut.
    if not (folder / SECRET).exists():
        write_secret(folder / SECRET, keyring_text(Keyring.new()))


def write_secret(path: Path, value: str) -> None:
    """Write a file that nobody else can read, not even for a moment; after a crash it is the old one or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def occupy(settings: Settings) -> IO[str]:
    """Hold the state folder for this process; the lock ends with the process, however it ends."""
    make_home(settings.home)
    file = (settings.home / "up.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SetupError(
            f"Another copy already runs in {settings.home}: stop it, or set DAMRONG_HOME (and the "
            "ports) to others."
        ) from None
    return file
