"""Notices: what a member of staff must know, with a bell in the bar that counts them."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import FormFields
from agent_console.frame import Frame
from agent_console.paging import decode, page_of
from case_store.clock import now
from case_store.outbox.notices import count_unread, mark_read, unread_notices

router = APIRouter(include_in_schema=False, prefix="/notices")
PAGE = 40


@router.get("")
def notices_page(frame: Frame, store: Reader, cursor: str | None = None) -> Response:
    rows = unread_notices(store, frame.reader.user_id, limit=PAGE + 1, before=decode(cursor))
    return frame.page("notices/list.html", notices=page_of(rows, PAGE), cursor=cursor or "")


@router.get("/count")
def notice_count(frame: Frame, store: Reader) -> Response:
    count = count_unread(store, frame.reader.user_id)
    return frame.fragment("notices/_count.html", unread_notices=count)


@router.post("/read")
def read_notices(reader: CurrentUser, store: Store, fields: FormFields) -> Response:
    """Marks one, or all of them, as read; leads to the case when one was opened."""
    typed = fields.get("notice", "")
    ids = [int(typed)] if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None
    mark_read(store, reader.user_id, ids, at=now())
    ref = fields.get("case_ref", "")
    if ids and ref.isascii() and ref.isdecimal() and len(ref) <= 12:
        return RedirectResponse(f"/cases/{ref}", 303)
    return RedirectResponse("/notices", 303)
