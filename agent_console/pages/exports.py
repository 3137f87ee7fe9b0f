"""A list of cases as a file: CSV row by row, or a workbook. What is searched for comes by POST, as on the list."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from agent_console.case_search import read_search
from agent_console.console import Console
from agent_console.dependencies import ConsoleDep, CurrentUser
from agent_console.forms import FormFields
from agent_console.i18n import language
from case_store.clock import BANGKOK, now
from case_store.exchange.lists import (
    CSV_TYPE,
    XLSX_TYPE,
    Export,
    begin_export,
    csv_parts,
    xlsx_of,
)

router = APIRouter(include_in_schema=False, prefix="/cases")
_TYPES: Final = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}


@router.post("/export")
def export_list(console: ConsoleDep, reader: CurrentUser, fields: FormFields) -> Response:
    """Written down in the audit trail before the first row leaves."""
    at = now()
    file_format = "csv" if fields.get("format") == "csv" else "xlsx"
    with console.database.transaction() as store:
        export = begin_export(
            store,
            read_search(fields).filter(),
            by=reader.actor,
            at=at,
            file_format=file_format,
            language=language(),
        )
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(at, file_format)}"'}
    media_type = _TYPES[file_format]
    if file_format == "csv":
        return StreamingResponse(_csv(console, export), headers=headers, media_type=media_type)
    with console.database.reading() as store:
        return Response(xlsx_of(store, export), headers=headers, media_type=media_type)


def _csv(console: Console, export: Export) -> Iterator[bytes]:
    with console.database.reading() as store:
        yield from csv_parts(store, export)


def _file_name(at: datetime, file_format: str) -> str:
    return f"cases-{at.astimezone(BANGKOK):%Y-%m-%d}.{file_format}"
