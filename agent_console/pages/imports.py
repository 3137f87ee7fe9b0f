"""Import of a province's own spreadsheet: template, dry run row by row, confirmation, progress, result."""

from typing import Annotated, Final

from fastapi import APIRouter, File, HTTPException, Path, Query, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import ConsoleDep, CurrentUser, Reader, Store
from agent_console.forms import FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.labels import label
from case_store.clock import now
from case_store.exchange.import_report import ImportReport, RowState
from case_store.exchange.imports import (
    check_import,
    discard_import,
    do_import,
    find_import,
    list_imports,
    read_report,
)
from case_store.exchange.lists import XLSX_TYPE
from case_store.exchange.models import ImportBatch, ImportState
from case_store.exchange.sheets import NotImportable
from case_store.exchange.template import template_xlsx
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import display_names
from case_store.places.provinces import Province, centres

router = APIRouter(include_in_schema=False, prefix="/office/imports")
BatchId = Annotated[int, Path(ge=1, lt=10**18)]
AT_ONCE: Final = 50
"""Cases of one request: the page shows how far it is in between."""
ROWS_SHOWN: Final = 200


@router.get("")
def imports_page(frame: Frame, store: Reader) -> Response:
    return _list(frame, store)


@router.get("/template")
def template(reader: CurrentUser) -> Response:
    require(reader.actor, Action.IMPORT_CASES)
    headers = {"Content-Disposition": 'attachment; filename="cases-template.xlsx"'}
    return Response(template_xlsx(), headers=headers, media_type=XLSX_TYPE)


@router.post("")
def check(
    frame: Frame,
    store: Store,
    fields: FormFields,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A dry run: nothing is opened."""
    actor, centre = frame.reader.actor, plain(fields, "centre") or frame.reader.actor.centre_code
    if file is None or not file.filename:
        return _list(frame, store, centre=centre, problem=gettext("Please choose a file first."))
    try:
        batch = check_import(store, file.file, file.filename, centre, by=actor, at=now())
    except NotImportable as problem:
        sentence = label("sheet_fault", problem.reason)
        return _list(frame, store, centre=centre, problem=sentence)
    return RedirectResponse(f"/office/imports/{batch.id}", 303)


@router.get("/{batch_id}")
def batch_page(
    batch_id: BatchId,
    frame: Frame,
    store: Reader,
    rows: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    batch = _found(store, batch_id, frame.reader.actor)
    return _batch(frame, store, batch, rows=rows, page=page)


@router.post("/{batch_id}/go")
def go(batch_id: BatchId, frame: Frame, console: ConsoleDep) -> Response:
    """Opens the next cases; the answer asks for the ones behind them by itself until none is left."""
    actor = frame.reader.actor
    with console.database.transaction() as store:
        batch = _found(store, batch_id, actor)
        if batch.state is ImportState.CHECKED:
            do_import(store, batch, by=actor, at=now(), limit=AT_ONCE)
    with console.database.reading() as store:
        batch = _found(store, batch_id, actor)
        return _batch(frame, store, batch, going=batch.state is ImportState.CHECKED)


@router.post("/{batch_id}/discard")
def discard(batch_id: BatchId, reader: CurrentUser, store: Store) -> Response:
    batch = _found(store, batch_id, reader.actor)
    if batch.state is ImportState.CHECKED:
        discard_import(store, batch, by=reader.actor, at=now())
    return RedirectResponse("/office/imports", 303)


def _found(store: Session, batch_id: int, actor: Actor) -> ImportBatch:
    require(actor, Action.IMPORT_CASES)
    batch = find_import(store, batch_id, by=actor)
    if batch is None:
        raise HTTPException(404)
    return batch


def _choices(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.IMPORT_CASES, one.code)]


def _list(frame: PageFrame, store: Session, *, centre: str = "", problem: str = "") -> Response:
    batches = list_imports(store, by=frame.reader.actor)
    return frame.page(
        "office/imports.html",
        status=422 if problem else 200,
        batches=batches,
        names=display_names(store, {one.made_by for one in batches}),
        centres=_choices(frame.reader.actor),
        centre=centre or frame.reader.actor.centre_code,
        problem=problem,
    )


def _batch(
    frame: PageFrame,
    store: Session,
    batch: ImportBatch,
    *,
    rows: str = "",
    page: int = 1,
    going: bool = False,
) -> Response:
    report = read_report(store, batch, by=frame.reader.actor)
    wanted = rows if rows in set(RowState) else ""
    chosen = [one for one in report.rows if not wanted or one.state == wanted]
    first = (page - 1) * ROWS_SHOWN
    return frame.page(
        "office/import.html",
        batch=batch,
        report=report,
        counts=report.counts,
        to_open=report.to_open,
        rows=chosen[first : first + ROWS_SHOWN],
        has_more=len(chosen) > first + ROWS_SHOWN,
        page=page,
        wanted=wanted,
        going=going,
        share=_share(report),
    )


def _share(report: ImportReport) -> int:
    return round(100 * report.opened / max(1, report.to_open))
