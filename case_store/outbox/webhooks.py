"""Other programs that asked to be told what happens to cases: who they are, and what they are told."""

from datetime import datetime

from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseEvent


def queue_case_event(session: Session, case: Case, event: CaseEvent, *, at: datetime) -> None:
    """Puts the news of a case into the outbox, for each webhook that asked for its kind and its centre."""
