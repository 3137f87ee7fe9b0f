"""Outlives a parent that was killed, and then ends the whole family of processes.

It waits on its standard input, which closes when the parent is gone, however the parent went.
"""

import signal
import subprocess
import sys
import time

from damrong.lifeline import FAMILY, family_members, kill_family

_GRACE_SECONDS = 4.0


def start(family: str, env: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a warden beside the calling process; closing its stdin sets it off."""
    return subprocess.Popen(
        [sys.executable, "-m", "damrong.supervisor.warden", family],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={key: value for key, value in env.items() if key != FAMILY},
    )


def end_family(family: str, grace: float = _GRACE_SECONDS) -> None:
    """Ask all members of the family to end, and after a while end them by force."""
    kill_family(family, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(family_members(family)):
        if time.monotonic() > deadline:
            kill_family(family)
        time.sleep(0.05)


def main() -> None:
    """Wait for the parent's end, then end its family."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_family(sys.argv[1])


if __name__ == "__main__":
    main()
