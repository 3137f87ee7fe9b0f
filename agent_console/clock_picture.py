"""The two clocks of a case as a picture: when it is due, and how long nothing has moved. Places are per cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.history import NO_PROGRESS
from case_store.cases.models import Case, CaseEventKind
from case_store.deadlines.models import PolicyKind, Reminder
from case_store.deadlines.policies import current_policy, reminder_values
from case_store.deadlines.reminders import LADDER

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
class ClockPicture:
    """`deadline` and `movement` are the two lines; `today` is None once the case has ended."""

    start: datetime
    end: datetime
    today: float | None
    deadline: Sequence[Span]
    deadline_marks: Sequence[Mark]
    movement: Sequence[Span]
    movement_marks: Sequence[Mark]
    next_reminder: datetime | None
    reminded: Sequence[datetime]


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


def clock_picture(session: Session, case: Case, *, at: datetime) -> ClockPicture:
    """Both clocks of a case, as they stand at `at`."""
    now = case.closed_at or at
    reminded = _reminded(session, case)
    following = None if case.is_ended else _next_reminder(session, case, at=at)
    last = max(one for one in (now, case.due_at, case.screening_due_at) if one)
    axis = _Axis(case.created_at, last + (last - case.created_at) * _ROOM)
    return ClockPicture(
        start=axis.start,
        end=axis.end,
        today=None if case.is_ended else axis.x(at),
        deadline=_deadline(case, axis, now),
        deadline_marks=_deadline_marks(case, axis),
        movement=[axis.span("quiet", case.progress_at, now)],
        movement_marks=_movement_marks(case, axis, reminded, following),
        next_reminder=following,
        reminded=reminded,
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


def _movement_marks(
    case: Case, axis: _Axis, reminded: Sequence[datetime], following: datetime | None
) -> list[Mark]:
    moved = [event.at for event in case.events if event.kind not in NO_PROGRESS][-_MOST_MARKS:]
    marks = [Mark("moved", at, axis.x(at)) for at in moved]
    marks += [Mark("reminded", at, axis.x(at)) for at in reminded]
    if following and following <= axis.end:
        marks.append(Mark("next_reminder", following, axis.x(following)))
    return marks


def _reminded(session: Session, case: Case) -> list[datetime]:
    query = select(Reminder.sent_at).where(Reminder.case_id == case.id, Reminder.level.in_(LADDER))
    return list(session.scalars(query.order_by(Reminder.sent_at).limit(_MOST_MARKS)))


def _next_reminder(session: Session, case: Case, *, at: datetime) -> datetime | None:
    """When the next reminder goes out if nothing moves; None when all of them did."""
    if case.waiting_since is not None:
        return None
    policy = current_policy(session, PolicyKind.REMINDER, case.category, at=at)
    gaps = reminder_values(policy).gaps
    query = select(Reminder.sent_at).where(
        Reminder.case_id == case.id,
        Reminder.counted_from == case.progress_at,
        Reminder.level.in_(LADDER),
    )
    sent = list(session.scalars(query.order_by(Reminder.sent_at)))
    if len(sent) >= len(gaps):
        return None
    return (sent[-1] if sent else case.progress_at) + timedelta(days=gaps[len(sent)])
