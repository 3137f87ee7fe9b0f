"""Legal holds: while one lasts, nothing of the case is erased, whoever approved it."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from case_store.cases.complete import needed
from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEventKind
from case_store.people.permissions import Action, Actor, require
from case_store.privacy.models import LegalHold

_LONGEST_REASON = 500


def hold(session: Session, case: Case, reason: str, *, by: Actor, at: datetime) -> LegalHold:
    """Keeps a case from being erased until the hold is ended. Raises `NotAllowed`, `NotComplete`."""
    require(by, Action.HANDLE_PRIVACY, case)
    held = LegalHold(
        case_id=case.id,
        reason=needed(reason, "reason", most=_LONGEST_REASON),
        by=by.name,
        since=at,
    )
    session.add(held)
    session.flush()
    write_history(
        session, case, CaseEventKind.HELD, by=by, at=at, private_detail=held.reason, hold=held.id
    )
    return held


def end_hold(session: Session, held: LegalHold, *, by: Actor, at: datetime) -> None:
    """The reason is gone; once is enough. Raises `NotAllowed`."""
    case = session.get_one(Case, held.case_id)
    require(by, Action.HANDLE_PRIVACY, case)
    if held.ended_at is None:
        held.ended_at, held.ended_by = at, by.name
        write_history(session, case, CaseEventKind.HOLD_ENDED, by=by, at=at, hold=held.id)


def holds_of(session: Session, case: Case) -> list[LegalHold]:
    """All holds of a case, the lasting ones first."""
    query = select(LegalHold).where(LegalHold.case_id == case.id)
    lasting_first = query.order_by(LegalHold.ended_at.is_not(None), LegalHold.id.desc())
    return list(session.scalars(lasting_first.limit(200)))


def is_held(session: Session, case: Case) -> bool:
    return bool(session.scalar(select(lasting_hold(LegalHold.case_id == case.id))))


def lasting_hold(of_case: ColumnElement[bool]) -> ColumnElement[bool]:
    """A condition for queries: a hold lasts on that case."""
    return exists().where(of_case, LegalHold.ended_at.is_(None))
