"""The courses, and their start values: one for each tool that the ministry's letter wants people trained for."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.rotation.training.models import PHONE, Course

LINE_COURSE: Final = "line_1567"
COURSES: Final = (
    (LINE_COURSE, PHONE, "การรับสาย 1567", "Taking calls on 1567", 24, 3),
    ("web_intake", "web_province", "การรับเรื่องทางเว็บไซต์", "Intake by web site", 24, 0),
    ("case_work", "walk_in", "การบันทึกและติดตามเรื่อง", "Recording and following up cases", 24, 0),
    ("e_inspection", "e_inspection", "ระบบตรวจราชการอิเล็กทรอนิกส์", "E-inspection", 24, 0),
)
"""Code, channel, names, months that the certificate holds, practice calls. Our own start values."""


def load_courses(session: Session) -> None:
    """Adds the start values that are not there; what an administrator changed stays as it is."""
    for position, (code, channel, th, en, months, calls) in enumerate(COURSES):
        if session.get(Course, code) is None:
            session.add(
                Course(
                    code=code, channel=channel, name_th=th, name_en=en, valid_months=months,
                    practice_calls=calls, position=position, active=True,
                )
            )  # fmt: skip
    session.flush()


def courses(session: Session) -> list[Course]:
    return list(session.scalars(select(Course).order_by(Course.position, Course.code)))


def course_of_channel(session: Session, channel: str) -> Course | None:
    """The course whose certificate a channel wants."""
    wanted = select(Course).where(Course.channel == channel, Course.active)
    return session.scalar(wanted.order_by(Course.position).limit(1))
