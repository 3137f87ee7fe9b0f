"""Drafts: what was typed stays, whatever crashes."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.cases.models import CaseDraft
from case_store.identity.keyring import keyring_of
from case_store.people.models import User

MAXIMUM_BYTES: Final = 100_000
KEPT: Final = timedelta(days=14)


class DraftTooLarge(Exception):
    """More than a form can hold."""


def save_draft(
    session: Session, user: User, key: str, fields: dict[str, Any], *, at: datetime
) -> CaseDraft:
    """Keeps the newest state of a form. Raises `DraftTooLarge`."""
    plain = json.dumps(fields).encode()
    if len(plain) > MAXIMUM_BYTES:
        raise DraftTooLarge
    draft = find_draft(session, user, key)
    if draft is None:
        drop_old_drafts(session, at=at)
        draft = CaseDraft(user_id=user.id, key=key)
        session.add(draft)
    sealed = keyring_of(session).seal(plain, bound_to=draft.place)
    draft.key_id, draft.sealed, draft.updated_at = sealed.key_id, sealed.data, at
    return draft


def find_draft(session: Session, user: User, key: str) -> CaseDraft | None:
    return session.scalar(
        select(CaseDraft).where(CaseDraft.user_id == user.id, CaseDraft.key == key)
    )


def drafts_of(session: Session, user: User, *, limit: int = 20) -> list[CaseDraft]:
    """Forms that a person began and has not saved, newest first."""
    query = select(CaseDraft).where(CaseDraft.user_id == user.id)
    return list(session.scalars(query.order_by(CaseDraft.updated_at.desc()).limit(limit)))


def drop_draft(session: Session, user: User, key: str) -> None:
    session.execute(delete(CaseDraft).where(CaseDraft.user_id == user.id, CaseDraft.key == key))


def drop_old_drafts(session: Session, *, at: datetime) -> None:
    """Forgotten drafts hold personal data and must not stay for ever."""
    session.execute(delete(CaseDraft).where(CaseDraft.updated_at < at - KEPT))
