"""Cases, their history, drafts, and the lists of words (channels, natures, categories) that they use."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.calls.models import Call
from case_store.database import Base
from case_store.people.models import User

case_calls = Table(
    "case_calls",
    Base.metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("call_id", ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which calls a case was spoken of in."""


class CaseState(StrEnum):
    """Where a case stands. The complaint database adds the later states."""

    RECEIVED = "received"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class _Word:
    """An entry of a list that an administrator keeps: switched off, never deleted, once used."""

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th


class Channel(_Word, Base):
    """How a matter came to a centre."""

    __tablename__ = "channels"


class Nature(_Word, Base):
    """What kind of matter it is: a complaint, a question, a suggestion …"""

    __tablename__ = "natures"


class Category(_Word, Base):
    """What the matter is about."""

    __tablename__ = "categories"

    days_to_settle: Mapped[int]


class Case(Base):
    """A matter that somebody brought to a centre. `centre_code`: the centre that is responsible for it."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_centre_code_id", "centre_code", "id"),
        Index("ix_cases_complainant_phone_id", "complainant_phone", "id"),
        Index("ix_cases_state_centre_code", "state", "centre_code"),
        UniqueConstraint("intake_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(16), unique=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.RECEIVED)
    centre_code: Mapped[str] = mapped_column(String(2))
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    nature: Mapped[str] = mapped_column(ForeignKey("natures.code"))
    category: Mapped[str] = mapped_column(ForeignKey("categories.code"))
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.NORMAL)
    subject: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)

    province_code: Mapped[str] = mapped_column(String(2), index=True)
    district_code: Mapped[str | None] = mapped_column(String(4))
    subdistrict_code: Mapped[str | None] = mapped_column(String(6))
    postcode: Mapped[str | None] = mapped_column(String(5))
    place_note: Mapped[str] = mapped_column(String(500), default="")

    anonymous: Mapped[bool] = mapped_column(default=False)
    complainant_name: Mapped[str | None] = mapped_column(String(200))
    complainant_phone: Mapped[str | None] = mapped_column(String(20))
    """E.164"""

    search_text: Mapped[str] = mapped_column(Text)
    """Folded subject, description and place: what the search box looks in."""
    intake_key: Mapped[str | None] = mapped_column(String(80))
    """The draft that it came from: saving a draft twice opens one case."""
    created_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    category_row: Mapped[Category] = relationship(lazy="joined")
    nature_row: Mapped[Nature] = relationship(lazy="joined")
    channel_row: Mapped[Channel] = relationship(lazy="joined")
    calls: Mapped[list[Call]] = relationship(
        secondary=case_calls, back_populates="cases", order_by="Call.id"
    )
    events: Mapped[list["CaseEvent"]] = relationship(
        back_populates="case", order_by="CaseEvent.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy reads it)


class CaseEventKind(StrEnum):
    RECEIVED = "received"
    NOTE = "note"
    CALL_LINKED = "call_linked"


class CaseEvent(Base):
    """One entry of a case's history; added, never changed."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[CaseEventKind]
    by: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[Case] = relationship(back_populates="events")


class CaseDraft(Base):
    """What an officer typed and has not saved yet, as the form holds it."""

    __tablename__ = "case_drafts"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Counter(Base):
    """A number that only goes up, taken in the transaction that uses it: a rollback leaves no gap."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int]
