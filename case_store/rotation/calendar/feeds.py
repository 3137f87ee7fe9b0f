"""Secret links to calendars: made, listed, read, revoked. Only the hash of a secret is kept; it is shown once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.people.models import User
from case_store.people.passwords import new_token, token_hash
from case_store.people.permissions import Action, Actor, NotAllowed, may, require
from case_store.people.sign_in import actor_of
from case_store.rotation.rota.models import CalendarFeed

MOST: Final = 10
"""Living links of one maker."""
READ_NOTED_EVERY: Final = timedelta(minutes=1)


class TooManyFeeds(Exception):
    """There are so many living links that one has to go first."""


@dataclass(frozen=True)
class NewFeed:
    """A link that was made, and its secret, which nobody can show again."""

    feed: CalendarFeed
    token: str


@dataclass(frozen=True)
class OpenFeed:
    """What a link leads to, and for whom it speaks. `user` None: everybody of the centre."""

    feed: CalendarFeed
    centre_code: str
    user: User | None
    maker: User


def make_feed(
    session: Session, user: User, *, whole_centre: bool, by: Actor, at: datetime
) -> NewFeed:
    """A link to the maker's own duties, or to all of their centre. Raises `NotAllowed`, `TooManyFeeds`."""
    require(by, Action.SEE_ROTA, user.centre_code)
    if by.user_id != user.id:
        raise NotAllowed(by, Action.SEE_ROTA)
    living = CalendarFeed.made_by_id == user.id, CalendarFeed.revoked_at.is_(None)
    if len(session.scalars(select(CalendarFeed.id).where(*living)).all()) >= MOST:
        raise TooManyFeeds
    token = new_token()
    feed = CalendarFeed(
        token_hash=token_hash(token),
        user_id=None if whole_centre else user.id,
        centre_code=user.centre_code,
        made_by=by.name,
        made_by_id=user.id,
        made_at=at,
    )
    session.add(feed)
    session.flush()
    _note(session, feed, "feed.made", by=by, at=at)
    return NewFeed(feed, token)


def list_feeds(session: Session, *, by: Actor) -> list[CalendarFeed]:
    """Living links: one's own, and for planners those of their centre. Raises `NotAllowed`."""
    require(by, Action.SEE_ROTA)
    which: ColumnElement[bool] = CalendarFeed.made_by_id == by.user_id
    if may(by, Action.PLAN_ROTA, by.centre_code):
        which |= CalendarFeed.centre_code == by.centre_code
    rows = session.scalars(
        select(CalendarFeed)
        .where(which, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    return list(rows)


def revoke_feed(session: Session, feed: CalendarFeed, *, by: Actor, at: datetime) -> None:
    """The link leads nowhere from now on: by its maker, or by a planner of the centre. Raises `NotAllowed`."""
    own = by.user_id is not None and feed.made_by_id == by.user_id
    if not own:
        require(by, Action.PLAN_ROTA, feed.centre_code)
    if feed.revoked_at is None:
        feed.revoked_at = at
        _note(session, feed, "feed.revoked", by=by, at=at)


def open_feed(session: Session, token: str, *, at: datetime) -> OpenFeed | None:
    """What a secret leads to; None when it is unknown or revoked, or its maker left or may not see it now."""
    feed = session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.token_hash == token_hash(token), CalendarFeed.revoked_at.is_(None)
        )
    )
    maker = session.get(User, feed.made_by_id) if feed and feed.made_by_id else None
    if feed is None or feed.centre_code is None or maker is None or not maker.active:
        return None
    stays = maker.centre_code == feed.centre_code
    if not (stays and may(actor_of(maker), Action.SEE_ROTA, feed.centre_code)):
        return None
    if feed.last_read_at is None or feed.last_read_at + READ_NOTED_EVERY <= at:
        feed.last_read_at = at
    return OpenFeed(feed, feed.centre_code, maker if feed.user_id else None, maker)


def _note(session: Session, feed: CalendarFeed, action: str, *, by: Actor, at: datetime) -> None:
    kind = "person" if feed.user_id else "centre"
    record(
        session, chain=feed.centre_code or by.centre_code, action=action, subject=f"feed:{feed.id}",
        by=by.name, at=at, facts={"kind": kind},
    )  # fmt: skip
