"""Somebody on standby is rung: who may be, what their answer does, and what a crash leaves behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.people.presence import desired_members, set_presence
from case_store.rotation.rota.models import (
    Attendance,
    ShiftPlace,
    StaffClass,
    StandbyCall,
    StandbyState,
)
from case_store.rotation.rota.terms import NewTerms, set_terms
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.today.standby import (
    MOST_TRIES,
    TRY_AGAIN_AFTER,
    CannotRing,
    answer,
    ask_to_ring,
    centre_that_asks,
    end_lost_tries,
    number_to_ring,
    take_next,
)
from tests.case_store.kit import person, signed_in
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

BEGIN = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
"""08:00 in Bangkok: the morning begins, and the standby with it."""
NOW = BEGIN + timedelta(minutes=6)
PHONE = "081-234 5678"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def wichai(session: Session) -> User:
    return person(session, "wichai", Role.SUPERVISOR)


@pytest.fixture
def malee(session: Session, wichai: User) -> User:
    """On standby from 8 to 16; Kanya has the morning and has not come."""
    morning, *_ = kit.three_shifts(session)
    standby = kit.shift_type(session, "S", 8, place=ShiftPlace.STANDBY)
    rota = kit.rota(session)
    malee, kanya = person(session, "malee"), person(session, "kanya")
    kit.duty(session, rota, malee, FIRST, standby)
    kit.duty(session, rota, kanya, FIRST, morning)
    session.add(
        Attendance(
            centre_code="50", user_id=kanya.id, day=FIRST, shift_type_id=morning.id, missed_at=NOW
        )
    )
    terms = NewTerms(StaffClass.OFFICIAL, 2400, standby_phone=PHONE)
    set_terms(session, malee, terms, by=_actor(wichai), at=BEGIN)
    return malee


def _actor(user: User) -> Actor:
    return Actor(user.username, user.role, user.centre_code, user.id)


def _told(session: Session, user: User) -> list[str]:
    session.flush()
    query = select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)
    return [kind for kind in session.scalars(query) if kind.startswith("standby")]


def test_who_accepts_takes_calls_from_then_on(session: Session, wichai: User, malee: User) -> None:
    signed_in(session, malee, NOW)
    with pytest.raises(NotOnShift):
        set_presence(session, malee, PresenceState.READY, at=NOW)
    call = ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    assert number_to_ring(session, call.id) is None  # not before it is taken up
    assert take_next(session, at=NOW) == call.id
    assert take_next(session, at=NOW) is None  # once
    assert number_to_ring(session, call.id) == "0812345678"
    assert centre_that_asks(session, call.id) == "50"
    assert answer(session, call.id, accepts=True, at=NOW)
    assert not answer(session, call.id, accepts=False, at=NOW)
    set_presence(session, malee, PresenceState.READY, at=NOW)
    session.flush()
    members = desired_members(session, at=NOW, idle=timedelta(days=1))
    assert {one.extension for one in members} == {malee.extension}
    assert _told(session, wichai) == ["standby_accepted"]
    assert number_to_ring(session, call.id) is None


def test_who_declines_stays_at_home(session: Session, wichai: User, malee: User) -> None:
    call = ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    take_next(session, at=NOW)
    assert answer(session, call.id, accepts=False, at=NOW)
    with pytest.raises(NotOnShift):
        set_presence(session, malee, PresenceState.READY, at=NOW)
    assert _told(session, wichai) == ["standby_declined"]


def test_nobody_answers_three_times(session: Session, wichai: User, malee: User) -> None:
    call = ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    at = NOW
    for tries in range(1, MOST_TRIES + 1):
        assert take_next(session, at=at) == call.id
        assert call.tries == tries
        assert end_lost_tries(session, {call.id}, at=at) == 0  # it rings
        assert end_lost_tries(session, (), at=at) == 1  # nobody answered, or ivr was killed
        assert take_next(session, at=at) is None  # not at once
        at += TRY_AGAIN_AFTER
    assert call.state is StandbyState.UNANSWERED
    assert _told(session, wichai) == ["standby_unanswered"]


def test_after_the_shift_nobody_is_rung(session: Session, wichai: User, malee: User) -> None:
    call = ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    assert take_next(session, at=BEGIN + timedelta(hours=8)) is None
    assert call.state is StandbyState.FAILED
    assert _told(session, wichai) == ["standby_failed"]


def test_whom_one_cannot_ring(session: Session, wichai: User, malee: User) -> None:
    def why(user: User, at: datetime = NOW) -> str:
        with pytest.raises(CannotRing) as refused:
            ask_to_ring(session, user, by=_actor(wichai), at=at)
        return refused.value.why

    assert why(malee, BEGIN - timedelta(minutes=1)) == "not_on_standby"
    assert why(wichai) == "not_on_standby"
    with pytest.raises(NotAllowed):
        ask_to_ring(session, malee, by=_actor(malee), at=NOW)
    other = person(session, "boonmee", Role.SUPERVISOR, "10")
    with pytest.raises(NotAllowed):
        ask_to_ring(session, malee, by=_actor(other), at=NOW)
    ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    assert why(malee) == "rung_already"
    session.execute(delete(StandbyCall))
    set_terms(session, malee, NewTerms(StaffClass.OFFICIAL, 2400), by=_actor(wichai), at=NOW)
    assert why(malee) == "no_phone"


def test_the_trail_does_not_hold_the_number(session: Session, wichai: User, malee: User) -> None:
    call = ask_to_ring(session, malee, by=_actor(wichai), at=NOW)
    take_next(session, at=NOW)
    answer(session, call.id, accepts=True, at=NOW)
    session.flush()
    entries = session.scalars(select(AuditEntry)).all()
    written = [str(vars(entry)) for entry in entries]
    assert [one for one in written if "standby.accepted" in one]
    assert not [one for one in written if "812345678" in one]
