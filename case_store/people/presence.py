"""Who takes calls now: what an agent asked for, the wrap-up after a call, and the queue members that follow."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from case_store.events.event import Event, EventKind, announce
from case_store.people.models import (
    BreakReason,
    Presence,
    PresenceState,
    Role,
    SignIn,
    SoftphoneCredential,
    User,
)
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import queue_of
from case_store.rotation.rota.night_sharing import nights_answered_by
from case_store.rotation.today.gate import require_shift
from case_store.rotation.today.shifts import NOBODY, on_shift
from case_store.rotation.training.gate import certified_now, require_certificate
from case_store.rotation.training.models import PHONE

SIP_REALM: Final = "1567"
EXTENSION: Final = re.compile(r"ag([0-9]{4,9})")
MAXIMUM_WRAP_UP: Final = timedelta(minutes=15)
PRACTICE_QUEUE: Final = "practice"
"""Where the demo line's simulated calls wait; no citizen's call comes here."""
TAKES_CALLS: Final = (Role.AGENT, Role.SUPERVISOR, Role.NATIONAL_OFFICER)


@dataclass(frozen=True, order=True)
class QueueMember:
    """One person in one queue of Asterisk. Paused: after a call, with notes to finish."""

    queue: str
    extension: str
    paused: bool


def set_presence(
    session: Session,
    user: User,
    state: PresenceState,
    *,
    at: datetime,
    reason: BreakReason | None = None,
) -> Presence:
    """Ready, on a break for a reason, practising, or off.

    Raises `NotAllowed` for a role that takes no calls; when somebody wants to be ready, `NotCertified` for the
    untrained and `NotOnShift` for whose turn it is not.
    """
    if state is not PresenceState.OFF:
        require(_actor(user), Action.TAKE_CALLS, user.centre_code)
    if state is PresenceState.READY:
        require_certificate(session, user, PHONE, at=at)
        require_shift(session, user, at=at)
    if (state is PresenceState.BREAK) != (reason is not None):
        raise ValueError("a break has a reason, and nothing else has")
    presence = presence_of(session, user, at=at)
    if (presence.state, presence.break_reason) != (state, reason):
        presence.state, presence.break_reason, presence.since = state, reason, at
    if (
        state is not PresenceState.READY
        or presence.wrap_up_until is None
        or presence.wrap_up_until <= at
    ):
        presence.wrap_up_until = presence.wrap_up_call_id = None
    _announce(session, user)
    return presence


def start_wrap_up(
    session: Session, user: User, *, call_id: int, until: datetime, at: datetime
) -> None:
    """Gives an agent time for notes after a call."""
    presence = presence_of(session, user, at=at)
    if presence.state is PresenceState.READY:
        presence.wrap_up_until, presence.wrap_up_call_id = until, call_id
    _announce(session, user)


def end_wrap_up(session: Session, user: User, *, at: datetime) -> None:
    """The agent is done with the notes and takes the next call."""
    presence = presence_of(session, user, at=at)
    presence.wrap_up_until = presence.wrap_up_call_id = None
    _announce(session, user)


def extend_wrap_up(session: Session, user: User, *, by: timedelta, at: datetime) -> datetime | None:
    """More time for notes, at most `MAXIMUM_WRAP_UP` from now; None when the agent is in no wrap-up."""
    presence = presence_of(session, user, at=at)
    if presence.wrap_up_until is None or presence.wrap_up_until <= at:
        return None
    presence.wrap_up_until = min(presence.wrap_up_until + by, at + MAXIMUM_WRAP_UP)
    _announce(session, user)
    return presence.wrap_up_until


def desired_members(session: Session, *, at: datetime, idle: timedelta) -> frozenset[QueueMember]:
    """Whom Asterisk's queues ought to hold: the trained, signed in and ready, in their centre's queue.

    Where a centre goes by a rota, only those on shift; and whose shift has just ended, while the queue would be empty.
    Whoever practises is in the queue of practice alone, whether trained or on shift or not.
    At night they are in the queues of the provinces, too, whose nights their centre answers.
    """
    rows = session.execute(
        select(User.id, User.centre_code, Presence.state, Presence.wrap_up_until)
        .join(Presence, Presence.user_id == User.id)
        .where(
            User.active,
            User.role.in_(TAKES_CALLS),
            or_(
                and_(Presence.state == PresenceState.READY, certified_now(User.id, PHONE, at)),
                Presence.state == PresenceState.PRACTICE,
            ),
            exists().where(
                SignIn.user_id == User.id,
                SignIn.ended_at.is_(None),
                SignIn.expires_at > at,
                SignIn.last_seen_at > at - idle,
            ),
        )
    ).all()
    practising = {
        QueueMember(PRACTICE_QUEUE, f"ag{user_id:04d}", paused=False)
        for user_id, _, state, _ in rows
        if state is PresenceState.PRACTICE
    }
    people = [
        (
            user_id,
            centre,
            QueueMember(queue_of(centre), f"ag{user_id:04d}", bool(until and until > at)),
        )
        for user_id, centre, state, until in rows
        if state is PresenceState.READY
    ]
    shifts = on_shift(session, at) if people else NOBODY
    turns = [one for one in people if shifts.takes_calls(one[0], one[1])]
    served = {centre for _, centre, _ in turns}
    kept_on = [one for one in people if one[0] in shifts.just_ended and one[1] not in served]
    answered = nights_answered_by(session, at) if people else {}
    members = frozenset(
        QueueMember(queue, member.extension, member.paused)
        for _, centre, member in (*turns, *kept_on)
        for queue in (member.queue, *(queue_of(c) for c, by in answered.items() if by == centre))
    )
    return members | practising


def issue_softphone_secret(session: Session, sign_in: SignIn, *, expires_at: datetime) -> str:
    """Makes a new secret for a browser's telephone and returns it; the one before it stops working."""
    extension = sign_in.user.extension
    secret = secrets.token_urlsafe(24)
    digest = hashlib.md5(
        f"{extension}:{SIP_REALM}:{secret}".encode(), usedforsecurity=False
    )  # SIP digest, RFC 3261
    session.merge(
        SoftphoneCredential(
            user_id=sign_in.user_id,
            sign_in_id=sign_in.id,
            ha1=digest.hexdigest(),
            expires_at=expires_at,
        )
    )
    announce(
        session, Event(EventKind.AGENT_CHANGED, str(sign_in.user_id), sign_in.user.centre_code)
    )
    return secret


def live_softphones(session: Session, *, at: datetime) -> dict[str, str]:
    """The telephones that may register now: extension → SIP digest (ha1)."""
    rows = session.execute(
        select(SoftphoneCredential.user_id, SoftphoneCredential.ha1)
        .join(SignIn, SignIn.id == SoftphoneCredential.sign_in_id)
        .join(User, User.id == SoftphoneCredential.user_id)
        .where(
            SoftphoneCredential.expires_at > at,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > at,
            User.active,
        )
    )
    return {f"ag{user_id:04d}": ha1 for user_id, ha1 in rows}


def queues_of_softphones(session: Session, *, at: datetime) -> dict[str, str]:
    """The queue of each such telephone's person: extension → queue."""
    rows = session.execute(
        select(User.id, User.centre_code)
        .join(SoftphoneCredential, SoftphoneCredential.user_id == User.id)
        .where(SoftphoneCredential.expires_at > at)
    )
    return {f"ag{user_id:04d}": queue_of(centre) for user_id, centre in rows}


def user_of_extension(session: Session, extension: str) -> User | None:
    """The person whose telephone is `ag0007`; None for any other name."""
    named = EXTENSION.fullmatch(extension)
    return session.get(User, int(named[1])) if named else None


def presence_of(session: Session, user: User, *, at: datetime) -> Presence:
    """The person's presence, made (off) if there was none."""
    presence = session.get(Presence, user.id)
    if presence is None:
        presence = Presence(user_id=user.id, state=PresenceState.OFF, since=at)
        session.add(presence)
    return presence


def _actor(user: User) -> Actor:
    return Actor(user.username, user.role, user.centre_code, user.id)


def _announce(session: Session, user: User) -> None:
    announce(session, Event(EventKind.AGENT_CHANGED, str(user.id), user.centre_code, user.id))
