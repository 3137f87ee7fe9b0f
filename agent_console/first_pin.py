"""The PIN for tracking a case, which is read out once, by whoever wrote the case down."""

from typing import Final

from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.clock import now
from case_store.identity.complainants import pin_of
from case_store.people.permissions import Actor

FIRST_READING_SECONDS: Final = 3600


def first_pin(store: Session, case: Case, reader: Actor) -> str:
    """The PIN, for its first reading out: only to whoever wrote the case down, and only for an hour."""
    age = (now() - case.created_at).total_seconds()
    if case.created_by != reader.name or age > FIRST_READING_SECONDS:
        return ""
    return pin_of(store, case) or ""
