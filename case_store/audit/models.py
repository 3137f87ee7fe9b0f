"""Audit entries, the heads of their chains, and what of them may be erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base


class AuditEntry(Base):
    """One link: `hash` is SHA-256 over the one before and the canonical JSON of the rest. Never changed.

    `facts` hold no personal data. Text that may hold some stands in `AuditDetail`; the link has its salted digest.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("chain", "number"),
        Index("ix_audit_entries_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(8))
    """A centre's code, or `system` for what concerns no centre."""
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(80))
    """What it was done to, as kind:name, for example case:690000013."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    detail_digest: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    detail: Mapped["AuditDetail | None"] = relationship(back_populates="entry")


class AuditDetail(Base):
    """Text that belongs to an entry and may be erased without breaking the chain."""

    __tablename__ = "audit_details"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)

    entry: Mapped[AuditEntry] = relationship(back_populates="detail")


class AuditHead(Base):
    """The newest link of a chain; its row is the lock that keeps writers of one chain in line."""

    __tablename__ = "audit_heads"

    chain: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
