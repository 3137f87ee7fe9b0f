"""Who is on shift at a moment, for the queues: a few columns of the final schedule, as it is asked twice a second.

A centre that has no published rota for the day has not begun with rotas: there, everybody trained who is ready takes
calls, as ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
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
    near = _near(session, at, today, centres)
    on_duty, coming, just_ended = set(), set(), dict[int, datetime]()
    for person, day, shift_id in _entries(session, near, user_id):
        begins, ends = near[day, shift_id]
        if begins <= at < ends:
            on_duty.add(person)
        elif at < begins:
            coming.add(person)
        else:
            just_ended[person] = ends
    return OnShift(centres, frozenset(on_duty), frozenset(coming), just_ended)


def _near(
    session: Session, at: datetime, today: date, centres: frozenset[str]
) -> dict[tuple[date, int], tuple[datetime, datetime]]:
    """Shifts on site that go on, begin soon or have just ended: few, so that few duties are looked at."""
    kinds = select(ShiftType).where(
        ShiftType.place == ShiftPlace.ON_SITE, ShiftType.centre_code.in_(centres)
    )
    found = {}
    for shift in session.scalars(kinds):
        for day in _days(today):
            begins, ends = span(day, shift)
            if begins - EARLY <= at < ends + KEPT_ON:
                found[day, shift.id] = (begins, ends)
    return found


def _days(today: date) -> tuple[date, date, date]:
    """A shift of yesterday may go on, and one may begin just after midnight."""
    return today - timedelta(days=1), today, today + timedelta(days=1)


def _entries(
    session: Session,
    near: Mapping[tuple[date, int], object],
    user_id: int | None,
) -> list[tuple[int, date, int]]:
    """Person, day and shift of the duties that count, of the shifts that are near."""
    rank = func.row_number().over(
        partition_by=(Duty.user_id, Duty.day), order_by=(Duty.layer.desc(), Duty.id.desc())
    )
    days = sorted({day for day, _ in near})
    ranked = (
        select(Duty.user_id, Duty.day, Duty.shift_type_id, rank.label("rank"))
        .join(Rota, Rota.id == Duty.rota_id)
        .where(Duty.day.in_(days), Duty.withdrawn_at.is_(None), Rota.state.in_(COUNTS))
    )
    if user_id is not None:
        ranked = ranked.where(Duty.user_id == user_id)
    top = ranked.subquery()
    wanted = [
        (top.c.day == day)
        & top.c.shift_type_id.in_([shift_id for one, shift_id in near if one == day])
        for day in days
    ]
    if not wanted:
        return []
    query = select(top.c.user_id, top.c.day, top.c.shift_type_id)
    rows = session.execute(query.where(top.c.rank == 1, or_(*wanted)))
    return [(row.user_id, row.day, row.shift_type_id) for row in rows]
