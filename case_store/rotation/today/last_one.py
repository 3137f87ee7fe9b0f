"""Who leaves the queue as the last one: they are warned before, and the supervisors are told when they leave."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.outbox.notices import tell
from case_store.people.models import PresenceState, Role, User
from case_store.people.presence import desired_members
from case_store.places.provinces import NATIONAL
from case_store.rotation.today.shifts import on_shift


class LastOne(Exception):
    """Without this person nobody takes the calls of their centre: they go to the national centre, after a wait."""


def leaves_nobody(
    session: Session, user: User, state: PresenceState, *, at: datetime, idle: timedelta
) -> bool:
    """Whether a queue has nobody any more when this person is in that state; where the centre goes by a rota."""
    if state is PresenceState.READY or user.centre_code not in on_shift(session, at).centres:
        return False
    members = desired_members(session, at=at, idle=idle)
    own = {one.queue for one in members if one.extension == user.extension}
    return bool(own - {one.queue for one in members if one.extension != user.extension})


def tell_who_left(session: Session, user: User, *, at: datetime) -> None:
    """The supervisors of the centre and of the ministry, to whom the calls go now."""
    supervising = (User.role == Role.SUPERVISOR) & (User.centre_code == user.centre_code)
    national = (User.role == Role.NATIONAL_OFFICER) & (User.centre_code == NATIONAL)
    people = session.scalars(select(User.id).where(User.active, supervising | national)).all()
    others = [one for one in people if one != user.id]
    tell(session, others, "last_one_left", at=at, name=user.display_name, centre=user.centre_code)
