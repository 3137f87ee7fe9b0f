"""What stands still, and which reminder of it is due: three levels, counted for whatever can stand still by itself.

In the centre's own hands that is the case. Of a case that agencies work on it is each referral: a busy agency does
not hide an idle one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.clock import start_of_today
from case_store.deadlines.due import running_condition
from case_store.deadlines.models import ReferralReminder, Reminder, ReminderLevel

LADDER: Final = (ReminderLevel.FIRST, ReminderLevel.SECOND, ReminderLevel.THIRD)

Rules = Sequence[tuple[Sequence[int], Sequence[str]]]
"""Days until each level from the one before, and the categories that go by them."""


@dataclass(frozen=True)
class _Counted:
    """What the days are counted from, and what was sent for it."""

    moved: InstrumentedAttribute[datetime]
    sent: type[Reminder] | type[ReferralReminder]
    of_it: ColumnElement[bool]

    def was_sent(self, level: ReminderLevel, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        sent: Any = self.sent
        same = (self.of_it, sent.counted_from == self.moved, sent.level == int(level))
        return exists().where(*same, *more)


_CASE: Final = _Counted(Case.progress_at, Reminder, Reminder.case_id == Case.id)
_REFERRAL: Final = _Counted(
    Referral.progress_at, ReferralReminder, ReferralReminder.referral_id == Referral.id
)


def cases_due(level: ReminderLevel, rules: Rules, at: datetime) -> ColumnElement[bool]:
    """Cases in the centre's own hands whose day for this level has come."""
    return and_(running_condition(), _in_own_hands(), _due(_CASE, level, rules, at))


def referrals_due(level: ReminderLevel, rules: Rules, at: datetime) -> ColumnElement[bool]:
    """Referrals that agencies work on whose day for this level has come; for a query that joins their cases."""
    return and_(running_condition(), _at_work(), _due(_REFERRAL, level, rules, at))


def still_condition(since: datetime) -> ColumnElement[bool]:
    """Cases in which nothing has moved since before then; of those at agencies, at one of them at least."""
    idle = select(Referral.case_id).where(_at_work(), Referral.progress_at < since)
    own = and_(_in_own_hands(), Case.progress_at < since)
    return and_(running_condition(), or_(own, Case.id.in_(idle)))


def still_since(case: Case) -> datetime:
    """Since when nothing has moved: in the case, or at the agency that has stood still longest."""
    at_agencies = [one.progress_at for one in case.referrals if one.is_running]
    return min(at_agencies, default=case.progress_at)


def still_since_column() -> ColumnElement[datetime]:
    """The same for a query."""
    longest = select(func.min(Referral.progress_at)).where(Referral.case_id == Case.id, _at_work())
    return func.coalesce(longest.scalar_subquery(), Case.progress_at)


def _in_own_hands() -> ColumnElement[bool]:
    # By its rules a case is in this state exactly as long as an agency works on it.
    return Case.state != CaseState.REFERRED


def _at_work() -> ColumnElement[bool]:
    return and_(
        Referral.ended_at.is_(None),  # as in the index, which leaves out what has ended
        Referral.state.in_(ReferralState.running()),
    )


def _due(
    counted: _Counted, level: ReminderLevel, rules: Rules, at: datetime
) -> ColumnElement[bool]:
    """The day has come, in whole days of Bangkok, whatever the hour."""
    tomorrow = start_of_today(at) + timedelta(days=1)
    return or_(
        false(),
        *(
            and_(Case.category.in_(categories), _come(counted, level, gaps, tomorrow))
            for gaps, categories in rules
        ),
    )


def _come(
    counted: _Counted, level: ReminderLevel, gaps: Sequence[int], tomorrow: datetime
) -> ColumnElement[bool]:
    still = counted.moved < tomorrow - timedelta(days=sum(gaps[:level]))
    due = and_(still, ~counted.was_sent(level))
    if level is ReminderLevel.FIRST:
        return due
    sent: Any = counted.sent
    before = tomorrow - timedelta(days=gaps[level - 1])
    return and_(due, counted.was_sent(LADDER[level - 2], sent.sent_at < before))
