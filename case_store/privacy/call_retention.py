"""Retention of calls: a month whose time is over is proposed, approved or refused by a person, and then erased.

As with cases (`retention`): the same people approve, a hold keeps what it is about, and each act is in the audit trail.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, lazyload

from case_store.audit.erasing import erase_details
from case_store.audit.trail import record
from case_store.calls.models import Call, CallbackRequest, CallSound
from case_store.cases.complete import needed
from case_store.cases.models import Case, case_calls
from case_store.deadlines.models import Policy, PolicyKind
from case_store.deadlines.policies import call_values, current_policy, recording_values
from case_store.people.permissions import Action, Actor, require
from case_store.privacy.due_calls import centre_of_call, erasable, month_start, of_erasure
from case_store.privacy.due_cases import ASKED_AGAIN
from case_store.privacy.models import CallData, CallErasure
from case_store.privacy.retention import (
    LONGEST_REASON,
    WORKER,
    CannotErase,
    centres_to_decide_for,
)


def propose_months(session: Session, *, at: datetime, limit: int = 50) -> int:
    """Proposes whole months of Bangkok, each centre's oldest first; returns how many."""
    found = 0
    for data, policy, before in _limits(session, at):
        while found < limit and (due := _oldest_months(session, data, before, at, limit - found)):
            for centre_code, since in due:
                _propose(session, data, centre_code, since, policy=policy, at=at)
            found += len(due)
    return found


def waiting_months(session: Session, *, by: Actor, limit: int = 50) -> Sequence[CallErasure]:
    """What waits for a decision at the centres of `by`, oldest first. Raises `NotAllowed`."""
    query = select(CallErasure).where(CallErasure.decided_at.is_(None), _at_centres_of(by))
    return session.scalars(query.order_by(CallErasure.id).limit(limit)).all()


def decided_months(session: Session, *, by: Actor, limit: int = 50) -> Sequence[CallErasure]:
    """What was decided, newest proposal first, whether carried out or not. Raises `NotAllowed`."""
    query = select(CallErasure).where(CallErasure.decided_at.is_not(None), _at_centres_of(by))
    return session.scalars(query.order_by(CallErasure.id.desc()).limit(limit)).all()


def approve_month(session: Session, erasure: CallErasure, *, by: Actor, at: datetime) -> None:
    """It may be done; what a case or a hold keeps by then stays. Raises `NotAllowed`, `CannotErase`."""
    _require_undecided(session, erasure, by)
    erasure.decided_at, erasure.decided_by = at, by.name
    _record(session, erasure, "approved", by, at, found=erasure.found)


def refuse_month(
    session: Session, erasure: CallErasure, reason: str, *, by: Actor, at: datetime
) -> None:
    """All stays as it is for a year. Raises `NotAllowed`, `CannotErase`, `NotComplete`."""
    _require_undecided(session, erasure, by)
    erasure.refused_reason = needed(reason, "reason", most=LONGEST_REASON)
    erasure.decided_at, erasure.decided_by = at, by.name
    _record(session, erasure, "refused", by, at, detail=erasure.refused_reason)


def carry_out_months(session: Session, *, at: datetime, limit: int = 50) -> int:
    """Erases what was approved, at most `limit` calls; returns of how many. Removing the files comes after the commit.

    A month counts at least as one call, so that whoever repeats this until less than `limit` was done leaves none out.
    """
    approved = (
        select(CallErasure)
        .where(
            CallErasure.decided_at.is_not(None),
            CallErasure.refused_reason.is_(None),
            CallErasure.done_at.is_(None),
        )
        .order_by(CallErasure.centre_code, CallErasure.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    done = 0
    for erasure in session.scalars(approved).all():
        if done >= limit:
            break
        done += max(1, _erase_some(session, erasure, at, limit - done))
    return done


def _erase_some(session: Session, erasure: CallErasure, at: datetime, limit: int) -> int:
    calls = _locked_calls(session, erasure, limit)
    for call in calls:
        if erasure.data is CallData.CALLS:
            _anonymise(session, call, at)
        if call.sound is CallSound.KEPT:
            call.sound = CallSound.DESTROYED
    session.flush()
    erasure.erased += len(calls)
    if not session.scalar(select(exists().where(of_erasure(erasure)))):
        erasure.done_at = at
    if calls:
        ids, approver = [call.id for call in calls], erasure.decided_by
        _record(session, erasure, "erased", WORKER, at, calls=ids, approved_by=approver)
    return len(calls)


def _locked_calls(session: Session, erasure: CallErasure, limit: int) -> Sequence[Call]:
    """Some calls of the month. Whoever links them to a case, or holds a case of theirs, came before or waits."""
    due = select(Call).where(of_erasure(erasure)).options(lazyload(Call.agent))
    some = due.order_by(Call.started_at, Call.id).limit(limit).with_for_update(of=Call)
    ids = [call.id for call in session.scalars(some)]
    linked = select(case_calls.c.case_id).where(case_calls.c.call_id.in_(ids))
    session.execute(select(Case.id).where(Case.id.in_(linked)).order_by(Case.id).with_for_update())
    # Looked at once more: a hold may have come before the lock.
    again = due.where(Call.id.in_(ids)).order_by(Call.id)
    return session.scalars(again.execution_options(populate_existing=True)).all()


def _anonymise(session: Session, call: Call, at: datetime) -> None:
    """Leaves of a call what is counted: times, province, queue, outcome, language, and which agent took it.

    Links to cases go, too: they lead to names that are kept elsewhere.
    """
    call.caller, call.anonymised_at = None, at
    call.cases.clear()
    wish = session.scalar(select(CallbackRequest).where(CallbackRequest.call_id == call.id))
    if wish is not None:
        wish.number, wish.note = None, ""
    erase_details(session, call.subject)


def _limits(session: Session, at: datetime) -> Iterator[tuple[CallData, Policy | None, datetime]]:
    """By which policy the calls of all months before which moment are to be erased."""
    policy = current_policy(session, PolicyKind.RECORDINGS, None, at=at)
    months = recording_values(policy).months
    yield CallData.RECORDINGS, policy, month_start(at, earlier=months)
    policy = current_policy(session, PolicyKind.CALLS, None, at=at)
    months = call_values(policy).years * 12
    yield CallData.CALLS, policy, month_start(at, earlier=months)


def _oldest_months(
    session: Session, data: CallData, before: datetime, at: datetime, limit: int
) -> list[tuple[str, datetime]]:
    """Of each centre the oldest month that is due and not before somebody already."""
    query = (
        select(centre_of_call, func.min(Call.started_at))
        .where(Call.started_at < before, erasable(data), ~_is_proposed(data, at))
        .group_by(centre_of_call)
        .order_by(centre_of_call)
        .limit(limit)
    )
    return [(centre_code, month_start(oldest)) for centre_code, oldest in session.execute(query)]


def _is_proposed(data: CallData, at: datetime) -> ColumnElement[bool]:
    """Its month waits, is approved and not done yet, or was refused less than a year ago."""
    stands = or_(
        and_(CallErasure.refused_reason.is_(None), CallErasure.done_at.is_(None)),
        and_(CallErasure.refused_reason.is_not(None), CallErasure.decided_at > at - ASKED_AGAIN),
    )
    return exists().where(
        CallErasure.data == data,
        CallErasure.centre_code == centre_of_call,
        CallErasure.since <= Call.started_at,
        CallErasure.until > Call.started_at,
        stands,
    )


def _propose(
    session: Session,
    data: CallData,
    centre_code: str,
    since: datetime,
    *,
    policy: Policy | None,
    at: datetime,
) -> None:
    erasure = CallErasure(
        data=data,
        centre_code=centre_code,
        since=since,
        until=month_start(since, earlier=-1),
        policy_id=policy.id if policy else None,
        proposed_at=at,
        erased=0,
    )
    count = select(func.count()).select_from(Call).where(of_erasure(erasure))
    erasure.found = session.scalar(count) or 0
    session.add(erasure)
    session.flush()
    _record(session, erasure, "proposed", WORKER, at, found=erasure.found)


def _at_centres_of(by: Actor) -> ColumnElement[bool]:
    return centres_to_decide_for(by, CallErasure.centre_code)


def _require_undecided(session: Session, erasure: CallErasure, by: Actor) -> None:
    require(by, Action.APPROVE_ERASURE, erasure.centre_code)
    session.refresh(erasure, with_for_update=True)
    if erasure.decided_at is not None:
        raise CannotErase("decided")


def _record(
    session: Session,
    erasure: CallErasure,
    what: str,
    by: Actor,
    at: datetime,
    detail: str = "",
    **facts: object,
) -> None:
    about = {
        "data": erasure.data.value,
        "since": erasure.since.isoformat(),
        "until": erasure.until.isoformat(),
        "policy": erasure.policy_id,
    }
    record(
        session,
        chain=erasure.centre_code,
        action=f"call_erasure.{what}",
        subject=erasure.subject,
        by=by.name,
        at=at,
        facts=about | facts,
        detail=detail,
    )
