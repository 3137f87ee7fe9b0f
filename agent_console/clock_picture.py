"""The two clocks of a case as a picture: when it is due, and how long nothing has moved. Places are per cent.

Agencies that work on the case have a line of movement each: one may stand still while another is busy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.cases.history import NO_PROGRESS
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.referral_models import Referral
from case_store.deadlines.ladder import LADDER
from case_store.deadlines.models import PolicyKind, ReferralReminder, Reminder
from case_store.deadlines.policies import current_policy, reminder_values

_MOST_MARKS: Final = 60
_ROOM: Final = 0.04
"""Of the whole length, left free behind the last mark."""


@dataclass(frozen=True)
class Mark:
    """A moment: `kind` is received, screening, screened, due, ended, moved, reminded or next_reminder."""

    kind: str
    at: datetime
    x: float


@dataclass(frozen=True)
class Span:
    """A time: `kind` is gone, left, late, waited or quiet."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Movement:
    """What moved when, and how long nothing has: in the whole case, or (`agency`) at one that works on it.

    The case's own line has no next reminder while agencies have theirs.
    """

    agency: Agency | None
    moved_at: datetime
    quiet: Span
    marks: Sequence[Mark]
    reminded: Sequence[datetime]
    next_reminder: datetime | None


@dataclass(frozen=True)
class ClockPicture:
    """`deadline` is the one line, `movements` the others; `today` is None once the case has ended."""

    start: datetime
    end: datetime
    today: float | None
    deadline: Sequence[Span]
    deadline_marks: Sequence[Mark]
    movements: Sequence[Movement]


@dataclass(frozen=True)
class _Axis:
    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        whole = (self.end - self.start).total_seconds()
        share = (at - self.start).total_seconds() / whole if whole else 0.0
        return round(100 * min(1.0, max(0.0, share)), 2)

    def span(self, kind: str, since: datetime, until: datetime) -> Span:
        first, last = self.x(since), self.x(until)
        return Span(kind, first, round(last - first, 2))


@dataclass(frozen=True)
class _Sent:
    """A reminder, and the progress that it was counted from."""

    counted_from: datetime
    at: datetime


def clock_picture(session: Session, case: Case, *, at: datetime) -> ClockPicture:
    """Both clocks of a case, as they stand at `at`."""
    now = case.closed_at or at
    last = max(one for one in (now, case.due_at, case.screening_due_at) if one)
    axis = _Axis(case.created_at, last + (last - case.created_at) * _ROOM)
    return ClockPicture(
        start=axis.start,
        end=axis.end,
        today=None if case.is_ended else axis.x(at),
        deadline=_deadline(case, axis, now),
        deadline_marks=_deadline_marks(case, axis),
        movements=_movements(session, case, axis, now),
    )


def _deadline(case: Case, axis: _Axis, now: datetime) -> list[Span]:
    due = case.due_at or now
    spans = [axis.span("gone", case.created_at, min(now, due))]
    if now < due:
        spans.append(axis.span("left", now, due))
    elif due < now:
        spans.append(axis.span("late", due, now))
    return spans + [axis.span("waited", since, until) for since, until in _waits(case, now)]


def _deadline_marks(case: Case, axis: _Axis) -> list[Mark]:
    moments = [
        ("received", case.created_at),
        ("screened", case.screened_at),
        ("screening", None if case.screened_at else case.screening_due_at),
        ("due", case.due_at),
        ("ended", case.closed_at),
    ]
    return [Mark(kind, at, axis.x(at)) for kind, at in moments if at]


def _waits(case: Case, now: datetime) -> list[tuple[datetime, datetime]]:
    """Every time in which the centre waited for the complainant."""
    found, since = [], None
    for event in case.events:
        if event.kind is CaseEventKind.WAITS_FOR_COMPLAINANT:
            since = event.at
        elif since and event.kind in _WAIT_ENDS:
            found.append((since, event.at))
            since = None
    return [*found, (since, now)] if since else found


_WAIT_ENDS: Final = frozenset(
    {
        CaseEventKind.COMPLAINANT_ANSWERED,
        CaseEventKind.CLOSED,
        CaseEventKind.REJECTED,
        CaseEventKind.WITHDRAWN,
    }
)


def _movements(session: Session, case: Case, axis: _Axis, now: datetime) -> list[Movement]:
    running = [one for one in case.referrals if one.is_running]
    clock_runs = not case.is_ended and case.waiting_since is None
    policy = current_policy(session, PolicyKind.REMINDER, case.category, at=now)
    gaps = reminder_values(policy).gaps if clock_runs else ()
    sent = _reminders(session, case)
    own = _movement(None, case.progress_at, case.events, sent, () if running else gaps, axis, now)
    return [
        own,
        *(
            _movement(
                one.agency,
                one.progress_at,
                [event for event in case.events if event.referral_id == one.id],
                _referral_reminders(session, one),
                gaps,
                axis,
                now,
            )
            for one in running
        ),
    ]


def _movement(
    agency: Agency | None,
    moved_at: datetime,
    events: Sequence[CaseEvent],
    sent: Sequence[_Sent],
    gaps: Sequence[int],
    axis: _Axis,
    now: datetime,
) -> Movement:
    """`gaps`: days until each reminder from the one before; none where none is to come."""
    following = _next_reminder(moved_at, sent, gaps)
    moved = [event.at for event in events if event.kind not in NO_PROGRESS][-_MOST_MARKS:]
    marks = [Mark("moved", at, axis.x(at)) for at in moved]
    marks += [Mark("reminded", one.at, axis.x(one.at)) for one in sent]
    if following and following <= axis.end:
        marks.append(Mark("next_reminder", following, axis.x(following)))
    return Movement(
        agency=agency,
        moved_at=moved_at,
        quiet=axis.span("quiet", moved_at, now),
        marks=marks,
        reminded=[one.at for one in sent],
        next_reminder=following,
    )


def _reminders(session: Session, case: Case) -> list[_Sent]:
    query = select(Reminder.counted_from, Reminder.sent_at).where(
        Reminder.case_id == case.id, Reminder.level.in_(LADDER)
    )
    found = session.execute(query.order_by(Reminder.sent_at).limit(_MOST_MARKS))
    return [_Sent(*row) for row in found]


def _referral_reminders(session: Session, referral: Referral) -> list[_Sent]:
    query = select(ReferralReminder.counted_from, ReferralReminder.sent_at).where(
        ReferralReminder.referral_id == referral.id
    )
    found = session.execute(query.order_by(ReferralReminder.sent_at).limit(_MOST_MARKS))
    return [_Sent(*row) for row in found]


def _next_reminder(
    moved_at: datetime, sent: Sequence[_Sent], gaps: Sequence[int]
) -> datetime | None:
    """When the next reminder goes out if nothing moves; None when all of them did, or none is to come."""
    since = [one.at for one in sent if one.counted_from == moved_at]
    if len(since) >= len(gaps):
        return None
    return (since[-1] if since else moved_at) + timedelta(days=gaps[len(since)])
