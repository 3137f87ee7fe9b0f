"""Files of cases: brought, opened and removed. Each leaves only through a permission check, and never as a page."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, File, HTTPException, Path, UploadFile
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.case_page import act
from agent_console.dependencies import CurrentUser, Reader
from agent_console.forms import FormFields
from agent_console.frame import Frame
from agent_console.pages.cases import Ref
from case_store.cases.models import Case
from case_store.cases.referral_models import Referral
from case_store.clock import now
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor
from case_store.storage.attachments import (
    add_attachment,
    find_attachment,
    path_of,
    remove_attachment,
    share_attachment,
)
from case_store.storage.errors import NotStorable, Refusal
from case_store.storage.models import Attachment
from case_store.storage.previews import MEDIA_TYPE, preview

router = APIRouter(include_in_schema=False)
FileId = Annotated[int, Path(ge=1, lt=10**18)]
Sent = Annotated[UploadFile | None, File()]
SHOWN_IN_BROWSER: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})
"""What a browser shows by itself; everything else is only ever saved."""
NO_SCRIPTS: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@router.post("/cases/{ref}/attachments")
def bring_file(ref: Ref, frame: Frame, fields: FormFields, file: Sent = None) -> Response:
    def work(store: Session, case: Case) -> None:
        store_file(
            store, case, file, by=frame.reader.actor, shared=fields.get("for_agencies") == "1"
        )

    return act(frame, ref, "act-attach", {}, work, needs=Action.ATTACH_FILES)


@router.get("/attachments/{file_id}")
def open_file(file_id: FileId, reader: CurrentUser, store: Reader) -> Response:
    attachment = _found(store, file_id, reader.actor)
    place = path_of(store, attachment)
    if not place.is_file():
        raise HTTPException(404)
    shown = attachment.media_type in SHOWN_IN_BROWSER
    how = "inline" if shown else "attachment"
    return FileResponse(
        place,
        media_type=attachment.media_type if shown else "application/octet-stream",
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(attachment.file_name)}",
            # A stranger's file is never a page of ours: it may run nothing and ask for nothing.
            "Content-Security-Policy": NO_SCRIPTS,
        },
    )


@router.get("/attachments/{file_id}/preview")
def show_preview(file_id: FileId, reader: CurrentUser, store: Reader) -> Response:
    place = preview(store, _found(store, file_id, reader.actor))
    if place is None:
        raise HTTPException(404)
    return FileResponse(place, media_type=MEDIA_TYPE)


@router.post("/attachments/{file_id}/remove")
def remove_file(file_id: FileId, frame: Frame) -> Response:
    actor = frame.reader.actor
    with frame.console.database.reading() as store:
        attachment = _found(store, file_id, actor)
        ref, referral_id = attachment.case.ref, attachment.referral_id
    if actor.role is Role.AGENCY_OFFICER:
        with frame.console.database.transaction() as store:
            remove_attachment(store, _found(store, file_id, actor), by=actor, at=now())
        return RedirectResponse(f"/agency/referrals/{referral_id}", 303)

    def work(store: Session, _case: Case) -> None:
        remove_attachment(store, _found(store, file_id, actor), by=actor, at=now())

    return act(frame, ref, "act-detach", {}, work, needs=Action.ATTACH_FILES)


@router.post("/attachments/{file_id}/agencies")
def share_file(file_id: FileId, frame: Frame, fields: FormFields) -> Response:
    """Whether agencies may see a file, said anew after it was brought."""
    actor, shared = frame.reader.actor, fields.get("for_agencies") == "1"
    with frame.console.database.reading() as store:
        ref = _found(store, file_id, actor).case.ref

    def work(store: Session, _case: Case) -> None:
        share_attachment(
            store, _found(store, file_id, actor), for_agencies=shared, by=actor, at=now()
        )

    form = "act-share" if shared else "act-withhold"
    return act(frame, ref, form, {}, work, needs=Action.ATTACH_FILES)


def store_file(
    store: Session,
    case: Case,
    file: UploadFile | None,
    *,
    by: Actor,
    referral: Referral | None = None,
    shared: bool = False,
) -> None:
    """Keeps what was sent. Raises `NotStorable`."""
    if file is None or not file.filename:
        raise NotStorable(Refusal.EMPTY)
    name = file.filename
    add_attachment(
        store, case, file.file, name, by=by, at=now(), referral=referral, for_agencies=shared
    )


def _found(store: Session, file_id: int, reader: Actor) -> Attachment:
    attachment = find_attachment(store, file_id, by=reader)
    if attachment is None:
        raise HTTPException(404)
    return attachment
