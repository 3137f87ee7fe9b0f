"""What somebody must do today: a few groups of cases, the most pressing first, each case in one of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, defer, selectinload

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.scope import visible_to
from case_store.deadlines.due import near_condition, overdue_condition
from case_store.people.permissions import Action, Actor, may


class WorkKind(StrEnum):
    TO_SCREEN = "to_screen"
    OVERDUE = "overdue"
    NEAR_DUE = "near_due"
    TO_REVIEW = "to_review"
    RETURNED = "returned"
    """Agencies gave it back: it needs another one, or the centre itself."""
    WAITING = "waiting"
    """For the complainant's answer."""
    MINE = "mine"
    """Whatever else is theirs and open."""


@dataclass(frozen=True)
class WorkGroup:
    """`more`: there are others that the list has no room for."""

    kind: WorkKind
    cases: list[Case]
    more: bool


Condition = ColumnElement[bool]

_ORDER: Final[Mapping[WorkKind, InstrumentedAttribute[Any]]] = {
    WorkKind.OVERDUE: Case.due_at,
    WorkKind.NEAR_DUE: Case.due_at,
    WorkKind.WAITING: Case.waiting_since,
}
"""The rest comes in the order in which it was received."""


def work_list(session: Session, *, by: Actor, at: datetime, limit: int = 50) -> list[WorkGroup]:
    """The groups that are not empty. A supervisor sees the whole centre's, an officer theirs and what is nobody's.

    A program has no cases of its own and sees the whole centre's too.
    Those who oversee see what is late in their provinces. An agency's officers have `referral_list`.
    """
    chosen: dict[WorkKind, list[int]] = {}
    listed: set[int] = set()
    for kind, parts in _conditions(by, at).items():
        order = _ORDER.get(kind, Case.id)
        found = sorted(
            row for part in parts for row in _first(session, by, part, order, listed, limit + 1)
        )
        chosen[kind] = [case_id for _, case_id in found]
        listed.update(chosen[kind][:limit])
    cases = _read(session, listed)
    return [
        WorkGroup(kind, [cases[case_id] for case_id in ids[:limit]], len(ids) > limit)
        for kind, ids in chosen.items()
        if ids
    ]


def _conditions(by: Actor, at: datetime) -> dict[WorkKind, list[Condition]]:
    """What is in each group. A group of several parts is read part by part, each in the order of an index."""
    late = {WorkKind.OVERDUE: [overdue_condition(at)], WorkKind.NEAR_DUE: [near_condition(at)]}
    if not may(by, Action.HANDLE_CASES):
        return late if may(by, Action.WATCH_BOARD) and may(by, Action.SEE_CASES) else {}
    here = and_(Case.centre_code == by.centre_code, _theirs(by))
    returned = and_(_in_state(CaseState.SCREENING), _was_returned())
    groups = {
        WorkKind.TO_SCREEN: [
            _in_state(CaseState.RECEIVED),
            _in_state(CaseState.REOPENED),
            and_(_in_state(CaseState.SCREENING), ~_was_returned(), Case.waiting_since.is_(None)),
        ],
        **late,
        WorkKind.TO_REVIEW: [_in_state(CaseState.REVIEW)],
        WorkKind.RETURNED: [returned],
        WorkKind.WAITING: [and_(Case.waiting_since.is_not(None), Case.closed_at.is_(None))],
    }
    mine = [and_(Case.officer_id == by.user_id, Case.closed_at.is_(None))] if by.user_id else []
    return {kind: [and_(here, part) for part in parts] for kind, parts in groups.items()} | {
        WorkKind.MINE: mine
    }


def _theirs(by: Actor) -> Condition:
    if by.user_id is None or may(by, Action.WATCH_BOARD):
        return true()
    return or_(Case.officer_id == by.user_id, Case.officer_id.is_(None))


def _in_state(state: CaseState) -> Condition:
    return Case.state == state


def _was_returned() -> Condition:
    returned = aliased(Referral)
    return exists().where(returned.case_id == Case.id, returned.state == ReferralState.RETURNED)


def _first(
    session: Session,
    by: Actor,
    condition: Condition,
    order: InstrumentedAttribute[Any],
    listed: Collection[int],
    most: int,
) -> list[tuple[Any, int]]:
    """What the cases are ordered by, and their ids: an index answers that, without reading the cases."""
    query = (
        select(order, Case.id)
        .where(visible_to(by), condition, Case.id.not_in(listed))
        .order_by(order, Case.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _read(session: Session, ids: Collection[int]) -> dict[int, Case]:
    """All of them at once, without what no list shows."""
    query = select(Case).where(Case.id.in_(ids))
    query = query.options(defer(Case.description), selectinload(Case.officer))
    return {case.id: case for case in session.scalars(query)} if ids else {}
