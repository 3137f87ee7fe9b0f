"""One row of a province's books becomes a case, as old as it is, and ended when it has ended there."""

from datetime import UTC, date, datetime, time
from typing import Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from case_store.cases.history import write_history
from case_store.cases.intake import UnknownWord, case_of_intake, open_case
from case_store.cases.models import Case, CaseEventKind
from case_store.cases.steps import begin_screening, close
from case_store.clock import BANGKOK
from case_store.exchange.import_report import RowReport, RowState
from case_store.exchange.import_rows import Ending, ReadRow
from case_store.exchange.sealed_rows import WaitingRow
from case_store.exchange.thai_style import long_date
from case_store.people.permissions import Actor

_NO_RESULT: Final = "ยุติเรื่องแล้วก่อนนำเข้าระบบ"


def open_row(session: Session, waiting: WaitingRow, *, by: Actor, at: datetime) -> RowReport:
    """Opens the case of a row, or says what has changed since the dry run so that it cannot be."""
    if (known := case_of_intake(session, waiting.key)) is not None:
        return RowReport(waiting.number, RowState.KNOWN, ref=known.ref)
    try:
        with session.begin_nested():
            case = _open(session, waiting, by=by, at=at)
    except UnknownWord as error:
        return RowReport(waiting.number, RowState.WRONG, ((error.field, "unknown"),))
    except ValidationError:
        return RowReport(waiting.number, RowState.WRONG, (("subject", "unknown"),))
    return RowReport(waiting.number, RowState.NEW, ref=case.ref)


def _open(session: Session, waiting: WaitingRow, *, by: Actor, at: datetime) -> Case:
    row = waiting.row
    received = _moment(row.received) or at
    case = open_case(session, row.new, by=by, at=at, intake_key=waiting.key, received_at=received)
    write_history(session, case, CaseEventKind.NOTE, by=by, at=at, note=_origin(row))
    if row.ending is not None:
        _end(session, case, row.ending, received, by=by, at=at)
    session.flush()
    return case


def _origin(row: ReadRow) -> str:
    """The history says what was done here and when; this says what the province's books said."""
    ended = row.ending.closed if row.ending else None
    parts = (
        "นำเข้าจากทะเบียนเดิม",
        f"เลขที่เดิม {row.number}" if row.number else "",
        f"รับเรื่อง {long_date(row.received, 'th')}" if row.received else "",
        f"ยุติเรื่อง {long_date(ended, 'th')}" if ended else "",
    )
    return " ".join(part for part in parts if part)


def _end(
    session: Session, case: Case, ending: Ending, received: datetime, *, by: Actor, at: datetime
) -> None:
    """The steps are made and written down now; the case's own dates are those of the province's books."""
    officer = case.officer_id
    begin_screening(session, case, by=by, at=at)
    close(
        session, case, ending.outcome, ending.result or _NO_RESULT, by=by, at=at,
        transferred_to=ending.transferred_to,
    )  # fmt: skip
    closed = _moment(ending.closed) or received
    case.closed_at = case.state_since = case.screened_at = closed
    case.officer_id = officer


def _moment(day: date | None) -> datetime | None:
    """Midnight in Bangkok."""
    return datetime.combine(day, time(), BANGKOK).astimezone(UTC) if day else None
