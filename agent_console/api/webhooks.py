"""Other programs that are told what happens to cases."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id
from agent_console.api.schemas import ListOf
from agent_console.api.texts import Body, CentreCode, Name
from agent_console.dependencies import Reader, Store
from case_store.clock import now
from case_store.outbox.webhooks import (
    EVERYTHING,
    add_webhook,
    list_webhooks,
    remove_webhook,
    switch_webhook,
)
from case_store.people.permissions import Actor

router = APIRouter(tags=["webhooks"])


class NewWebhook(Body):
    name: Name
    url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    centre_code: Annotated[
        CentreCode | None, Field(description="Whose cases; null: those of every centre.")
    ] = None
    events: Annotated[
        list[str],
        Field(
            min_length=1,
            max_length=100,
            description=f"Kinds of events, as in a case's history with `case.` before; `{EVERYTHING}`: all.",
        ),
    ]


class Switch(Body):
    active: bool


class WebhookItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    url: str
    centre_code: str | None
    events: list[str]
    active: bool
    made_by: str
    made_at: datetime


class AddedWebhook(WebhookItem):
    secret: Annotated[str, Field(description="Of its signatures; shown this once.")]


@router.get("/webhooks", summary="Webhooks; one page holds all")
def get_webhooks(program: Program, store: Reader) -> ListOf[WebhookItem]:
    found = list_webhooks(store, by=program)
    return ListOf(items=[WebhookItem.model_validate(one) for one in found], next=None)


@router.post("/webhooks", status_code=201, summary="Add a webhook")
def post_webhook(new: NewWebhook, program: Program, store: Store) -> AddedWebhook:
    secret = add_webhook(
        store, new.name, new.url, new.centre_code, new.events, by=program, at=now()
    )
    added = next(one for one in list_webhooks(store, by=program) if one.name == new.name)
    return AddedWebhook(**WebhookItem.model_validate(added).model_dump(), secret=secret)


@router.patch("/webhooks/{webhook_id}", summary="Switch a webhook on or off")
def patch_webhook(webhook_id: Id, switch: Switch, program: Program, store: Store) -> WebhookItem:
    _webhook(store, program, webhook_id)
    changed = switch_webhook(store, webhook_id, switch.active, by=program, at=now())
    return WebhookItem.model_validate(changed)


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove a webhook")
def delete_webhook(webhook_id: Id, program: Program, store: Store) -> None:
    _webhook(store, program, webhook_id)
    remove_webhook(store, webhook_id, by=program, at=now())


def _webhook(store: Session, program: Actor, webhook_id: int) -> None:
    """404 when this token keeps no such one."""
    if all(one.id != webhook_id for one in list_webhooks(store, by=program)):
        raise HTTPException(404)
