"""Searches that a person saved, each under a name of their own; nobody else sees them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.search.models import SavedSearch

MOST: Final = 50
LONGEST_NAME: Final = 80


class CannotSave(ValueError):
    """The search cannot be saved; `field` says why: name, or too_many."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} does not allow it")
        self.field = field


def save_search(
    session: Session, user_id: int, name: str, filters: Mapping[str, Any], *, at: datetime
) -> SavedSearch:
    """Saves a search; one of the same name is replaced. Raises `CannotSave`."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or any(ord(sign) < 32 for sign in name):
        raise CannotSave("name")
    mine = SavedSearch.user_id == user_id
    saved = session.scalar(select(SavedSearch).where(mine, SavedSearch.name == name))
    if saved is None:
        if (session.scalar(select(func.count()).where(mine)) or 0) >= MOST:
            raise CannotSave("too_many")
        saved = SavedSearch(user_id=user_id, name=name)
        session.add(saved)
    saved.filters, saved.made_at = dict(filters), at
    session.flush()
    return saved


def saved_searches(session: Session, user_id: int) -> list[SavedSearch]:
    """All that a person saved, by name."""
    query = select(SavedSearch).where(SavedSearch.user_id == user_id)
    return list(session.scalars(query.order_by(SavedSearch.name)))


def drop_search(session: Session, user_id: int, search_id: int) -> bool:
    """Forgets a saved search; False when this person has none of that id."""
    saved = session.get(SavedSearch, search_id)
    if saved is None or saved.user_id != user_id:
        return False
    session.delete(saved)
    session.flush()
    return True
