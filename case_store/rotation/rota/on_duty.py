"""How many people a rota has on duty in each half hour, to be held against how many are needed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.rotation.rota.models import Rota, RotaState
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule, rota_schedule

_SLOT: Final = timedelta(minutes=30)
_SLOTS_OF_A_DAY: Final = 48


def on_duty(session: Session, centre_code: str, first_day: date, days: int) -> list[int] | None:
    """People on site in each half hour of these days by the final schedule; None: nobody is planned at all.

    A half hour counts who is there when it begins. Standby people are at home, so they do not count.
    """
    before, last = first_day - timedelta(days=1), first_day + timedelta(days=days - 1)
    duties = final_schedule(session, before, last, centre_code=centre_code)
    return _counted(duties, first_day, days)


def drafted(
    session: Session, centre_code: str, first_day: date, days: int
) -> list[int | None] | None:
    """The same by the newest draft that touches these days; None: there is no draft, or nobody in it.

    None stands in the half hours of days that the draft does not plan: it says nothing of them, and not that nobody is
    there.
    """
    last = first_day + timedelta(days=days - 1)
    draft = session.scalars(
        select(Rota)
        .where(
            Rota.centre_code == centre_code,
            Rota.state == RotaState.DRAFT,
            Rota.first_day <= last,
            Rota.last_day >= first_day,
        )
        .order_by(Rota.id.desc())
        .limit(1)
    ).first()
    counted = None if draft is None else _counted(rota_schedule(session, draft), first_day, days)
    if draft is None or counted is None:
        return None
    planned = [
        draft.first_day <= first_day + timedelta(days=number) <= draft.last_day
        for number in range(days)
    ]
    return [
        people if people or planned[slot // _SLOTS_OF_A_DAY] else None
        for slot, people in enumerate(counted)
    ]


def _counted(duties: Sequence[ScheduledDuty], first_day: date, days: int) -> list[int] | None:
    begin = datetime.combine(first_day, time(), BANGKOK).astimezone(UTC)
    people = [0] * (days * _SLOTS_OF_A_DAY)
    for duty in duties:
        if duty.is_standby:
            continue
        first = max(0, -((begin - duty.begins_at) // _SLOT))
        after = min(len(people), -((begin - duty.ends_at) // _SLOT))
        for slot in range(first, after):
            people[slot] += 1
    return people if any(people) else None
