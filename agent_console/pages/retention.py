"""Erasure that waits for approval: what the policies proposed, what was decided, and what became of it."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.paging import decode, encode
from case_store.cases.complete import NotComplete
from case_store.clock import now
from case_store.people.permissions import Action, may, require
from case_store.people.staff import display_names
from case_store.privacy.call_retention import (
    approve_month,
    decided_months,
    refuse_month,
    waiting_months,
)
from case_store.privacy.models import CallErasure, RetentionItem
from case_store.privacy.retention import (
    CannotErase,
    approve,
    decided_items,
    refuse,
    waiting_items,
)

router = APIRouter(include_in_schema=False, prefix="/office/retention")
ItemId = Annotated[int, Path(ge=1, lt=10**18)]
PAGE: Final = 30
DECIDED: Final = 20
MOST_MONTHS: Final = 100
"""Of months of calls so many are shown; the others follow when these are decided."""
_SENTENCES: Final = {
    "hold": N_("A legal hold lasts on this case: end it first."),
    "decided": N_("Somebody decided this already."),
    "same_person": N_("You proposed this yourself: somebody else has to approve it."),
    "case": N_("The case is gone, or was opened again."),
}
_NO_REASON: Final = N_("Please say why, at most 500 letters.")


@router.get("")
def retention_page(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    return _page(frame, store, cursor=cursor)


@router.post("/{item_id}/decide")
def decide(item_id: ItemId, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.APPROVE_ERASURE)
    item = store.get(RetentionItem, item_id)
    if item is None:
        raise HTTPException(404)
    try:
        if fields.get("decision") == "approve":
            approve(store, item, by=frame.reader.actor, at=now())
        else:
            refuse(store, item, plain(fields, "reason"), by=frame.reader.actor, at=now())
    except NotComplete:
        return _page(frame, store, typed=fields, errors={item_id: gettext(_NO_REASON)})
    except CannotErase as problem:
        errors = {item_id: gettext(_SENTENCES[problem.why])}
        return _page(frame, store, typed=fields, errors=errors)
    return RedirectResponse("/office/retention", 303)


@router.post("/calls/{erasure_id}/decide")
def decide_month(erasure_id: ItemId, frame: Frame, store: Store, fields: FormFields) -> Response:
    """The same of a month of calls."""
    actor = frame.reader.actor
    require(actor, Action.APPROVE_ERASURE)
    erasure = store.get(CallErasure, erasure_id)
    if erasure is None:
        raise HTTPException(404)
    try:
        if fields.get("decision") == "approve":
            approve_month(store, erasure, by=actor, at=now())
        else:
            refuse_month(store, erasure, plain(fields, "reason"), by=actor, at=now())
    except NotComplete:
        errors = {erasure_id: gettext(_NO_REASON)}
        return _page(frame, store, typed=fields, month_errors=errors)
    except CannotErase as problem:
        errors = {erasure_id: gettext(_SENTENCES[problem.why])}
        return _page(frame, store, typed=fields, month_errors=errors)
    return RedirectResponse("/office/retention", 303)


def _page(
    frame: PageFrame,
    store: Session,
    *,
    cursor: str | None = None,
    typed: Fields | None = None,
    errors: dict[int, str] | None = None,
    month_errors: dict[int, str] | None = None,
) -> Response:
    actor = frame.reader.actor
    rows = waiting_items(store, by=actor, limit=PAGE + 1, after=decode(cursor) or 0)
    shown, decided = rows[:PAGE], decided_items(store, by=actor, limit=DECIDED)
    readable = {one.id for one in shown if one.case and may(actor, Action.SEE_CASES, one.case)}
    months = waiting_months(store, by=actor, limit=MOST_MONTHS)
    decided_calls = decided_months(store, by=actor, limit=DECIDED)
    people = {one.decided_by or "" for one in decided} | {one.proposed_by for one in shown}
    people |= {one.decided_by or "" for one in decided_calls}
    return frame.page(
        "office/retention.html",
        status=422 if errors or month_errors else 200,
        items=shown,
        readable=readable,
        next=encode(shown[-1].id) if len(rows) > PAGE else None,
        cursor=cursor or "",
        decided=decided,
        months=months,
        decided_months=decided_calls,
        names=display_names(store, people),
        typed=typed or {},
        errors=errors or {},
        month_errors=month_errors or {},
    )
