"""What leaves the house: takes due messages from the outbox, sends them, and writes down what became of each.

No transaction is open while something is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import now
from case_store.database import Database
from case_store.deadlines.daily import claim_day
from case_store.identity.keyring import CannotUnseal
from case_store.outbox.messages import any_due, due_messages, mark_failed, mark_sent
from case_store.outbox.models import OutboxKind, OutboxMessage
from case_store.outbox.notices import tell
from case_store.outbox.webhook_secrets import secret_of
from case_store.people.models import Role, User
from case_store.settings import MissingSecret
from integrations.audit_heads import write_heads
from integrations.webhooks.sender import TOTAL_SECONDS, Delivery, deliver

BATCH: Final = 20
REST: Final = timedelta(seconds=30)
"""How long a webhook that just failed is left alone, so that its messages hold up no other's."""


@dataclass
class _Batch:
    """What was taken: what is to be sent how, and what cannot be."""

    deliveries: list[Delivery] = field(default_factory=list)
    heads: list[OutboxMessage] = field(default_factory=list)
    results: dict[int, str] = field(default_factory=dict)
    """By message: an error of two or three words, or nothing when it is out."""


class Outgoing:
    """The outbox's one sender in this process."""

    def __init__(
        self,
        database: Database,
        heads_folder: Path,
        *,
        private: bool = False,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._database = database
        self._heads_folder = heads_folder
        self._private = private
        self._seconds = seconds
        self._resting: dict[int, datetime] = {}

    def send_due(self) -> int:
        """Sends one batch of what is due; how many messages that were."""
        with self._database.reading() as session:
            if not any_due(session, at=now()):
                return 0
        batch = self._take()
        for message in batch.heads:
            batch.results[message.id] = self._write(message)
        for result in deliver(
            batch.deliveries, at=now(), private=self._private, seconds=self._seconds
        ):
            batch.results[result.delivery.message_id] = result.error
            self._remember(result.delivery.webhook_id, bool(result.error))
        with self._database.transaction() as session:
            for message_id, error in batch.results.items():
                _settle(session, message_id, error, at=now())
        return len(batch.results)

    def _take(self) -> _Batch:
        at, batch = now(), _Batch()
        self._resting = {one: until for one, until in self._resting.items() if until > at}
        with self._database.transaction() as session:
            for message in due_messages(session, at=at, limit=BATCH, but_not_to=self._resting):
                if message.kind is OutboxKind.AUDIT_HEADS:
                    batch.heads.append(message)
                elif message.webhook is None or not message.webhook.active:
                    batch.results[message.id] = "switched off"
                else:
                    _prepare(session, message, batch)
        return batch

    def _write(self, message: OutboxMessage) -> str:
        try:
            write_heads(self._heads_folder, message.key, message.payload["heads"])
        except (OSError, KeyError, TypeError, ValueError) as error:
            return type(error).__name__
        return ""

    def _remember(self, webhook_id: int, failed: bool) -> None:
        if failed:
            self._resting[webhook_id] = now() + REST
        else:
            self._resting.pop(webhook_id, None)


def _prepare(session: Session, message: OutboxMessage, batch: _Batch) -> None:
    webhook = message.webhook
    assert webhook is not None  # noqa: S101 (the caller looked)
    try:
        secret = secret_of(session, webhook)
    except (CannotUnseal, MissingSecret):
        batch.results[message.id] = "secret cannot be read"
        return
    batch.deliveries.append(
        Delivery(message.id, webhook.id, message.key, webhook.url, secret, message.payload)
    )


def _settle(session: Session, message_id: int, error: str, *, at: datetime) -> None:
    if not error:
        mark_sent(session, message_id, at=at)
    elif mark_failed(session, message_id, error, at=at):
        message = session.get_one(OutboxMessage, message_id)
        _tell_given_up(session, message, at=at)


def _tell_given_up(session: Session, message: OutboxMessage, *, at: datetime) -> None:
    """The administrators learn of it, once a day for each webhook."""
    if claim_day(session, f"given-up-{message.webhook_id or 'heads'}", at=at):
        name = message.webhook.name if message.webhook else message.kind.value
        tell(session, _administrators(session), "message_given_up", at=at, name=name)


def _administrators(session: Session) -> Iterable[int]:
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.active)
    return session.scalars(query.limit(100)).all()
