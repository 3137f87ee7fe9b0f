"""Revealing who complains to somebody who does not see it otherwise: for a typed reason that the audit trail keeps."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from case_store.cases.complete import needed
from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEventKind
from case_store.identity.complainants import Identity, open_identity
from case_store.people.permissions import Action, Actor, require

SHORTEST_REASON: Final = 10


def reveal_identity(
    session: Session, case: Case, reason: str, *, by: Actor, at: datetime
) -> Identity | None:
    """The identity, for this once; None when it was erased. Raises `NotAllowed`, `NotComplete`.

    Everybody at the case sees that it was revealed and to whom; the reason stands in the audit trail alone.
    """
    require(by, Action.REVEAL_IDENTITY, case)
    reason = needed(reason, "reason", least=SHORTEST_REASON)
    identity = open_identity(session, case)
    write_history(
        session, case, CaseEventKind.IDENTITY_REVEALED, by=by, at=at, private_detail=reason
    )
    return identity
