"""What becomes of somebody's duties when they leave or get another post: nobody stays in a rota who does not come."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Actor
from case_store.rotation.rota.models import Duty, DutyCause
from case_store.rotation.rota.people_of_centre import planners
from case_store.rotation.rota.schedule import ScheduledDuty
from case_store.rotation.rota.sick import free_duties
from case_store.rotation.rota.swaps import close_swaps_of

REASON: Final = "พ้นจากหน้าที่หรือย้าย"
"""In the rota's history: left, or got another post."""


def leave_rota(
    session: Session, user: User, centre_code: str, *, by: Actor, at: datetime
) -> list[ScheduledDuty]:
    """Takes what is to come of a person off the rota of the centre that they leave, and tells its supervisors."""
    today = at.astimezone(BANGKOK).date()
    last = session.scalar(select(func.max(Duty.day)).where(Duty.user_id == user.id))
    if last is None or last < today - timedelta(days=1):
        return []
    close_swaps_of(session, user.id, since=today, by=by, at=at)
    freed = free_duties(
        session, user, today, max(last, today), by=by, at=at, cause=DutyCause.LEFT, reason=REASON
    )
    if freed:
        told = [one for one in planners(session, centre_code) if one not in (user.id, by.user_id)]
        tell(
            session, told, "duties_freed", at=at, name=user.display_name, duties=len(freed),
            day=freed[0].day.isoformat(), shift_th=freed[0].shift_type.name_th,
            shift_en=freed[0].shift_type.name_en,
        )  # fmt: skip
    return freed
