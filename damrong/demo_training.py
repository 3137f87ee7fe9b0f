"""The demo's training: who takes calls is certified, but for one trainee, whose next session is some days ahead."""

from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.deadlines.calendar import day_of
from case_store.people.models import Role, User
from case_store.people.permissions import Actor
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.training.courses import LINE_COURSE, load_courses
from case_store.rotation.training.keeping import NewSession, hold_session, issue_certificate
from case_store.rotation.training.models import Certificate, Course, TrainingSession

CENTRE: Final = "50"
DAYS_AHEAD: Final = 3
_BY: Final = Actor("demo", Role.NATIONAL_OFFICER, "00")


def certify(session: Session, user: User, *, at: datetime) -> None:
    """Demo people who take calls have been trained, or nobody could try one."""
    if user.role not in TAKES_CALLS:
        return
    trained = select(Certificate.id).where(Certificate.user_id == user.id)
    if session.scalar(trained.limit(1)) is None:
        load_courses(session)
        course = session.get_one(Course, LINE_COURSE)
        issue_certificate(
            session, user, course, first_day=day_of(at), note="demo", by=_BY, at=at
        )  # fmt: skip


def hold_next_session(session: Session, *, at: datetime) -> None:
    """A session that the trainee can take a place in, unless one is to come already."""
    coming = select(TrainingSession.id).where(
        TrainingSession.centre_code == CENTRE,
        TrainingSession.begins_at > at,
        TrainingSession.cancelled_at.is_(None),
    )
    if session.scalar(coming.limit(1)) is not None:
        return
    load_courses(session)
    begins = datetime.combine(day_of(at) + timedelta(days=DAYS_AHEAD), time(9), BANGKOK)
    hold_session(
        session,
        NewSession(
            course_code=LINE_COURSE,
            centre_code=CENTRE,
            begins_at=begins,
            ends_at=begins + timedelta(hours=7),
            place="ห้องประชุมศูนย์ดำรงธรรมจังหวัดเชียงใหม่",
            trainer="วิชัย พิทักษ์ชน",
            capacity=20,
        ),
        by=_BY,
        at=at,
    )
