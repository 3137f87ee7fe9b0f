"""Whether somebody may be ready now: on a shift of theirs, or just before it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.today.shifts import on_shift

LOOKS_AHEAD: Final = timedelta(days=31)


class NotOnShift(Exception):
    """It is not the person's turn. Plain values: the transaction is rolled back. `begins_at`: of their next duty."""

    def __init__(self, begins_at: datetime | None) -> None:
        super().__init__("not on shift")
        self.begins_at = begins_at


def require_shift(session: Session, user: User, *, at: datetime) -> None:
    """Raises `NotOnShift` where the centre goes by a rota and the person is not on it now (or in ten minutes)."""
    now = on_shift(session, at, user_id=user.id)
    if user.centre_code not in now.centres:
        return
    if user.id not in now.on_duty | now.coming | now.just_ended.keys():
        following = next_duty(session, user.id, at=at)
        raise NotOnShift(following.begins_at if following else None)


def next_duty(session: Session, user_id: int, *, at: datetime) -> ScheduledDuty | None:
    """The next duty on site that somebody has, within a month."""
    today = at.astimezone(BANGKOK).date()
    coming = final_schedule(session, today, today + LOOKS_AHEAD, user_ids=[user_id])
    return next((duty for duty in coming if duty.begins_at > at and not duty.is_standby), None)
