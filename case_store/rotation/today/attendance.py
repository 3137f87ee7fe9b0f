"""What is kept of every duty on the day: asked to sign in, came, is missing, left; and who is told.

A chore of the worker, once a minute. The queues do not wait for it: they follow the schedule by themselves.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.calls.models import Call, CallOutcome
from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import Presence, PresenceState, Role, User
from case_store.people.presence import set_presence
from case_store.places.provinces import NATIONAL
from case_store.rotation.rota.models import Attendance
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.rota.stand_ins import ranked
from case_store.rotation.today.shifts import EARLY, KEPT_ON, OnShift, on_shift

MISSED_AFTER: Final = timedelta(minutes=5)
"""Who has not come so long after the begin is told to the supervisor as missing."""
LOOKS_BACK: Final = timedelta(hours=2)
NAMED: Final = 3
"""So many stand-ins are named to the supervisor, the best first."""


def keep_attendance(session: Session, *, at: datetime) -> int:
    """Does what is due of all duties of these hours; how many rows changed."""
    duties = _near(session, at)
    if not duties:
        return 0
    rows = _rows(session, duties)
    ids = {duty.user_id for duty in duties}
    presences = {
        one.user_id: one
        for one in session.scalars(select(Presence).where(Presence.user_id.in_(ids)))
    }
    talking = _talking(session, ids)
    shifts = on_shift(session, at)
    served = _served(duties, presences, shifts)
    changed = 0
    for duty in duties:
        row = rows[duty.user_id, duty.day, duty.shift_type.id]
        before = (row.asked_at, row.came_at, row.missed_at, row.left_at, row.kept_on_at)
        presence = presences.get(duty.user_id)
        _begin(session, duty, row, presence, at)
        if at >= duty.ends_at:
            busy = duty.user_id in talking
            _end(session, duty, row, presence, shifts, served, busy=busy, at=at)
        changed += before != (row.asked_at, row.came_at, row.missed_at, row.left_at, row.kept_on_at)
    session.flush()
    return changed


def _near(session: Session, at: datetime) -> list[ScheduledDuty]:
    """On-site duties that begin soon, go on, or ended a while ago."""
    today = at.astimezone(BANGKOK).date()
    around = final_schedule(session, today - timedelta(days=1), today + timedelta(days=1))
    return [
        duty
        for duty in around
        if not duty.is_standby and duty.begins_at - EARLY <= at < duty.ends_at + LOOKS_BACK
    ]


def _rows(
    session: Session, duties: Iterable[ScheduledDuty]
) -> dict[tuple[int, object, int], Attendance]:
    wanted = {(duty.user_id, duty.day, duty.shift_type.id): duty for duty in duties}
    days = {day for _, day, _ in wanted}
    found = {
        (row.user_id, row.day, row.shift_type_id): row
        for row in session.scalars(select(Attendance).where(Attendance.day.in_(days)))
    }
    for key, duty in wanted.items():
        if key not in found:
            found[key] = Attendance(
                centre_code=duty.centre_code,
                user_id=duty.user_id,
                day=duty.day,
                shift_type_id=duty.shift_type.id,
            )
            session.add(found[key])
    return dict(found.items())


def _begin(
    session: Session,
    duty: ScheduledDuty,
    row: Attendance,
    presence: Presence | None,
    at: datetime,
) -> None:
    is_there = presence is not None and presence.state is not PresenceState.OFF
    if row.asked_at is None and at < duty.ends_at:
        row.asked_at = at
        if not is_there:
            _tell_person(session, duty, "duty_begins", at)
    if row.came_at is None and is_there and duty.begins_at <= at < duty.ends_at:
        row.came_at = max(duty.begins_at, presence.since) if presence else at
    late = duty.begins_at + MISSED_AFTER
    if row.came_at is None and row.missed_at is None and late <= at < duty.ends_at:
        row.missed_at = at
        _tell_missing(session, duty, at)


def _end(
    session: Session,
    duty: ScheduledDuty,
    row: Attendance,
    presence: Presence | None,
    shifts: OnShift,
    served: frozenset[str],
    *,
    busy: bool,
    at: datetime,
) -> None:
    """Who is on another duty by now goes on; who would leave an empty queue behind stays a while, and that is told."""
    if row.came_at is None or row.left_at is not None:
        return
    if presence is None or presence.state is PresenceState.OFF:
        row.left_at = max(duty.begins_at, presence.since) if presence else at
        return
    if duty.user_id in shifts.on_duty:
        row.left_at = duty.ends_at
        return
    wraps_up = presence.wrap_up_until is not None and presence.wrap_up_until > at
    if busy or wraps_up:
        return
    is_last = duty.centre_code not in served and presence.state is PresenceState.READY
    if is_last and row.kept_on_at is None:
        row.kept_on_at = at
        _tell_supervisors(session, duty, "last_one_stays", at, also_national=True)
    if not is_last or at >= duty.ends_at + KEPT_ON:
        set_presence(session, session.get_one(User, duty.user_id), PresenceState.OFF, at=at)
        row.left_at = at
        _tell_person(session, duty, "duty_ended", at)


def _served(
    duties: Iterable[ScheduledDuty], presences: Mapping[int, Presence], shifts: OnShift
) -> frozenset[str]:
    """Centres at which somebody whose shift goes on is ready."""
    ready = {
        user_id for user_id, one in presences.items() if one.state is PresenceState.READY
    } & shifts.on_duty
    return frozenset(duty.centre_code for duty in duties if duty.user_id in ready)


def _talking(session: Session, ids: set[int]) -> set[int]:
    query = select(Call.agent_id).where(
        Call.agent_id.in_(ids), Call.outcome == CallOutcome.CONNECTED, Call.ended_at.is_(None)
    )
    return {one for one in session.scalars(query) if one is not None}


def _tell_person(session: Session, duty: ScheduledDuty, kind: str, at: datetime) -> None:
    tell(session, [duty.user_id], kind, at=at, **_about(duty))


def _tell_missing(session: Session, duty: ScheduledDuty, at: datetime) -> None:
    """With the best few who could come instead, so that somebody can be rung at once."""
    others = ranked(session, duty.centre_code, duty.day, duty.shift_type)
    fit = [one.user.display_name for one in others if one.fits and one.user.id != duty.user_id]
    facts: dict[str, Any] = {"shift_id": duty.shift_type.id}
    if fit:
        facts["stand_ins"] = fit[:NAMED]
    kind = "no_show_stand_ins" if fit else "no_show"
    _tell_supervisors(session, duty, kind, at, facts=facts)


def _tell_supervisors(
    session: Session,
    duty: ScheduledDuty,
    kind: str,
    at: datetime,
    *,
    also_national: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> None:
    supervising = (User.role == Role.SUPERVISOR) & (User.centre_code == duty.centre_code)
    if also_national:
        supervising |= (User.role == Role.NATIONAL_OFFICER) & (User.centre_code == NATIONAL)
    people = session.scalars(select(User.id).where(User.active, supervising)).all()
    others = [one for one in people if one != duty.user_id]
    about = _about(duty) | dict(facts or {})
    tell(session, others, kind, at=at, name=duty.name, centre=duty.centre_code, **about)


def _about(duty: ScheduledDuty) -> dict[str, str]:
    return {
        "day": duty.day.isoformat(),
        "shift_th": duty.shift_type.name_th,
        "shift_en": duty.shift_type.name_en,
        "begins": duty.begins_at.astimezone(BANGKOK).strftime("%H:%M"),
    }
