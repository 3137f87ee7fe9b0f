"""Notices to members of staff: what they must know, in the transaction that causes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from case_store.outbox.models import Notice


def tell(
    session: Session,
    user_ids: Iterable[int],
    kind: str,
    *,
    at: datetime,
    case_ref: str | None = None,
    **data: Any,
) -> None:
    """Leaves a notice for each person, once. `data` holds codes and numbers, no personal data."""
    for user_id in dict.fromkeys(user_ids):
        session.add(Notice(user_id=user_id, at=at, kind=kind, case_ref=case_ref, data=data))
