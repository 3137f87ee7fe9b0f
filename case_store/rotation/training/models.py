"""Courses, their sessions, who took part, practice calls, and certificates. Days are those of Bangkok."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_store.database import Base
from case_store.people.models import User

PHONE: str = "phone_1567"
"""The channel of the hotline; a certificate of it lets somebody take calls."""


class Course(Base):
    """What must be learned to work a channel's tool. Kept as the other lists of words: closed, never deleted."""

    __tablename__ = "courses"
    __table_args__ = (
        CheckConstraint("valid_months > 0", name="valid_months"),
        CheckConstraint("practice_calls >= 0", name="practice_calls"),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    name_th: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(120))
    valid_months: Mapped[int]
    """How long its certificate holds."""
    practice_calls: Mapped[int] = mapped_column(default=0)
    """So many simulated calls a trainer must have signed off before the certificate is issued."""
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th


class TrainingSession(Base):
    """One holding of a course: at a centre, or (`centre_code` None) for people of all centres."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        Index("ix_training_sessions_course_code_begins_at", "course_code", "begins_at"),
        CheckConstraint("begins_at < ends_at", name="times"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_code: Mapped[str] = mapped_column(ForeignKey("courses.code"))
    centre_code: Mapped[str | None] = mapped_column(String(2))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    trainer: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int]
    cancelled_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]

    course: Mapped[Course] = relationship(lazy="joined")


class Attendance(StrEnum):
    ENROLLED = "enrolled"
    ATTENDED = "attended"
    ABSENT = "absent"


class TrainingResult(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class Enrolment(Base):
    """Somebody's place in a session, whether they came, and how it ended."""

    __tablename__ = "enrolments"
    __table_args__ = (UniqueConstraint("session_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    attendance: Mapped[Attendance] = mapped_column(default=Attendance.ENROLLED)
    result: Mapped[TrainingResult | None]
    recorded_by: Mapped[str | None] = mapped_column(String(120))
    recorded_at: Mapped[datetime | None]

    session: Mapped[TrainingSession] = relationship(lazy="joined")
    user: Mapped[User] = relationship(lazy="joined")


class PracticeCall(Base):
    """A simulated call that somebody took on the demo line. It is no citizen's call and stands in no statistics."""

    __tablename__ = "practice_calls"
    __table_args__ = (UniqueConstraint("pbx_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    pbx_id: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    seconds: Mapped[int]
    signed_off_by: Mapped[str | None] = mapped_column(String(120))
    signed_off_at: Mapped[datetime | None]
    good: Mapped[bool | None]
    """What the trainer said: it counts, or once more."""
    remark: Mapped[str] = mapped_column(String(300), default="")

    user: Mapped[User] = relationship(lazy="joined")


class Certificate(Base):
    """That somebody may work a channel, from the first to the last day. A revoked one holds no more at once."""

    __tablename__ = "certificates"
    __table_args__ = (
        Index("ix_certificates_user_id_channel", "user_id", "channel"),
        Index("ix_certificates_last_day", "last_day"),
        CheckConstraint("first_day <= last_day", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(32))
    course_code: Mapped[str] = mapped_column(ForeignKey("courses.code"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    issued_by: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(120))
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")
    warned_days: Mapped[int | None]
    """The last warning of its end that was sent, in days ahead: 60, 30 or 7."""

    user: Mapped[User] = relationship(lazy="joined")
    course: Mapped[Course] = relationship(lazy="joined")
