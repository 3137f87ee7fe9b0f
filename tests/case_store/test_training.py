"""Training: the gate on every path, results, practice, certificates, and the warnings before they end."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.events.event import EventKind
from case_store.outbox.models import Notice
from case_store.people.colleagues import on_duty
from case_store.people.models import PresenceState, Role, SignIn, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.people.presence import PRACTICE_QUEUE, desired_members, set_presence
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.editing import RuleBroken, put_duty
from case_store.rotation.training.courses import LINE_COURSE
from case_store.rotation.training.gate import NotCertified, certificates_in_force, is_certified
from case_store.rotation.training.keeping import (
    BadTraining,
    NewSession,
    calls_to_sign_off,
    cancel_session,
    enrol,
    hold_session,
    issue_certificate,
    months_later,
    record_result,
    revoke,
    sign_off,
    take_practice_call,
)
from case_store.rotation.training.models import (
    PHONE,
    Attendance,
    Certificate,
    Course,
    PracticeCall,
    TrainingResult,
    TrainingSession,
)
from case_store.rotation.training.warnings import warn_of_ends
from tests.case_store.kit import IDLE, NATIONAL, NOON, Recorder, person, ready, signed_in
from tests.case_store.rota import kit

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
TODAY = date(2026, 11, 23)


def untrained(session: Session, username: str, centre: str = "50") -> User:
    user = person(session, username, centre=centre)
    session.execute(delete(Certificate).where(Certificate.user_id == user.id))
    return user


def course_on(
    session: Session, days: int, centre: str | None = "50", capacity: int = 10
) -> TrainingSession:
    begins = NOON + timedelta(days=days)
    new = NewSession(
        LINE_COURSE, centre, begins, begins + timedelta(hours=6), "ศาลากลาง", "วิชัย", capacity
    )
    return hold_session(session, new, by=WICHAI if centre == "50" else NATIONAL, at=NOON)


def certificate(session: Session, user: User, first: date = TODAY) -> Certificate:
    course = session.get_one(Course, LINE_COURSE)
    return issue_certificate(
        session, user, course, first_day=first, note="ทะเบียนเดิม", by=WICHAI, at=NOON
    )


def members(session: Session, days: int = 0) -> set[str]:
    at = NOON + timedelta(days=days)
    return {one.extension for one in desired_members(session, at=at, idle=IDLE * 24 * 900)}


# ── The gate ──────────────────────────────────────────────────────────────────────────────────


def test_nobody_untrained_is_made_ready_and_is_told_which_course_and_when(
    database: Database,
) -> None:
    with database.transaction() as session:
        somchai = untrained(session, "somchai")
        course_on(session, 9, centre="10")
        soon = course_on(session, 8)
        national = course_on(session, 30, centre=None)
        with pytest.raises(NotCertified) as refused:
            set_presence(session, somchai, PresenceState.READY, at=NOON)
        assert refused.value.course is not None
        assert (refused.value.channel, refused.value.course.code) == (PHONE, LINE_COURSE)
        assert refused.value.course.begins_at == soon.begins_at
        cancel_session(session, soon, by=WICHAI, at=NOON)
        with pytest.raises(NotCertified) as refused:
            set_presence(session, somchai, PresenceState.READY, at=NOON)
        assert refused.value.course is not None
        assert refused.value.course.begins_at == national.begins_at
        certificate(session, somchai)
        set_presence(session, somchai, PresenceState.READY, at=NOON)


def test_a_queue_holds_nobody_whose_certificate_ended_or_was_revoked(
    database: Database, recorder: Recorder
) -> None:
    with database.transaction() as session:
        kanya = person(session, "kanya")
        session.execute(delete(Certificate).where(Certificate.user_id == kanya.id))
        held = certificate(session, kanya)
        ready(session, kanya)
        _keep_signed_in(session, kanya, timedelta(days=900))
        assert members(session) == {kanya.extension}
        last = (held.last_day - TODAY).days
        assert members(session, days=last) == {kanya.extension}
        assert members(session, days=last + 1) == set()
    recorder.events.clear()
    with database.transaction() as session:
        revoke(session, session.get_one(Certificate, held.id), "ร้องเรียน", by=WICHAI, at=NOON)
        assert members(session) == set()
    assert EventKind.AGENT_CHANGED in {event.kind for event in recorder.events}


def _keep_signed_in(session: Session, user: User, lasts: timedelta) -> None:
    for sign_in in session.scalars(select(SignIn).where(SignIn.user_id == user.id)):
        sign_in.expires_at = NOON + lasts
    session.flush()


def test_no_duty_without_a_certificate_on_every_day_that_it_touches(database: Database) -> None:
    with database.transaction() as session:
        late = kit.shift_type(session, "L", 22)
        rota, kanya = kit.rota(session), untrained(session, "kanya")
        ends = kit.FIRST + timedelta(days=3)
        held = certificate(session, kanya)
        held.last_day = ends
        session.flush()
        put_duty(session, rota, kanya, ends - timedelta(days=1), late, by=WICHAI, at=NOON)
        with pytest.raises(RuleBroken) as refused:  # past midnight there is none
            put_duty(session, rota, kanya, ends, late, by=WICHAI, at=NOON)
        assert [breach.rule for breach in refused.value.breaches] == [BreachRule.CERTIFICATE]
        assert not refused.value.may_insist
        renewed = certificate(session, kanya)
        renewed.first_day = ends + timedelta(days=1)
        session.flush()
        put_duty(session, rota, kanya, ends, late, by=WICHAI, at=NOON)


# ── From the course to the certificate ────────────────────────────────────────────────────────


def test_who_passed_and_practised_gets_a_certificate(database: Database) -> None:
    with database.transaction() as session:
        somchai, held = untrained(session, "somchai"), course_on(session, 1)
        place = enrol(session, held, somchai, by=WICHAI, at=NOON)
        after = NOON + timedelta(days=2)
        with pytest.raises(BadTraining, match="session"):
            record_result(
                session, place, Attendance.ATTENDED, TrainingResult.PASSED, by=WICHAI, at=NOON
            )
        with pytest.raises(BadTraining, match="result"):
            record_result(
                session, place, Attendance.ABSENT, TrainingResult.PASSED, by=WICHAI, at=after
            )
        passed = record_result(
            session, place, Attendance.ATTENDED, TrainingResult.PASSED, by=WICHAI, at=after
        )
        assert passed is None  # three simulated calls are missing
        for number in range(4):
            take_practice_call(session, somchai, f"practice.{number}", began_at=after, seconds=90)
            take_practice_call(session, somchai, f"practice.{number}", began_at=after, seconds=90)
        waiting = calls_to_sign_off(session, by=WICHAI)
        assert [call.pbx_id for call in waiting] == [f"practice.{number}" for number in range(4)]
        with pytest.raises(BadTraining, match="remark"):
            sign_off(session, waiting[0], good=False, remark=" ", by=WICHAI, at=after)
        sign_off(session, waiting[0], good=False, remark="ทวนเลขที่เรื่อง", by=WICHAI, at=after)
        issued = [
            sign_off(session, call, good=True, remark="", by=WICHAI, at=after)
            for call in waiting[1:]
        ]
        assert issued[:2] == [None, None]
        assert issued[2] is not None
        day = date(2026, 11, 25)
        assert (issued[2].first_day, issued[2].last_day) == (day, date(2028, 11, 24))
        assert is_certified(session, somchai.id, PHONE, day, issued[2].last_day)
        again = record_result(
            session, place, Attendance.ATTENDED, TrainingResult.PASSED, by=WICHAI, at=after
        )
        assert again is None  # one session, one certificate


def test_nobody_decides_about_themselves_or_another_centre(database: Database) -> None:
    with database.transaction() as session:
        wichai = person(session, "wichai", Role.SUPERVISOR)
        himself = Actor("wichai", Role.SUPERVISOR, "50", user_id=wichai.id)
        course = session.get_one(Course, LINE_COURSE)
        stranger = Actor("x", Role.SUPERVISOR, "10")
        for actor in (himself, stranger, Actor("kanya", Role.AGENT, "50")):
            with pytest.raises(NotAllowed):
                issue_certificate(
                    session, wichai, course, first_day=TODAY, note="x", by=actor, at=NOON
                )
        take_practice_call(session, wichai, "practice.1", began_at=NOON, seconds=60)
        assert calls_to_sign_off(session, by=himself) == []
        call = session.scalars(select(PracticeCall)).one()
        with pytest.raises(NotAllowed):
            sign_off(session, call, good=True, remark="", by=himself, at=NOON)


def test_the_last_place_is_taken_once(database: Database) -> None:
    with database.transaction() as session:
        held = course_on(session, 3, capacity=1)
        kanya, malee = person(session, "kanya"), person(session, "malee")
        own = Actor("kanya", Role.AGENT, "50", user_id=kanya.id)
        assert enrol(session, held, kanya, by=own, at=NOON) is enrol(
            session, held, kanya, by=own, at=NOON
        )
        with pytest.raises(BadTraining, match="capacity"):
            enrol(session, held, malee, by=WICHAI, at=NOON)
        with pytest.raises(NotAllowed):
            enrol(session, held, malee, by=own, at=NOON)


# ── Warnings ──────────────────────────────────────────────────────────────────────────────────


def test_ends_are_warned_of_60_30_and_7_days_ahead_once_each(database: Database) -> None:
    with database.transaction() as session:
        kanya, wichai = untrained(session, "kanya"), person(session, "wichai", Role.SUPERVISOR)
        session.execute(delete(Certificate).where(Certificate.user_id == wichai.id))
        held = certificate(session, kanya)
        session.execute(delete(Notice))
        told = []
        for left in range(90, -2, -1):
            day = held.last_day - timedelta(days=left)
            at = NOON + (day - TODAY)
            for _ in range(2):
                warn_of_ends(session, at=at, limit=50)
            notices = session.scalars(select(Notice)).all()
            told += [(left, notice.kind, notice.user_id) for notice in notices]
            session.execute(delete(Notice))
        assert told == [
            (left, kind, user.id)
            for left in (60, 30, 7)
            for kind, user in (("certificate_ends", kanya), ("certificate_of_ends", wichai))
        ]


def test_whose_certificate_is_renewed_is_not_warned(database: Database) -> None:
    with database.transaction() as session:
        kanya = untrained(session, "kanya")
        held = certificate(session, kanya)
        certificate(session, kanya, held.last_day + timedelta(days=1))
        session.execute(delete(Notice))
        warn_of_ends(session, at=NOON + (held.last_day - TODAY) - timedelta(days=20), limit=50)
        assert session.scalars(select(Notice)).all() == []


def test_certificates_of_a_centre_come_in_one_query(database: Database) -> None:
    with database.transaction() as session:
        people = [person(session, f"person{number}").id for number in range(3)]
        held = certificates_in_force(session, people, first=TODAY, last=TODAY)
        assert {one.user_id for one in held} == set(people)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 5, 15), 24, date(2028, 5, 15)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_who_practises_waits_for_simulated_calls_alone(database: Database) -> None:
    with database.transaction() as session:
        somchai, trained_one = untrained(session, "somchai"), person(session, "suda")
        for user in (somchai, trained_one):
            signed_in(session, user)
            set_presence(session, user, PresenceState.PRACTICE, at=NOON)
        members = desired_members(session, at=NOON, idle=IDLE)
        assert {(one.queue, one.paused) for one in members} == {(PRACTICE_QUEUE, False)}
        assert {one.extension for one in members} == {somchai.extension, trained_one.extension}
        assert on_duty(session, at=NOON, idle=IDLE) == []
        with pytest.raises(NotCertified):
            set_presence(session, somchai, PresenceState.READY, at=NOON)
