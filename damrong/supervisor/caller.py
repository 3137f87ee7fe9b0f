"""Watches the program that called us, when that program cannot pass a signal on.

GNU make sends a SIGTERM on to what it started, but a SIGINT it takes for the terminal's, which
would have reached us too; sent to make alone it would only make both wait for each other.
"""

import os
import signal
from pathlib import Path

_INTERRUPT = 1 << (signal.SIGINT - 1)


class Caller:
    """The process that started us, known by its number."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._status = Path(f"/proc/{pid}/status")
        self._minded_interrupts = self._minds_interrupts()

    def wants_the_end(self) -> bool:
        """Whether it is gone, or has been interrupted (it then handles no further interrupt)."""
        if os.getppid() != self._pid:
            return True
        return self._minded_interrupts and not self._minds_interrupts()

    def _minds_interrupts(self) -> bool:
        try:
            lines = self._status.read_text().splitlines()
        except OSError:
            return False
        caught = next((line for line in lines if line.startswith("SigCgt:")), "SigCgt: 0")
        return bool(int(caught.split()[1], 16) & _INTERRUPT)
