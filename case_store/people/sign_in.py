"""Signing in and out, and the rule by which a sign-in ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from case_store.people.models import PresenceState, SignIn, SoftphoneCredential, User
from case_store.people.passwords import new_token, token_hash
from case_store.people.permissions import Actor
from case_store.people.presence import set_presence

TRIES: Final = 5
LOCK: Final = timedelta(minutes=5)
SEEN_EVERY: Final = timedelta(minutes=1)
"""The last use of a sign-in is noted at most this often, so that reading a page writes nothing."""


class SignInRefused(Exception):
    """Wrong name or password; the answer never says which."""


class SignInLocked(SignInRefused):
    """Too many wrong passwords; `until` says when the next try counts."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many wrong passwords")
        self.until = until


@dataclass(frozen=True)
class NewSignIn:
    """What a browser is given; the token is nowhere else."""

    token: str
    csrf_token: str
    user: User


def password_hash_of(session: Session, username: str) -> str | None:
    """What a typed password is to be compared with; None when nobody of that name may sign in."""
    return session.scalar(select(User.password_hash).where(_is_named(username)))


def admit(
    session: Session, *, username: str, right: bool, at: datetime, new_hash: str | None = None
) -> User:
    """The person whose password was `right`. Raises `SignInRefused`; commit even then, as failures are counted.

    Comparing takes a tenth of a second on purpose: it is done before, so that no writer waits for it.
    """
    user = session.scalar(select(User).where(_is_named(username)).with_for_update(of=User))
    if user and user.locked_until and user.locked_until > at:
        raise SignInLocked(user.locked_until)
    if user is None or not right:
        if user:
            _count_failure(user, at)
        raise SignInRefused
    user.failed_sign_ins, user.locked_until = 0, None
    user.password_hash = new_hash or user.password_hash
    return user


def _is_named(username: str) -> ColumnElement[bool]:
    return and_(User.username == username.strip().lower(), User.active)


def _count_failure(user: User, at: datetime) -> None:
    user.failed_sign_ins += 1
    if user.failed_sign_ins >= TRIES:
        user.failed_sign_ins, user.locked_until = 0, at + LOCK


def begin_sign_in(session: Session, user: User, *, at: datetime, lasts: timedelta) -> NewSignIn:
    """Signs a person in on one browser. An earlier sign-in of theirs ends: one person, one telephone.

    They take calls once they say so: nobody is ready whose telephone is not here yet.
    """
    for earlier in session.scalars(
        select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    ):
        earlier.ended_at = at
    set_presence(session, user, PresenceState.OFF, at=at)
    token, csrf_token = new_token(), new_token()
    session.add(
        SignIn(
            user_id=user.id,
            token_hash=token_hash(token),
            csrf_token=csrf_token,
            created_at=at,
            last_seen_at=at,
            expires_at=at + lasts,
        )
    )
    return NewSignIn(token, csrf_token, user)


def find_sign_in(session: Session, token: str, *, at: datetime, idle: timedelta) -> SignIn | None:
    """The living sign-in of a cookie's token; None when it is unknown, ended, expired or was unused too long."""
    found = session.scalar(select(SignIn).where(SignIn.token_hash == token_hash(token)))
    if found is None or found.ended_at or found.expires_at <= at or found.last_seen_at + idle <= at:
        return None
    return found if found.user.active else None


def note_use(session: Session, sign_in: SignIn, *, at: datetime) -> None:
    """Remembers that a sign-in was used just now."""
    if sign_in.last_seen_at + SEEN_EVERY <= at:
        session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(last_seen_at=at))


def end_sign_in(session: Session, sign_in: SignIn, *, at: datetime) -> None:
    """Signs out: the person takes no more calls and their telephone's secret is worth nothing."""
    sign_in.ended_at = at
    credential = session.get(SoftphoneCredential, sign_in.user_id)
    if credential and credential.sign_in_id == sign_in.id:
        session.delete(credential)
    set_presence(session, sign_in.user, PresenceState.OFF, at=at)


def end_sign_ins_of(session: Session, user: User, *, at: datetime) -> None:
    """Signs a person out everywhere, as when they leave or their password was changed."""
    for sign_in in session.scalars(
        select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    ).all():
        end_sign_in(session, sign_in, at=at)


def end_stale_sign_ins(session: Session, *, at: datetime, idle: timedelta) -> int:
    """Ends the sign-ins whose time is over, so that nobody who has gone is still on duty. Says how many."""
    stale = session.scalars(
        select(SignIn).where(
            SignIn.ended_at.is_(None),
            (SignIn.expires_at <= at) | (SignIn.last_seen_at <= at - idle),
        )
    ).all()
    for sign_in in stale:
        end_sign_in(session, sign_in, at=at)
    return len(stale)


def actor_of(user: User) -> Actor:
    return Actor(
        user.username,
        user.role,
        user.centre_code,
        user.id,
        user.agency_id,
        user.inspection_region,
    )
