"""The worker's part in planning: takes a search and has a process of its own do it, at the lowest priority.

The solver takes every core that it gets and much memory. In a process apart it holds up neither calls nor reminders,
and when it is killed, the worker goes on.
"""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Final

from case_store.clock import now
from case_store.database import Database
from case_store.rotation.rota.jobs import claim_job, fail, give_back
from case_store.rotation.rota.models import PlanState

LOOKS_EVERY: Final = 0.5
TERMINATION: Final = 3.0
"""Seconds that a search gets to end by itself when the worker ends."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Planner:
    """Does one search after the other. `command` begins a search, given its number."""

    database: Database
    stop: Event
    command: Callable[[int], list[str]] = lambda job_id: [
        sys.executable, "-m", "damrong", "roster", "search", str(job_id),
    ]  # fmt: skip

    def work(self) -> bool:
        """One search, if any waits; whether there was one."""
        with self.database.transaction() as session:
            job_id = claim_job(session, at=now())
        if job_id is None:
            return False
        child = subprocess.Popen(self.command(job_id))
        try:
            code = self._wait(child)
        finally:
            _end(child)
        with self.database.transaction() as session:
            if code is None:
                give_back(session, job_id)
            elif code != 0:
                log.error("search %s for a rota ended with %s", job_id, code)
                fail(session, job_id, PlanState.FAILED, at=now())
        return True

    def _wait(self, child: subprocess.Popen[bytes]) -> int | None:
        """How the search ended; None when the worker ends first."""
        while not self.stop.wait(LOOKS_EVERY):
            if (code := child.poll()) is not None:
                return code
        return None


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(TERMINATION)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
