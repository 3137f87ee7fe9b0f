"""The figures of the live board, computed by the database: queues now, and the day so far."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from case_store.calls.models import Call, CallOutcome
from case_store.clock import start_of_today
from case_store.people.models import Presence, PresenceState, SignIn, User
from case_store.people.permissions import Action, Actor, visible_centres
from case_store.people.presence import TAKES_CALLS
from case_store.places.provinces import queue_of

SHORT_ABANDON_SECONDS = 5
"""Callers who hang up sooner did not wait for an agent, and do not count against the service level."""


@dataclass(frozen=True)
class QueueFigures:
    """One queue. Times in seconds; `service_level` is a share of 0 to 1, None when nobody called."""

    queue: str
    waiting: int
    longest_wait: int
    talking: int
    answered: int
    abandoned: int
    called_back: int
    service_level: float | None


@dataclass(frozen=True)
class AgentFigures:
    user: User
    state: str
    """off, ready, break, wrap_up or talking"""
    since: datetime | None


def queue_figures(
    session: Session, *, by: Actor, at: datetime, target_seconds: int
) -> list[QueueFigures]:
    """The queues that `by` may watch and that have had a call today or have one now, most waiting first.

    Service level = answered within the target ÷ (answered + abandoned after 5 s or more).
    """
    waiting = Call.outcome == CallOutcome.WAITING
    was_answered = Call.answered_at.is_not(None)
    gave_up = (Call.outcome == CallOutcome.ABANDONED) & (Call.wait_seconds >= SHORT_ABANDON_SECONDS)
    query = (
        select(
            Call.queue,
            _count(waiting),
            func.min(case((waiting, Call.queued_at))),
            _count(Call.outcome == CallOutcome.CONNECTED),
            _count(was_answered),
            _count(gave_up),
            _count(Call.outcome == CallOutcome.CALLBACK),
            _count(was_answered & (Call.wait_seconds <= target_seconds)),
        )
        .where(
            Call.queue.is_not(None),
            (Call.started_at >= start_of_today(at)) | Call.outcome.in_(CallOutcome.live()),
        )
        .group_by(Call.queue)
    )
    centres = visible_centres(by, Action.WATCH_BOARD)
    if centres is not None:
        query = query.where(Call.queue.in_([queue_of(code) for code in centres]))
    figures = [_figures(row, at) for row in session.execute(query)]
    return sorted(figures, key=lambda one: (-one.waiting, -one.longest_wait, one.queue))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _figures(row: Any, at: datetime) -> QueueFigures:
    queue, waiting, oldest, talking, answered, abandoned, called_back, in_time = row
    counted = answered + abandoned
    return QueueFigures(
        queue,
        waiting,
        int((at - oldest).total_seconds()) if oldest else 0,
        talking,
        answered,
        abandoned,
        called_back,
        in_time / counted if counted else None,
    )


def agent_figures(session: Session, *, by: Actor, at: datetime) -> list[AgentFigures]:
    """The people who are signed in and take calls, within what `by` may watch."""
    query = (
        select(User)
        .join(Presence, Presence.user_id == User.id)
        .where(
            User.active,
            User.role.in_(TAKES_CALLS),
            exists().where(
                SignIn.user_id == User.id, SignIn.ended_at.is_(None), SignIn.expires_at > at
            ),
        )
        .order_by(User.centre_code, User.username)
    )
    centres = visible_centres(by, Action.WATCH_BOARD)
    if centres is not None:
        query = query.where(User.centre_code.in_(centres))
    talking = set(
        session.scalars(select(Call.agent_id).where(Call.outcome == CallOutcome.CONNECTED))
    )
    return [
        AgentFigures(user, _state(user.presence, user.id in talking, at), user.presence.since)
        for user in session.scalars(query)
        if user.presence is not None
    ]


def _state(presence: Presence, talking: bool, at: datetime) -> str:
    if talking:
        return "talking"
    if (
        presence.state is PresenceState.READY
        and presence.wrap_up_until
        and presence.wrap_up_until > at
    ):
        return "wrap_up"
    return str(presence.state)
