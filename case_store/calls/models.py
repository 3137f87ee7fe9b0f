"""Calls and call-back requests."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base
from case_store.people.models import User
from case_store.places.provinces import NATIONAL

if TYPE_CHECKING:
    from case_store.cases.models import Case


class ProvinceSource(StrEnum):
    """How a caller's province was found."""

    AREA_CODE = "area_code"
    POSTCODE = "postcode"
    MENU = "menu"
    REMEMBERED = "remembered"
    OPERATOR = "operator"
    """The caller pressed 0, or an agent moved the call."""
    NONE = "none"


class CallOutcome(StrEnum):
    IN_IVR = "in_ivr"
    WAITING = "waiting"
    CONNECTED = "connected"
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    CALLBACK = "callback"
    SELF_SERVICE = "self_service"
    FAILED = "failed"

    @classmethod
    def live(cls) -> frozenset["CallOutcome"]:
        """States of a call that is not over."""
        return frozenset({cls.IN_IVR, cls.WAITING, cls.CONNECTED})


class CallSound(StrEnum):
    """What becomes of the sound of a call: of the talk, and of a message that the caller left."""

    KEPT = "kept"
    """What was recorded, if anything was, may be heard."""
    DESTROYED = "destroyed"
    """Nobody hears it any more; its files are about to be removed."""
    GONE = "gone"
    """Its files are removed."""


class Call(Base):
    """One call of a citizen. `pbx_id` is Asterisk's name of the caller's channel, and unique for ever."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_caller_started_at", "caller", "started_at"),
        Index("ix_calls_queue_started_at", "queue", "started_at"),
        Index("ix_calls_province_code_id", "province_code", "id"),
        Index("ix_calls_province_code_started_at", "province_code", "started_at"),
        Index("ix_calls_outcome_queue", "outcome", "queue"),
        Index("ix_calls_sound_started_at", "sound", "started_at"),
        Index("ix_calls_anonymised_at_started_at", "anonymised_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pbx_id: Mapped[str] = mapped_column(String(150), unique=True)
    caller: Mapped[str | None] = mapped_column(String(20))
    """E.164; None when withheld or malformed, and once the call is anonymised."""
    province_code: Mapped[str | None] = mapped_column(String(2))
    province_source: Mapped[ProvinceSource] = mapped_column(default=ProvinceSource.NONE)
    language: Mapped[str] = mapped_column(String(2), default="th")
    outcome: Mapped[CallOutcome] = mapped_column(default=CallOutcome.IN_IVR)
    queue: Mapped[str | None] = mapped_column(String(8))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    queued_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wait_seconds: Mapped[int | None]
    """From joining the first queue to the first answer, or to giving up."""
    finished_at: Mapped[datetime | None]
    """When the agent meant to end the talk: without it, an agent's lost line sends the caller back to the queue."""
    sound: Mapped[CallSound] = mapped_column(
        default=CallSound.KEPT, server_default=CallSound.KEPT.value
    )
    anonymised_at: Mapped[datetime | None]
    """Since then the row tells of nobody, and stays for the statistics."""

    agent: Mapped[User | None] = relationship(lazy="joined")
    cases: Mapped[list["Case"]] = relationship(
        secondary="case_calls", back_populates="calls", order_by="Case.id"
    )

    @property
    def centre_code(self) -> str:
        """The centre that answers for it: its province's, else that of its queue, else the ministry's."""
        return self.province_code or (self.queue[1:] if self.queue else NATIONAL)

    @property
    def subject(self) -> str:
        """What the audit trail calls it."""
        return f"call:{self.id}"

    @property
    def is_live(self) -> bool:
        return self.outcome in CallOutcome.live()


class CallbackKind(StrEnum):
    CALLBACK = "callback"
    MESSAGE = "message"


class CallbackState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    GIVEN_UP = "given_up"


class CallbackRequest(Base):
    """A citizen whom nobody answered, and who asked to be called back or left a message."""

    __tablename__ = "callback_requests"
    __table_args__ = (
        Index("ix_callback_requests_state_centre", "state", "centre_code", "requested_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    centre_code: Mapped[str] = mapped_column(String(2))
    kind: Mapped[CallbackKind]
    number: Mapped[str | None] = mapped_column(String(20), index=True)
    """E.164; None when the caller left a message from a withheld number, and once the call is anonymised."""
    recording: Mapped[str | None] = mapped_column(String(200))
    """Name of the file below the recordings folder; None again when it was removed."""
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[CallbackState] = mapped_column(default=CallbackState.OPEN)
    requested_at: Mapped[datetime]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    taken_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")

    call: Mapped[Call] = relationship(lazy="joined")
    taken_by: Mapped[User | None] = relationship()
    attempts: Mapped[list["CallbackAttempt"]] = relationship(
        back_populates="request", order_by="CallbackAttempt.at", cascade="all, delete-orphan"
    )


class CallbackAttempt(Base):
    """One time that an agent rang a citizen back."""

    __tablename__ = "callback_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(
        ForeignKey("callback_requests.id", ondelete="CASCADE"), index=True
    )
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    answered: Mapped[bool | None]
    """None while it rings."""

    request: Mapped[CallbackRequest] = relationship(back_populates="attempts")
    agent: Mapped[User] = relationship(lazy="joined")


class LedgerPosition(Base):
    """How far Asterisk's queue log has been read into `calls`; moved in the same transaction as what was read."""

    __tablename__ = "ledger_positions"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    inode: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger)
