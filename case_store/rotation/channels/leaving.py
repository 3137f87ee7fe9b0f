"""What becomes of somebody's channels when they leave or get another post: they answer for none any more."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Actor
from case_store.rotation.channels.alerts import look_again
from case_store.rotation.channels.appointments import note
from case_store.rotation.rota.models import ChannelOfficer

_DAY: Final = timedelta(days=1)


def leave_channels(session: Session, user: User, *, by: Actor, at: datetime) -> int:
    """Ends a person's appointments yesterday, and takes back those to come; how many. The gaps are told at once."""
    today = day_of(at)
    query = select(ChannelOfficer).where(
        ChannelOfficer.user_id == user.id,
        or_(ChannelOfficer.last_day.is_(None), ChannelOfficer.last_day >= today),
    )
    left = session.scalars(query.order_by(ChannelOfficer.centre_code, ChannelOfficer.id)).all()
    channels = defaultdict(list)
    for one in left:
        channels[one.centre_code].append(one.channel)
    lock_chains(session, channels)
    for one in left:
        if one.first_day < today:
            one.last_day = today - _DAY
            note(session, one, "channel_officer.left", by=by, at=at)
        else:
            note(session, one, "channel_officer.taken_back", by=by, at=at)
            session.delete(one)
    session.flush()
    for code, several in channels.items():
        look_again(session, code, several, at=at)
    return len(left)
