"""Files of cases. They are given out to be saved, never to be shown as a page of ours."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id, Ref, case_of, referral_of
from agent_console.api.case_schemas import AttachmentItem
from agent_console.api.schemas import ListOf
from agent_console.dependencies import Reader, Store
from case_store.cases.referral_models import Referral
from case_store.clock import now
from case_store.people.permissions import Actor
from case_store.storage.attachments import (
    add_attachment,
    attachments_for,
    find_attachment,
    path_of,
    remove_attachment,
    share_attachment,
)
from case_store.storage.models import Attachment

router = APIRouter(tags=["attachments"])


class AttachmentChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    for_agencies: Annotated[bool, Field(description="Agencies may open it.")]


class Download(FileResponse):
    """The bytes and a name to save them under: no browser guesses what they are, or runs them."""

    media_type = "application/octet-stream"


@router.get("/cases/{ref}/attachments", summary="The files of a case that this token may open")
def get_attachments(ref: Ref, program: Program, store: Reader) -> ListOf[AttachmentItem]:
    found = attachments_for(case_of(store, program, ref), program)
    return ListOf(items=[AttachmentItem.of(one) for one in found], next=None)


@router.post("/cases/{ref}/attachments", status_code=201, summary="Add a file to a case")
def post_attachment(
    ref: Ref,
    file: UploadFile,
    program: Program,
    store: Store,
    for_agencies: Annotated[bool, Form(description="Agencies may open it too.")] = False,
    referral_id: Annotated[int | None, Form(ge=1, lt=2**31)] = None,
) -> AttachmentItem:
    case = case_of(store, program, ref)
    referral = _referral(store, program, ref, referral_id)
    attachment = add_attachment(
        store,
        case,
        file.file,
        file.filename or "",
        by=program,
        at=now(),
        referral=referral,
        for_agencies=for_agencies,
    )
    return AttachmentItem.of(attachment)


@router.get(
    "/cases/{ref}/attachments/{attachment_id}", summary="The bytes", response_class=Download
)
def get_attachment(ref: Ref, attachment_id: Id, program: Program, store: Reader) -> Download:
    attachment = _attachment(store, program, ref, attachment_id)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return Download(
        path_of(store, attachment),
        headers=headers,
        filename=attachment.file_name,
        media_type=Download.media_type,
    )


@router.delete("/cases/{ref}/attachments/{attachment_id}", status_code=204, summary="Remove a file")
def delete_attachment(ref: Ref, attachment_id: Id, program: Program, store: Store) -> None:
    attachment = _attachment(store, program, ref, attachment_id)
    remove_attachment(store, attachment, by=program, at=now())


@router.patch(
    "/cases/{ref}/attachments/{attachment_id}", summary="Say whether agencies may open a file"
)
def patch_attachment(
    ref: Ref, attachment_id: Id, change: AttachmentChange, program: Program, store: Store
) -> AttachmentItem:
    attachment = _attachment(store, program, ref, attachment_id)
    share_attachment(store, attachment, for_agencies=change.for_agencies, by=program, at=now())
    return AttachmentItem.of(attachment)


def _attachment(store: Session, program: Actor, ref: str, attachment_id: int) -> Attachment:
    case = case_of(store, program, ref)
    attachment = find_attachment(store, attachment_id, by=program)
    if attachment is None or attachment.case_id != case.id:
        raise HTTPException(404)
    return attachment


def _referral(store: Session, program: Actor, ref: str, referral_id: int | None) -> Referral | None:
    if referral_id is None:
        return None
    referral = referral_of(store, program, referral_id)
    if referral.case.ref != ref:
        raise HTTPException(404)
    return referral
