"""Attempts to track a case, kept as digests, so that guessing can be limited whatever Redis has forgotten."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class TrackingAttempt(Base):
    """One failed attempt: by which reference, and from where; both keyed digests."""

    __tablename__ = "tracking_attempts"
    __table_args__ = (
        Index("ix_tracking_attempts_ref_digest_at", "ref_digest", "at"),
        Index("ix_tracking_attempts_source_digest_at", "source_digest", "at"),
        Index("ix_tracking_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    ref_digest: Mapped[str] = mapped_column(String(64))
    source_digest: Mapped[str] = mapped_column(String(64))
