"""How many days it took to each step: half of all cases within the first number, nine of ten within the second."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Float, Select, cast, extract, func, select
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.referral_models import Referral

_SECONDS_OF_A_DAY: Final = 86_400
_MEDIAN: Final = 0.5
_NINE_OF_TEN: Final = 0.9
_RESULTS: Final = (CaseEventKind.RESULT_REPORTED, CaseEventKind.REFERRAL_REPORTED)


class Days(NamedTuple):
    median: float
    p90: float


def step_times(
    session: Session, conditions: Sequence[ColumnElement[bool]]
) -> dict[str, Days | None]:
    """From receipt to screening, first referral, first acceptance by an agency, first result, and the last closing.

    The screening of reopened cases is left out: it was another one.
    """
    from_receipt = _Days(session)
    return {
        "screening": _percentiles(
            session,
            select(from_receipt.until(Case.screened_at).label("days")).where(
                *conditions, Case.screened_at.is_not(None), Case.reopened == 0
            ),
        ),
        "first_referral": _percentiles(
            session, _first_of(from_receipt, Referral.case_id, Referral.sent_at, conditions)
        ),
        "first_acceptance": _percentiles(
            session,
            _first_of(
                from_receipt, Referral.case_id, Referral.accepted_at, conditions,
                Referral.accepted_at.is_not(None),
            ),
        ),
        "result": _percentiles(
            session,
            _first_of(
                from_receipt, CaseEvent.case_id, CaseEvent.at, conditions,
                CaseEvent.kind.in_(_RESULTS),
            ),
        ),
        "closing": _percentiles(
            session,
            select(from_receipt.until(Case.closed_at).label("days")).where(
                *conditions, Case.closed_at.is_not(None)
            ),
        ),
    }  # fmt: skip


class _Days:
    """The time since receipt, in days."""

    def __init__(self, session: Session) -> None:
        self._is_postgresql = session.get_bind().dialect.name == "postgresql"

    def until(self, moment: Any) -> ColumnElement[float]:
        if self._is_postgresql:
            days: ColumnElement[Any] = (
                extract("epoch", moment - Case.created_at) / _SECONDS_OF_A_DAY
            )
            return days
        return func.julianday(moment) - func.julianday(Case.created_at)


def _first_of(
    from_receipt: _Days,
    case_id: Any,
    moment: Any,
    conditions: Sequence[ColumnElement[bool]],
    *which: ColumnElement[bool],
) -> Select[float]:
    days = from_receipt.until(func.min(moment)).label("days")
    return (
        select(days)
        .select_from(Case)
        .join(case_id.class_, case_id == Case.id)
        .where(*conditions, *which)
        .group_by(Case.id, Case.created_at)
    )


def _percentiles(session: Session, days: Select[float]) -> Days | None:
    """Between two cases, if need be, as percentile_cont does it; SQLite's is put together from ranks."""
    rows = days.subquery()
    if session.get_bind().dialect.name == "postgresql":
        at = [func.percentile_cont(p).within_group(rows.c.days) for p in (_MEDIAN, _NINE_OF_TEN)]
        found = session.execute(select(*at)).one()
    else:
        ranked = select(
            rows.c.days,
            (func.row_number().over(order_by=rows.c.days) - 1).label("rank"),
            (func.count().over() - 1).label("last"),
        ).subquery()
        found = session.execute(
            select(*(_weighted(ranked, p) for p in (_MEDIAN, _NINE_OF_TEN)))
        ).one()
    return Days(float(found[0]), float(found[1])) if found[0] is not None else None


def _weighted(ranked: Any, fraction: float) -> ColumnElement[float]:
    """The two neighbours of a place in the order, each by how near it is."""
    distance = func.abs(ranked.c.rank - cast(ranked.c.last, Float) * fraction)
    return func.sum(ranked.c.days * func.max(0.0, 1.0 - distance))
