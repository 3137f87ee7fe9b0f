"""Other programs that asked to be told what happens to cases: who they are, and what they are told.

They are told that something happened to a reference, in codes; what it is, they fetch by the API with their rights.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import SYSTEM, record
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.outbox.messages import add_message, drop_waiting
from case_store.outbox.models import OutboxKind, Webhook
from case_store.outbox.webhook_secrets import new_secret
from case_store.people.permissions import Action, Actor, NotAllowed, visible_centres
from case_store.places.provinces import province

EVERYTHING: Final = "*"
_HOUSE_MATTERS: Final = frozenset(
    {
        CaseEventKind.IDENTITY_REVEALED,
        CaseEventKind.IDENTITY_DISCLOSED,
        CaseEventKind.HELD,
        CaseEventKind.HOLD_ENDED,
    }
)
EVENT_TYPES: Final = tuple(
    f"case.{kind.value}" for kind in CaseEventKind if kind not in _HOUSE_MATTERS
)
"""What a webhook can ask for, by name; or for EVERYTHING."""
_MOST_WEBHOOKS: Final = 200
_LONGEST_URL: Final = 500


class BadWebhook(ValueError):
    """`field` says what is wrong: name (empty or taken), url, centre_code, events, or webhook: no such, or too many."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


def add_webhook(
    session: Session,
    name: str,
    url: str,
    centre_code: str | None,
    events: Collection[str],
    *,
    by: Actor,
    at: datetime,
) -> str:
    """Adds a program that is told from now on, and returns the secret of its signatures: it is shown this once.

    `centre_code` None: of every centre's cases. Raises `NotAllowed`, `BadWebhook`.
    """
    _require(by, centre_code)
    name, url, events = name.strip(), url.strip(), sorted(set(events))
    _check(session, name, url, centre_code, events)
    webhook = Webhook(
        name=name, url=url, centre_code=centre_code, events=events, active=True,
        made_by=by.name, made_at=at,
    )  # fmt: skip
    secret = new_secret(session, webhook)
    session.add(webhook)
    session.flush()
    facts = {"centre": centre_code or "all", "events": events}
    _record(session, webhook, "webhook.added", by, at, facts, detail=url)
    return secret


def list_webhooks(session: Session, *, by: Actor) -> list[Webhook]:
    """Those of the centres that `by` keeps webhooks for."""
    centres = visible_centres(by, Action.MANAGE_WEBHOOKS)
    query = select(Webhook).order_by(Webhook.name).limit(_MOST_WEBHOOKS)
    return list(
        session.scalars(query if centres is None else query.where(Webhook.centre_code.in_(centres)))
    )


def switch_webhook(
    session: Session, webhook_id: int, active: bool, *, by: Actor, at: datetime
) -> Webhook:
    """Switches a webhook on or off. What still waited for it is not sent. Raises `NotAllowed`, `BadWebhook`."""
    webhook = session.get(Webhook, webhook_id)
    _require(by, webhook.centre_code if webhook else None)
    if webhook is None:
        raise BadWebhook("webhook")
    if webhook.active is not active:
        webhook.active = active
        if not active:
            drop_waiting(session, webhook.id, at=at)
        action = "webhook.switched_on" if active else "webhook.switched_off"
        _record(session, webhook, action, by, at)
    return webhook


def remove_webhook(session: Session, webhook_id: int, *, by: Actor, at: datetime) -> None:
    """The program is told no more, and its secret is gone; the audit trail keeps that it was there.

    Raises `NotAllowed`, `BadWebhook`.
    """
    webhook = switch_webhook(session, webhook_id, False, by=by, at=at)
    _record(session, webhook, "webhook.removed", by, at)
    session.delete(webhook)
    session.flush()


def queue_case_event(session: Session, case: Case, event: CaseEvent, *, at: datetime) -> None:
    """Puts the news of a case into the outbox, for each webhook that asked for its kind and its centre.

    Of a secret case nobody is told.
    """
    kind = f"case.{event.kind.value}"
    if case.is_secret or kind not in EVENT_TYPES:
        return
    query = select(Webhook).where(
        Webhook.active,
        or_(Webhook.centre_code == case.centre_code, Webhook.centre_code.is_(None)),
    )
    for webhook in session.scalars(query.limit(_MOST_WEBHOOKS)):
        if kind in webhook.events or EVERYTHING in webhook.events:
            add_message(
                session,
                OutboxKind.WEBHOOK,
                f"case-event-{event.id}-{webhook.id}",
                _news(case, kind, at),
                at=at,
                webhook_id=webhook.id,
            )


def _news(case: Case, kind: str, at: datetime) -> dict[str, Any]:
    """Codes and the reference: no word that anybody wrote, and nobody's name."""
    return {
        "type": kind,
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "data": {
            "ref": case.ref,
            "state": case.state.value,
            "centre_code": case.centre_code,
            "province_code": case.province_code,
            "category": case.category,
            "channel": case.channel,
        },
    }


def _check(
    session: Session, name: str, url: str, centre_code: str | None, events: list[str]
) -> None:
    if len(session.scalars(select(Webhook.id).limit(_MOST_WEBHOOKS)).all()) == _MOST_WEBHOOKS:
        raise BadWebhook("webhook")
    taken = select(Webhook.id).where(Webhook.name == name)
    if not 0 < len(name) <= 120 or session.scalar(taken) is not None:
        raise BadWebhook("name")
    if not _is_address(url):
        raise BadWebhook("url")
    if centre_code is not None and province(centre_code) is None:
        raise BadWebhook("centre_code")
    if not events or not set(events) <= {*EVENT_TYPES, EVERYTHING}:
        raise BadWebhook("events")


def _is_address(url: str) -> bool:
    """An address of the web that carries no password, and no sign that does not belong there."""
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
    return whole and plain and len(url) <= _LONGEST_URL and parts.scheme in {"https", "http"}


def _require(by: Actor, centre_code: str | None) -> None:
    centres = visible_centres(by, Action.MANAGE_WEBHOOKS)
    if centres is not None and centre_code not in centres:
        raise NotAllowed(by, Action.MANAGE_WEBHOOKS)


def _record(
    session: Session,
    webhook: Webhook,
    action: str,
    by: Actor,
    at: datetime,
    facts: dict[str, Any] | None = None,
    *,
    detail: str = "",
) -> None:
    record(
        session, chain=SYSTEM, action=action, subject=f"webhook:{webhook.id}",
        by=by.name, at=at, facts=facts, detail=detail or webhook.name,
    )  # fmt: skip
