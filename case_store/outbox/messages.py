"""Messages that leave the house: taken by one worker at a time, tried again later and later, given up at last.

A message is taken in one transaction, sent outside of any, and settled in a third. When the worker dies in
between, the message is due again after its lease, and the other side recognises it by its key.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from case_store.outbox.models import OutboxKind, OutboxMessage

LEASE: Final = timedelta(minutes=2)
"""How long a taken message is nobody else's; longer than any sending may last."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
MOST_ATTEMPTS: Final = 16
"""About two days after the first attempt."""
KEPT: Final = timedelta(days=30)


def add_message(
    session: Session,
    kind: OutboxKind,
    key: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    webhook_id: int | None = None,
) -> OutboxMessage:
    """Puts a message into the outbox, in the transaction of its cause."""
    message = OutboxMessage(
        kind=kind, key=key, webhook_id=webhook_id, payload=payload, created_at=at, next_try_at=at
    )
    session.add(message)
    return message


def any_due(session: Session, *, at: datetime) -> bool:
    """Whether it is worth to take some: asked every second, and it locks nothing."""
    query = select(OutboxMessage.id).where(
        OutboxMessage.done_at.is_(None), OutboxMessage.next_try_at <= at
    )
    return session.scalar(query.limit(1)) is not None


def due_messages(
    session: Session, *, at: datetime, limit: int = 20, but_not_to: Collection[int] = ()
) -> list[OutboxMessage]:
    """Takes the messages whose turn it is, the oldest first, and leaves out what goes to these webhooks.

    On PostgreSQL another worker passes over what this one holds; on SQLite writers wait for each other.
    """
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.done_at.is_(None), OutboxMessage.next_try_at <= at)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )
    if but_not_to:
        others = OutboxMessage.webhook_id.not_in(but_not_to)
        query = query.where(or_(OutboxMessage.webhook_id.is_(None), others))
    taken = list(session.scalars(query))
    for message in taken:
        message.attempts += 1
        message.next_try_at = at + LEASE
    session.flush()
    return taken


def mark_sent(session: Session, message_id: int, *, at: datetime) -> None:
    """The other side has it. A message whose webhook was removed meanwhile is gone."""
    message = session.get(OutboxMessage, message_id)
    if message is not None:
        message.done_at, message.last_error, message.given_up = at, None, False


def mark_failed(session: Session, message_id: int, reason: str, *, at: datetime) -> bool:
    """It did not go out: tried again after a pause. True when it is given up, for good.

    `reason` is a short word or two of ours, never what the other side said.
    """
    message = session.get(OutboxMessage, message_id)
    if message is None:
        return False
    message.last_error = reason[:200]
    if message.attempts >= MOST_ATTEMPTS:
        message.done_at, message.given_up = at, True
        return True
    message.next_try_at = at + pause_after(message.attempts)
    return False


def pause_after(attempts: int) -> timedelta:
    """Twice as long after each attempt, up to a limit."""
    times: int = 2 ** min(max(attempts, 1) - 1, 20)
    return min(FIRST_PAUSE * times, LONGEST_PAUSE)


def drop_waiting(session: Session, webhook_id: int, *, at: datetime) -> None:
    """Nothing more goes to a webhook that was switched off."""
    waiting = (OutboxMessage.webhook_id == webhook_id, OutboxMessage.done_at.is_(None))
    session.execute(
        update(OutboxMessage)
        .where(*waiting)
        .values(done_at=at, given_up=True, last_error="switched off")
    )


def forget_done(session: Session, *, at: datetime) -> int:
    """Removes what was settled long ago."""
    result: Any = session.execute(delete(OutboxMessage).where(OutboxMessage.done_at < at - KEPT))
    return int(result.rowcount)
