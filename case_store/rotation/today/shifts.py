"""Who is on shift at a moment, for the queues: a few columns of the final schedule, as it is asked twice a second.

A centre that has no published rota for the day has not begun with rotas: there, everybody trained who is ready takes
calls, as ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.rotation.rota.models import Duty, Rota, ShiftPlace, ShiftType
from case_store.rotation.rota.schedule import COUNTS, span

KEPT_ON: Final = timedelta(minutes=30)
"""So long after the end of a shift its people still answer, when nobody else of their centre would."""
EARLY: Final = timedelta(minutes=10)
"""So long before it begins, somebody may be ready for a shift; calls come when it begins."""


@dataclass(frozen=True)
class OnShift:
    """The people of one moment. `just_ended`: person → when their shift ended, within `KEPT_ON`."""

    centres: frozenset[str] = frozenset()
    """Those that go by a rota today."""
    on_duty: frozenset[int] = frozenset()
    coming: frozenset[int] = frozenset()
    """Those whose shift begins within `EARLY`."""
    just_ended: Mapping[int, datetime] = field(default_factory=dict)

    def takes_calls(self, user_id: int, centre_code: str) -> bool:
        return centre_code not in self.centres or user_id in self.on_duty


@dataclass(frozen=True)
class _Entry:
    user_id: int
    day: date
    shift: ShiftType


NOBODY: Final = OnShift()


def on_shift(session: Session, at: datetime, *, user_id: int | None = None) -> OnShift:
    """Who is on site now, at all centres; or only whether one person is. Standby at home takes no calls."""
    today = at.astimezone(BANGKOK).date()
    going = select(Rota.centre_code).where(
        Rota.state.in_(COUNTS), Rota.first_day <= today, Rota.last_day >= today
    )
    if user_id is not None:
        going = going.join(User, User.centre_code == Rota.centre_code).where(User.id == user_id)
    centres = frozenset(session.scalars(going.distinct()))
    if not centres:
        return NOBODY
    on_duty, coming, just_ended = set(), set(), dict[int, datetime]()
    for entry in _entries(session, today, centres, user_id):
        begins, ends = span(entry.day, entry.shift)
        if begins <= at < ends:
            on_duty.add(entry.user_id)
        elif at < begins <= at + EARLY:
            coming.add(entry.user_id)
        elif ends <= at < ends + KEPT_ON:
            just_ended[entry.user_id] = ends
    return OnShift(centres, frozenset(on_duty), frozenset(coming), just_ended)


def _entries(
    session: Session, today: date, centres: frozenset[str], user_id: int | None
) -> list[_Entry]:
    """The on-site duties of yesterday, today and tomorrow: a shift may begin just after midnight."""
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    rank = func.row_number().over(
        partition_by=(Duty.user_id, Duty.day), order_by=(Duty.layer.desc(), Duty.id.desc())
    )
    ranked = (
        select(Duty.user_id, Duty.day, Duty.shift_type_id, rank.label("rank"))
        .join(Rota, Rota.id == Duty.rota_id)
        .where(Duty.day.in_(days), Duty.withdrawn_at.is_(None), Rota.state.in_(COUNTS))
    )
    if user_id is not None:
        ranked = ranked.where(Duty.user_id == user_id)
    top = ranked.subquery()
    rows = session.execute(
        select(top.c.user_id, top.c.day, top.c.shift_type_id).where(
            top.c.rank == 1, top.c.shift_type_id.is_not(None)
        )
    ).all()
    kinds = select(ShiftType).where(
        ShiftType.id.in_({row.shift_type_id for row in rows}),
        ShiftType.place == ShiftPlace.ON_SITE,
        ShiftType.centre_code.in_(centres),
    )
    shifts = {shift.id: shift for shift in session.scalars(kinds)} if rows else {}
    return [
        _Entry(row.user_id, row.day, shifts[row.shift_type_id])
        for row in rows
        if row.shift_type_id in shifts
    ]
