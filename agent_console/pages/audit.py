"""Reading the audit trail: who did what and when, of a case or of a centre, and whether the chain is whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader
from agent_console.forms import FormFields
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import gettext
from agent_console.paging import decode, page_of
from agent_console.safe_paths import with_query
from case_store.audit.read import chains_open_to, entries
from case_store.audit.trail import SYSTEM
from case_store.audit.verify import Fault, verify
from case_store.cases.reference import parse_reference
from case_store.people.permissions import Actor
from case_store.people.staff import display_names

router = APIRouter(include_in_schema=False, prefix="/office/audit")
PAGE: Final = 50
CHECKED: Final = 20_000
"""Links that are reckoned while somebody waits."""


@dataclass(frozen=True)
class Wanted:
    """What of the trail is shown: one chain, one case, or everything that the reader may see."""

    chain: str = ""
    case: str = ""
    problem: str = ""

    @property
    def address(self) -> str:
        return with_query("/office/audit", chain=self.chain, case=self.case)

    @property
    def subject(self) -> str | None:
        ref = parse_reference(self.case)
        return f"case:{ref}" if ref else None


@router.get("")
def audit_page(
    frame: Frame,
    store: Reader,
    chain: Annotated[str, Query(max_length=8)] = "",
    case: Annotated[str, Query(max_length=20)] = "",
    cursor: str | None = None,
) -> Response:
    return _page(frame, store, _wanted(store, frame.reader.actor, chain, case), cursor=cursor)


@router.post("/verify")
def verify_chain(frame: Frame, store: Reader, fields: FormFields) -> Response:
    """Reckons the newest links of a chain anew; the whole of it is for `damrong audit verify`."""
    wanted = _wanted(store, frame.reader.actor, fields.get("chain", ""), "")
    if not wanted.chain:
        raise HTTPException(404)
    faults = verify(store, wanted.chain, newest=CHECKED)
    return _page(frame, store, wanted, verified=wanted.chain, faults=faults)


def _wanted(store: Session, actor: Actor, chain: str, case: str) -> Wanted:
    known = chain if chain in chains_open_to(store, actor) else ""
    typed = case.strip()
    wrong = bool(typed) and parse_reference(typed) is None
    problem = gettext("This is no case number: one of its digits is wrong.") if wrong else ""
    return Wanted(known, typed, problem)


def _page(
    frame: PageFrame,
    store: Session,
    wanted: Wanted,
    *,
    cursor: str | None = None,
    verified: str = "",
    faults: Sequence[Fault] = (),
) -> Response:
    actor = frame.reader.actor
    rows = (
        []
        if wanted.problem
        else entries(
            store, by=actor, subject=wanted.subject, chain=wanted.chain or None,
            limit=PAGE + 1, before=decode(cursor),
        )
    )  # fmt: skip
    page = page_of(rows, PAGE)
    return frame.page(
        "office/audit.html",
        status=422 if wanted.problem else 200,
        wanted=wanted,
        page=page,
        cursor=cursor or "",
        names=display_names(store, {one.actor for one in page.items}),
        chains=chains_open_to(store, actor),
        system=SYSTEM,
        verified=verified,
        faults=faults,
    )
