"""Cases to be printed, and lists of them for a spreadsheet."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from agent_console.api.access import Program
from agent_console.api.addressed import Ref, case_of
from agent_console.api.case_filter import Filter
from agent_console.dependencies import ConsoleDep, Store
from case_store.clock import now
from case_store.exchange.case_pdf import case_pdf
from case_store.exchange.lists import CSV_TYPE, XLSX_TYPE, begin_export, csv_parts, xlsx_of

router = APIRouter(tags=["documents"])
Language = Annotated[Literal["th", "en"], Query()]
WithIdentity = Annotated[
    bool, Query(description="With who complains, where this token may see that.")
]
_NEVER_SHOWN: Final = {"Content-Security-Policy": "default-src 'none'; sandbox"}


class Pdf(Response):
    media_type = "application/pdf"


class Xlsx(Response):
    media_type = XLSX_TYPE


class Csv(StreamingResponse):
    media_type = CSV_TYPE


@router.get("/cases.csv", summary="The cases of a list, as CSV for Excel", response_class=Csv)
def get_csv(
    chosen: Filter,
    program: Program,
    console: ConsoleDep,
    language: Language = "th",
    with_identity: WithIdentity = False,
) -> Csv:
    with console.database.transaction() as store:
        export = begin_export(
            store, chosen.wanted, by=program, at=now(), file_format="csv",
            language=language, with_identity=with_identity,
        )  # fmt: skip

    def parts() -> Iterator[bytes]:
        with console.database.reading() as reader:  # a long list holds up nobody who writes
            yield from csv_parts(reader, export)

    return Csv(parts(), headers=_saved_as("cases.csv"))


@router.get("/cases.xlsx", summary="The cases of a list, as a workbook", response_class=Xlsx)
def get_xlsx(
    chosen: Filter,
    program: Program,
    console: ConsoleDep,
    language: Language = "th",
    with_identity: WithIdentity = False,
) -> Xlsx:
    with console.database.transaction() as store:
        export = begin_export(
            store, chosen.wanted, by=program, at=now(), file_format="xlsx",
            language=language, with_identity=with_identity,
        )  # fmt: skip
    with console.database.reading() as reader:
        return Xlsx(xlsx_of(reader, export), headers=_saved_as("cases.xlsx"))


@router.get("/cases/{ref}/document.pdf", summary="One case, to be printed", response_class=Pdf)
def get_document(ref: Ref, program: Program, store: Store, language: Language = "th") -> Pdf:
    case = case_of(store, program, ref)
    document = case_pdf(store, case, by=program, at=now(), language=language)
    return Pdf(document, headers=_saved_as(f"case-{case.ref}.pdf"))


def _saved_as(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', **_NEVER_SHOWN}
