"""Searches for a rota: asked for on a page, done by the worker, watched while they go on, stopped with the best kept.

All that a search has found lies in the store; a worker that dies loses at most the last second of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.events.event import Event, EventKind, announce
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import NATIONAL
from case_store.rotation.rota.models import (
    PlanningJob,
    PlanState,
    Rota,
)
from case_store.rotation.rota.planning import LONGEST, Lines, plan_of
from case_store.rotation.rota.publishing import draft_rota

SHORTEST_SEARCH: Final = 5
LONGEST_SEARCH: Final = 600
SILENT: Final = timedelta(seconds=60)
"""Without a sign of life for so long, a search is taken up by another worker."""
OPEN: Final = (PlanState.WAITING, PlanState.RUNNING)
_MOST_POINTS: Final = 500


class BadPlan(ValueError):
    """`field` says what is wrong: days, seconds, or running (another search of the centre goes on)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class Found:
    """The best so far. `seconds` since the search began; no roster costs less than `bound`."""

    lines: Mapping[int, Sequence[str | None]]
    objective: int
    bound: int
    seconds: float


def ask_for_plan(
    session: Session,
    centre_code: str,
    first_day: date,
    last_day: date,
    *,
    seconds: int,
    by: Actor,
    at: datetime,
    replans: Rota | None = None,
) -> PlanningJob:
    """Has the worker search. Raises `NotAllowed`, `BadPlan`, `NothingToPlan` (at once, not when it is its turn)."""
    require(by, Action.PLAN_ROTA, centre_code)
    today = at.astimezone(BANGKOK).date()
    if not today <= first_day <= last_day < first_day + timedelta(days=LONGEST):
        raise BadPlan("days")
    if not SHORTEST_SEARCH <= seconds <= LONGEST_SEARCH:
        raise BadPlan("seconds")
    open_ones = select(PlanningJob.id).where(
        PlanningJob.centre_code == centre_code, PlanningJob.state.in_(OPEN)
    )
    if session.scalar(open_ones.limit(1)) is not None:
        raise BadPlan("running")
    plan_of(session, centre_code, first_day, last_day, replanning=replans is not None)
    job = PlanningJob(
        centre_code=centre_code,
        first_day=first_day,
        last_day=last_day,
        seconds=seconds,
        replans_id=replans.id if replans else None,
        state=PlanState.WAITING,
        asked_by=by.name,
        asked_by_id=by.user_id,
        asked_at=at,
        progress=[],
        best=None,
        reasons=[],
    )
    session.add(job)
    session.flush()
    _announce(session, job)
    return job


def ask_to_stop(session: Session, job: PlanningJob, *, by: Actor, at: datetime) -> None:
    """The search ends within some seconds and keeps the best; one that has not begun is given up."""
    require(by, Action.PLAN_ROTA, job.centre_code)
    if job.state is PlanState.WAITING:
        job.state, job.ended_at = PlanState.STOPPED, at
    job.stop_asked = True
    session.flush()
    _announce(session, job)


def claim_job(session: Session, *, at: datetime) -> int | None:
    """The next search for this worker: one that waits, or whose worker died. No two workers get the same."""
    waiting = (
        select(PlanningJob.id)
        .where(
            or_(
                PlanningJob.state == PlanState.WAITING,
                (PlanningJob.state == PlanState.RUNNING) & (PlanningJob.beat_at < at - SILENT),
            )
        )
        .order_by(PlanningJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job_id = session.scalar(waiting)
    if job_id is not None:
        job = session.get_one(PlanningJob, job_id)
        job.state, job.started_at, job.beat_at = PlanState.RUNNING, at, at
        session.flush()
        _announce(session, job)
    return job_id


def give_back(session: Session, job_id: int) -> None:
    """The worker ends: the search waits for the next one."""
    session.execute(
        update(PlanningJob)
        .where(PlanningJob.id == job_id, PlanningJob.state == PlanState.RUNNING)
        .values(state=PlanState.WAITING)
    )


def beat(session: Session, job_id: int, found: Found | None, *, at: datetime) -> bool:
    """A sign of life, with the best so far if there is a better one; False when the search is to stop."""
    job = session.get_one(PlanningJob, job_id)
    job.beat_at = at
    if found is not None:
        point = [round(found.seconds, 1), found.objective, found.bound]
        job.progress = [*job.progress[-_MOST_POINTS:], point]
        job.best = {str(user_id): list(codes) for user_id, codes in found.lines.items()}
        _announce(session, job)
    session.flush()
    return not job.stop_asked and job.state is PlanState.RUNNING


def finish(
    session: Session,
    job_id: int,
    lines: Lines,
    *,
    reasons: Sequence[Any],
    solved: Mapping[str, Any],
    at: datetime,
) -> Rota | None:
    """Makes the draft, and tells whoever asked. None when the search was given up meanwhile."""
    job = session.get_one(PlanningJob, job_id, with_for_update=True)
    if job.state is not PlanState.RUNNING:
        return None
    rota = draft_rota(
        session, job.centre_code, job.first_day, job.last_day, by=_asker(session, job), at=at,
        lines=lines, solved=solved,
    )  # fmt: skip
    job.state = PlanState.STOPPED if job.stop_asked else PlanState.DONE
    job.ended_at, job.reasons, job.rota_id = at, list(reasons), rota.id
    session.flush()
    _tell(session, job, "plan_done", at)
    return rota


def fail(
    session: Session, job_id: int, state: PlanState, *, reasons: Sequence[Any] = (), at: datetime
) -> None:
    """It could not be done (IMPOSSIBLE, with the reasons), or something broke (FAILED)."""
    job = session.get_one(PlanningJob, job_id, with_for_update=True)
    if job.state is PlanState.RUNNING:
        job.state, job.ended_at, job.reasons = state, at, list(reasons)
        session.flush()
        _tell(session, job, "plan_failed", at)


def newest_job(session: Session, centre_code: str) -> PlanningJob | None:
    query = select(PlanningJob).where(PlanningJob.centre_code == centre_code)
    return session.scalar(query.order_by(PlanningJob.id.desc()).limit(1))


def _asker(session: Session, job: PlanningJob) -> Actor:
    """Whoever asked, as they are now: who lost the right meanwhile gets no draft."""
    user = session.get(User, job.asked_by_id) if job.asked_by_id else None
    if user is None:
        return Actor(
            job.asked_by, Role.NATIONAL_OFFICER, NATIONAL
        )  # the command line, or a program
    return Actor(user.username, user.role, user.centre_code, user.id)


def _tell(session: Session, job: PlanningJob, kind: str, at: datetime) -> None:
    if job.asked_by_id is not None:
        tell(session, [job.asked_by_id], kind, at=at, day=job.first_day.isoformat())
    _announce(session, job)


def _announce(session: Session, job: PlanningJob) -> None:
    announce(session, Event(EventKind.ROTA_CHANGED, f"plan:{job.id}", job.centre_code))
