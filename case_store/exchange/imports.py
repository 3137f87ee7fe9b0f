"""A province's own spreadsheet: a dry run says row by row what would happen, and is kept until somebody says do it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import BinaryIO, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.database import Database
from case_store.exchange.import_check import checked
from case_store.exchange.import_open import open_row
from case_store.exchange.import_report import ImportReport, report_of
from case_store.exchange.models import ImportBatch, ImportState
from case_store.exchange.sealed_rows import open_rows, seal_rows, subjects_of
from case_store.exchange.sheets import MOST_ROWS, NotImportable
from case_store.exchange.template import template_xlsx
from case_store.identity.keyring import keyring_of
from case_store.people.permissions import Action, Actor, may, require, visible_centres
from case_store.storage.file_names import clean_name

__all__ = [
    "NotImportable",
    "check_import",
    "discard_import",
    "do_import",
    "drop_stale_imports",
    "find_import",
    "import_all",
    "list_imports",
    "read_report",
    "template_xlsx",
]

KEPT: Final = timedelta(days=7)
_CHUNK: Final = 50
"""Cases of one transaction: other writers wait no longer than that takes."""


def check_import(
    session: Session,
    source: BinaryIO,
    file_name: str,
    centre_code: str,
    *,
    by: Actor,
    at: datetime,
) -> ImportBatch:
    """Reads a spreadsheet and opens nothing: the batch says of every row what would become of it.

    Raises `NotImportable` when it is no spreadsheet of cases at all, `NotAllowed`.
    """
    require(by, Action.IMPORT_CASES, centre_code)
    found = checked(session, source, centre_code, at=at)
    batch = ImportBatch(
        centre_code=centre_code, file_name=clean_name(file_name), state=ImportState.CHECKED,
        key_id="", report=found.report.stored, made_by=by.name, made_at=at,
    )  # fmt: skip
    session.add(batch)
    session.flush()
    seal_rows(keyring_of(session), batch, found.waiting)
    session.flush()
    _note(session, batch, "import.checked", found.report, by=by, at=at)
    return batch


def find_import(session: Session, batch_id: int, *, by: Actor) -> ImportBatch | None:
    """The batch of an id; None when there is none, and when it is not for `by`."""
    batch = session.get(ImportBatch, batch_id)
    allowed = batch is not None and may(by, Action.IMPORT_CASES, batch.centre_code)
    return batch if allowed else None


def list_imports(session: Session, *, by: Actor, limit: int = 50) -> list[ImportBatch]:
    """Spreadsheets that were checked or imported, newest first."""
    centres = visible_centres(by, Action.IMPORT_CASES)
    query = select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)
    if centres is not None:
        query = query.where(ImportBatch.centre_code.in_(centres))
    return list(session.scalars(query))


def read_report(session: Session, batch: ImportBatch, *, by: Actor) -> ImportReport:
    """What the dry run found, and after the import the references that the rows became."""
    require(by, Action.IMPORT_CASES, batch.centre_code)
    return report_of(batch.report, subjects_of(keyring_of(session), batch))


def do_import(
    session: Session, batch: ImportBatch, *, by: Actor, at: datetime, limit: int = MOST_ROWS
) -> int:
    """Opens the cases of the next rows and returns how many; the batch is done when none is left.

    What was opened and how far it got stand in one transaction, and each row has a key of its own: after a crash it
    goes on where it was, and no row becomes two cases.
    """
    require(by, Action.IMPORT_CASES, batch.centre_code)
    session.refresh(batch, with_for_update=True)  # two who press the button open each row once
    report = report_of(batch.report)
    part = open_rows(keyring_of(session), batch, slice(report.opened, report.opened + limit))
    became = {one.number: open_row(session, one, by=by, at=at) for one in part}
    report = replace(
        report,
        opened=report.opened + len(part),
        rows=tuple(became.get(row.number, row) for row in report.rows),
    )
    batch.report = report.stored
    if report.opened >= report.to_open and batch.state is not ImportState.DONE:
        batch.state, batch.done_at, batch.sealed = ImportState.DONE, at, None
        _note(session, batch, "import.done", report, by=by, at=at)
    session.flush()
    return len(part)


def import_all(database: Database, batch_id: int, *, by: Actor, at: datetime) -> int:
    """Opens all cases of a batch, in transactions of their own that others may come between."""
    opened = 0
    while True:
        with database.transaction() as session:
            batch = session.get_one(ImportBatch, batch_id)
            opened += do_import(session, batch, by=by, at=at, limit=_CHUNK)
            if batch.state is ImportState.DONE:
                return opened


def discard_import(session: Session, batch: ImportBatch, *, by: Actor, at: datetime) -> None:
    """Nobody will import it: its rows are gone at once."""
    require(by, Action.IMPORT_CASES, batch.centre_code)
    _note(session, batch, "import.discarded", report_of(batch.report), by=by, at=at)
    session.delete(batch)


def drop_stale_imports(session: Session, *, at: datetime) -> None:
    """Dry runs that were forgotten hold personal data and must not stay for ever."""
    forgotten = ImportBatch.state == ImportState.CHECKED, ImportBatch.made_at < at - KEPT
    session.execute(delete(ImportBatch).where(*forgotten))


def _note(
    session: Session,
    batch: ImportBatch,
    action: str,
    report: ImportReport,
    *,
    by: Actor,
    at: datetime,
) -> None:
    counts = {state.value: count for state, count in report.counts.items()}
    record(
        session, chain=batch.centre_code, action=action, subject=f"import:{batch.id}", by=by.name, at=at,
        facts={**counts, "opened": report.opened},
    )  # fmt: skip
