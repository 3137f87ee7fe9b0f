"""What needs somebody today: cases past their due date, and cases that nobody moves or answers for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from case_store.cases.models import Case
from case_store.cases.scope import visible_to
from case_store.deadlines.due import overdue_condition, running_condition
from case_store.deadlines.ladder import still_condition, still_since_column
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import current_policy, reminder_values
from case_store.people.permissions import Action, Actor, may

SHOWN = 5


@dataclass(frozen=True)
class Group:
    """How many there are, and the worst of them; none for a reader who sees figures only."""

    count: int
    cases: Sequence[Case]


@dataclass(frozen=True)
class Standstill:
    """`still_days`: without progress for so long, by the policy of reminders; at an agency, whatever others do."""

    overdue: Group
    still: Group
    unassigned: Group
    still_days: int


def standstill(session: Session, *, by: Actor, at: datetime, limit: int = SHOWN) -> Standstill:
    """Raises `NotAllowed` unless `by` may see statistics."""
    policy = current_policy(session, PolicyKind.REMINDER, None, at=at)
    days = reminder_values(policy).first_days
    still = still_condition(at - timedelta(days=days))
    unassigned = and_(running_condition(), Case.officer_id.is_(None))
    return Standstill(
        overdue=_group(session, overdue_condition(at), Case.due_at, by, limit),
        still=_group(session, still, still_since_column(), by, limit),
        unassigned=_group(session, unassigned, Case.created_at, by, limit),
        still_days=days,
    )


def _group(
    session: Session,
    condition: ColumnElement[bool],
    worst: ColumnElement[Any] | InstrumentedAttribute[Any],
    by: Actor,
    limit: int,
) -> Group:
    counted = select(func.count()).where(visible_to(by, Action.SEE_STATISTICS), condition)
    count = session.scalar(counted.select_from(Case)) or 0
    if not count or not may(by, Action.SEE_CASES):
        return Group(count, [])
    query = select(Case).where(visible_to(by), condition)
    return Group(count, session.scalars(query.order_by(worst, Case.id).limit(limit)).all())
