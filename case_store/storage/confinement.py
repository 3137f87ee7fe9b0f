"""Strangers' files are parsed in a process of their own, with little memory and time: its death harms nobody."""

import os
import resource
import subprocess
import sys
from threading import BoundedSemaphore
from typing import Final

_AT_ONCE: Final = BoundedSemaphore(2)
"""A page of many pictures must not start as many processes."""


def confined(module: str, *arguments: str, given: bytes = b"", seconds: float) -> bytes | None:
    """Runs a module of ours alone and returns what it says; None when it failed or took too long.

    It gets nothing of this process: neither its environment, nor its open files, nor its database.
    """
    command = [sys.executable, "-I", "-m", module, *arguments]
    with _AT_ONCE:
        try:
            done = subprocess.run(
                command,
                input=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                cwd="/",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 else None


def confine(*, memory: int, seconds: int, largest_file: int = 0) -> None:
    """The module's own first step: from here on it has so much memory, time and room for what it writes."""
    os.umask(0o077)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
