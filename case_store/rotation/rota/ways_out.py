"""Ways out of a gap of a draft, taken: each changes the draft or what is wanted, by the same rules as any other change.

Afterwards the reasons of the search that made the draft are told anew, so that what is filled is gone from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.breaches import Breach, BreachRule
from case_store.rotation.rota.cover_needs import NOBODY, needs_on, want_on
from case_store.rotation.rota.editing import (
    BadChange,
    Change,
    RotaChanged,
    RuleBroken,
    note_change,
    write_duties,
)
from case_store.rotation.rota.models import (
    DutyCause,
    Layer,
    PlanningJob,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
)
from case_store.rotation.rota.planning import Lines, NothingToPlan, Plan, plan_of
from case_store.rotation.rota.publishing import WrongState
from case_store.rotation.rota.reasons import explained_again
from case_store.rotation.rota.schedule import rota_schedule
from case_store.rotation.rota.shortages import WayOut

OLDEST_CONSENT: Final = timedelta(days=90)
_AGREE: Final = (Role.GOVERNOR, Role.DEPUTY_GOVERNOR)


@dataclass(frozen=True)
class Gap:
    """A shift of a day that misses somebody, and the draft's version that was looked at."""

    day: date
    shift: ShiftType
    version: int


def put_in(
    session: Session,
    draft: Rota,
    gap: Gap,
    user: User,
    way: WayOut,
    *,
    by: Actor,
    at: datetime,
    agreed_on: date | None = None,
) -> None:
    """Gives somebody the duty: called in from standby, beyond the fair share, or as overtime that they agreed to.

    Raises `NotAllowed`, `WrongState`, `RotaChanged`, `RuleBroken`, and `BadChange` (standby: they are on none;
    overtime: it would be; consent: its day is missing, to come, or long ago; user; day; shift_type; way).
    """
    plan, lines = _looked_at(session, draft, gap, by)
    if user not in plan.people:
        raise BadChange("user")
    if not gap.shift.active or gap.shift.place is ShiftPlace.STANDBY:
        raise BadChange("shift_type")
    line = lines[user.id]
    has = line.get(gap.day)
    facts: dict[str, Any] = {"way": way.value}
    if way is WayOut.STANDBY:
        if has is None or has.place is not ShiftPlace.STANDBY:
            raise BadChange("standby")
        facts["instead_of"] = has.code
    elif has is not None:
        raise RuleBroken({user.id: [Breach(BreachRule.ALREADY_ON_DUTY, gap.day)]})
    over = sum(shift.worked_minutes for shift in line.values()) + gap.shift.worked_minutes
    over -= plan.most_minutes(user)
    if way is WayOut.OVERTIME:
        today = at.astimezone(BANGKOK).date()
        if agreed_on is None or not today - OLDEST_CONSENT <= agreed_on <= today:
            raise BadChange("consent")
        facts["consent"] = {"agreed_on": agreed_on.isoformat(), "noted_by": by.name}
        facts["overtime_minutes"] = max(0, over)
    elif way not in (WayOut.STANDBY, WayOut.ASK):
        raise BadChange("way")
    elif over > 0:
        raise BadChange("overtime")
    write_duties(
        session, draft, [Change(user, gap.day, gap.shift)], by=by, at=at, layer=Layer.EDITED,
        cause=DutyCause.EDIT, expected_version=gap.version, more=facts,
    )  # fmt: skip
    _tell_anew(session, draft)


def want_fewer(
    session: Session, draft: Rota, gap: Gap, *, reason: str, by: Actor, at: datetime
) -> None:
    """Only so many on that day as the draft has, for a written reason.

    Raises as `put_in`, and `BadDatedNeed`; `BadChange` (people) when nobody is missing there any more.
    """
    _, lines = _looked_at(session, draft, gap, by)
    there = sum(line[gap.day].id == gap.shift.id for line in lines.values() if gap.day in line)
    centre = draft.centre_code
    wanted = needs_on(session, centre, gap.day, gap.day).get((gap.day, gap.shift.id), NOBODY)
    if there >= wanted.people:
        raise BadChange("people")
    want_on(session, gap.shift, gap.day, there, reason=reason, by=by, at=at)
    draft.version += 1
    facts = {"day": gap.day.isoformat(), "shift": gap.shift.code, "people": [wanted.people, there]}
    note_change(session, draft, "need_lowered", facts, reason=reason.strip(), by=by, at=at)
    _tell_anew(session, draft)


def ask_governors(session: Session, draft: Rota, gap: Gap, *, by: Actor, at: datetime) -> None:
    """Tells the governor and the deputies that a neighbour province is wanted for a night: only they agree to it.

    Raises as `put_in`; `BadChange` (way: it is no night; nobody: there is nobody to tell).
    """
    _looked_at(session, draft, gap, by)
    if not gap.shift.is_night:
        raise BadChange("way")
    query = select(User.id).where(
        User.centre_code == draft.centre_code, User.active, User.role.in_(_AGREE)
    )
    ids = list(session.scalars(query.order_by(User.id)))
    if not ids:
        raise BadChange("nobody")
    draft.version += 1
    facts = {"day": gap.day.isoformat(), "shift": gap.shift.code, "told": ids}
    note_change(session, draft, "neighbours_asked", facts, by=by, at=at)
    tell(
        session, ids, "neighbours_wanted", at=at, day=gap.day.isoformat(),
        shift_th=gap.shift.name_th, shift_en=gap.shift.name_en,
    )  # fmt: skip
    if job := _job(session, draft):
        here = gap.day.isoformat(), gap.shift.code
        job.reasons = [
            {**one, "asked": True} if (one.get("day"), one.get("shift")) == here else one
            for one in job.reasons
        ]
    session.flush()


def _looked_at(session: Session, draft: Rota, gap: Gap, by: Actor) -> tuple[Plan, Lines]:
    require(by, Action.PLAN_ROTA, draft.centre_code)
    session.refresh(draft, with_for_update=True)
    if draft.state is not RotaState.DRAFT:
        raise WrongState
    if draft.version != gap.version:
        raise RotaChanged
    if not draft.first_day <= gap.day <= draft.last_day:
        raise BadChange("day")
    if gap.shift.centre_code != draft.centre_code:
        raise BadChange("shift_type")
    try:
        plan = plan_of(session, draft.centre_code, draft.first_day, draft.last_day)
    except NothingToPlan:
        raise WrongState from None
    return plan, _lines(session, draft, plan)


def _lines(session: Session, draft: Rota, plan: Plan) -> Lines:
    lines: Lines = {user.id: {} for user in plan.people}
    for duty in rota_schedule(session, draft):
        if duty.user_id in lines:
            lines[duty.user_id][duty.day] = duty.shift_type
    return lines


def _job(session: Session, draft: Rota) -> PlanningJob | None:
    """The search that made the draft."""
    query = select(PlanningJob).where(PlanningJob.rota_id == draft.id)
    return session.scalar(query.order_by(PlanningJob.id.desc()).limit(1))


def _tell_anew(session: Session, draft: Rota) -> None:
    session.flush()
    job = _job(session, draft)
    if job is None:
        return
    before: list[Mapping[str, Any]] = list(job.reasons)
    try:
        plan = plan_of(session, draft.centre_code, draft.first_day, draft.last_day)
    except NothingToPlan:  # nothing is wanted any more
        job.reasons = []
    else:
        job.reasons = explained_again(plan, _lines(session, draft, plan), before)
    session.flush()
