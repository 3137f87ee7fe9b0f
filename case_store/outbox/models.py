"""Notices to members of staff, messages that leave the house, and the programs that asked to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base


class Notice(Base):
    """Something that a member of staff must know, shown in the console until it was read."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_user_id_read_at_id", "user_id", "read_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    case_ref: Mapped[str | None] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the notice says besides; no personal data."""
    read_at: Mapped[datetime | None]


class OutboxKind(StrEnum):
    WEBHOOK = "webhook"
    AUDIT_HEADS = "audit_heads"


class OutboxMessage(Base):
    """A message that is to leave the house, written in the transaction of its cause and sent by the worker."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """By it the other side recognises a message that comes twice."""
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    given_up: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(String(200))

    webhook: Mapped["Webhook | None"] = relationship()


class Webhook(Base):
    """Another program that is told what happens to the cases of a centre (None: of every centre)."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    centre_code: Mapped[str | None] = mapped_column(String(2))
    events: Mapped[list[str]] = mapped_column(JSON)
    key_id: Mapped[str] = mapped_column(String(16))
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]

    @property
    def place(self) -> str:
        """What its secret is bound to."""
        return f"webhook:{self.name}"
