"""Requests to be called back: made by a caller whom nobody answered, taken and settled by agents."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.calls.models import (
    Call,
    CallbackAttempt,
    CallbackKind,
    CallbackRequest,
    CallbackState,
    CallOutcome,
)
from case_store.events.event import Event, EventKind, announce
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require, visible_centres
from case_store.places.provinces import NATIONAL

HELD: Final = timedelta(minutes=30)
"""So long a request is the agent's who took it. Then a colleague may call: nobody is forgotten with a shift's end."""
WAITS: Final = (CallbackState.OPEN, CallbackState.TAKEN)
"""A request that nobody has settled."""


class CallbackTaken(Exception):
    """A colleague has the request already, or it is settled."""

    def __init__(self, by: User | None) -> None:
        super().__init__("taken by a colleague")
        self.by = by


def request_callback(
    session: Session,
    call: Call,
    *,
    kind: CallbackKind,
    number: str | None,
    at: datetime,
    recording: str | None = None,
) -> CallbackRequest:
    """Writes a caller's wish down; a second wish of the same call completes the first."""
    request = session.scalar(select(CallbackRequest).where(CallbackRequest.call_id == call.id))
    if request is None:
        request = CallbackRequest(
            call=call,
            centre_code=call.province_code or NATIONAL,
            language=call.language,
            kind=kind,
            requested_at=at,
            state=CallbackState.OPEN,
        )
        session.add(request)
    request.kind = kind
    request.number = number or request.number
    request.recording = recording or request.recording
    call.outcome = CallOutcome.CALLBACK
    _announce(session, request)
    return request


def find_callback(session: Session, request_id: int, *, by: Actor) -> CallbackRequest | None:
    """The request, if `by` may answer it."""
    request = session.get(CallbackRequest, request_id)
    if request is not None:
        require(by, Action.ANSWER_CALLBACKS, request.centre_code)
    return request


def open_callbacks(
    session: Session, *, by: Actor, limit: int = 50, after: int | None = None
) -> list[CallbackRequest]:
    """Requests that wait or are taken, oldest first, within what `by` may see; a page behind id `after`."""
    query = select(CallbackRequest).where(CallbackRequest.state.in_(WAITS))
    centres = visible_centres(by, Action.ANSWER_CALLBACKS)
    if centres is not None:
        query = query.where(CallbackRequest.centre_code.in_(centres))
    if after is not None:
        query = query.where(CallbackRequest.id > after)
    return list(session.scalars(query.order_by(CallbackRequest.id).limit(limit)))


def count_open_callbacks(session: Session, *, by: Actor) -> int:
    query = select(func.count()).where(CallbackRequest.state == CallbackState.OPEN)
    centres = visible_centres(by, Action.ANSWER_CALLBACKS)
    if centres is not None:
        query = query.where(CallbackRequest.centre_code.in_(centres))
    return session.scalar(query) or 0


def callbacks_of_number(session: Session, e164: str | None) -> list[CallbackRequest]:
    """Open requests of a number, for the screen pop."""
    if e164 is None:
        return []
    return list(
        session.scalars(
            select(CallbackRequest)
            .where(CallbackRequest.number == e164, CallbackRequest.state.in_(WAITS))
            .order_by(CallbackRequest.id)
            .limit(10)
        )
    )


def begin_attempt(
    session: Session, request: CallbackRequest, *, agent: User, at: datetime
) -> CallbackAttempt:
    """An agent rings the citizen back. Raises `CallbackTaken` when a colleague has the request or it is settled."""
    _alone_with(session, request)
    held = request.taken_at is not None and request.taken_at > at - HELD
    if request.state not in WAITS or (held and request.taken_by_id not in (None, agent.id)):
        raise CallbackTaken(request.taken_by)
    request.state, request.taken_by, request.taken_at = CallbackState.TAKEN, agent, at
    attempt = CallbackAttempt(agent=agent, at=at)
    request.attempts.append(attempt)
    _announce(session, request)
    return attempt


def record_attempt(session: Session, request: CallbackRequest, *, answered: bool) -> None:
    """Whether the citizen answered the latest attempt; when not, the request waits again."""
    if request.attempts:
        request.attempts[-1].answered = answered
    if not answered and request.state is CallbackState.TAKEN:
        request.state, request.taken_by, request.taken_at = CallbackState.OPEN, None, None
    _announce(session, request)


def settle_callback(
    session: Session,
    request: CallbackRequest,
    *,
    state: CallbackState,
    note: str,
    by: User,
    at: datetime,
) -> None:
    """The request is done, or given up with a note that says why. Raises `CallbackTaken` when it is settled."""
    if state in WAITS:
        raise ValueError("a request is settled as done or as given up")
    _alone_with(session, request)
    if request.state not in WAITS:
        raise CallbackTaken(request.taken_by)
    request.state, request.settled_at, request.note = state, at, note
    request.taken_by = request.taken_by or by
    _announce(session, request)


def _alone_with(session: Session, request: CallbackRequest) -> None:
    """Reads the request anew and lets nobody else change it before this transaction ends."""
    session.flush()
    session.refresh(request, ["state", "taken_by_id", "taken_by", "taken_at"], with_for_update=True)


def _announce(session: Session, request: CallbackRequest) -> None:
    session.flush()
    announce(session, Event(EventKind.CALLBACK_CHANGED, str(request.id), request.centre_code))
