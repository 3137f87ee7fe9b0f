"""Running other people's programs, and making their failures readable."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from damrong.provision.errors import SetupError

Words = list[str | Path]
"""A command line in the making."""

_NETWORK_SIGNS = (
    "Temporary failure",
    "Could not resolve",
    "Failed to establish a new connection",
    "Network is unreachable",
    "Could not connect",
    "Failed to fetch",
    "Connection failed",
    "Connection refused",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "Read timed out",
    "No matching distribution found",
)
_DISK_SIGNS = ("No space left on device", "ENOSPC")


def run(
    command: Sequence[str | Path],
    purpose: str,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program to its end and return what it printed; its failure becomes one sentence."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as missing:
        raise SetupError(f"{purpose} needs the program {command[0]}: install it.") from missing
    if done.returncode != 0:
        raise SetupError(_explain(purpose, done.stdout))
    return done.stdout


def _explain(purpose: str, output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any(sign in output for sign in _DISK_SIGNS):
        return f"{purpose} failed because the disk is full: free some space and start again."
    if any(sign in output for sign in _NETWORK_SIGNS):
        return (
            f"{purpose} failed because the package registry could not be reached: "
            "check this machine's network (and proxy settings) and start again."
        )
    tail = " / ".join(lines[-3:]) or "no message"
    return f"{purpose} failed: {tail}"
