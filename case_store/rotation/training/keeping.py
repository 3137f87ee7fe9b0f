"""Keeping the training: sessions, who takes part, results, practice calls signed off, certificates issued and revoked.

Nobody decides about themselves: not about their own result, practice or certificate.
"""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.clock import BANGKOK
from case_store.events.event import Event, EventKind, announce
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, NotAllowed, centres_within, may, require
from case_store.places.provinces import NATIONAL
from case_store.rotation.training.models import (
    PHONE,
    Attendance,
    Certificate,
    Course,
    Enrolment,
    PracticeCall,
    TrainingResult,
    TrainingSession,
)

LONGEST_SESSION: Final = timedelta(days=14)
FAR: Final = timedelta(days=3 * 366)
LONGEST_NOTE: Final = 300
MOST_PLACES: Final = 500


class BadTraining(ValueError):
    """Something about a session, a result or a certificate is not right; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewSession:
    """What is known of a session that is to be held."""

    course_code: str
    centre_code: str | None
    begins_at: datetime
    ends_at: datetime
    place: str
    trainer: str
    capacity: int


def hold_session(session: Session, new: NewSession, *, by: Actor, at: datetime) -> TrainingSession:
    """Announces a session; one for all centres is the ministry's. Raises `NotAllowed`, `BadTraining`."""
    require(by, Action.KEEP_TRAINING, new.centre_code or NATIONAL)
    course = session.get(Course, new.course_code)
    wrong = {
        "course_code": course is None or not course.active,
        "begins_at": not at - LONGEST_SESSION <= new.begins_at <= at + FAR,
        "ends_at": not new.begins_at < new.ends_at <= new.begins_at + LONGEST_SESSION,
        "place": not 0 < len(new.place.strip()) <= 200,
        "trainer": not 0 < len(new.trainer.strip()) <= 120,
        "capacity": not 1 <= new.capacity <= MOST_PLACES,
    }
    _raise_first(wrong)
    held = TrainingSession(
        course_code=new.course_code,
        centre_code=new.centre_code,
        begins_at=new.begins_at,
        ends_at=new.ends_at,
        place=new.place.strip(),
        trainer=new.trainer.strip(),
        capacity=new.capacity,
        made_by=by.name,
        made_at=at,
    )
    session.add(held)
    session.flush()
    _record(session, new.centre_code, "session_held", f"training:{held.id}", by, at)
    return held


def cancel_session(session: Session, held: TrainingSession, *, by: Actor, at: datetime) -> None:
    """It is not held; who had a place is told."""
    require(by, Action.KEEP_TRAINING, held.centre_code or NATIONAL)
    if held.cancelled_at is None:
        held.cancelled_at = at
        enrolled = session.scalars(
            select(Enrolment.user_id).where(Enrolment.session_id == held.id)
        ).all()
        tell(session, enrolled, "training_cancelled", at=at, **_about(held))
        _record(session, held.centre_code, "session_cancelled", f"training:{held.id}", by, at)


def enrol(
    session: Session, held: TrainingSession, user: User, *, by: Actor, at: datetime
) -> Enrolment:
    """A place for somebody: they take one themselves, or whoever keeps training gives it."""
    if by.user_id != user.id:
        require(by, Action.KEEP_TRAINING, user.centre_code)
    session.execute(  # the last place goes to one of two
        select(TrainingSession.id).where(TrainingSession.id == held.id).with_for_update()
    )
    there = session.scalar(
        select(Enrolment).where(Enrolment.session_id == held.id, Enrolment.user_id == user.id)
    )
    if there is not None:
        return there
    taken = session.scalar(
        select(func.count()).select_from(Enrolment).where(Enrolment.session_id == held.id)
    )
    wrong = {
        "session": held.cancelled_at is not None
        or (held.ends_at < at and not may(by, Action.KEEP_TRAINING, user.centre_code)),
        "user": not user.active or held.centre_code not in (None, user.centre_code),
        "capacity": (taken or 0) >= held.capacity,
    }
    _raise_first(wrong)
    made = Enrolment(session_id=held.id, user_id=user.id)
    session.add(made)
    session.flush()
    if by.user_id != user.id:
        tell(session, [user.id], "training_place", at=at, **_about(held))
    return made


def give_up_place(session: Session, made: Enrolment, *, by: Actor, at: datetime) -> None:
    """Only before anything was recorded of it."""
    if by.user_id != made.user_id:
        require(by, Action.KEEP_TRAINING, made.user.centre_code)
    if made.recorded_at is not None or made.session.begins_at <= at:
        raise BadTraining("session")
    session.delete(made)
    session.flush()


def record_result(
    session: Session,
    made: Enrolment,
    attendance: Attendance,
    result: TrainingResult | None,
    *,
    by: Actor,
    at: datetime,
) -> Certificate | None:
    """Whether somebody came and passed. Whoever has all that the course wants gets the certificate, returned then.

    Raises `NotAllowed` (also for one's own result), `BadTraining`.
    """
    _require_other(by, made.user)
    came = attendance is Attendance.ATTENDED
    wrong = {
        "session": made.session.begins_at > at or made.session.cancelled_at is not None,
        "result": result is not None and not came,
    }
    _raise_first(wrong)
    made.attendance, made.result = attendance, result
    made.recorded_by, made.recorded_at = by.name, at
    session.flush()
    _record(
        session, made.user.centre_code, "result", f"user:{made.user.username}", by, at,
        held=made.session_id, attendance=attendance.value, result=result and result.value,
    )  # fmt: skip
    return issue_if_earned(session, made.user, made.session.course, by=by, at=at)


def sign_off(
    session: Session, call: PracticeCall, *, good: bool, remark: str, by: Actor, at: datetime
) -> Certificate | None:
    """A trainer's word on a simulated call; the last good one that was missing brings the certificate."""
    _require_other(by, call.user)
    if len(remark) > LONGEST_NOTE or (not good and not remark.strip()):
        raise BadTraining("remark")
    call.good, call.remark = good, remark.strip()
    call.signed_off_by, call.signed_off_at = by.name, at
    session.flush()
    kind = "practice_good" if good else "practice_again"
    tell(session, [call.user_id], kind, at=at)
    _record(
        session, call.user.centre_code, "practice", f"user:{call.user.username}", by, at,
        call=call.pbx_id, good=good,
    )  # fmt: skip
    for course in session.scalars(select(Course).where(Course.practice_calls > 0, Course.active)):
        if issued := issue_if_earned(session, call.user, course, by=by, at=at):
            return issued
    return None


def issue_if_earned(
    session: Session, user: User, course: Course, *, by: Actor, at: datetime
) -> Certificate | None:
    """A certificate for who passed the course, and of whom enough simulated calls were good since; None otherwise."""
    passed = session.scalar(
        select(Enrolment)
        .join(TrainingSession, TrainingSession.id == Enrolment.session_id)
        .where(
            Enrolment.user_id == user.id,
            Enrolment.result == TrainingResult.PASSED,
            TrainingSession.course_code == course.code,
        )
        .order_by(TrainingSession.ends_at.desc())
        .limit(1)
    )
    if passed is None or good_calls(session, user, course) < course.practice_calls:
        return None
    issued_since = select(Certificate.id).where(
        Certificate.user_id == user.id,
        Certificate.course_code == course.code,
        Certificate.issued_at >= passed.session.begins_at,
    )
    if session.scalar(issued_since.limit(1)) is not None:
        return None
    return _issue(session, user, course, first_day=_day(at), note="", by=by, at=at)


def good_calls(session: Session, user: User, course: Course) -> int:
    """Simulated calls that a trainer found good, within the time that a certificate of the course holds."""
    if not course.practice_calls:
        return 0
    good = select(func.count()).where(PracticeCall.user_id == user.id, PracticeCall.good.is_(True))
    return session.scalar(good) or 0


def issue_certificate(
    session: Session,
    user: User,
    course: Course,
    *,
    first_day: date,
    note: str,
    by: Actor,
    at: datetime,
) -> Certificate:
    """For training that was not held here: a paper, an older register. `note` says which. Raises as the others."""
    _require_other(by, user)
    today = _day(at)
    wrong = {
        "user": not user.active,
        "course_code": not course.active,
        "first_day": not today - timedelta(days=31 * course.valid_months)
        < first_day
        <= today + FAR,
        "note": not 0 < len(note.strip()) <= LONGEST_NOTE,
    }
    _raise_first(wrong)
    return _issue(session, user, course, first_day=first_day, note=note.strip(), by=by, at=at)


def revoke(
    session: Session, certificate: Certificate, reason: str, *, by: Actor, at: datetime
) -> None:
    """It holds no more from this moment: the person leaves the queue, and a talk that goes on is not cut."""
    _require_other(by, certificate.user)
    if not 0 < len(reason.strip()) <= LONGEST_NOTE:
        raise BadTraining("reason")
    if certificate.revoked_at is not None:
        return
    certificate.revoked_at, certificate.revoked_by = at, by.name
    certificate.revoked_reason = reason.strip()
    session.flush()
    _tell_of(session, certificate, "certificate_revoked", at)
    _record(
        session, certificate.user.centre_code, "certificate_revoked",
        f"user:{certificate.user.username}", by, at, certificate=certificate.id,
        channel=certificate.channel, detail=certificate.revoked_reason,
    )  # fmt: skip


def take_practice_call(
    session: Session, user: User, pbx_id: str, *, began_at: datetime, seconds: int
) -> None:
    """Writes a simulated call down, once however often it is told."""
    if session.scalar(select(PracticeCall.id).where(PracticeCall.pbx_id == pbx_id)) is None:
        session.add(
            PracticeCall(user_id=user.id, pbx_id=pbx_id, began_at=began_at, seconds=seconds)
        )
        session.flush()


def sessions_for(
    session: Session, centre_codes: Collection[str] | None, *, since: datetime, limit: int = 100
) -> list[TrainingSession]:
    """Sessions that people of these centres (None: of any) can go to, from a moment on, the next first."""
    query = select(TrainingSession).where(TrainingSession.ends_at >= since)
    if centre_codes is not None:
        query = query.where(
            or_(
                TrainingSession.centre_code.is_(None),
                TrainingSession.centre_code.in_(centre_codes),
            )
        )
    return list(session.scalars(query.order_by(TrainingSession.begins_at).limit(limit)))


def calls_to_sign_off(session: Session, *, by: Actor, limit: int = 50) -> list[PracticeCall]:
    """Simulated calls of which no trainer has said anything yet, the oldest first."""
    require(by, Action.KEEP_TRAINING)
    query = select(PracticeCall).join(User, User.id == PracticeCall.user_id)
    query = query.where(PracticeCall.signed_off_at.is_(None), User.active)
    if (centres := centres_within(by, Action.KEEP_TRAINING)) is not None:
        query = query.where(User.centre_code.in_(centres))
    if by.user_id is not None:
        query = query.where(PracticeCall.user_id != by.user_id)
    return list(session.scalars(query.order_by(PracticeCall.id).limit(limit)))


def _issue(
    session: Session,
    user: User,
    course: Course,
    *,
    first_day: date,
    note: str,
    by: Actor,
    at: datetime,
) -> Certificate:
    certificate = Certificate(
        user_id=user.id,
        channel=course.channel,
        course_code=course.code,
        first_day=first_day,
        last_day=months_later(first_day, course.valid_months) - timedelta(days=1),
        issued_by=by.name,
        issued_at=at,
        note=note,
    )
    session.add(certificate)
    session.flush()
    _tell_of(session, certificate, "certificate_issued", at)
    _record(
        session, user.centre_code, "certificate_issued", f"user:{user.username}", by, at,
        certificate=certificate.id, channel=course.channel,
        last_day=certificate.last_day.isoformat(), detail=note,
    )  # fmt: skip
    return certificate


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _tell_of(session: Session, certificate: Certificate, kind: str, at: datetime) -> None:
    course = session.get_one(Course, certificate.course_code)
    tell(
        session, [certificate.user_id], kind, at=at, course_th=course.name_th,
        course_en=course.name_en, day=certificate.last_day.isoformat(),
    )  # fmt: skip
    if certificate.channel == PHONE:
        user = session.get_one(User, certificate.user_id)
        announce(session, Event(EventKind.AGENT_CHANGED, str(user.id), user.centre_code, user.id))


def _require_other(by: Actor, user: User) -> None:
    require(by, Action.KEEP_TRAINING, user.centre_code)
    if by.user_id == user.id:
        raise NotAllowed(by, Action.KEEP_TRAINING)


def _about(held: TrainingSession) -> dict[str, str]:
    return {
        "course_th": held.course.name_th,
        "course_en": held.course.name_en,
        "day": held.begins_at.astimezone(BANGKOK).date().isoformat(),
        "place": held.place,
    }


def _day(at: datetime) -> date:
    return at.astimezone(BANGKOK).date()


def _raise_first(wrong: dict[str, bool]) -> None:
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise BadTraining(field)


def _record(
    session: Session,
    centre_code: str | None,
    action: str,
    subject: str,
    by: Actor,
    at: datetime,
    *,
    detail: str = "",
    **facts: object,
) -> None:
    record(
        session, chain=centre_code or NATIONAL, action=f"training.{action}", subject=subject,
        by=by.name, at=at, facts=facts, detail=detail,
    )  # fmt: skip
