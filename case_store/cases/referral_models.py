"""Referrals: what a centre asks of an agency about a case, and how far the agency is."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.agencies.models import Agency
from case_store.database import Base

if TYPE_CHECKING:
    from case_store.cases.models import Case


class ReferralState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    REPORTED = "reported"
    RETURNED = "returned"
    """The agency says that it is not theirs."""
    RECALLED = "recalled"
    """The centre took it back."""

    @classmethod
    def running(cls) -> "frozenset[ReferralState]":
        return frozenset({cls.SENT, cls.ACCEPTED, cls.IN_PROGRESS})


class Referral(Base):
    """A case in the hands of an agency. `disclose_identity`: the agency was told who complains, on purpose."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_agency_id_state_id", "agency_id", "state", "id"),
        Index(
            "ix_referrals_progress_at",
            "progress_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    state: Mapped[ReferralState] = mapped_column(default=ReferralState.SENT)
    request: Mapped[str] = mapped_column(Text)
    """What the centre asks for."""
    disclose_identity: Mapped[bool] = mapped_column(default=False)
    letter_out_number: Mapped[str | None] = mapped_column(String(60))
    letter_out_date: Mapped[date | None]
    letter_in_number: Mapped[str | None] = mapped_column(String(60))
    letter_in_date: Mapped[date | None]
    report: Mapped[str] = mapped_column(Text, default="")
    """What the agency found and did, or why it returns the case."""
    sent_by: Mapped[str] = mapped_column(String(120))
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was reported, returned or recalled."""
    progress_at: Mapped[datetime]
    """When the agency last moved, or could go on: from then on its own reminders count."""
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped["Case"] = relationship(back_populates="referrals")
    agency: Mapped[Agency] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)

    @property
    def is_running(self) -> bool:
        return self.state in ReferralState.running()

    @property
    def is_theirs(self) -> bool:
        """Whether the agency may see the case: not once it was returned or recalled."""
        return self.is_running or self.state is ReferralState.REPORTED
