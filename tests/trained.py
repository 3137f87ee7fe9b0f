"""People who are trained for the line: most tests are about something else."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.training.courses import LINE_COURSE, load_courses
from case_store.rotation.training.models import PHONE, Certificate


def trained(session: Session, user: User) -> User:
    """Gives whoever may take calls a certificate for always."""
    if user.role in TAKES_CALLS:
        load_courses(session)
        session.add(
            Certificate(
                user_id=user.id, channel=PHONE, course_code=LINE_COURSE, first_day=date(2000, 1, 1),
                last_day=date(2100, 1, 1), issued_by="test", issued_at=datetime(2000, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip
        session.flush()
    return user
