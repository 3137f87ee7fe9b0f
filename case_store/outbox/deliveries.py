"""What became of the messages to a webhook: for the page on which an administrator watches over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from case_store.outbox.models import OutboxMessage, Webhook

_SHOWN = 5


@dataclass(frozen=True)
class Deliveries:
    """The newest messages to a webhook, and how many wait or were given up in all."""

    newest: Sequence[OutboxMessage]
    waiting: int
    given_up: int


def deliveries_of(session: Session, webhooks: Sequence[Webhook]) -> Mapping[int, Deliveries]:
    """By the webhook's id. Who may see them is who may see the webhooks."""
    ids = [webhook.id for webhook in webhooks]
    waiting = _counted(session, ids, OutboxMessage.done_at.is_(None))
    given_up = _counted(session, ids, OutboxMessage.given_up.is_(True))
    return {
        one: Deliveries(_newest(session, one), waiting.get(one, 0), given_up.get(one, 0))
        for one in ids
    }


def _counted(
    session: Session, ids: Sequence[int], condition: ColumnElement[bool]
) -> dict[int, int]:
    query = (
        select(OutboxMessage.webhook_id, func.count())
        .where(OutboxMessage.webhook_id.in_(ids), condition)
        .group_by(OutboxMessage.webhook_id)
    )
    return {webhook_id: count for webhook_id, count in session.execute(query) if webhook_id}


def _newest(session: Session, webhook_id: int) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.webhook_id == webhook_id)
    return session.scalars(query.order_by(OutboxMessage.id.desc()).limit(_SHOWN)).all()
