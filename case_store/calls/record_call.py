"""The life of a call, written down. Each function may be told the same thing twice, or late: facts are kept once.

Only the reader of Asterisk's ledger and the call flows call these, with Asterisk's name of the call (`pbx_id`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, lazyload

from case_store.calls.models import Call, CallOutcome, ProvinceSource
from case_store.events.event import Event, EventKind, announce
from case_store.people.models import User
from case_store.people.presence import start_wrap_up
from case_store.places.numbering import CallerNumber
from case_store.places.provinces import NATIONAL


@cache
def _by_pbx_id() -> Select[Call]:
    # Asked some times in every call, so it is put together once, and brings no agent along.
    return select(Call).where(Call.pbx_id == bindparam("pbx_id")).options(lazyload(Call.agent))


def open_call(session: Session, pbx_id: str, *, caller: CallerNumber | None, at: datetime) -> Call:
    """The row of a call that entered; the one that is there if it was opened before."""
    call = find_call(session, pbx_id)
    if call is not None:
        return call
    call = Call(
        pbx_id=pbx_id,
        caller=caller.e164 if caller else None,
        started_at=at,
        language="th",
        outcome=CallOutcome.IN_IVR,
        province_source=ProvinceSource.NONE,
    )
    try:
        with session.begin_nested():
            session.add(call)
    except IntegrityError:  # the ledger and the flow came at the same moment
        return session.scalars(select(Call).where(Call.pbx_id == pbx_id)).one()
    _announce(session, call)
    return call


def find_call(session: Session, pbx_id: str) -> Call | None:
    return session.scalar(_by_pbx_id(), {"pbx_id": pbx_id})


def set_language(session: Session, call: Call, language: str) -> None:
    call.language = language
    _announce(session, call)


def set_province(
    session: Session, call: Call, *, province_code: str, source: ProvinceSource
) -> None:
    """Writes down where the caller is from and how that was found."""
    call.province_code, call.province_source = province_code, source
    _announce(session, call)


def record_queued(session: Session, call: Call, *, queue: str, at: datetime) -> None:
    """The caller joined a queue; the wait counts from the first one joined."""
    if call.ended_at is not None:
        return
    if call.province_code is None:  # the dialplan sent the call on by itself
        call.province_code = NATIONAL
    call.queue, call.outcome = queue, CallOutcome.WAITING
    call.queued_at = call.queued_at or at
    _forget_older_wish(call, at)
    _announce(session, call)


def record_answered(session: Session, call: Call, *, agent: User | None, at: datetime) -> None:
    """An agent and the caller speak; `answered_at` keeps the first time."""
    if call.ended_at is not None:
        return
    call.outcome, call.agent = CallOutcome.CONNECTED, agent
    if call.answered_at is None:
        call.answered_at, call.wait_seconds = at, _waited(call, at)
    _forget_older_wish(call, at)
    _announce(session, call)


def record_agent_done(
    session: Session, call: Call, *, agent: User | None, at: datetime, wrap_up: timedelta
) -> None:
    """An agent's part in a call is over: time for notes begins."""
    if agent is not None:
        start_wrap_up(session, agent, call_id=call.id, until=at + wrap_up, at=at)
    _announce(session, call)


def record_finish_wish(session: Session, call: Call, *, at: datetime) -> None:
    """The agent is about to hang up on purpose."""
    call.finished_at = at
    _announce(session, call)


def record_ended(session: Session, call: Call, *, at: datetime) -> None:
    """The caller is gone. How it ended follows from how far it came."""
    if call.ended_at is not None:
        return
    call.ended_at = at
    if call.answered_at is None:
        call.wait_seconds = _waited(call, at)
    match call.outcome:
        case CallOutcome.CONNECTED:
            call.outcome = CallOutcome.ANSWERED
        case CallOutcome.WAITING:
            call.outcome = CallOutcome.ANSWERED if call.answered_at else CallOutcome.ABANDONED
        case CallOutcome.IN_IVR:
            call.outcome = CallOutcome.ABANDONED
    _announce(session, call)


def record_self_service(session: Session, call: Call, *, at: datetime) -> None:
    """The caller got from the machine what they called for, and hung up. The ledger may tell of the end before."""
    if call.queued_at is None and call.outcome in {CallOutcome.IN_IVR, CallOutcome.ABANDONED}:
        call.outcome, call.ended_at = CallOutcome.SELF_SERVICE, call.ended_at or at
    _announce(session, call)


def live_calls(session: Session, *, before: datetime) -> set[str]:
    """Asterisk's names of the calls that are not over and began before `before`."""
    return set(session.scalars(select(Call.pbx_id).where(_is_on(before))))


def fail_lost_calls(
    session: Session, *, alive: Collection[str], before: datetime, at: datetime
) -> int:
    """Ends as failed every call that began before `before` and that Asterisk no longer knows. Says how many."""
    open_calls = session.scalars(select(Call).where(_is_on(before)))
    lost = [call for call in open_calls if call.pbx_id not in alive]
    for call in lost:
        call.ended_at = at
        if call.is_live:  # who was promised a call back has got what they called for
            call.outcome = CallOutcome.FAILED
        _announce(session, call)
    return len(lost)


def _is_on(before: datetime) -> ColumnElement[bool]:
    """Has an outcome in which a caller may be on the line, and no end. The outcome comes first: it has an index."""
    may_be_on = Call.outcome.in_([*CallOutcome.live(), CallOutcome.CALLBACK])
    return and_(may_be_on, Call.ended_at.is_(None), Call.started_at < before)


def _forget_older_wish(call: Call, at: datetime) -> None:
    """A wish to end the talk is about the talk in which it was made; the ledger may tell of that talk after it."""
    if call.finished_at is not None and call.finished_at < at:
        call.finished_at = None


def _waited(call: Call, until: datetime) -> int | None:
    return max(0, int((until - call.queued_at).total_seconds())) if call.queued_at else None


def _announce(session: Session, call: Call) -> None:
    if call.id is None:
        session.flush()
    announce(
        session, Event(EventKind.CALL_CHANGED, str(call.id), call.queue[1:] if call.queue else None)
    )
