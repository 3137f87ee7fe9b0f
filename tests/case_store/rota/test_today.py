"""On the day: the queue follows the schedule; who is asked, missing, kept on, and let go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor
from case_store.people.presence import desired_members, set_presence
from case_store.rotation.rota.models import (
    Attendance,
    Layer,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
)
from case_store.rotation.rota.night_sharing import agree_sharing
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.today.attendance import keep_attendance
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.today.shifts import KEPT_ON
from tests.case_store.kit import person, signed_in
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

BEGIN = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
"""08:00 in Bangkok: the morning begins."""
END = BEGIN + timedelta(hours=8)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


def _members(session: Session, at: datetime) -> set[str]:
    session.flush()
    return {one.extension for one in desired_members(session, at=at, idle=timedelta(days=9))}


def _team(session: Session) -> tuple[User, User, User]:
    """Kanya has the morning, Somchai the evening, Malee nothing; all are signed in."""
    morning, evening, _ = kit.three_shifts(session)
    rota = kit.rota(session)
    kanya, somchai, malee = (person(session, name) for name in ("kanya", "somchai", "malee"))
    kit.duty(session, rota, kanya, FIRST, morning)
    kit.duty(session, rota, somchai, FIRST, evening)
    for user in (kanya, somchai, malee):
        signed_in(session, user, BEGIN - MINUTE)
    return kanya, somchai, malee


def _ready(session: Session, user: User, at: datetime) -> None:
    set_presence(session, user, PresenceState.READY, at=at)
    session.flush()


def _told(session: Session) -> list[tuple[str, int]]:
    session.flush()
    notices = session.scalars(select(Notice).order_by(Notice.id)).all()
    return [(notice.kind, notice.user_id) for notice in notices]


def test_the_queue_follows_the_shift(session: Session) -> None:
    kanya, somchai, malee = _team(session)
    _ready(session, kanya, BEGIN - 5 * MINUTE)  # a little early
    assert _members(session, BEGIN - MINUTE) == set()
    assert _members(session, BEGIN) == {kanya.extension}
    with pytest.raises(NotOnShift) as refused:
        set_presence(session, somchai, PresenceState.READY, at=BEGIN)
    assert refused.value.begins_at == END
    with pytest.raises(NotOnShift) as refused:
        set_presence(session, malee, PresenceState.READY, at=BEGIN)
    assert refused.value.begins_at is None
    _ready(session, somchai, END - 5 * MINUTE)
    assert _members(session, END - MINUTE) == {kanya.extension}
    assert _members(session, END) == {somchai.extension}


def test_a_queue_is_not_left_empty_for_half_an_hour(session: Session) -> None:
    kanya, somchai, _ = _team(session)
    _ready(session, kanya, BEGIN)
    assert _members(session, END + MINUTE) == {kanya.extension}
    _ready(session, somchai, END + 2 * MINUTE)
    assert _members(session, END + 2 * MINUTE) == {somchai.extension}
    set_presence(session, somchai, PresenceState.OFF, at=END + 3 * MINUTE)
    assert _members(session, END + 3 * MINUTE) == {kanya.extension}
    assert _members(session, END + KEPT_ON) == set()


def test_an_override_counts_at_once_and_standby_takes_no_calls(session: Session) -> None:
    kanya, _, malee = _team(session)
    rota = kit.rota(session, centre="10")
    day = kit.shift_type(session, "D", 8, place=ShiftPlace.STANDBY)
    assert rota.centre_code == "10"
    own = kit.rota(session)
    kit.duty(session, own, malee, FIRST, day)
    with pytest.raises(NotOnShift):
        set_presence(session, malee, PresenceState.READY, at=BEGIN)
    morning = kit.shift_type(session, "X", 8)
    kit.duty(session, own, malee, FIRST, morning, Layer.OVERRIDDEN)
    kit.duty(session, own, kanya, FIRST, None, Layer.OVERRIDDEN)
    _ready(session, malee, BEGIN)
    with pytest.raises(NotOnShift):
        set_presence(session, kanya, PresenceState.READY, at=BEGIN)
    assert _members(session, BEGIN) == {malee.extension}


def test_a_centre_without_a_rota_works_as_ever(session: Session) -> None:
    kit.three_shifts(session)
    kit.rota(session, state=RotaState.DRAFT)
    kanya = person(session, "kanya")
    signed_in(session, kanya, BEGIN)
    _ready(session, kanya, BEGIN)
    assert _members(session, BEGIN) == {kanya.extension}


def test_at_night_they_answer_for_the_provinces_that_share(session: Session) -> None:
    kanya, _, _ = _team(session)
    night = BEGIN + timedelta(hours=17)  # one in the morning in Bangkok
    for centre in ("50", "58"):
        governor = Actor("governor", Role.GOVERNOR, centre)
        agree_sharing(session, centre, "50", first_day=FIRST, by=governor, at=BEGIN)
    kit.duty(session, session.scalars(select(Rota)).one(), kanya, FIRST + DAY, _night(session))
    _ready(session, kanya, BEGIN)

    def queues(at: datetime) -> set[str]:
        session.flush()
        return {one.queue for one in desired_members(session, at=at, idle=timedelta(days=9))}

    assert queues(BEGIN) == {"p50"}  # by day each answers its own
    signed_in(session, kanya, night)
    _ready(session, kanya, night)
    assert queues(night) == {"p50", "p58"}


def _night(session: Session) -> ShiftType:
    return session.scalars(select(ShiftType).where(ShiftType.code == "N")).one()


def _not_in_the_rota(session: Session, user: User) -> None:
    terms = start_terms(user.id)
    terms.in_rota = False
    session.add(terms)
    session.flush()


def test_the_missing_are_told_with_who_can_come(session: Session) -> None:
    """Somchai has the evening and cannot; of the others, who has had two already is not among the best three."""
    _, _, malee = _team(session)
    wichai = person(session, "wichai", Role.SUPERVISOR)
    _not_in_the_rota(session, wichai)
    others = [person(session, f"other{number}") for number in range(3)]
    morning = session.scalars(select(ShiftType).where(ShiftType.code == "M")).one()
    past = kit.rota(session, first=FIRST - 9 * DAY, last=FIRST - DAY)
    for number, user in enumerate((others[2], others[2], others[1], others[0], malee)):
        kit.duty(session, past, user, FIRST - (9 - number) * DAY, morning)
    keep_attendance(session, at=BEGIN + 6 * MINUTE)

    told = session.scalars(select(Notice).where(Notice.user_id == wichai.id)).one()
    assert told.kind == "no_show_stand_ins"
    names = [user.display_name for user in (malee, others[0], others[1])]
    assert sorted(told.data["stand_ins"]) == sorted(names)
    assert (told.data["day"], told.data["shift_id"]) == (FIRST.isoformat(), morning.id)


def test_with_nobody_who_can_come_the_missing_are_told_all_the_same(session: Session) -> None:
    _, somchai, malee = _team(session)
    wichai = person(session, "wichai", Role.SUPERVISOR)
    for user in (somchai, malee, wichai):
        _not_in_the_rota(session, user)
    keep_attendance(session, at=BEGIN + 6 * MINUTE)

    assert ("no_show", wichai.id) in _told(session)


def test_people_are_asked_once_and_the_missing_told_once(session: Session) -> None:
    kanya, _, _ = _team(session)
    wichai = person(session, "wichai", Role.SUPERVISOR)
    for minutes in range(-15, 12):
        keep_attendance(session, at=BEGIN + minutes * MINUTE)
    assert _told(session) == [("duty_begins", kanya.id), ("no_show_stand_ins", wichai.id)]
    row = session.scalars(select(Attendance)).one()
    assert row.asked_at is not None
    assert row.missed_at is not None
    assert BEGIN - 10 * MINUTE <= row.asked_at < BEGIN
    assert row.missed_at == BEGIN + 5 * MINUTE
    _ready(session, kanya, BEGIN + 20 * MINUTE)
    keep_attendance(session, at=BEGIN + 21 * MINUTE)
    assert row.came_at == BEGIN + 20 * MINUTE


def test_who_came_is_let_go_when_the_next_one_is_there(session: Session) -> None:
    kanya, somchai, _ = _team(session)
    _ready(session, kanya, BEGIN)
    _ready(session, somchai, END - MINUTE)
    for minutes in (1, 479, 480, 481):
        keep_attendance(session, at=BEGIN + minutes * MINUTE)
    assert _state(session, kanya) == "off"
    assert ("duty_ended", kanya.id) in _told(session)
    rows = {row.user_id: row for row in session.scalars(select(Attendance))}
    assert rows[kanya.id].came_at == BEGIN
    assert rows[kanya.id].left_at == END
    assert rows[somchai.id].came_at is not None


def test_the_last_one_stays_and_the_supervisors_are_told_first(session: Session) -> None:
    kanya, _, _ = _team(session)
    wichai = person(session, "wichai", Role.SUPERVISOR)
    naree = person(session, "naree", Role.NATIONAL_OFFICER, "00")
    _ready(session, kanya, BEGIN)
    for minutes in range(470, 500):
        keep_attendance(session, at=BEGIN + minutes * MINUTE)
    told = _told(session)
    assert told.count(("last_one_stays", wichai.id)) == 1
    assert told.count(("last_one_stays", naree.id)) == 1
    assert _state(session, kanya) == "ready"
    keep_attendance(session, at=END + KEPT_ON)
    assert _state(session, kanya) == "off"


def _state(session: Session, user: User) -> str:
    assert user.presence is not None
    session.refresh(user.presence)
    return user.presence.state.value
