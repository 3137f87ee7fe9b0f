"""What handlers ask for: the store, who is signed in, and the page to render on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from agent_console.console import Console, console_of
from case_store.clock import now
from case_store.people.models import SignIn, User
from case_store.people.permissions import Actor
from case_store.people.presence import TAKES_CALLS
from case_store.people.sign_in import SEEN_EVERY, actor_of, find_sign_in, note_use

ConsoleDep = Annotated[Console, Depends(console_of)]


class SignedOut(Exception):
    """The request needs a sign-in and has none that is alive."""


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in on this browser, as plain values: no row of another transaction goes through a handler."""

    sign_in_id: int
    csrf_token: str
    actor: Actor
    display_name: str
    extension: str
    ends_at: datetime

    @property
    def user_id(self) -> int:
        assert self.actor.user_id is not None  # noqa: S101 (a signed-in actor is a person)
        return self.actor.user_id

    @property
    def takes_calls(self) -> bool:
        return self.actor.role in TAKES_CALLS

    def user(self, store: Session) -> User:
        """The person's row in this transaction."""
        return store.get_one(User, self.user_id)

    def sign_in(self, store: Session) -> SignIn:
        return store.get_one(SignIn, self.sign_in_id)


def open_store(console: ConsoleDep) -> Iterator[Session]:
    """One transaction for the request: committed before the answer is sent, rolled back when the handler raises."""
    with console.database.transaction() as session:
        yield session


def open_reader(console: ConsoleDep) -> Iterator[Session]:
    with console.database.reading() as session:
        yield session


# "function": the answer must not say "saved" before it is saved.
Store = Annotated[Session, Depends(open_store, scope="function")]
Reader = Annotated[Session, Depends(open_reader, scope="function")]


def idle_time(console: Console) -> timedelta:
    return timedelta(minutes=console.settings.session_idle_minutes)


def find_signed_in(console: Console, token: str | None) -> SignedIn | None:
    """Who a session cookie stands for. Notes the use of the sign-in, at most once a minute."""
    if not token:
        return None
    at = now()
    with console.database.reading() as session:
        found = find_sign_in(session, token, at=at, idle=idle_time(console))
    if found is None:
        return None
    if found.last_seen_at + SEEN_EVERY <= at:
        with console.database.transaction() as session:
            note_use(session, found, at=at)
    user = found.user
    return SignedIn(
        found.id,
        found.csrf_token,
        actor_of(user),
        user.display_name,
        user.extension,
        found.expires_at,
    )


def maybe_signed_in(request: Request, console: ConsoleDep) -> SignedIn | None:
    reader = find_signed_in(console, request.cookies.get(console.session_cookie))
    request.state.reader = reader
    return reader


def signed_in(reader: Annotated[SignedIn | None, Depends(maybe_signed_in)]) -> SignedIn:
    if reader is None:
        raise SignedOut
    return reader


MaybeSignedIn = Annotated[SignedIn | None, Depends(maybe_signed_in)]
CurrentUser = Annotated[SignedIn, Depends(signed_in)]


def current_actor(reader: CurrentUser) -> Actor:
    return reader.actor


CurrentActor = Annotated[Actor, Depends(current_actor)]
