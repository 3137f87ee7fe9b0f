"""Leave and other work: asked for by people themselves, decided by the supervisor, and never by oneself.

What is approved binds at once: duties of a published rota on those days are taken off the person, so that nobody is
planned where they cannot be. They become gaps, which the rota's own pages show and fill.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.cases.told import supervisors_of
from case_store.deadlines.calendar import day_of
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, NotAllowed, centres_within, require
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.rota.editing import Change, write_duties
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    DutyCause,
    Layer,
    RequestState,
    Rota,
)
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule

ASKED_FOR: Final = (
    AbsenceKind.ANNUAL,
    AbsenceKind.SICK,
    AbsenceKind.PERSONAL,
    AbsenceKind.MATERNITY,
    AbsenceKind.TRAINING,
)
"""What people ask for themselves; other work their supervisor writes down."""
LONGEST: Final = timedelta(days=180)
FURTHEST: Final = timedelta(days=400)
SICK_SINCE: Final = timedelta(days=30)
"""Who was ill says so afterwards, but not later than this."""
LONGEST_NOTE: Final = 300
_STANDS: Final = (RequestState.ASKED, RequestState.APPROVED)
_MOST: Final = 500
_DAY: Final = timedelta(days=1)


class BadAbsence(ValueError):
    """`field` says what is wrong.

    user, kind, first_day, last_day, note, overlap (there is something on these days), or state (decided already).
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewAbsence:
    kind: AbsenceKind
    first_day: date
    last_day: date
    note: str = ""


@dataclass(frozen=True)
class Decided:
    """An absence, and the published duties that it took off the person."""

    absence: Absence
    freed: list[ScheduledDuty]


def ask_leave(session: Session, user: User, new: NewAbsence, *, by: Actor, at: datetime) -> Absence:
    """For oneself; supervisors are told. Raises `NotAllowed`, `BadAbsence`."""
    require(by, Action.SEE_ROTA, user.centre_code)
    if by.user_id != user.id:
        raise NotAllowed(by, Action.SEE_ROTA)
    if new.kind not in ASKED_FOR:
        raise BadAbsence("kind")
    _check(session, user, new, at)
    absence = _add(session, user, new, by, at)
    _record(session, absence, "leave.asked", by, at)
    others = [one for one in supervisors_of(session, user.centre_code) if one != user.id]
    _tell(session, others, "leave_asked", absence, at)
    return absence


def enter_absence(
    session: Session, user: User, new: NewAbsence, *, by: Actor, at: datetime
) -> Decided:
    """Written down by who plans the rota, and binding at once; not for oneself. Raises `NotAllowed`, `BadAbsence`."""
    _require_planner(by, user)
    _check(session, user, new, at)
    absence = _add(session, user, new, by, at)
    return _approve(session, absence, by=by, at=at)


def decide_absence(
    session: Session, absence: Absence, *, approve: bool, by: Actor, at: datetime
) -> Decided:
    """Approves or refuses what was asked; not one's own. Raises `NotAllowed`, `BadAbsence` (state)."""
    _require_planner(by, absence.user)
    session.refresh(absence, with_for_update={"of": Absence})
    if absence.state is not RequestState.ASKED:
        raise BadAbsence("state")
    if approve:
        return _approve(session, absence, by=by, at=at)
    _decide(absence, RequestState.REFUSED, by, at)
    _record(session, absence, "leave.refused", by, at)
    _tell(session, [absence.user_id], "leave_refused", absence, at)
    return Decided(absence, [])


def withdraw_absence(session: Session, absence: Absence, *, by: Actor, at: datetime) -> Absence:
    """Takes it back: oneself, or who plans the rota. Duties that it took off stay off: others may have them now.

    Raises `NotAllowed`, `BadAbsence` (state: it is refused or withdrawn already, or over).
    """
    is_own = by.user_id == absence.user_id
    if not is_own:
        require(by, Action.PLAN_ROTA, absence.user.centre_code)
    session.refresh(absence, with_for_update={"of": Absence})
    was_approved = absence.state is RequestState.APPROVED
    over = was_approved and absence.last_day < day_of(at)
    if absence.state not in _STANDS or over or (is_own and absence.kind not in ASKED_FOR):
        raise BadAbsence("state")
    _decide(absence, RequestState.WITHDRAWN, by, at)
    _record(session, absence, "leave.withdrawn", by, at)
    if is_own:
        supervisors = [
            one
            for one in supervisors_of(session, absence.user.centre_code)
            if one != absence.user_id
        ]
        _tell(session, supervisors, "leave_withdrawn", absence, at)
    else:
        _tell(session, [absence.user_id], "leave_withdrawn", absence, at)
    return absence


def conflicts_of(session: Session, absence: Absence) -> list[ScheduledDuty]:
    """The published duties that touch these days, that of a night before which ends on the first of them with it."""
    near = final_schedule(
        session, absence.first_day - _DAY, absence.last_day, user_ids=[absence.user_id]
    )
    return [duty for duty in near if duty.day >= absence.first_day or duty.shift_type.ends_next_day]


def absences_of(session: Session, user_id: int, *, since: date) -> list[Absence]:
    """A person's own, the latest first, whatever became of them; those that ended before `since` left out."""
    query = select(Absence).where(Absence.user_id == user_id, Absence.last_day >= since)
    order = (Absence.first_day.desc(), Absence.id.desc())
    return list(session.scalars(query.order_by(*order).limit(_MOST)))


def absences_to_decide(session: Session, *, by: Actor) -> list[Absence]:
    """What is asked for at the centres that `by` plans, the nearest first; not their own."""
    query = select(Absence).join(User, User.id == Absence.user_id)
    query = query.where(Absence.state == RequestState.ASKED, *_planned_by(by))
    order = (Absence.first_day, Absence.id)
    return list(session.scalars(query.order_by(*order).limit(_MOST)))


def absences_between(session: Session, centre_code: str, first: date, last: date) -> list[Absence]:
    """What is approved at a centre and touches these days."""
    query = (
        select(Absence)
        .join(User, User.id == Absence.user_id)
        .where(
            User.centre_code == centre_code,
            Absence.state == RequestState.APPROVED,
            Absence.last_day >= first,
            Absence.first_day <= last,
        )
    )
    return list(session.scalars(query.order_by(Absence.first_day, Absence.id).limit(_MOST)))


def _planned_by(by: Actor) -> list[ColumnElement[bool]]:
    require(by, Action.PLAN_ROTA)
    centres = centres_within(by, Action.PLAN_ROTA)
    which: list[ColumnElement[bool]] = [User.active.is_(True)]
    if centres is not None:
        which.append(User.centre_code.in_(centres))
    if by.user_id is not None:
        which.append(User.id != by.user_id)
    return which


def _require_planner(by: Actor, user: User) -> None:
    require(by, Action.PLAN_ROTA, user.centre_code)
    if by.user_id == user.id:
        raise NotAllowed(by, Action.PLAN_ROTA)


def _check(session: Session, user: User, new: NewAbsence, at: datetime) -> None:
    today = day_of(at)
    if not user.active or user.role not in TAKES_CALLS:
        raise BadAbsence("user")
    earliest = today - SICK_SINCE if new.kind is AbsenceKind.SICK else today
    if not earliest <= new.first_day <= today + FURTHEST:
        raise BadAbsence("first_day")
    if not new.first_day <= new.last_day <= new.first_day + LONGEST:
        raise BadAbsence("last_day")
    if len(new.note.strip()) > LONGEST_NOTE:
        raise BadAbsence("note")
    # Two requests of one person at once wait here for each other.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    other = select(Absence.id).where(
        Absence.user_id == user.id,
        Absence.state.in_(_STANDS),
        Absence.last_day >= new.first_day,
        Absence.first_day <= new.last_day,
    )
    if session.scalar(other.limit(1)) is not None:
        raise BadAbsence("overlap")


def _add(session: Session, user: User, new: NewAbsence, by: Actor, at: datetime) -> Absence:
    absence = Absence(
        user_id=user.id,
        kind=new.kind,
        first_day=new.first_day,
        last_day=new.last_day,
        note=new.note.strip(),
        state=RequestState.ASKED,
        asked_at=at,
        asked_by=by.name,
    )
    absence.user = user
    session.add(absence)
    session.flush()
    return absence


def _approve(session: Session, absence: Absence, *, by: Actor, at: datetime) -> Decided:
    _decide(absence, RequestState.APPROVED, by, at)
    _record(session, absence, "leave.approved", by, at)
    _tell(session, [absence.user_id], "leave_approved", absence, at)
    # What began before today was worked or missed; leave does not unmake it.
    freed = [one for one in conflicts_of(session, absence) if one.day >= day_of(at)]
    if freed:
        _free(session, absence, freed, by=by, at=at)
        supervisors = supervisors_of(session, absence.user.centre_code)
        tell(
            session, supervisors, "leave_left_gaps", at=at,
            day=freed[0].day.isoformat(), duties=len(freed),
        )  # fmt: skip
    return Decided(absence, freed)


def _free(
    session: Session, absence: Absence, freed: list[ScheduledDuty], *, by: Actor, at: datetime
) -> None:
    sick = absence.kind is AbsenceKind.SICK
    for rota_id in dict.fromkeys(one.rota_id for one in freed):
        write_duties(
            session,
            session.get_one(Rota, rota_id),
            [Change(absence.user, one.day, None) for one in freed if one.rota_id == rota_id],
            by=by,
            at=at,
            layer=Layer.OVERRIDDEN,
            cause=DutyCause.SICK if sick else DutyCause.EDIT,
            reason=f"absence:{absence.id}",
        )


def _decide(absence: Absence, state: RequestState, by: Actor, at: datetime) -> None:
    absence.state = state
    absence.decided_by, absence.decided_at = by.name, at


def _tell(session: Session, user_ids: list[int], kind: str, absence: Absence, at: datetime) -> None:
    days = (absence.last_day - absence.first_day).days + 1
    tell(session, user_ids, kind, at=at, day=absence.first_day.isoformat(), days=days)


def _record(session: Session, absence: Absence, action: str, by: Actor, at: datetime) -> None:
    session.flush()
    record(
        session,
        chain=absence.user.centre_code,
        action=action,
        subject=f"absence:{absence.id}",
        by=by.name,
        at=at,
        facts={
            "user": absence.user_id,
            "kind": absence.kind.value,
            "first_day": absence.first_day.isoformat(),
            "last_day": absence.last_day.isoformat(),
        },
    )
