"""The people on duty, for whoever wants to hand a call on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.people.presence import PRACTICE_QUEUE, desired_members


@dataclass(frozen=True)
class Colleague:
    """Somebody on duty. Busy: finishing notes after a call."""

    user: User
    busy: bool


def on_duty(session: Session, *, at: datetime, idle: timedelta) -> list[Colleague]:
    """Everybody who takes citizens' calls now, by centre and name."""
    members = {
        member.extension: member
        for member in desired_members(session, at=at, idle=idle)
        if member.queue != PRACTICE_QUEUE
    }
    ids = [int(extension.removeprefix("ag")) for extension in members]
    people = session.scalars(
        select(User).where(User.id.in_(ids)).order_by(User.centre_code, User.display_name)
    )
    return [Colleague(user, members[user.extension].paused) for user in people]
