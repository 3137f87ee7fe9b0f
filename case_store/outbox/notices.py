"""Notices to members of staff: what they must know, in the transaction that causes it.

Each is announced to its person alone: an agency's officers hear of no change of a case, only of what they are told.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from case_store.events.event import Event, EventKind, announce
from case_store.outbox.models import Notice

KEPT: Final = timedelta(days=365)
"""How long a notice that was read stays."""
MOST_COUNTED: Final = 1_000
"""Nobody needs to know how many more than that they have not read."""


def tell(
    session: Session,
    user_ids: Iterable[int],
    kind: str,
    *,
    at: datetime,
    case_ref: str | None = None,
    **data: Any,
) -> None:
    """Leaves a notice for each person, once. `data` holds codes, numbers and names of agencies, no personal data."""
    for user_id in dict.fromkeys(user_ids):
        session.add(Notice(user_id=user_id, at=at, kind=kind, case_ref=case_ref, data=data))
        _announce(session, user_id)


def unread_notices(
    session: Session, user_id: int, *, limit: int = 50, before: int | None = None
) -> list[Notice]:
    """What a person has not read, the newest first; `before` is the id that the last page ended with."""
    query = select(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    return list(session.scalars(query.order_by(Notice.id.desc()).limit(limit)))


def count_unread(session: Session, user_id: int) -> int:
    """How many; no further than MOST_COUNTED."""
    unread = select(Notice.id).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    some = unread.limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def mark_read(
    session: Session, user_id: int, ids: Collection[int] | None = None, *, at: datetime
) -> int:
    """Marks these notices of the person, or all of them, as read; how many were not."""
    query = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    if ids is not None:
        query = query.where(Notice.id.in_(ids))
    read = _affected(session, query.values(read_at=at))
    if read:
        _announce(session, user_id)
    return read


def forget_read(session: Session, *, at: datetime) -> int:
    """Removes what was read long ago."""
    return _affected(session, delete(Notice).where(Notice.read_at < at - KEPT))


def _announce(session: Session, user_id: int) -> None:
    announce(session, Event(EventKind.NOTICES_CHANGED, str(user_id), user_id=user_id))


def _affected(session: Session, statement: Any) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
