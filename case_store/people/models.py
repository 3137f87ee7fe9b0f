"""Staff, their sign-ins, their presence on the lines, and the tokens of other programs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base


class Role(StrEnum):
    """What somebody is in the system (DOMAIN: who uses it)."""

    AGENT = "agent"
    CASE_OFFICER = "case_officer"
    AGENCY_OFFICER = "agency_officer"
    SUPERVISOR = "supervisor"
    DEPUTY_GOVERNOR = "deputy_governor"
    GOVERNOR = "governor"
    INSPECTOR = "inspector"
    NATIONAL_OFFICER = "national_officer"
    ADMINISTRATOR = "administrator"


class PresenceState(StrEnum):
    OFF = "off"
    READY = "ready"
    BREAK = "break"
    PRACTICE = "practice"
    """Takes simulated calls of the demo line, and never a citizen's."""


class BreakReason(StrEnum):
    """Why an agent is away; ASCII, since Asterisk's own records hold it too."""

    MEAL = "meal"
    REST = "rest"
    PRAYER = "prayer"
    MEETING = "meeting"
    TRAINING = "training"
    CASEWORK = "casework"
    OTHER = "other"


class User(Base):
    """A member of staff. `centre_code` 00 is the ministry's own centre.

    An agency officer belongs to an agency, an inspector to an inspection region.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role]
    centre_code: Mapped[str] = mapped_column(String(2), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    is_agency_head: Mapped[bool] = mapped_column(default=False)
    """Of an agency's officers, the one who is told when nothing moves."""
    inspection_region: Mapped[str | None] = mapped_column(String(4))
    password_hash: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(2), default="th")
    active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    presence: Mapped["Presence | None"] = relationship(back_populates="user", lazy="joined")

    @property
    def extension(self) -> str:
        """The name of this person's telephone in Asterisk."""
        return f"ag{self.id:04d}"


class SignIn(Base):
    """One signed-in browser. The cookie holds a token of which only the hash is kept."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class Presence(Base):
    """Whether an agent takes calls. A row for each person who ever did; off when there is none."""

    __tablename__ = "presences"
    __table_args__ = (
        CheckConstraint("(state = 'break') = (break_reason IS NOT NULL)", name="break_has_reason"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[PresenceState] = mapped_column(default=PresenceState.OFF)
    break_reason: Mapped[BreakReason | None]
    since: Mapped[datetime]
    wrap_up_until: Mapped[datetime | None]
    wrap_up_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship(back_populates="presence")


class SoftphoneCredential(Base):
    """The short-lived right of one browser to be a person's telephone; the newest one counts.

    `ha1` is the SIP digest of the secret, which itself only the browser has.
    """

    __tablename__ = "softphone_credentials"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"))
    ha1: Mapped[str] = mapped_column(String(32))
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of another program; only its hash is kept."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_token_hash", "token_hash", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    role: Mapped[Role]
    centre_code: Mapped[str] = mapped_column(String(2))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    inspection_region: Mapped[str | None] = mapped_column(String(4))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
