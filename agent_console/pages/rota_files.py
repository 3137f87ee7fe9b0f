"""The rota as a spreadsheet, there and back, and the list of duty outside official hours."""

import json
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, HTTPException, Path, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from agent_console.dependencies import ConsoleDep, CurrentUser, Reader
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext, language
from agent_console.labels import label
from agent_console.pages.rota_calendar import (
    Centre,
    DayQuery,
    RotaQuery,
    Shown,
    ViewQuery,
    sheet_shown,
    shown,
)
from agent_console.rota_problems import Refusal, RotaProblem, told_why
from agent_console.rota_words import breach_words, day_words, why_words
from case_store.clock import now
from case_store.exchange.lists import XLSX_TYPE
from case_store.exchange.sheets import NotImportable, SheetFault
from case_store.people.permissions import Action, require
from case_store.rotation.calendar.approval import approval_xlsx
from case_store.rotation.calendar.changes import MOST, Refused, Wanted, change_days
from case_store.rotation.calendar.sheet_import import (
    DryRun,
    NotARota,
    ReadCell,
    SheetTrouble,
    dry_run,
)
from case_store.rotation.calendar.workbook import workbook_of
from case_store.rotation.rota.models import DutyCause

router = APIRouter(include_in_schema=False, prefix="/rotation/calendar")
_TROUBLES: Final = {
    SheetTrouble.NO_DAYS: N_(
        "No row of this spreadsheet has dates above its columns. Take out the rota of the month, and fill that in."
    ),
    SheetTrouble.NO_PEOPLE: N_(
        "Beside the dates, a column must be called “User name” or “Name”. Take out the rota, and fill that in."
    ),
    SheetTrouble.DAYS_TWICE: N_("A date stands above two columns."),
    SheetTrouble.TOO_LONG: N_("A spreadsheet holds two months at the most."),
}
_STALE: Final = N_("What was checked cannot be read any more. Please check the spreadsheet again.")


class _Checked(BaseModel):
    """What a dry run found, as the form carries it: checked again when it is confirmed."""

    versions: Annotated[dict[int, int], Field(max_length=20)]
    cells: Annotated[list[tuple[int, date, str | None]], Field(min_length=1, max_length=MOST)]


_CHECKED: Final = TypeAdapter(_Checked)


@router.get("/files/{name}.xlsx")
def export(
    name: Annotated[str, Path(pattern="^(rota|approval)$")],
    reader: CurrentUser,
    store: Reader,
    centre: Centre = "",
    view: ViewQuery = "",
    day: DayQuery = "",
    rota: RotaQuery = None,
) -> Response:
    chosen = shown(store, reader.actor, centre, view, day, rota)
    period = chosen.period
    if name == "rota":
        content = workbook_of(sheet_shown(store, reader.actor, chosen), language=language())
    else:
        content = approval_xlsx(
            store, chosen.centre_code, period.first, period.last, by=reader.actor, language=language()
        )  # fmt: skip
    file_name = f"{name}-{chosen.centre_code}-{period.first.isoformat()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(content, headers=headers, media_type=XLSX_TYPE)


@router.get("/imports")
def import_page(
    frame: Frame,
    store: Reader,
    centre: Centre = "",
    view: ViewQuery = "",
    day: DayQuery = "",
    rota: RotaQuery = None,
) -> Response:
    chosen = _planned(frame, store, centre, view, day, rota)
    return _page(frame, chosen)


@router.post("/imports")
def check(
    frame: Frame,
    store: Reader,
    fields: FormFields,
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """A dry run: nothing is written."""
    chosen = _of_form(frame, store, fields)
    if file is None or not file.filename:
        return _page(frame, chosen, problem=gettext("Please choose a file first."))
    try:
        found = dry_run(
            store, file.file, chosen.centre_code,
            by=frame.reader.actor, at=now(), draft=chosen.draft,
        )  # fmt: skip
    except NotImportable as problem:
        fault = SheetFault.NOT_A_SHEET if problem.reason is SheetFault.NO_HEADER else problem.reason
        return _page(frame, chosen, problem=label("sheet_fault", fault))
    except NotARota as problem:
        return _page(frame, chosen, problem=gettext(_TROUBLES[problem.trouble]))
    return _page(frame, chosen, found=found, rows=_rows(store, found, chosen), file=file.filename)


@router.post("/imports/go")
def go(frame: Frame, console: ConsoleDep, store: Reader, fields: FormFields) -> Response:
    """Writes what was checked: all of it, or nothing when the rota or a rule changed meanwhile."""
    chosen = _of_form(frame, store, fields)
    try:
        checked = _CHECKED.validate_json(fields.get("checked", ""))
    except ValidationError:
        return _page(frame, chosen, problem=gettext(_STALE))
    reason = plain(fields, "reason")
    wanted = [Wanted(user_id, day, code) for user_id, day, code in checked.cells]
    draft_id = chosen.draft.id if chosen.draft else None
    try:
        with (
            told_why(console.database, chosen.centre_code),
            console.database.transaction() as writing,
        ):
            again = _of_form(frame, writing, fields)
            change_days(
                writing, chosen.centre_code, wanted, by=frame.reader.actor, at=now(),
                draft=again.draft if draft_id else None, versions=checked.versions,
                cause=DutyCause.IMPORT, reason=reason, insist=bool(reason),
            )  # fmt: skip
    except Refusal as refusal:
        return _page(frame, chosen, broken=refusal.problem)
    return RedirectResponse(chosen.address(), 303)


def _planned(
    frame: PageFrame, store: Session, centre: str, view: str, day: str, rota: int | None
) -> Shown:
    chosen = shown(store, frame.reader.actor, centre, view, day, rota)
    require(frame.reader.actor, Action.PLAN_ROTA, chosen.centre_code)
    return chosen


def _of_form(frame: PageFrame, store: Session, fields: Fields) -> Shown:
    rota = plain(fields, "rota")
    if rota and not (rota.isascii() and rota.isdecimal() and len(rota) < 10):
        raise HTTPException(404)
    return _planned(
        frame, store, plain(fields, "centre")[:2], plain(fields, "view"), plain(fields, "day"),
        int(rota) if rota else None,
    )  # fmt: skip


def _rows(store: Session, found: DryRun, chosen: Shown) -> list[dict[str, Any]]:
    """Each cell that changes, with what stands in the way of it."""
    return [
        {
            "cell": cell,
            "day": day_words(cell.day),
            "why": _why(store, cell, found.refused.get((cell.row, cell.day)), chosen),
        }
        for cell in found.cells
    ]


def _why(store: Session, cell: ReadCell, refused: Refused | None, chosen: Shown) -> list[str]:
    if refused is None:
        return []
    if refused.why is not None:
        return [why_words(refused.why)]
    return [
        breach_words(store, breach, cell.person, chosen.centre_code) for breach in refused.breaches
    ]


def _page(
    frame: PageFrame,
    chosen: Shown,
    *,
    problem: str = "",
    found: DryRun | None = None,
    rows: list[dict[str, Any]] | None = None,
    file: str = "",
    broken: RotaProblem | None = None,
) -> Response:
    return frame.page(
        "rotation/import.html",
        status=422 if problem or broken else 200,
        chosen=chosen,
        problem=problem,
        found=found,
        rows=rows or [],
        file=file,
        broken=broken,
        checked=_carried(found) if found and found.cells else "",
    )


def _carried(found: DryRun) -> str:
    cells = [(one.user_id, one.day.isoformat(), one.code) for one in found.wanted]
    return json.dumps({"versions": dict(found.versions), "cells": cells}, separators=(",", ":"))
