"""The final schedule: three layers resolved to one. Queues, calendars, reports and feeds read this and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
)

COUNTS = (RotaState.PUBLISHED, RotaState.LOCKED)
"""States of a rota whose duties bind people."""


@dataclass(frozen=True)
class ScheduledDuty:
    """Somebody's duty of a day, as it stands. Times in UTC."""

    user_id: int
    name: str
    centre_code: str
    day: date
    shift_type: ShiftType
    begins_at: datetime
    ends_at: datetime
    layer: Layer
    cause: DutyCause
    rota_id: int
    duty_id: int

    @property
    def is_standby(self) -> bool:
        return self.shift_type.place is ShiftPlace.STANDBY


def span(day: date, shift_type: ShiftType) -> tuple[datetime, datetime]:
    """When a shift of a day begins and ends, in UTC. Thailand's clock never changes, so days have 24 hours."""
    midnight = datetime.combine(day, time(), BANGKOK).astimezone(UTC)
    begins = midnight + timedelta(minutes=shift_type.start_minute)
    return begins, begins + timedelta(minutes=shift_type.minutes)


def final_schedule(
    session: Session,
    first_day: date,
    last_day: date,
    *,
    centre_code: str | None = None,
    user_ids: Collection[int] | None = None,
) -> list[ScheduledDuty]:
    """All duties that begin in these days and count, by day, begin and name; of a centre or of some people only."""
    which: list[ColumnElement[bool]] = [Rota.state.in_(COUNTS)]
    if centre_code is not None:
        which.append(Rota.centre_code == centre_code)
    if user_ids is not None:
        which.append(Duty.user_id.in_(user_ids))
    return _resolved(session, first_day, last_day, which)


def rota_schedule(
    session: Session, rota: Rota, *, user_ids: Collection[int] | None = None
) -> list[ScheduledDuty]:
    """The duties of one rota, whatever its state: what a planner sees of a draft."""
    which: list[ColumnElement[bool]] = [Rota.id == rota.id]
    if user_ids is not None:
        which.append(Duty.user_id.in_(user_ids))
    return _resolved(session, rota.first_day, rota.last_day, which)


def duties_at(
    session: Session, at: datetime, *, centre_code: str | None = None
) -> list[ScheduledDuty]:
    """Who is on duty at a moment, standby with it. The one answer to “who is on now”."""
    today = at.astimezone(BANGKOK).date()
    near = final_schedule(session, today - timedelta(days=1), today, centre_code=centre_code)
    return [duty for duty in near if duty.begins_at <= at < duty.ends_at]


def _resolved(
    session: Session, first_day: date, last_day: date, which: list[ColumnElement[bool]]
) -> list[ScheduledDuty]:
    rows = session.execute(_top_entries(first_day, last_day, which))
    return [_scheduled(duty, shift, centre, name) for duty, shift, centre, name in rows]


def _top_entries(
    first_day: date, last_day: date, which: list[ColumnElement[bool]]
) -> Select[Duty, ShiftType, str, str]:
    rank = func.row_number().over(
        partition_by=(Duty.user_id, Duty.day), order_by=(Duty.layer.desc(), Duty.id.desc())
    )
    ranked = (
        select(Duty.id, rank.label("rank"))
        .join(Rota, Rota.id == Duty.rota_id)
        .where(Duty.day.between(first_day, last_day), Duty.withdrawn_at.is_(None), *which)
        .subquery()
    )
    return (
        select(Duty, ShiftType, Rota.centre_code, User.display_name)
        .join(ranked, ranked.c.id == Duty.id)
        .join(ShiftType, ShiftType.id == Duty.shift_type_id)
        .join(Rota, Rota.id == Duty.rota_id)
        .join(User, User.id == Duty.user_id)
        .where(ranked.c.rank == 1)
        .order_by(Duty.day, ShiftType.start_minute, ShiftType.id, User.display_name)
    )


def _scheduled(duty: Duty, shift_type: ShiftType, centre_code: str, name: str) -> ScheduledDuty:
    begins_at, ends_at = span(duty.day, shift_type)
    return ScheduledDuty(
        user_id=duty.user_id,
        name=name,
        centre_code=centre_code,
        day=duty.day,
        shift_type=shift_type,
        begins_at=begins_at,
        ends_at=ends_at,
        layer=Layer(duty.layer),
        cause=duty.cause,
        rota_id=duty.rota_id,
        duty_id=duty.id,
    )
