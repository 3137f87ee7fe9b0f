"""Retention: a case whose time is over is proposed by its policy, approved or refused by a person, and then erased.

Nobody approves what they proposed themselves, a hold stops all of it, and what was opened again is proposed anew.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from case_store.audit.trail import record
from case_store.cases.complete import needed
from case_store.cases.models import Case
from case_store.deadlines.models import Policy, PolicyKind
from case_store.deadlines.policies import policies_in_force, retention_values
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, centres_within, require
from case_store.places.provinces import NATIONAL
from case_store.privacy.due_cases import due_cases, years_before
from case_store.privacy.erasure import anonymise, destroy
from case_store.privacy.holds import is_held, lasting_hold
from case_store.privacy.models import LegalHold, RetentionAction, RetentionItem

WORKER: Final = Actor("system", Role.ADMINISTRATOR, NATIONAL)
"""Who proposes by a policy, and carries out what was approved."""
LONGEST_REASON: Final = 500


class CannotErase(ValueError):
    """`why` says what stands in the way: hold, decided, same_person, or case: it is gone or open again."""

    def __init__(self, why: str) -> None:
        super().__init__(f"it cannot be erased: {why}")
        self.why = why


def propose(session: Session, *, at: datetime, limit: int = 50) -> int:
    """Proposes ended cases whose time is over by the policy of their category; returns how many."""
    found = 0
    for policy, categories in _categories_by_policy(session, at):
        if found >= limit:
            break
        values = retention_values(policy)
        query = due_cases(categories, years_before(at, values.years), at=at)
        for case in session.scalars(query.order_by(Case.closed_at).limit(limit - found)):
            propose_one(session, case, values.action, by=WORKER, at=at, policy=policy)
            found += 1
    return found


def propose_one(
    session: Session,
    case: Case,
    action: RetentionAction,
    *,
    by: Actor,
    at: datetime,
    policy: Policy | None = None,
) -> RetentionItem:
    """Puts one case before those who approve; a refused proposal is made again. Who may is the caller's matter."""
    item = session.scalar(select(RetentionItem).where(RetentionItem.case_id == case.id))
    if item is not None and item.refused_reason is None:
        return item
    if item is None:
        item = RetentionItem(case_id=case.id, case_ref=case.ref)
        session.add(item)
    item.centre_code, item.action = case.centre_code, action
    item.policy_id = policy.id if policy else None
    item.proposed_by, item.proposed_at = by.name, at
    item.decided_at = item.decided_by = item.refused_reason = None
    session.flush()
    _record(session, item, "retention.proposed", by, at)
    return item


def waiting_items(
    session: Session, *, by: Actor, limit: int = 50, after: int = 0
) -> list[RetentionItem]:
    """What waits for a decision at the centres of `by`, oldest first; `after` is the id of the last on the page before.

    Raises `NotAllowed`.
    """
    query = select(RetentionItem).where(
        centres_to_decide_for(by, RetentionItem.centre_code),
        RetentionItem.decided_at.is_(None),
        RetentionItem.id > after,
    )
    return list(session.scalars(query.order_by(RetentionItem.id).limit(limit)))


def decided_items(
    session: Session, *, by: Actor, limit: int = 50, before: int | None = None
) -> list[RetentionItem]:
    """What was decided, newest proposal first, whether carried out or not. Raises `NotAllowed`."""
    query = select(RetentionItem).where(
        centres_to_decide_for(by, RetentionItem.centre_code), RetentionItem.decided_at.is_not(None)
    )
    if before is not None:
        query = query.where(RetentionItem.id < before)
    return list(session.scalars(query.order_by(RetentionItem.id.desc()).limit(limit)))


def approve(session: Session, item: RetentionItem, *, by: Actor, at: datetime) -> None:
    """The case may be erased. Raises `NotAllowed`, `CannotErase`."""
    case = _undecided(session, item, by)
    if item.proposed_by == by.name:
        raise CannotErase("same_person")
    if is_held(session, case):
        raise CannotErase("hold")
    item.decided_at, item.decided_by = at, by.name
    _record(session, item, "retention.approved", by, at)


def refuse(session: Session, item: RetentionItem, reason: str, *, by: Actor, at: datetime) -> None:
    """The case stays as it is. Raises `NotAllowed`, `CannotErase`, `NotComplete`."""
    _undecided(session, item, by)
    item.refused_reason = needed(reason, "reason", most=LONGEST_REASON)
    item.decided_at, item.decided_by = at, by.name
    _record(session, item, "retention.refused", by, at, detail=item.refused_reason)


def carry_out(session: Session, *, at: datetime, limit: int = 20) -> int:
    """Erases what was approved and is not held; returns how many. An approval of what was opened since is void."""
    query = (
        select(RetentionItem)
        .where(
            RetentionItem.decided_at.is_not(None),
            RetentionItem.refused_reason.is_(None),
            RetentionItem.done_at.is_(None),
            RetentionItem.case_id.is_not(None),
            ~lasting_hold(LegalHold.case_id == RetentionItem.case_id),
        )
        .order_by(RetentionItem.centre_code, RetentionItem.id)
        .limit(limit)
        .with_for_update(of=RetentionItem, skip_locked=True)
    )
    items = session.scalars(query).all()
    for item in items:
        _carry_out(session, item, at)
    return len(items)


def _carry_out(session: Session, item: RetentionItem, at: datetime) -> None:
    case = session.scalars(
        select(Case)
        .where(Case.id == item.case_id)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    ).one()
    if not case.is_ended or case.closed_at is None or case.closed_at > item.proposed_at:
        _record(session, item, "retention.void", WORKER, at)
        session.delete(item)
        return
    item.done_at = at
    facts = {"policy": item.policy_id, "approved_by": item.decided_by}
    if item.action is RetentionAction.DESTROY:
        destroy(session, case, by=WORKER, at=at, **facts)
        session.expire(item, ["case_id", "case"])
    else:
        anonymise(session, case, by=WORKER, at=at, **facts)


def _categories_by_policy(session: Session, at: datetime) -> list[tuple[Policy, list[str]]]:
    """Each policy in force, and the categories that it holds for."""
    groups: dict[int, tuple[Policy, list[str]]] = {}
    for category, policy in policies_in_force(session, PolicyKind.RETENTION, at=at).items():
        if policy is not None:
            groups.setdefault(policy.id, (policy, []))[1].append(category)
    return list(groups.values())


def centres_to_decide_for(
    by: Actor, centre_code: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """A condition for queries: the centres at which `by` handles privacy or approves. Raises `NotAllowed`."""
    each = [centres_within(by, one) for one in (Action.HANDLE_PRIVACY, Action.APPROVE_ERASURE)]
    centres = frozenset().union(*(one for one in each if one is not None))
    if None not in each and not centres:
        raise NotAllowed(by, Action.HANDLE_PRIVACY)
    return true() if None in each else centre_code.in_(centres)


def _undecided(session: Session, item: RetentionItem, by: Actor) -> Case:
    require(by, Action.APPROVE_ERASURE, item.centre_code)
    session.refresh(item, with_for_update={"of": RetentionItem})
    if item.decided_at is not None:
        raise CannotErase("decided")
    if item.case is None or not item.case.is_ended:
        raise CannotErase("case")
    return item.case


def _record(
    session: Session, item: RetentionItem, action: str, by: Actor, at: datetime, detail: str = ""
) -> None:
    record(
        session,
        chain=item.centre_code,
        action=action,
        subject=f"case:{item.case_ref}",
        by=by.name,
        at=at,
        facts={"action": item.action.value, "policy": item.policy_id},
        detail=detail,
    )
