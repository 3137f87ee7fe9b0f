"""Policies, days on which a centre does not work, and the reminders that were sent."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from case_store.database import Base


class PolicyKind(StrEnum):
    DEADLINE = "deadline"
    """Days to settle, screening and the warning before a deadline."""
    REMINDER = "reminder"
    """Days without progress until each reminder."""
    RETENTION = "retention"
    """How long a closed case keeps what identifies people, and what happens then."""
    RECORDINGS = "recordings"
    """How long the sound of calls is kept before it is destroyed."""
    CALLS = "calls"
    """How long calls keep what identifies their callers before they are anonymised."""
    STAFFING = "staffing"
    """What callers are promised, and how many people a centre has at the least."""

    @property
    def by_category(self) -> bool:
        """Whether a category may have a policy of its own; calls have no category."""
        return self not in (PolicyKind.RECORDINGS, PolicyKind.CALLS, PolicyKind.STAFFING)


class Policy(Base):
    """One version of a rule. A change is a new version; what was reckoned by an older one keeps naming it.

    `category` None: for every category that has none of its own.
    """

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("kind", "category", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PolicyKind]
    category: Mapped[str | None] = mapped_column(ForeignKey("categories.code"))
    version: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    valid_from: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(500), default="")


class Closure(Base):
    """A day on which a centre does not work (`centre_code` None: no centre does), beside weekends and holidays."""

    __tablename__ = "closures"
    __table_args__ = (UniqueConstraint("centre_code", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_code: Mapped[str | None] = mapped_column(String(2))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[str] = mapped_column(String(120))


class CancelledHoliday(Base):
    """A holiday of government offices that was announced and then cancelled: offices work on that day."""

    __tablename__ = "cancelled_holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]


class ReminderLevel(IntEnum):
    """What was sent: the first three count from the last progress, the others from the date that they warn of."""

    FIRST = 1
    SECOND = 2
    THIRD = 3
    NEAR_DUE = 11
    OVERDUE = 12
    UNSCREENED = 13


class Reminder(Base):
    """That somebody was reminded of a case: each `ReminderLevel` once, counted from the same moment."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("case_id", "counted_from", "level"),
        Index("ix_reminders_sent_at", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    counted_from: Mapped[datetime]
    level: Mapped[int]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    sent_at: Mapped[datetime]


class ReferralReminder(Base):
    """That somebody was reminded of one referral: each of the first three levels once, counted from its progress."""

    __tablename__ = "referral_reminders"
    __table_args__ = (UniqueConstraint("referral_id", "counted_from", "level"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id", ondelete="CASCADE"))
    counted_from: Mapped[datetime]
    level: Mapped[int]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    sent_at: Mapped[datetime]
