"""Appointing officers of channels, changing the days of an appointment, and taking one back that has not begun.

A channel of a centre has one responsible officer and one deputy at a time. Whoever is appointed to a post that another
holds relieves them: the older appointment ends on the day before. What is over is history and stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains, record
from case_store.cases.word_models import Channel
from case_store.deadlines.calendar import day_of
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import province
from case_store.rotation.channels.alerts import look_again
from case_store.rotation.channels.answering import APPOINTABLE, works_there
from case_store.rotation.rota.models import ChannelOfficer

_DAY: Final = timedelta(days=1)
BACK: Final = timedelta(days=366)
"""An order may be entered so long after it was given."""
AHEAD: Final = timedelta(days=366)
FURTHEST_END: Final = timedelta(days=3660)
LONGEST_ORDER: Final = 120


class BadAppointment(ValueError):
    """`field` says what is wrong.

    centre_code, channel (not in use), user (not of the centre, left, or of a role that is not appointed), first_day,
    last_day, order; both (the same person would be officer and deputy at once); overlap (somebody is appointed from a
    later day on, or was then); state (it is over, or has begun).
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True, kw_only=True)
class NewAppointment:
    """Who is to have which post from when; without a last day, until another one is appointed."""

    channel: str
    user: User
    is_deputy: bool = False
    first_day: date
    last_day: date | None = None
    order: str = ""


def appoint(
    session: Session, centre_code: str, new: NewAppointment, *, by: Actor, at: datetime
) -> ChannelOfficer:
    """A responsible officer, or a deputy; whoever held the post is relieved. Raises `NotAllowed`, `BadAppointment`."""
    require(by, Action.APPOINT_CHANNEL_OFFICERS, centre_code)
    if province(centre_code) is None:
        raise BadAppointment("centre_code")
    lock_chains(session, [centre_code])  # two who appoint to one post at a time wait for each other
    _check(session, centre_code, new, day_of(at))
    relieved = _relieve(session, centre_code, new, day_of(at))
    made = ChannelOfficer(
        centre_code=centre_code,
        channel=new.channel,
        user_id=new.user.id,
        is_deputy=new.is_deputy,
        first_day=new.first_day,
        last_day=new.last_day,
        order=new.order,
        made_by=by.name,
        made_at=at,
    )
    session.add(made)
    session.flush()
    session.refresh(made)
    for one in relieved:
        note(session, one, "channel_officer.relieved", by=by, at=at)
        _tell_end(session, one, at)
    note(session, made, "channel_officer.appointed", by=by, at=at)
    _tell_appointed(session, made, at)
    look_again(session, centre_code, [new.channel], at=at)
    return made


def change_days(
    session: Session,
    one: ChannelOfficer,
    *,
    first_day: date,
    last_day: date | None,
    by: Actor,
    at: datetime,
) -> ChannelOfficer:
    """Moves the days of an appointment that is not over, or ends it: from yesterday, which is at once, on.

    One that has begun keeps its first day. Nobody is relieved by it. Raises `NotAllowed`, `BadAppointment`.
    """
    require(by, Action.APPOINT_CHANNEL_OFFICERS, one.centre_code)
    today = day_of(at)
    _still_open(session, one, today)
    if first_day != one.first_day and (one.first_day <= today or first_day < today):
        raise BadAppointment("first_day")
    _check_days(first_day, last_day, today)
    if last_day is not None and last_day < today - _DAY:
        raise BadAppointment("last_day")
    for other in _others(session, one.centre_code, one.channel, first_day, last_day):
        if other.id == one.id:
            continue
        if other.is_deputy == one.is_deputy:
            raise BadAppointment("overlap")
        if other.user_id == one.user_id:
            raise BadAppointment("both")
    if (first_day, last_day) == (one.first_day, one.last_day):
        return one
    one.first_day, one.last_day = first_day, last_day
    session.flush()
    note(session, one, "channel_officer.changed", by=by, at=at)
    tell(session, [one.user_id], "channel_days_changed", at=at, **about(session, one))
    look_again(session, one.centre_code, [one.channel], at=at)
    return one


def take_back(session: Session, one: ChannelOfficer, *, by: Actor, at: datetime) -> None:
    """Removes an appointment that begins today or later, as one made by mistake; the audit trail has it.

    Raises `NotAllowed`, `BadAppointment` (it has begun).
    """
    require(by, Action.APPOINT_CHANNEL_OFFICERS, one.centre_code)
    today = day_of(at)
    _still_open(session, one, today)
    if one.first_day < today:
        raise BadAppointment("state")
    note(session, one, "channel_officer.taken_back", by=by, at=at)
    tell(session, [one.user_id], "channel_taken_back", at=at, **about(session, one))
    session.delete(one)
    session.flush()
    look_again(session, one.centre_code, [one.channel], at=at)


def standing(session: Session, centre_code: str, today: date) -> Sequence[ChannelOfficer]:
    """The appointments of a centre that hold or will, the officer's first, and the earlier first."""
    query = (
        select(ChannelOfficer)
        .join(User, User.id == ChannelOfficer.user_id)
        .where(ChannelOfficer.centre_code == centre_code, _not_over(today), works_there())
    )
    order = (ChannelOfficer.is_deputy, ChannelOfficer.first_day, ChannelOfficer.id)
    return session.scalars(query.order_by(*order)).all()


def history(
    session: Session,
    centre_code: str,
    *,
    by: Actor,
    channel: str | None = None,
    limit: int,
    before: int | None = None,
) -> Sequence[ChannelOfficer]:
    """All appointments of a centre, the newest first; of one channel, if it is named. Raises `NotAllowed`."""
    require(by, Action.SEE_ROTA, centre_code)
    query = select(ChannelOfficer).where(ChannelOfficer.centre_code == centre_code)
    if channel is not None:
        query = query.where(ChannelOfficer.channel == channel)
    if before is not None:
        query = query.where(ChannelOfficer.id < before)
    return session.scalars(query.order_by(ChannelOfficer.id.desc()).limit(limit)).all()


def appointable(session: Session, centre_code: str) -> Sequence[User]:
    """Who can be appointed at a centre, by name."""
    query = select(User).where(
        User.active, User.centre_code == centre_code, User.role.in_(APPOINTABLE)
    )
    return session.scalars(query.order_by(User.display_name, User.id)).all()


def about(session: Session, one: ChannelOfficer) -> dict[str, Any]:
    """What a notice says of an appointment."""
    channel = session.get_one(Channel, one.channel)
    return {
        "channels_th": channel.name_th,
        "channels_en": channel.name_en,
        "deputy": one.is_deputy,
        "day": one.first_day.isoformat(),
        "until": one.last_day.isoformat() if one.last_day else None,
    }


def note(session: Session, one: ChannelOfficer, action: str, *, by: Actor, at: datetime) -> None:
    """The audit trail's entry of an appointment as it is now."""
    record(
        session, chain=one.centre_code, action=action,
        subject=f"channel:{one.centre_code}:{one.channel}", by=by.name, at=at,
        facts={
            "person": one.user.username,
            "deputy": one.is_deputy,
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat() if one.last_day else None,
            "order": one.order,
        },
    )  # fmt: skip


def _check(session: Session, centre_code: str, new: NewAppointment, today: date) -> None:
    channel = session.get(Channel, new.channel)
    if channel is None or not channel.active:
        raise BadAppointment("channel")
    user = new.user
    if not user.active or user.centre_code != centre_code or user.role not in APPOINTABLE:
        raise BadAppointment("user")
    if not today - BACK <= new.first_day <= today + AHEAD:
        raise BadAppointment("first_day")
    _check_days(new.first_day, new.last_day, today)
    if len(new.order) > LONGEST_ORDER:
        raise BadAppointment("order")


def _check_days(first_day: date, last_day: date | None, today: date) -> None:
    if first_day > today + AHEAD:
        raise BadAppointment("first_day")
    if last_day is not None and not first_day <= last_day <= today + FURTHEST_END:
        raise BadAppointment("last_day")


def _relieve(
    session: Session, centre_code: str, new: NewAppointment, today: date
) -> list[ChannelOfficer]:
    """Ends what stands in the way of a new appointment, on the day before. Raises `BadAppointment`."""
    there = _others(session, centre_code, new.channel, new.first_day, new.last_day)
    if any(one.is_deputy != new.is_deputy and one.user_id == new.user.id for one in there):
        raise BadAppointment("both")
    relieved = [one for one in there if one.is_deputy == new.is_deputy]
    if any(one.first_day >= new.first_day or _is_over(one, today) for one in relieved):
        raise BadAppointment("overlap")
    for one in relieved:
        one.last_day = new.first_day - _DAY
    session.flush()
    return relieved


def _others(
    session: Session, centre_code: str, channel: str, first_day: date, last_day: date | None
) -> Sequence[ChannelOfficer]:
    """The appointments of a channel, of both posts, that share a day with these."""
    query = select(ChannelOfficer).where(
        ChannelOfficer.centre_code == centre_code,
        ChannelOfficer.channel == channel,
        _not_over(first_day),
    )
    if last_day is not None:
        query = query.where(ChannelOfficer.first_day <= last_day)
    return session.scalars(query.order_by(ChannelOfficer.first_day, ChannelOfficer.id)).all()


def _not_over(day: date) -> ColumnElement[bool]:
    return or_(ChannelOfficer.last_day.is_(None), ChannelOfficer.last_day >= day)


def _still_open(session: Session, one: ChannelOfficer, today: date) -> None:
    lock_chains(session, [one.centre_code])
    session.refresh(one)
    if _is_over(one, today):
        raise BadAppointment("state")


def _is_over(one: ChannelOfficer, today: date) -> bool:
    return one.last_day is not None and one.last_day < today


def _tell_appointed(session: Session, made: ChannelOfficer, at: datetime) -> None:
    """Tells the person, and the other one of the two with whom they share the channel."""
    facts = about(session, made)
    kind = "channel_deputy_of" if made.is_deputy else "channel_officer_of"
    tell(session, [made.user_id], kind, at=at, **facts)
    beside = _others(session, made.centre_code, made.channel, made.first_day, made.last_day)
    others = [one.user_id for one in beside if one.is_deputy != made.is_deputy]
    tell(session, others, "channel_beside_you", at=at, name=made.user.display_name, **facts)


def _tell_end(session: Session, one: ChannelOfficer, at: datetime) -> None:
    tell(session, [one.user_id], "channel_relieved", at=at, **about(session, one))
