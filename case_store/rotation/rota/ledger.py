"""The ledger of turns: who had how many nights, weekend days, public holidays and hours in the past six months.

It is credited to whoever really worked: where a duty has an attendance, only somebody who came is credited, and only
from when they came. Days before the centre kept attendances count as the final schedule says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.rota.breaches import absent_days
from case_store.rotation.rota.models import Attendance, StaffClass, WorkingTerms
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.rota.staff_holidays import holidays_of
from case_store.rotation.rota.terms import rota_people, terms_of

LOOKS_BACK: Final = timedelta(days=183)
KINDS: Final = ("nights", "weekend_days", "holidays", "minutes")


@dataclass(frozen=True)
class Tally:
    """One person's turns. `weight` is their share by hours of contract and days that were not leave: full time is 1."""

    user_id: int
    name: str
    weight: float
    nights: int = 0
    weekend_days: int = 0
    holidays: int = 0
    minutes: int = 0
    fair: Mapping[str, float] = field(default_factory=dict)
    """What would be their fair share of each kind of all that the centre's people did."""

    def over(self, kind: str) -> float:
        """How much more than the fair share; less than zero: fewer."""
        return float(getattr(self, kind)) - self.fair.get(kind, 0.0)


def ledger(
    session: Session,
    centre_code: str,
    *,
    until: date,
    people: Sequence[User] | None = None,
    terms: Mapping[int, WorkingTerms] | None = None,
) -> dict[int, Tally]:
    """The tallies of a centre's people, of the six months before a day (that day is not counted).

    `people` and their `terms`: of everybody of the centre, where they have been read already.
    """
    first, last = until - LOOKS_BACK, until - timedelta(days=1)
    people = rota_people(session, centre_code) if people is None else people
    ids = [user.id for user in people]
    terms = terms_of(session, ids) if terms is None else terms
    weights = _weights(session, terms, first, last)
    worked = _worked(session, centre_code, first, last)
    off = holidays_of(session, StaffClass.OFFICIAL, first, last)
    counts: dict[int, dict[str, int]] = {one: dict.fromkeys(KINDS, 0) for one in ids}
    for duty, minutes in worked:
        if duty.user_id not in counts:
            continue
        mine = counts[duty.user_id]
        mine["nights"] += duty.shift_type.is_night
        mine["weekend_days"] += duty.day.weekday() >= 5
        mine["holidays"] += duty.day in off
        mine["minutes"] += minutes
    whole = sum(weights.values())
    total = {kind: sum(mine[kind] for mine in counts.values()) for kind in KINDS}
    return {
        user.id: Tally(
            user.id,
            user.display_name,
            weights[user.id],
            **counts[user.id],
            fair={kind: total[kind] * weights[user.id] / whole if whole else 0.0 for kind in KINDS},
        )
        for user in people
    }


def _worked(
    session: Session, centre_code: str, first: date, last: date
) -> list[tuple[ScheduledDuty, int]]:
    """The duties that were worked, and for how many minutes."""
    kept = {
        (row.user_id, row.day, row.shift_type_id): row
        for row in session.scalars(
            select(Attendance).where(
                Attendance.centre_code == centre_code, Attendance.day.between(first, last)
            )
        )
    }
    found = []
    for duty in final_schedule(session, first, last, centre_code=centre_code):
        row = kept.get((duty.user_id, duty.day, duty.shift_type.id))
        minutes = duty.shift_type.worked_minutes
        if row is not None and not duty.is_standby:
            if row.came_at is None:
                continue
            late = int((row.came_at - duty.begins_at).total_seconds() // 60)
            minutes = max(0, minutes - max(0, late))
        found.append((duty, minutes))
    return found


def _weights(
    session: Session, terms: Mapping[int, WorkingTerms], first: date, last: date
) -> dict[int, float]:
    days = (last - first).days + 1
    away = absent_days(session, terms, first, last)
    return {
        user_id: one.week_minutes / (40 * 60) * (days - len(away.get(user_id, ()))) / days
        for user_id, one in terms.items()
    }
