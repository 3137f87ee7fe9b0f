"""The gate: nobody works a channel without a certificate that is valid then, by whatever path they come.

Being made ready, Asterisk's queue members, and every duty of a rota ask here.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from case_store.clock import BANGKOK
from case_store.people.models import User
from case_store.rotation.training.courses import course_of_channel
from case_store.rotation.training.models import Certificate, Course, TrainingSession


@dataclass(frozen=True)
class CourseWanted:
    """The course that somebody lacks, and when and where it is held next, if that is known."""

    code: str
    name_th: str
    name_en: str
    begins_at: datetime | None = None
    place: str = ""

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_th


class NotCertified(Exception):
    """Somebody has no valid certificate for a channel. It holds plain values: the transaction is rolled back."""

    def __init__(self, channel: str, course: CourseWanted | None) -> None:
        super().__init__(f"no valid certificate for {channel}")
        self.channel = channel
        self.course = course


@dataclass(frozen=True)
class Held:
    """A certificate in force: whose, for which channel, from the first to the last day."""

    user_id: int
    channel: str
    first_day: date
    last_day: date


def certified_now(
    user_id: InstrumentedAttribute[int], channel: str, at: datetime
) -> ColumnElement[bool]:
    """For queries: whether a row's person may work the channel at a moment."""
    today = at.astimezone(BANGKOK).date()
    return exists().where(
        Certificate.user_id == user_id,
        Certificate.channel == channel,
        Certificate.first_day <= today,
        Certificate.last_day >= today,
        Certificate.revoked_at.is_(None),
    )


def certificates_in_force(
    session: Session,
    user_ids: Collection[int],
    *,
    first: date,
    last: date,
    channel: str | None = None,
) -> list[Held]:
    """All that hold on any of these days; one query for a whole centre."""
    query = select(
        Certificate.user_id, Certificate.channel, Certificate.first_day, Certificate.last_day
    ).where(
        Certificate.user_id.in_(user_ids),
        Certificate.revoked_at.is_(None),
        Certificate.first_day <= last,
        Certificate.last_day >= first,
    )
    if channel is not None:
        query = query.where(Certificate.channel == channel)
    return [Held(*row) for row in session.execute(query.order_by(Certificate.first_day))]


def covers(held: Iterable[Held], first: date, last: date) -> bool:
    """Whether every day has a certificate; a renewed one may go on where the old one ends."""
    spans = list(held)
    day = first
    while day <= last:
        if not any(one.first_day <= day <= one.last_day for one in spans):
            return False
        day += timedelta(days=1)
    return True


def is_certified(session: Session, user_id: int, channel: str, first: date, last: date) -> bool:
    """Whether somebody may work a channel on all of these days."""
    held = certificates_in_force(session, [user_id], first=first, last=last, channel=channel)
    return covers(held, first, last)


def require_certificate(session: Session, user: User, channel: str, *, at: datetime) -> None:
    """Raises `NotCertified` unless the person may work the channel today."""
    today = at.astimezone(BANGKOK).date()
    if not is_certified(session, user.id, channel, today, today):
        raise missing(session, channel, user.centre_code, at=at)


def missing(session: Session, channel: str, centre_code: str, *, at: datetime) -> NotCertified:
    """The refusal for people of a centre: what they need, and where they can get it next."""
    course = course_of_channel(session, channel)
    if course is None:
        return NotCertified(channel, None)
    held = next_session(session, course, centre_code, at=at)
    wanted = CourseWanted(
        course.code,
        course.name_th,
        course.name_en,
        held.begins_at if held else None,
        held.place if held else "",
    )
    return NotCertified(channel, wanted)


def next_session(
    session: Session, course: Course, centre_code: str, *, at: datetime
) -> TrainingSession | None:
    """The next session of a course that people of a centre can go to."""
    return session.scalar(
        select(TrainingSession)
        .where(
            TrainingSession.course_code == course.code,
            or_(TrainingSession.centre_code.is_(None), TrainingSession.centre_code == centre_code),
            TrainingSession.cancelled_at.is_(None),
            TrainingSession.begins_at > at,
        )
        .order_by(TrainingSession.begins_at)
        .limit(1)
    )
