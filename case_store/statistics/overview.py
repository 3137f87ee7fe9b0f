"""What came in over a time and what became of it, by the database's own reckoning; no case is loaded for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseState
from case_store.cases.scope import visible_to
from case_store.cases.word_models import Category
from case_store.clock import BANGKOK
from case_store.database import allow_statements
from case_store.deadlines.due import overdue_condition
from case_store.people.permissions import Action, Actor
from case_store.statistics.step_times import Days, step_times

AGES: Final[Mapping[str, int]] = {"7": 7, "15": 15, "30": 30, "60": 60}
"""How many days old an open case is at the most; what is older is `LONGER`."""
LONGER: Final = "longer"
_STATEMENT_SECONDS: Final = 30
"""A year of the whole country may be a million cases: up to three seconds for each list on a busy machine."""
_OPEN: Final = frozenset(CaseState) - CaseState.ended()
"""Named one by one, since an index finds what a state is and not what it is not."""


@dataclass(frozen=True)
class Period:
    """From one day in Bangkok to another, with both of them."""

    from_day: date
    to_day: date

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.from_day, time(), BANGKOK)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.to_day + timedelta(days=1), time(), BANGKOK)

    def holds(self, column: Any) -> ColumnElement[bool]:
        """The condition that a moment lies in it."""
        return and_(column >= self.begin, column < self.end)


class Month(NamedTuple):
    received: int
    closed: int


@dataclass(frozen=True)
class Overview:
    """Figures of one scope. Cases that were merged into another are not counted.

    `received`, `reopened` and all `by_…` are about the cases that came in the period, as they stand now;
    `closed` and `outcomes` about those that ended in it; `open`, `overdue` and `ages` about all that are open now.
    """

    received: int
    closed: int
    open: int
    overdue: int
    reopened: int
    by_state: dict[str, int]
    by_category: dict[str, int]
    """By the categories of the first level."""
    by_channel: dict[str, int]
    by_province: dict[str, int]
    by_month: dict[str, Month]
    """By the month in Bangkok, as 2026-11."""
    ages: dict[str, int]
    step_times: dict[str, Days | None]
    """Days from receipt to each step; None when no case came so far."""
    outcomes: dict[str, int]


def overview(
    session: Session, *, by: Actor, period: Period, centre_code: str | None = None, at: datetime
) -> Overview:
    """The figures of everything that `by` may see statistics of, or of one centre. Raises `NotAllowed`."""
    allow_statements(session, seconds=_STATEMENT_SECONDS)
    scope = [visible_to(by, Action.SEE_STATISTICS), Case.merged_into_id.is_(None)]
    if centre_code is not None:
        scope.append(Case.centre_code == centre_code)
    came = [*scope, period.holds(Case.created_at)]
    ended = [*scope, period.holds(Case.closed_at)]
    ages = _ages(session, [*scope, Case.state.in_(_OPEN)], at)
    of_came = _counted(
        session,
        came,
        state=Case.state,
        category=Case.category,
        channel=Case.channel,
        province=Case.province_code,
        month=_month(session, Case.created_at),
        reopened=case((Case.reopened > 0, "yes"), else_="no"),
    )
    of_ended = _counted(session, ended, month=_month(session, Case.closed_at), outcome=Case.outcome)
    return Overview(
        received=sum(of_came["state"].values()),
        closed=sum(of_ended["month"].values()),
        open=sum(ages.values()),
        overdue=_count(session, [*scope, overdue_condition(at)]),
        reopened=of_came["reopened"].get("yes", 0),
        by_state=of_came["state"],
        by_category=_on_first_level(session, of_came["category"]),
        by_channel=of_came["channel"],
        by_province=of_came["province"],
        by_month={
            month: Month(of_came["month"].get(month, 0), of_ended["month"].get(month, 0))
            for month in sorted(of_came["month"].keys() | of_ended["month"].keys())
        },
        ages=ages,
        step_times=step_times(session, came),
        outcomes=of_ended["outcome"],
    )


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(*conditions)) or 0


def _counted(
    session: Session, conditions: Sequence[ColumnElement[bool]], **keys: Any
) -> dict[str, dict[str, int]]:
    """How many cases there are of each value of each key; the cases are read once for all of them."""
    columns = [cast(key, String).label(name) for name, key in keys.items()]
    rows = select(*columns).select_from(Case).where(*conditions).cte("rows")
    each = [
        select(literal(name), rows.c[name], func.count())
        .where(rows.c[name].is_not(None))
        .group_by(rows.c[name])
        for name in keys
    ]
    found: dict[str, dict[str, int]] = {name: {} for name in keys}
    for name, value, number in session.execute(union_all(*each)):
        found[name][value] = number
    return found


def _on_first_level(session: Session, numbers: Mapping[str, int]) -> dict[str, int]:
    parents = select(Category.code, func.coalesce(Category.parent_code, Category.code))
    found: dict[str, int] = {}
    for code, first_level in session.execute(parents):
        if code in numbers:
            found[first_level] = found.get(first_level, 0) + numbers[code]
    return found


def _month(session: Session, column: Any) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone(BANGKOK.key, column), "YYYY-MM")
    return func.strftime("%Y-%m", column, "+7 hours")  # Bangkok has had no other offset since 1920


def _ages(
    session: Session, now_open: Sequence[ColumnElement[bool]], at: datetime
) -> dict[str, int]:
    steps = [(Case.created_at >= at - timedelta(days=days), name) for name, days in AGES.items()]
    found = _counted(session, now_open, age=case(*steps, else_=LONGER))["age"]
    return {name: found.get(name, 0) for name in [*AGES, LONGER]}


__all__ = ["AGES", "LONGER", "Days", "Month", "Overview", "Period", "overview"]
