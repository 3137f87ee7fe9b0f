"""Legal holds: the cases of which nothing may be erased, for as long as the reason lasts."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.paging import decode, encode
from case_store.cases.complete import NotComplete
from case_store.cases.find_cases import find_case
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.privacy.held_cases import lasting_holds
from case_store.privacy.holds import end_hold, hold
from case_store.privacy.models import LegalHold

router = APIRouter(include_in_schema=False, prefix="/office/holds")
PAGE: Final = 50
HoldId = Annotated[int, Path(ge=1, lt=10**18)]
_NO_CASE: Final = N_("There is no such case. Please check the case number.")
_NO_REASON: Final = N_("Please write why nothing may be erased, at most 500 letters.")


@router.get("")
def holds_page(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    return _page(frame, store, cursor=cursor)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    require(actor, Action.HANDLE_PRIVACY)
    case = find_case(store, plain(fields, "ref"), by=actor)
    if case is None:
        return _page(frame, store, typed=fields, errors={"ref": gettext(_NO_CASE)})
    try:
        hold(store, case, plain(fields, "reason"), by=actor, at=now())
    except NotComplete:
        return _page(frame, store, typed=fields, errors={"reason": gettext(_NO_REASON)})
    return RedirectResponse("/office/holds", 303)


@router.post("/{hold_id}/end")
def end(hold_id: HoldId, reader: CurrentUser, store: Store) -> Response:
    require(reader.actor, Action.HANDLE_PRIVACY)
    held = store.get(LegalHold, hold_id)
    if held is None:
        raise HTTPException(404)
    end_hold(store, held, by=reader.actor, at=now())
    return RedirectResponse("/office/holds", 303)


def _page(
    frame: PageFrame,
    store: Session,
    *,
    cursor: str | None = None,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    rows = lasting_holds(store, by=frame.reader.actor, limit=PAGE + 1, before=decode(cursor))
    shown = rows[:PAGE]
    return frame.page(
        "office/holds.html",
        status=422 if errors else 200,
        holds=shown,
        next=encode(shown[-1][0].id) if len(rows) > PAGE else None,
        cursor=cursor or "",
        names=display_names(store, {held.by for held, _ in shown}),
        typed=typed or {},
        errors=errors or {},
    )
