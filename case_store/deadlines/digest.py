"""The deputy governor's daily notice: how the centre that they supervise stands this morning."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseState
from case_store.clock import start_of_today
from case_store.deadlines.calendar import WorkingCalendar, day_of
from case_store.deadlines.due import (
    near_condition,
    overdue_condition,
    unscreened_condition,
)
from case_store.deadlines.ladder import still_condition
from case_store.outbox.notices import tell
from case_store.people.models import Role, User

STALLED_DAYS: Final = 30
_MOST: Final = 1_000


def daily_digest(session: Session, *, at: datetime) -> int:
    """Tells every deputy governor whose centre works today, in numbers; how many were told.

    That a day has only one, `case_store.deadlines.daily` sees to.
    """
    query = select(User.centre_code, User.id).where(User.role == Role.DEPUTY_GOVERNOR, User.active)
    people: dict[str, list[int]] = {}
    for centre_code, user_id in session.execute(query.order_by(User.id).limit(_MOST)):
        people.setdefault(centre_code, []).append(user_id)
    today = day_of(at)
    working = [code for code in people if WorkingCalendar.of(session, code).is_working(today)]
    counts = digest_counts(session, working, at=at)
    for code in working:
        data: dict[str, Any] = counts[code] | {"day": today.isoformat()}
        tell(session, people[code], "daily_digest", at=at, **data)
    session.flush()
    return sum(len(people[code]) for code in working)


def digest_counts(
    session: Session, centre_codes: list[str], *, at: datetime
) -> dict[str, dict[str, int]]:
    """For each centre: what is open and how it stands, and what came, ended and came back yesterday."""
    today = start_of_today(at)
    stalled = still_condition(today - timedelta(days=STALLED_DAYS - 1))
    still = _sums(
        session, centre_codes, and_(Case.closed_at.is_(None), Case.state.not_in(CaseState.ended())),
        open=Case.merged_into_id.is_(None), overdue=overdue_condition(at), near=near_condition(at),
        unscreened=unscreened_condition(at), stalled=stalled,
        waiting=and_(Case.waiting_since.is_not(None), Case.merged_into_id.is_(None)),
    )  # fmt: skip
    yesterday = today - timedelta(days=1)
    came = and_(Case.created_at >= yesterday, Case.created_at < today)
    ended = and_(Case.closed_at >= yesterday, Case.closed_at < today)
    new = _sums(session, centre_codes, came, received=came)
    old = _sums(session, centre_codes, ended, ended=ended)
    return {code: still[code] | new[code] | old[code] for code in centre_codes}


def _sums(
    session: Session,
    centre_codes: list[str],
    among: ColumnElement[bool],
    **wanted: ColumnElement[bool],
) -> dict[str, dict[str, int]]:
    """How many cases of each centre fulfil each condition; 0 where there are none."""
    columns = [func.sum(case((one, 1), else_=0)) for one in wanted.values()]
    query = (
        select(Case.centre_code, *columns)
        .where(Case.centre_code.in_(centre_codes), among)
        .group_by(Case.centre_code)
    )
    rows: dict[str, Any] = {code: numbers for code, *numbers in session.execute(query)}
    none = [0] * len(wanted)
    return {
        code: dict(zip(wanted, map(int, rows.get(code, none)), strict=True))
        for code in centre_codes
    }
