"""The holds that last, for whoever handles privacy at a centre."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.cases.scope import visible_to
from case_store.people.permissions import Action, Actor
from case_store.privacy.models import LegalHold


def lasting_holds(
    session: Session, *, by: Actor, limit: int = 50, before: int | None = None
) -> Sequence[tuple[LegalHold, Case]]:
    """Each with its case, newest first; `before` is the id of the last on the page before. Raises `NotAllowed`."""
    query = (
        select(LegalHold, Case)
        .join(Case, Case.id == LegalHold.case_id)
        .where(LegalHold.ended_at.is_(None), visible_to(by, Action.HANDLE_PRIVACY))
    )
    if before is not None:
        query = query.where(LegalHold.id < before)
    rows = session.execute(query.order_by(LegalHold.id.desc()).limit(limit))
    return [(held, case) for held, case in rows]
