"""Keeping the list of courses: added, changed, closed; never deleted, as certificates name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.agencies.keep_agencies import CODE
from case_store.audit.trail import SYSTEM, record
from case_store.cases.word_models import Channel
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.training.models import Certificate, Course

LONGEST_NAME: Final = 120
LONGEST_VALID: Final = 120
"""Months."""
MOST_CALLS: Final = 50


class BadCourse(ValueError):
    """`field` says what: a field of the course; `active` where it is the last one of its channel."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class CourseTerms:
    """What can be changed of a course. The certificates that are out keep their days."""

    name_th: str
    name_en: str
    valid_months: int
    practice_calls: int
    active: bool = True


def add_course(
    session: Session, code: str, channel: str, terms: CourseTerms, *, by: Actor, at: datetime
) -> Course:
    """A new course, behind the others. Raises `NotAllowed`, `BadCourse`."""
    require(by, Action.MANAGE_WORDS)
    if not CODE.fullmatch(code) or session.get(Course, code) is not None:
        raise BadCourse("code")
    known = session.get(Channel, channel)
    if known is None or not known.active:
        raise BadCourse("channel")
    _check(terms)
    behind = session.scalar(select(func.max(Course.position)))
    course = Course(
        code=code,
        channel=channel,
        name_th=terms.name_th.strip(),
        name_en=terms.name_en.strip(),
        valid_months=terms.valid_months,
        practice_calls=terms.practice_calls,
        position=0 if behind is None else behind + 1,
        active=True,
    )
    session.add(course)
    session.flush()
    _record(session, "course.added", course, by, at)
    return course


def change_course(
    session: Session, course: Course, terms: CourseTerms, *, by: Actor, at: datetime
) -> None:
    """Counts for certificates that are issued from now on. A channel that wants a certificate keeps one course.

    Raises `NotAllowed`, `BadCourse`.
    """
    require(by, Action.MANAGE_WORDS)
    _check(terms)
    # Two who close the last two courses of a channel at once wait for each other here.
    beside = session.scalars(
        select(Course).where(Course.channel == course.channel).with_for_update()
    ).all()
    if (
        course.active
        and not terms.active
        and not any(one.active and one.code != course.code for one in beside)
    ):
        raise BadCourse("active")
    before = _facts(course)
    course.name_th, course.name_en = terms.name_th.strip(), terms.name_en.strip()
    course.valid_months, course.practice_calls = terms.valid_months, terms.practice_calls
    course.active = terms.active
    if _facts(course) != before:
        session.flush()
        _record(session, "course.changed", course, by, at)


def holders(session: Session, *, at: datetime) -> Mapping[str, int]:
    """Course → people who hold a certificate of it today."""
    today = day_of(at)
    query = select(Certificate.course_code, func.count(Certificate.user_id.distinct())).where(
        Certificate.first_day <= today,
        Certificate.last_day >= today,
        Certificate.revoked_at.is_(None),
    )
    rows = session.execute(query.group_by(Certificate.course_code))
    return {code: count for code, count in rows if code is not None}


def _check(terms: CourseTerms) -> None:
    right = {
        "name_th": 0 < len(terms.name_th.strip()) <= LONGEST_NAME,
        "name_en": 0 < len(terms.name_en.strip()) <= LONGEST_NAME,
        "valid_months": 1 <= terms.valid_months <= LONGEST_VALID,
        "practice_calls": 0 <= terms.practice_calls <= MOST_CALLS,
    }
    for field, is_right in right.items():
        if not is_right:
            raise BadCourse(field)


def _facts(course: Course) -> dict[str, object]:
    return {
        "name_th": course.name_th,
        "name_en": course.name_en,
        "valid_months": course.valid_months,
        "practice_calls": course.practice_calls,
        "active": course.active,
    }


def _record(session: Session, action: str, course: Course, by: Actor, at: datetime) -> None:
    record(
        session, chain=SYSTEM, action=action, subject=f"course:{course.code}", by=by.name, at=at,
        facts=_facts(course) | {"channel": course.channel},
    )  # fmt: skip
