"""Ties a child process to its parent's life, and finds what a family of processes left behind."""

import ctypes
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

FAMILY = "DAMRONG_FAMILY"
"""Every process of one `damrong up` carries this variable, however often it forked."""


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when the thread that started it ends.

    Meant for `preexec_fn`: the start must be made by a thread that lives as long as the parent.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)


def family_members(name: str) -> Iterator[int]:
    """Find the processes that carry this family name in their environment, but not ourselves."""
    marker = f"{FAMILY}={name}".encode()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue  # another user's, or just gone
        if marker in environment.split(b"\0"):
            yield int(entry.name)


def kill_family(name: str, signal_number: int = signal.SIGKILL) -> None:
    """Signal all that is left of a family."""
    for pid in family_members(name):
        try:
            os.kill(pid, signal_number)
        except OSError:
            continue
