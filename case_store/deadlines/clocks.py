"""The clocks of one case: when it must be screened, when it is due, and the time in which the centre waits.

A deadline is the end of an office day in Bangkok, so many working days after the day of receipt.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState
from case_store.cases.word_models import Category
from case_store.deadlines.calendar import WorkingCalendar, day_of, end_of_office
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import current_policy, deadline_values


def start_clocks(session: Session, case: Case, *, at: datetime) -> None:
    """Sets the dates of a new case by the policies of its category."""
    case.waited_days = 0
    case.screened_at = case.waiting_since = None
    _reckon(session, case, at)


def restart_clocks(session: Session, case: Case, *, at: datetime) -> None:
    """Reckons the dates anew, as when a case was reopened (from `at`) or its category was corrected.

    A correction of a reopened case counts from the reopening, and keeps the days that were waited since.
    """
    begun = _round_begun(session, case)
    if at > begun:
        start_clocks(session, case, at=at)
    else:
        _reckon(session, case, begun)


def note_screened(_session: Session, case: Case, *, at: datetime) -> None:
    """The case has been screened; the first time since it was received or reopened counts."""
    if case.screened_at is None:
        case.screened_at = at


def begin_waiting(case: Case, *, at: datetime) -> None:
    """The clock stands still from now on."""
    case.waiting_since = at


def end_waiting(session: Session, case: Case, *, at: datetime) -> int:
    """The clock goes on; the due date has moved by the working days that were waited, which are returned.

    Agencies may have waited too: whether they stand still is counted anew.
    """
    if case.waiting_since is None:
        return 0
    for referral in case.referrals:
        if referral.is_running:
            referral.progress_at = at
    calendar = WorkingCalendar.of(session, case.centre_code)
    days = max(0, calendar.between(day_of(case.waiting_since), day_of(at)))
    case.waiting_since = None
    case.waited_days += days
    if days and case.due_at is not None:
        before = case.due_at
        case.due_at = end_of_office(calendar.add(day_of(before), days))
        for referral in case.referrals:
            if referral.is_running and referral.due_at == before:
                referral.due_at = case.due_at
    return days


def start_missing_clocks(session: Session, *, limit: int = 200) -> int:
    """Starts the clocks of open cases that have none, as those that came before there were any; how many."""
    query = (
        select(Case)
        .where(
            Case.due_at.is_(None),
            Case.closed_at.is_(None),  # as in the index, which leaves out what has ended
            Case.state.not_in(CaseState.ended()),
        )
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
    )
    cases = session.scalars(query).all()
    for case in cases:
        restart_clocks(session, case, at=case.created_at)
    session.flush()
    return len(cases)


def _reckon(session: Session, case: Case, start: datetime) -> None:
    """The dates, counted from `start` by the policy that was in force then, and moved by the days waited since."""
    policy = current_policy(session, PolicyKind.DEADLINE, case.category, at=start)
    values = deadline_values(policy)
    calendar = WorkingCalendar.of(session, case.centre_code)
    day = day_of(start)
    days = values.days or _days_of_list(session, case.category)
    case.screening_due_at = end_of_office(calendar.add(day, values.screening_days))
    case.due_at = end_of_office(calendar.add(day, days + case.waited_days))
    case.deadline_policy_id = policy.id if policy else None


def _days_of_list(session: Session, category: str) -> int:
    with session.no_autoflush:
        return session.get_one(Category, category).days_to_settle


def _round_begun(session: Session, case: Case) -> datetime:
    """When the case was received, or last reopened."""
    query = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.REOPENED
    )
    with session.no_autoflush:
        return session.scalar(query) or case.created_at
