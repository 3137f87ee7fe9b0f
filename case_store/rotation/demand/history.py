"""What has been: calls of past weeks by half hour, counted by the database, and how long they took.

The demand of a centre is whoever asked for a person from its province, whether anybody answered or not; callers whose
province is not known are the ministry's. Whoever was served by the menu needed nobody.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from case_store.calls.models import Call
from case_store.clock import BANGKOK
from case_store.database import allow_statements
from case_store.deadlines.calendar import WorkingCalendar, day_of
from case_store.places.provinces import NATIONAL

HALF_HOUR: Final = 1_800
"""Seconds of an interval."""
SLOTS: Final = 48
"""Half hours of a day, from midnight in Bangkok."""
WEEKS: Final = 26
"""So far back a forecast looks; what was before says little, and years of calls need not be read."""
_STATEMENT_SECONDS: Final = 30
_BANGKOK_SLOTS: Final = 14
"""Bangkok is seven hours ahead of UTC, and has had no other offset since 1920."""
_LONGEST_TALK: Final = 2 * 3_600
"""A longer one is a telephone that nobody hung up."""
_EPOCH: Final = date(1970, 1, 1)

Grid = npt.NDArray[np.float64]
"""A row for each day, a column for each half hour of it."""


@dataclass(frozen=True)
class History:
    """Calls of whole days in a row. `special`: holidays and closures among them, by their place in the rows."""

    first_day: date
    counts: Grid
    special: frozenset[int] = frozenset()
    down: frozenset[int] = frozenset()
    """Half hours, counted from the first of the first day, in which nobody in the country got through."""

    @property
    def days(self) -> int:
        return len(self.counts)

    @property
    def calls(self) -> int:
        return int(self.counts.sum())

    @property
    def weekdays(self) -> npt.NDArray[np.int64]:
        """0 for Monday, of each row."""
        return (np.arange(self.days) + self.first_day.weekday()) % 7


@dataclass(frozen=True)
class Handling:
    """Seconds that talks took, on average of so many."""

    talk: float
    talks: int


def history(
    session: Session,
    centre_codes: Collection[str] | None,
    *,
    calendar: WorkingCalendar,
    at: datetime,
    weeks: int = WEEKS,
) -> History:
    """The calls of some centres (None: of all of them) up to yesterday. It begins with the first call of that time.

    Days before it may have had no line at all, so they are not taken for days without calls.
    """
    today = day_of(at)
    first = today - timedelta(weeks=weeks)
    allow_statements(session, seconds=_STATEMENT_SECONDS)
    slot = _slot(session)
    rows = session.execute(
        select(slot, func.count())
        .where(*_wanted_a_person(centre_codes, first, today))
        .group_by(slot)
    )
    counted = {int(number) + _BANGKOK_SLOTS: int(calls) for number, calls in rows}
    first = _EPOCH + timedelta(days=min(counted) // SLOTS) if counted else today
    counts = np.zeros(((today - first).days, SLOTS))
    for number, calls in counted.items():
        counts[(_EPOCH - first).days + number // SLOTS, number % SLOTS] = calls
    return History(first, counts, special_days(calendar, first, len(counts)))


def with_line_down(session: Session, past: History, runs: Iterable[tuple[int, int]]) -> History:
    """Of silences, marks those in which not one call of the whole country came: it was the line, not the people."""
    begins = _midnight(past.first_day)
    down: set[int] = set()
    for first, before in runs:
        from_moment = begins + timedelta(seconds=first * HALF_HOUR)
        to_moment = begins + timedelta(seconds=before * HALF_HOUR)
        anybody = select(Call.id).where(Call.started_at >= from_moment, Call.started_at < to_moment)
        if session.scalar(anybody.limit(1)) is None:
            down.update(range(first, before))
    return replace(past, down=frozenset(down))


def special_days(calendar: WorkingCalendar, first: date, days: int) -> frozenset[int]:
    """The places of holidays and closures among so many days; a weekend is none by itself."""
    return frozenset(
        place for place in range(days) if is_special(calendar, first + timedelta(days=place))
    )


def is_special(calendar: WorkingCalendar, day: date) -> bool:
    return day in calendar.closures or calendar.is_holiday(day)


def handling(
    session: Session, centre_codes: Collection[str] | None, *, at: datetime, weeks: int = WEEKS
) -> Handling:
    """How long talks took; notes that agents finished afterwards are in no row of a call."""
    today = day_of(at)
    allow_statements(session, seconds=_STATEMENT_SECONDS)
    talk = _seconds(session, Call.ended_at) - _seconds(session, Call.answered_at)
    total, talks = session.execute(
        select(func.coalesce(func.sum(talk), 0), func.count()).where(
            *_wanted_a_person(centre_codes, today - timedelta(weeks=weeks), today),
            Call.answered_at.is_not(None),
            Call.ended_at.is_not(None),
            talk.between(1, _LONGEST_TALK),
        )
    ).one()
    return Handling(float(total) / talks if talks else 0.0, int(talks))


def _wanted_a_person(
    centre_codes: Collection[str] | None, first: date, before: date
) -> Iterable[ColumnElement[bool]]:
    yield Call.started_at >= _midnight(first)
    yield Call.started_at < _midnight(before)
    yield Call.queued_at.is_not(None)
    if centre_codes is not None:
        named = Call.province_code.in_(sorted(centre_codes))
        yield or_(named, Call.province_code.is_(None)) if NATIONAL in centre_codes else named


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BANGKOK).astimezone(UTC)


def _slot(session: Session) -> ColumnElement[int]:
    """Half hours since 1970, in UTC, by division of whole numbers; a literal, for PostgreSQL groups by it."""
    literal: ColumnElement[int] = literal_column(str(HALF_HOUR))
    return _seconds(session, Call.started_at).op("/", return_type=BigInteger())(literal)


def _seconds(session: Session, moment: Any) -> ColumnElement[int]:
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.floor(extract("epoch", moment)), BigInteger)
    return cast(func.strftime("%s", moment), Integer)
