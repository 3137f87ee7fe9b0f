"""The clocks of one case: when it must be screened, when it is due, and the time in which the centre waits."""

from datetime import datetime

from sqlalchemy.orm import Session

from case_store.cases.models import Case


def start_clocks(session: Session, case: Case, *, at: datetime) -> None:
    """Sets the dates of a new case by the policies of its category."""


def restart_clocks(session: Session, case: Case, *, at: datetime) -> None:
    """Reckons the dates anew, as when a case was reopened (from `at`) or its category was corrected."""


def note_screened(session: Session, case: Case, *, at: datetime) -> None:
    """The case has been screened; the first time counts."""
    if case.screened_at is None:
        case.screened_at = at


def begin_waiting(case: Case, *, at: datetime) -> None:
    """The clock stands still from now on."""
    case.waiting_since = at


def end_waiting(session: Session, case: Case, *, at: datetime) -> int:
    """The clock goes on; the due date has moved by the working days that were waited, which are returned."""
    case.waiting_since = None
    return 0
