"""Cases, their history, drafts, and the counter of references."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from case_store.calls.models import Call
from case_store.cases.referral_models import Referral
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.database import Base
from case_store.identity.keyring import Sealed, keyring_of
from case_store.identity.models import Anonymity, Complainant
from case_store.people.models import User
from case_store.search.models import SearchEntry
from case_store.storage.models import Attachment

case_calls = Table(
    "case_calls",
    Base.metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which calls a case was spoken of in."""


class CaseState(StrEnum):
    """Where a case stands. That it is overdue is reckoned, never a state."""

    RECEIVED = "received"
    SCREENING = "screening"
    REFERRED = "referred"
    """One or several agencies work on it; each referral has its own state."""
    HANDLING = "handling"
    """The centre works on it itself."""
    REVIEW = "review"
    """There is a result, and the centre looks at it before the complainant is answered."""
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"

    @classmethod
    def ended(cls) -> "frozenset[CaseState]":
        return frozenset({cls.CLOSED, cls.REJECTED, cls.WITHDRAWN})


class Outcome(StrEnum):
    """How a closed case ended; closed is not the same as settled."""

    SETTLED = "settled"
    EXPLAINED = "explained"
    REFERRED_ELSEWHERE = "referred_elsewhere"
    NOT_PURSUED = "not_pursued"


class RejectReason(StrEnum):
    """Why a matter is not pursued (what ministries list, research: cabinet resolution of 22 December B.E. 2541)."""

    NO_CHECKABLE_FACTS = "no_checkable_facts"
    IN_COURT = "in_court"
    DECIDED_ALREADY = "decided_already"
    MONARCHY = "monarchy"
    DUPLICATE = "duplicate"
    NO_COMPLAINT = "no_complaint"
    """A hoax, a wrong number, an insult."""


class Secrecy(StrEnum):
    NORMAL = "normal"
    SECRET = "secret"  # noqa: S105 (a level, not a password)


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


def _only(condition: str) -> dict[str, Any]:
    """An index of the rows that a work list reads, and not of the decades behind them."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Case(Base):
    """A matter that somebody brought to a centre. `centre_code`: the centre that is responsible for it."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_centre_code_id", "centre_code", "id"),
        Index("ix_cases_centre_code_state_id", "centre_code", "state", "id"),
        Index("ix_cases_centre_code_due_at", "centre_code", "due_at", **_only("closed_at IS NULL")),
        Index(
            "ix_cases_centre_code_waiting_since",
            "centre_code",
            "waiting_since",
            **_only("waiting_since IS NOT NULL"),
        ),
        Index("ix_cases_officer_id_id", "officer_id", "id", **_only("closed_at IS NULL")),
        Index(
            "ix_cases_province_code_category_created_at", "province_code", "category", "created_at"
        ),
        Index("ix_cases_centre_code_category_id", "centre_code", "category", "id"),
        Index("ix_cases_officer_id_state", "officer_id", "state"),
        Index("ix_cases_state_id", "state", "id"),
        Index("ix_cases_state_progress_at", "state", "progress_at"),
        UniqueConstraint("intake_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.RECEIVED)
    centre_code: Mapped[str] = mapped_column(String(2))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    service_type: Mapped[str] = mapped_column(ForeignKey("service_types.code"))
    nature: Mapped[str] = mapped_column(ForeignKey("natures.code"))
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.NORMAL)
    secrecy: Mapped[Secrecy] = mapped_column(default=Secrecy.NORMAL)
    subject: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    respondent: Mapped[str] = mapped_column(String(300), default="")
    """Whom the complaint is about, as the complainant said it."""

    province_code: Mapped[str] = mapped_column(String(2))
    district_code: Mapped[str | None] = mapped_column(String(4))
    subdistrict_code: Mapped[str | None] = mapped_column(String(6))
    postcode: Mapped[str | None] = mapped_column(String(5))
    place_note: Mapped[str] = mapped_column(String(500), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)

    anonymity: Mapped[Anonymity] = mapped_column(default=Anonymity.NAMED)

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case that this one is a part or a repeat of."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case that a duplicate was merged into; it goes on there."""

    state_since: Mapped[datetime]
    progress_at: Mapped[datetime]
    """When something last moved: from then on the reminders count."""
    screening_due_at: Mapped[datetime | None]
    screened_at: Mapped[datetime | None]
    checklist: Mapped[dict[str, bool] | None] = mapped_column(JSON(none_as_null=True))
    """Which checkable facts an anonymous letter states (case_store.cases.screening)."""
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    deadline_policy_id: Mapped[int | None] = mapped_column(ForeignKey("policies.id"))
    """The version of the rule that `due_at` was reckoned by."""
    waiting_since: Mapped[datetime | None]
    """Since when the centre waits for the complainant: the clock stands still."""
    waited_days: Mapped[int] = mapped_column(default=0)
    """Working days on which the clock stood still, in all; `due_at` has been moved by them."""
    result: Mapped[str] = mapped_column(Text, default="")
    """What the complainant is answered."""
    outcome: Mapped[Outcome | None]
    reject_reason: Mapped[RejectReason | None]
    transferred_to: Mapped[str | None] = mapped_column(String(160))
    """The office outside this system that takes a matter which was referred elsewhere."""
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    reopened: Mapped[int] = mapped_column(default=0)
    anonymised_at: Mapped[datetime | None]

    search_text: Mapped[str] = mapped_column(Text)
    """Folded subject, details, respondent, place and history: what the search box looks in."""
    intake_key: Mapped[str | None] = mapped_column(String(80))
    """The draft that it came from: saving a draft twice opens one case."""
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    category_row: Mapped[Category] = relationship(lazy="joined")
    nature_row: Mapped[Nature] = relationship(lazy="joined")
    channel_row: Mapped[Channel] = relationship(lazy="joined")
    service_type_row: Mapped[ServiceType] = relationship(lazy="joined")
    officer: Mapped[User | None] = relationship()
    complainant: Mapped[Complainant | None] = relationship(
        back_populates="case", cascade="all, delete-orphan"
    )
    search_entry: Mapped[SearchEntry | None] = relationship(cascade="all, delete-orphan")
    referrals: Mapped[list[Referral]] = relationship(
        back_populates="case", order_by="Referral.id", cascade="all, delete-orphan"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="case", order_by="Attachment.id", cascade="all, delete-orphan"
    )
    calls: Mapped[list[Call]] = relationship(
        secondary=case_calls, back_populates="cases", order_by="Call.id"
    )
    events: Mapped[list["CaseEvent"]] = relationship(
        back_populates="case", order_by="CaseEvent.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)

    @property
    def is_ended(self) -> bool:
        return self.state in CaseState.ended()

    @property
    def is_secret(self) -> bool:
        return self.secrecy is Secrecy.SECRET

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies that it is referred to now, or that have reported on it."""
        return frozenset(referral.agency_id for referral in self.referrals if referral.is_theirs)


class CaseEventKind(StrEnum):
    RECEIVED = "received"
    NOTE = "note"
    CALL_LINKED = "call_linked"
    ASSIGNED = "assigned"
    CHANGED = "changed"
    """Facts were corrected; `data` names the fields."""
    CHECKED = "checked"
    """An anonymous letter was held against the checklist of facts."""
    SCREENING_BEGUN = "screening_begun"
    HANDLING_BEGUN = "handling_begun"
    REFERRED = "referred"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_BEGUN = "referral_begun"
    REFERRAL_PROGRESS = "referral_progress"
    REFERRAL_REPORTED = "referral_reported"
    REFERRAL_RETURNED = "referral_returned"
    REFERRAL_SENT_BACK = "referral_sent_back"
    REFERRAL_RECALLED = "referral_recalled"
    PROGRESS = "progress"
    RESULT_REPORTED = "result_reported"
    RESULT_SENT_BACK = "result_sent_back"
    WAITS_FOR_COMPLAINANT = "waits_for_complainant"
    COMPLAINANT_ANSWERED = "complainant_answered"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    MERGED = "merged"
    UNMERGED = "unmerged"
    REMINDED = "reminded"
    ATTACHED = "attached"
    ATTACHMENT_REMOVED = "attachment_removed"
    ATTACHMENT_SHARED = "attachment_shared"
    """Agencies may see the file from now on."""
    ATTACHMENT_WITHHELD = "attachment_withheld"
    IDENTITY_REVEALED = "identity_revealed"
    IDENTITY_DISCLOSED = "identity_disclosed"
    ANONYMISED = "anonymised"
    HELD = "held"
    HOLD_ENDED = "hold_ended"


class CaseEvent(Base):
    """One entry of a case's history; added, never changed.

    `referral_id`: it belongs to a referral, and that agency sees it; of the others an agency sees none.
    """

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[CaseEventKind]
    by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id", ondelete="SET NULL"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the kind says besides: states, the outcome, a colleague; codes and names of staff, no complainant."""

    case: Mapped[Case] = relationship(back_populates="events")
    referral: Mapped[Referral | None] = relationship()


class CaseDraft(Base):
    """What an officer typed and has not saved yet, sealed: it names people before there is a case."""

    __tablename__ = "case_drafts"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]

    user: Mapped[User] = relationship()

    @property
    def fields(self) -> dict[str, Any]:
        """As the form holds them. Raises `CannotUnseal`."""
        session = object_session(self)
        if session is None:
            raise RuntimeError("a draft is read in the session that found it")
        plain = keyring_of(session).unseal(Sealed(self.key_id, self.sealed), bound_to=self.place)
        fields: dict[str, Any] = json.loads(plain)
        return fields

    @property
    def place(self) -> str:
        """What the fields are bound to."""
        return f"draft:{self.user_id}:{self.key}"


class Counter(Base):
    """A number that only goes up, taken in the transaction that uses it: a rollback leaves no gap."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int]
