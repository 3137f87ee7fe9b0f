"""One search, from the claimed job to the draft: what the worker's child process does. It loads the solver."""

import hashlib
import logging
import os
import threading
from collections import Counter
from datetime import timedelta
from typing import Any, Final

from case_store.clock import now
from case_store.database import Database
from case_store.rotation.roster.board import Progress
from case_store.rotation.roster.problem import Roster
from case_store.rotation.roster.search import NoRoster, Result, solve
from case_store.rotation.rota.jobs import Found, beat, fail, finish
from case_store.rotation.rota.models import PlanningJob, PlanState
from case_store.rotation.rota.planning import NothingToPlan, Plan, plan_of
from case_store.rotation.rota.span_reasons import explained, without_any

EVERY: Final = 1.0
"""Seconds between two signs of life, and between two looks at whether to stop."""

ATTEMPTS: Final = ((0, 0.6), (1, 0.15), (3, 0.1), (None, 0.15))
"""Nights beyond the fair share of each kind, and the share of the time."""
REPLANNING: Final = ((None, 1.0),)
"""What is published was fair when it was made; to move little counts for more now."""

LEAST_SECONDS: Final = 0.5
REPAIRS: Final = 3
"""So often a search goes on without the duties that had to be taken out."""

log = logging.getLogger(__name__)


def search(database: Database, job_id: int, *, workers: int | None = None) -> None:
    """Searches, and writes down what was found. A failure is written down, too."""
    try:
        _search(database, job_id, workers or min(2, os.cpu_count() or 1))
    except NothingToPlan as nothing:
        reasons = [{"kind": "nothing", "field": nothing.field}]
        with database.transaction() as session:
            fail(session, job_id, PlanState.IMPOSSIBLE, reasons=reasons, at=now())
    except Exception:
        with database.transaction() as session:
            fail(session, job_id, PlanState.FAILED, at=now())
        raise


def _search(database: Database, job_id: int, workers: int) -> None:
    with database.reading() as session:
        job = session.get_one(PlanningJob, job_id)
        replanning = job.replans_id is not None
        plan = plan_of(session, job.centre_code, job.first_day, job.last_day, replanning=replanning)
        seconds, seed = job.seconds, job_id
    watch = _Watch(database, job_id, plan)
    watch.start()
    try:
        result = fairest(plan, watch, seconds=seconds, workers=workers, seed=seed)
    finally:
        watch.end()
    if isinstance(result, NoRoster):
        clashes = [without_any(plan, clash.person, clash.rules) for clash in result.clashes]
        with database.transaction() as session:
            fail(session, job_id, PlanState.IMPOSSIBLE, reasons=clashes, at=now())
        return
    lines = plan.lines(result.roster)
    reasons = explained(plan, lines)
    with database.transaction() as session:
        finish(
            session, job_id, lines, reasons=reasons,
            solved=_solved(plan, result, seed, seconds), at=now(),
        )  # fmt: skip


def fairest(
    plan: Plan, watch: "_Watch", *, seconds: float, workers: int, seed: int
) -> Result | NoRoster:
    """With exact fair shares; where these leave somebody missing, with looser ones, and then without.

    A night on which nobody answers is worse than one more for somebody: the plan with the fewest missing is taken.
    """
    best: Result | None = None
    for more, share in ATTEMPTS if not plan.replanning else REPLANNING:
        found = by_the_rules(plan, more, watch, seconds=seconds * share, workers=workers, seed=seed)
        if isinstance(found, NoRoster):
            return best or found
        best = found if best is None else _fuller(plan, best, found)
        if not missing_heads(plan, best.roster) or watch.stop.is_set():
            break
    assert best is not None  # noqa: S101 (there is at least one attempt)
    return best


def by_the_rules(
    plan: Plan, more: int | None, watch: "_Watch", *, seconds: float, workers: int, seed: int
) -> Result | NoRoster:
    """One attempt. Where a duty breaks a rule that the solver does not know, it goes on without that one."""
    best: Result | None = None
    tried = plan
    for _ in range(1 + REPAIRS):
        result = solve(
            tried.loosened(more), seconds=seconds, workers=workers, seed=seed,
            told=watch.told, stop=watch.stop,
        )  # fmt: skip
        if isinstance(result, NoRoster):
            return best or result
        best = result if best is None else _fuller(plan, best, result)
        seconds -= result.seconds
        out = plan.taken_out(result.roster)
        if not out or seconds < LEAST_SECONDS or watch.stop.is_set():
            break
        tried = tried.forbidding(out)
    assert best is not None  # noqa: S101 (there is at least one attempt)
    return best


def _fuller(plan: Plan, one: Result, other: Result) -> Result:
    """Of two, the one in which fewer are missing; of equals the first."""
    fewer = missing_heads(plan, other.roster) < missing_heads(plan, one.roster)
    return other if fewer else one


def missing_heads(plan: Plan, roster: Roster) -> int:
    """How many are missing once what breaks a rule has been taken out."""
    there = Counter(
        (day, shift.code) for line in plan.lines(roster).values() for day, shift in line.items()
    )
    return sum(
        max(0, need.people - there[plan.first_day + timedelta(days=need.day), need.shift])
        for need in plan.problem.needs
    )


def _solved(plan: Plan, result: Result, seed: int, seconds: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "seconds": seconds,
        "took": round(result.seconds, 1),
        "objective": result.objective,
        "bound": result.bound,
        "input": hashlib.sha256(repr(plan.problem).encode()).hexdigest(),
    }


class _Watch(threading.Thread):
    """Writes down the best so far, and asks whether to stop, while the solver has the other threads."""

    def __init__(self, database: Database, job_id: int, plan: Plan) -> None:
        super().__init__(name="watch", daemon=True)
        self.stop = threading.Event()
        self._ended = threading.Event()
        self._database, self._job_id, self._plan = database, job_id, plan
        self._newest: Progress | None = None
        self._least: int | None = None

    def told(self, progress: Progress) -> None:
        if self._least is None or progress.objective < self._least:
            self._least, self._newest = progress.objective, progress

    def end(self) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(EVERY):
            newest, self._newest = self._newest, None
            try:
                with self._database.transaction() as session:
                    goes_on = beat(session, self._job_id, self._found(newest), at=now())
            except Exception:  # noqa: BLE001 - a store that is away for a moment costs a point of the picture
                log.warning("a sign of life could not be written; the search goes on")
                continue
            if not goes_on:
                self.stop.set()

    def _found(self, progress: Progress | None) -> Found | None:
        if progress is None:
            return None
        rows = {user.id: row for user, row in zip(self._plan.people, progress.roster, strict=True)}
        return Found(rows, progress.objective, progress.bound, progress.seconds)
