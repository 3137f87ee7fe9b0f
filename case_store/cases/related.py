"""A case that is a part of another, or the same trouble again: linked, and each goes its own way."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.history import write_history
from case_store.cases.merging import CannotMerge
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.people.permissions import Action, Actor, require

DEEPEST: Final = 20
"""How far a chain of parts may go."""


def link_parent(
    session: Session, case: Case, parent: Case, *, by: Actor, at: datetime
) -> CaseEvent:
    """Makes `case` a part of `parent`. Raises `CannotMerge` when that would be a circle, or too deep."""
    for one in (case, parent):
        require(by, Action.MERGE_CASES, one)
    above = _above(session, parent)
    if case.parent_id == parent.id or case.id in above or len(above) > DEEPEST:
        raise CannotMerge("into")
    case.parent_id = parent.id
    return write_history(
        session, case, CaseEventKind.CHANGED, by=by, at=at, fields=["parent"], parent=parent.ref
    )


def link_repeat(
    session: Session, case: Case, earlier: Case, *, by: Actor, at: datetime
) -> CaseEvent | None:
    """Says at intake that a new case is the same trouble again; None when it says so already (a form sent twice)."""
    require(by, Action.LOG_CASES, case.province_code)
    require(by, Action.SEE_CASES, earlier)
    if case.parent_id is not None or case is earlier:
        return None
    case.parent_id = earlier.id
    return write_history(
        session, case, CaseEventKind.CHANGED, by=by, at=at, fields=["parent"], parent=earlier.ref
    )


def unlink_parent(session: Session, case: Case, *, by: Actor, at: datetime) -> CaseEvent:
    """The case is no part of another any more. Raises `CannotMerge` when it was none."""
    require(by, Action.MERGE_CASES, case)
    if case.parent_id is None:
        raise CannotMerge("case")
    case.parent_id = None
    return write_history(
        session, case, CaseEventKind.CHANGED, by=by, at=at, fields=["parent"], parent=""
    )


def children_of(session: Session, case: Case) -> list[Case]:
    """The cases that are parts of this one, oldest first; a reader may not be allowed to see each."""
    query = select(Case).where(Case.parent_id == case.id).order_by(Case.id)
    return list(session.scalars(query.limit(200)))


def _above(session: Session, case: Case) -> list[int]:
    """The case and those that it is a part of, upwards."""
    ids = [case.id]
    while case.parent_id is not None and len(ids) <= DEEPEST:
        case = session.get_one(Case, case.parent_id)
        ids.append(case.id)
    return ids
