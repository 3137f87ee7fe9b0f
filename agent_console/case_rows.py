"""Cases as rows of a list: how they stand to their due date, and where the words of a search were found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from case_store.cases.models import Case
from case_store.deadlines.calendar import WorkingCalendar
from case_store.deadlines.due import DueState, days_left, due_state
from case_store.search.highlight import excerpt, highlight

Marked = list[tuple[str, bool]]


@dataclass(frozen=True)
class CaseRow:
    """One row. `days` are working days until the due date, below zero when it is past."""

    case: Case
    due: DueState
    days: int | None
    subject: Marked
    excerpt: Marked


def case_rows(session: Session, cases: Sequence[Case], q: str, *, at: datetime) -> list[CaseRow]:
    calendars: dict[str, WorkingCalendar] = {}
    found = []
    for case in cases:
        if case.centre_code not in calendars:
            calendars[case.centre_code] = WorkingCalendar.of(session, case.centre_code)
        found.append(
            CaseRow(
                case=case,
                due=due_state(case, at),
                days=days_left(case, at, calendars[case.centre_code]),
                subject=highlight(case.subject, q),
                excerpt=excerpt(case.description, q)
                if q and case.description != case.subject
                else [],
            )
        )
    return found
