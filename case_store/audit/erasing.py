"""Erasing what the trail says of people: the details go, the links and their hashes stay."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditDetail, AuditEntry


def erase_details(session: Session, subject: str) -> None:
    """Removes every detail of what was done to one thing. The chain verifies as before."""
    theirs = select(AuditEntry.id).where(AuditEntry.subject == subject)
    session.execute(delete(AuditDetail).where(AuditDetail.entry_id.in_(theirs)))
