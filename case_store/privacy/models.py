"""What is to be erased when, and what people ask of their data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.cases.models import Case
from case_store.database import Base


class RetentionAction(StrEnum):
    ANONYMISE = "anonymise"
    DESTROY = "destroy"


class RetentionItem(Base):
    """A case that is to be erased: proposed by its policy or at a person's request, approved or refused, then done.

    `policy_id` None: at the request of the person whose data it is.
    """

    __tablename__ = "retention_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("cases.id", ondelete="SET NULL"), unique=True
    )
    case_ref: Mapped[str] = mapped_column(String(16))
    centre_code: Mapped[str] = mapped_column(String(2), index=True)
    action: Mapped[RetentionAction]
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    proposed_by: Mapped[str] = mapped_column(String(120))
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    refused_reason: Mapped[str | None] = mapped_column(String(500))
    done_at: Mapped[datetime | None] = mapped_column(index=True)

    case: Mapped[Case | None] = relationship()


class CallData(StrEnum):
    """What of a month's calls is to go."""

    RECORDINGS = "recordings"
    """The sound of talks and messages is destroyed; the rows stay as they are."""
    CALLS = "calls"
    """Whatever tells of the callers goes, their sound too; what is counted stays."""


class CallErasure(Base):
    """One month of a centre's calls, of which something is to go: proposed by policy, approved or refused, then done.

    A month and not each call: nobody could decide about thousands of calls one by one.
    """

    __tablename__ = "call_erasures"
    __table_args__ = (
        Index(
            "uq_call_erasures_waiting",
            "data",
            "centre_code",
            "since",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_call_erasures_centre_code_id", "centre_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[CallData]
    centre_code: Mapped[str] = mapped_column(String(2))
    since: Mapped[datetime]
    """The month of Bangkok in which the calls began: from this moment on ..."""
    until: Mapped[datetime]
    """... and before this one."""
    found: Mapped[int]
    """How many calls there were when it was proposed, without those that a case or a hold keeps."""
    erased: Mapped[int] = mapped_column(default=0)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    refused_reason: Mapped[str | None] = mapped_column(String(500))
    done_at: Mapped[datetime | None]

    @property
    def subject(self) -> str:
        """What the audit trail calls it."""
        return f"call_erasure:{self.id}"


class LegalHold(Base):
    """While it lasts, nothing of the case is erased."""

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(120))


class RequestKind(StrEnum):
    """Rights of a data subject (PDPA s.30 to 36), and the duty to report a breach (s.37(4))."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    PORTABILITY = "portability"
    BREACH = "breach"


class RequestState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"


class PrivacyRequest(Base):
    """One entry of the privacy work list, with its clock. A settled one loses its `summary` when its case is erased."""

    __tablename__ = "privacy_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN, index=True)
    centre_code: Mapped[str] = mapped_column(String(2), index=True)
    case_ref: Mapped[str | None] = mapped_column(String(16))
    summary: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused, or the assessment of a breach's risk."""
    done_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(String(120))

    @property
    def subject(self) -> str:
        """What the audit trail calls it."""
        return f"privacy_request:{self.id}"

    @property
    def is_settled(self) -> bool:
        return self.state in (RequestState.REFUSED, RequestState.DONE)
