"""Sick calls: somebody cannot come, or has to go home. Their duties are free at once, and stand-ins are looked for.

A sick call is reported, not asked for: it binds without anybody's approval.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.editing import Change, write_duties
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    DutyCause,
    Layer,
    RequestState,
    Rota,
)
from case_store.rotation.rota.people_of_centre import planners
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.rota.swaps import close_swaps_of

LONGEST: Final = timedelta(days=60)
FURTHEST: Final = timedelta(days=30)
LONGEST_NOTE: Final = 200
REASON: Final = "ลาป่วย"
"""In the history of the rota, where nobody wrote another one. What somebody suffers from stands nowhere."""
_DAY: Final = timedelta(days=1)


class BadSickCall(ValueError):
    """`field` says what is not right: first_day, last_day, note, or twice (these days are reported already)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class SickCall:
    """The absence, and the duties that somebody else is to work now."""

    absence: Absence
    freed: list[ScheduledDuty]


def call_sick(
    session: Session,
    user: User,
    first_day: date,
    last_day: date,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> SickCall:
    """By oneself or by who plans the rota, from today on; a duty that goes on now is over for them at once.

    Raises `NotAllowed`, `BadSickCall`.
    """
    own = by.user_id is not None and by.user_id == user.id
    require(by, Action.SEE_ROTA if own else Action.PLAN_ROTA, user.centre_code)
    note = note.strip()
    _check(session, user, first_day, last_day, note, at)
    absence = Absence(
        user_id=user.id,
        kind=AbsenceKind.SICK,
        first_day=first_day,
        last_day=last_day,
        note=note,
        state=RequestState.APPROVED,
        asked_at=at,
        asked_by=by.name,
        decided_by=by.name,
        decided_at=at,
    )
    session.add(absence)
    freed = free_duties(
        session,
        user,
        first_day,
        last_day,
        by=by,
        at=at,
        cause=DutyCause.SICK,
        reason=note or REASON,
    )
    session.flush()
    close_swaps_of(session, user.id, since=first_day, until=last_day, by=by, at=at)
    record(
        session,
        chain=user.centre_code,
        action="absence.sick",
        subject=f"absence:{absence.id}",
        by=by.name,
        at=at,
        facts={
            "user": user.id,
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
            "freed": len(freed),
        },
        detail=note,
    )
    others = [
        one for one in planners(session, user.centre_code) if one not in (by.user_id, user.id)
    ]
    tell(
        session, others, "sick_call", at=at, name=user.display_name,
        day=(freed[0].day if freed else first_day).isoformat(), duties=len(freed),
        shift_th=freed[0].shift_type.name_th if freed else None,
        shift_en=freed[0].shift_type.name_en if freed else None,
    )  # fmt: skip
    return SickCall(absence, freed)


def free_duties(
    session: Session,
    user: User,
    first_day: date,
    last_day: date,
    *,
    by: Actor,
    at: datetime,
    cause: DutyCause,
    reason: str,
) -> list[ScheduledDuty]:
    """Takes the duties that touch these days and are not over off somebody, rota by rota; which ones."""
    near = final_schedule(session, first_day - _DAY, last_day, user_ids=[user.id])
    freed = [
        duty
        for duty in near
        if duty.ends_at > at and (duty.day >= first_day or duty.shift_type.ends_next_day)
    ]
    by_rota: dict[int, list[Change]] = {}
    for duty in freed:
        by_rota.setdefault(duty.rota_id, []).append(Change(user, duty.day, None))
    for rota_id in sorted(by_rota):
        write_duties(
            session, session.get_one(Rota, rota_id), by_rota[rota_id], by=by, at=at,
            layer=Layer.OVERRIDDEN, cause=cause, reason=reason,
        )  # fmt: skip
    return freed


def _check(
    session: Session, user: User, first_day: date, last_day: date, note: str, at: datetime
) -> None:
    today = at.astimezone(BANGKOK).date()
    if not today <= first_day <= today + FURTHEST:
        raise BadSickCall("first_day")
    if not first_day <= last_day <= first_day + LONGEST:
        raise BadSickCall("last_day")
    if len(note) > LONGEST_NOTE:
        raise BadSickCall("note")
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    known = select(Absence.id).where(
        Absence.user_id == user.id,
        Absence.kind == AbsenceKind.SICK,
        Absence.state == RequestState.APPROVED,
        Absence.first_day <= first_day,
        Absence.last_day >= last_day,
    )
    if session.scalar(known.limit(1)) is not None:
        raise BadSickCall("twice")
