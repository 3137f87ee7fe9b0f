"""Which cases are over for so long that their data is to go."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from case_store.cases.models import Case, CaseState
from case_store.privacy.holds import lasting_hold
from case_store.privacy.models import LegalHold, RetentionItem

ASKED_AGAIN: Final = timedelta(days=365)
"""After so long a refused erasure is proposed once more."""


def due_cases(categories: Collection[str], before: datetime, *, at: datetime) -> Select[Case]:
    """Ended cases of these categories whose time is over. A duplicate waits for the case that it was merged into."""
    main = aliased(Case)
    main_is_over = exists().where(main.id == Case.merged_into_id, _is_over(main, before))
    standing = exists().where(
        RetentionItem.case_id == Case.id,
        or_(RetentionItem.refused_reason.is_(None), RetentionItem.decided_at > at - ASKED_AGAIN),
    )
    return select(Case).where(
        Case.category.in_(categories),
        _is_over(Case, before),
        Case.anonymised_at.is_(None),
        or_(Case.merged_into_id.is_(None), main_is_over),
        ~standing,
        ~lasting_hold(LegalHold.case_id == Case.id),
    )


def _is_over(case: type[Case], before: datetime) -> ColumnElement[bool]:
    return and_(case.state.in_(CaseState.ended()), case.closed_at < before)


def years_before(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year - years)
    except ValueError:  # 29 February
        return at.replace(year=at.year - years, day=28)
