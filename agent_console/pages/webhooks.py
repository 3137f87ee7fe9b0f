"""Webhooks: other programs that are told what happens to cases, and whether the news arrives there."""

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from case_store.clock import now
from case_store.outbox.deliveries import deliveries_of
from case_store.outbox.webhooks import (
    EVENT_TYPES,
    EVERYTHING,
    BadWebhook,
    add_webhook,
    list_webhooks,
    switch_webhook,
)
from case_store.places.provinces import centres

router = APIRouter(include_in_schema=False, prefix="/office/webhooks")
_SENTENCES: Final = {
    "name": N_("Please give it a name of its own, at most 120 letters."),
    "url": N_("Please write a whole address that begins with https:// and holds no password."),
    "centre_code": N_("Please choose one from the list."),
    "events": N_("Please choose what it is told of."),
}


@router.get("")
def webhooks_page(frame: Frame, store: Reader) -> Response:
    return _page(frame, store)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    """The secret is in this one answer and nowhere else."""
    try:
        secret = add_webhook(
            store,
            plain(fields, "name"),
            fields.get("url", ""),
            fields.get("centre_code") or None,
            _events(fields),
            by=frame.reader.actor,
            at=now(),
        )
    except BadWebhook as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, typed=fields, errors=errors)
    return _page(frame, store, secret=secret, secret_of=plain(fields, "name"))


@router.post("/{webhook_id}/switch")
def switch(
    webhook_id: Annotated[int, Path(ge=1, lt=10**18)],
    reader: CurrentUser,
    store: Store,
    fields: FormFields,
) -> Response:
    switch_webhook(store, webhook_id, fields.get("active") == "1", by=reader.actor, at=now())
    return RedirectResponse("/office/webhooks", 303)


def _events(fields: Fields) -> list[str]:
    if fields.get("everything"):
        return [EVERYTHING]
    return [kind for kind in EVENT_TYPES if fields.get(kind)]


def _page(
    frame: PageFrame,
    store: Session,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    secret: str = "",
    secret_of: str = "",
) -> Response:
    webhooks = list_webhooks(store, by=frame.reader.actor)
    return frame.page(
        "office/webhooks.html",
        status=422 if errors else 200,
        webhooks=webhooks,
        deliveries=deliveries_of(store, webhooks),
        event_types=EVENT_TYPES,
        everything=EVERYTHING,
        centres=centres(),
        typed=typed or {"everything": "1"},
        errors=errors or {},
        secret=secret,
        secret_of=secret_of,
    )
