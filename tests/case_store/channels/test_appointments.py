"""Officers of channels: one at a time, two different people, only of the centre, everything told and written down."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases.word_models import Channel
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.keep_people import Post, change_post, retire_staff
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.places.provinces import centres
from case_store.rotation.channels.answering import all_who_answer, who_answers, without_officer
from case_store.rotation.channels.appointments import (
    BadAppointment,
    NewAppointment,
    appoint,
    change_days,
    history,
    standing,
    take_back,
)
from case_store.rotation.rota.cover_alerts import answerable
from case_store.rotation.rota.models import ChannelOfficer
from tests.case_store.kit import NATIONAL, NOON, person
from tests.case_store.together import both

TODAY = date(2026, 11, 23)
SUPERVISOR = Actor("wichai", Role.SUPERVISOR, "50")
ADMIN = Actor("admin", Role.ADMINISTRATOR, "00")


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def given_to(
    session: Session, user: User, first: int = 0, last: int | None = None, **more: Any
) -> ChannelOfficer:
    new: dict[str, Any] = {
        "channel": "phone_1567", "user": user, "first_day": days(first),
        "last_day": None if last is None else days(last),
    }  # fmt: skip
    return appoint(session, "50", NewAppointment(**(new | more)), by=SUPERVISOR, at=NOON)


def answering(
    session: Session, day: int, channel: str = "phone_1567"
) -> tuple[str | None, str | None]:
    found = who_answers(session, "50", channel, days(day))
    officer, deputy = found.officer, found.deputy
    return officer.username if officer else None, deputy.username if deputy else None


def told(session: Session, user: User) -> list[str]:
    query = select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)
    return list(session.scalars(query))


@pytest.fixture
def people(session: Session) -> list[User]:
    return [person(session, name) for name in ("anong", "boon", "chai")]


def test_an_officer_and_a_deputy_answer_by_date(session: Session, people: list[User]) -> None:
    anong, boon, chai = people
    given_to(session, anong, 0, order="ชม 12/2569")
    given_to(session, boon, 2, 9, is_deputy=True)
    assert [answering(session, day) for day in (-1, 0, 1, 2, 9, 10)] == [
        (None, None), ("anong", None), ("anong", None), ("anong", "boon"), ("anong", "boon"), ("anong", None),
    ]  # fmt: skip
    assert answering(session, 0, "letter") == (None, None)
    assert who_answers(session, "51", "phone_1567", TODAY).user_ids == []
    assert told(session, anong) == ["channel_officer_of", "channel_beside_you"]
    assert told(session, boon) == ["channel_deputy_of"]
    assert told(session, chai) == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
    assert entry is not None and entry.action == "channel_officer.appointed"
    assert (entry.chain, entry.subject, entry.actor) == ("50", "channel:50:phone_1567", "wichai")
    assert entry.facts == {
        "person": "anong", "deputy": False, "first_day": "2026-11-23", "last_day": None, "order": "ชม 12/2569",
    }  # fmt: skip


def test_a_new_officer_relieves_the_old_one_the_day_before(
    session: Session, people: list[User]
) -> None:
    anong, boon, chai = people
    old = given_to(session, anong, -5)
    given_to(session, chai, 0, is_deputy=True)
    given_to(session, boon, 3)
    assert old.last_day == days(2)
    assert [answering(session, day)[0] for day in (2, 3)] == ["anong", "boon"]
    assert told(session, anong)[-1] == "channel_relieved"
    assert told(session, boon) == ["channel_officer_of"]
    assert told(session, chai)[-1] == "channel_beside_you"
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["channel_officer.relieved", "channel_officer.appointed"]


def test_the_deputy_is_another_person(session: Session, people: list[User]) -> None:
    anong, boon, _ = people
    given_to(session, anong, 0, 9)
    with pytest.raises(BadAppointment, match="both"):
        given_to(session, anong, 5, is_deputy=True)
    deputy = given_to(session, anong, 10, is_deputy=True)  # when the other has ended
    with pytest.raises(BadAppointment, match="both"):
        change_days(session, deputy, first_day=days(9), last_day=None, by=SUPERVISOR, at=NOON)
    with pytest.raises(BadAppointment, match="both"):
        given_to(session, anong, 11)
    given_to(session, anong, 0, channel="letter", is_deputy=True)  # of another channel they may be
    given_to(session, boon, 11)
    assert answering(session, 11) == ("boon", "anong")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "telegraph"}, "channel"),
        ({"channel": "other"}, "channel"),
        ({"first_day": days(-367)}, "first_day"),
        ({"first_day": days(367)}, "first_day"),
        ({"last_day": days(-1)}, "last_day"),
        ({"last_day": days(3661)}, "last_day"),
        ({"order": "x" * 121}, "order"),
    ],
)
def test_what_cannot_be(
    session: Session, people: list[User], change: dict[str, Any], field: str
) -> None:
    session.get_one(Channel, "other").active = False
    with pytest.raises(BadAppointment, match=field):
        given_to(session, people[0], **change)
    assert session.scalars(select(ChannelOfficer)).all() == []


def test_only_people_who_work_at_the_centre(session: Session, people: list[User]) -> None:
    people[1].active = False
    others = [
        people[1],
        person(session, "lamphun", centre="51"),
        person(session, "suda", Role.AGENCY_OFFICER),
        person(session, "anan", Role.GOVERNOR),
    ]
    for user in others:
        with pytest.raises(BadAppointment, match="user"):
            given_to(session, user)
    given_to(session, person(session, "prapai", Role.CASE_OFFICER))


def test_a_later_appointment_and_the_past_are_not_overwritten(
    session: Session, people: list[User]
) -> None:
    anong, boon, chai = people
    over = given_to(session, anong, -30, -10)
    coming = given_to(session, boon, 20)
    for first, last in ((10, None), (20, None), (-15, -12), (-15, 5)):
        with pytest.raises(BadAppointment, match="overlap"):
            given_to(session, chai, first, last)
    given_to(session, chai, 0, 19)
    assert (over.last_day, coming.first_day) == (days(-10), days(20))
    assert [answering(session, day)[0] for day in (19, 20)] == ["chai", "boon"]


def test_days_are_moved_and_ended(session: Session, people: list[User]) -> None:
    anong, boon, _ = people
    one = given_to(session, anong, -5)
    coming = given_to(session, boon, 30)
    change: Callable[..., Any] = change_days

    def moved(which: ChannelOfficer, first: int, last: int | None) -> None:
        to = None if last is None else days(last)
        change(session, which, first_day=days(first), last_day=to, by=SUPERVISOR, at=NOON)

    for first, last, field in ((-4, 9, "first_day"), (-5, -2, "last_day"), (-5, None, "overlap")):
        with pytest.raises(BadAppointment, match=field):
            moved(one, first, last)
    moved(coming, 35, 60)
    moved(one, -5, 34)
    assert [answering(session, day)[0] for day in (34, 35, 61)] == ["anong", "boon", None]
    assert told(session, anong)[-1] == "channel_days_changed"
    moved(one, -5, -1)
    assert answering(session, 0) == (None, None) and answering(session, -1) == ("anong", None)
    with pytest.raises(BadAppointment, match="state"):
        moved(one, -5, 10)
    with pytest.raises(BadAppointment, match="state"):
        take_back(session, one, by=SUPERVISOR, at=NOON)
    take_back(session, coming, by=SUPERVISOR, at=NOON)
    assert told(session, boon)[-1] == "channel_taken_back"
    assert standing(session, "50", TODAY) == []
    assert list(history(session, "50", by=SUPERVISOR, limit=9)) == [one]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1] == "channel_officer.taken_back"


@pytest.mark.parametrize(
    "by",
    [
        Actor("kanya", Role.AGENT, "50"),
        Actor("anan", Role.GOVERNOR, "50"),
        Actor("other", Role.SUPERVISOR, "51"),
        Actor("pranee", Role.INSPECTOR, "00", inspection_region="15"),
        ADMIN,
    ],
)
def test_who_may_not(session: Session, people: list[User], by: Actor) -> None:
    one = given_to(session, people[0])
    new = NewAppointment(channel="letter", user=people[1], first_day=TODAY)
    with pytest.raises(NotAllowed):
        appoint(session, "50", new, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        change_days(session, one, first_day=TODAY, last_day=TODAY, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        take_back(session, one, by=by, at=NOON)


def test_a_deputy_governor_and_the_ministry_may(session: Session, people: list[User]) -> None:
    for channel, by in (("letter", Actor("x", Role.DEPUTY_GOVERNOR, "50")), ("sms", NATIONAL)):
        new = NewAppointment(channel=channel, user=people[0], first_day=TODAY)
        assert appoint(session, "50", new, by=by, at=NOON).made_by == by.name


def test_who_leaves_or_moves_answers_for_nothing(session: Session, people: list[User]) -> None:
    anong, boon, chai = people
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    since = given_to(session, anong, -5)
    given_to(session, anong, 5, channel="letter")
    given_to(session, boon, -5, channel="sms")
    given_to(session, boon, 0, channel="email")
    given_to(session, chai, -5, channel="walk_in")
    session.execute(delete(Notice))
    retire_staff(session, anong, by=ADMIN, at=NOON)
    change_post(session, boon, Post(role="agent", centre_code="51"), by=ADMIN, at=NOON)
    change_post(session, chai, Post(role="case_officer", centre_code="50"), by=ADMIN, at=NOON)
    assert since.last_day == days(-1)
    kept = {(one.channel, one.last_day) for one in session.scalars(select(ChannelOfficer))}
    assert kept == {("phone_1567", days(-1)), ("sms", days(-1)), ("walk_in", None)}
    assert answering(session, 0, "walk_in") == ("chai", None)
    assert told(session, boss) == ["channels_without_officer"] * 2
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("channel_officer.left") == 2
    change_post(session, chai, Post(role="governor", centre_code="50"), by=ADMIN, at=NOON)
    assert answering(session, 0, "walk_in") == (None, None)


def test_who_is_gone_by_another_way_does_not_count(session: Session, people: list[User]) -> None:
    given_to(session, people[0])
    people[0].active = False
    session.flush()
    assert answering(session, 0) == (None, None)
    assert "phone_1567" in {one.code for one in without_officer(session, TODAY, "50")["50"]}


def test_gaps_of_all_centres_are_one_query(session: Session, people: list[User]) -> None:
    every = [one.code for one in session.scalars(select(Channel).order_by(Channel.position))]
    session.get_one(Channel, "other").active = False
    for channel in ("phone_1567", "letter"):
        given_to(session, people[0], 1, channel=channel)
    given_to(session, people[1], 0, channel="sms", is_deputy=True)
    session.expire_all()
    statements: list[str] = []
    connection = session.connection()
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(connection, "before_cursor_execute", listen)
    tomorrow = without_officer(session, days(1))
    event.remove(connection, "before_cursor_execute", listen)
    assert len(statements) == 1
    every.remove("other")
    codes = {code: [one.code for one in channels] for code, channels in tomorrow.items()}
    assert codes.keys() == {one.code for one in centres()}
    assert codes["51"] == every
    assert codes["50"] == [code for code in every if code not in ("phone_1567", "letter")]
    assert [one.code for one in without_officer(session, TODAY, "50")["50"]] == every
    matrix = all_who_answer(session, ["50", "51"], days(1))
    assert {key: one.user_ids for key, one in matrix.items()} == {
        ("50", "phone_1567"): [people[0].id],
        ("50", "letter"): [people[0].id],
        ("50", "sms"): [people[1].id],
    }


def test_gaps_of_the_rota_are_told_to_the_officer_and_the_deputy(
    session: Session, people: list[User]
) -> None:
    given_to(session, people[1], is_deputy=True)
    given_to(session, people[0])
    assert answerable(session, "50", TODAY) == [people[0].id, people[1].id]


@pytest.mark.store
def test_of_two_who_appoint_at_once_one_relieves_or_is_refused(database: Database) -> None:
    with database.transaction() as session:
        ids = [person(session, name).id for name in ("anong", "boon")]

    def appointing(user_id: int) -> str:
        with database.transaction() as session:
            try:
                given_to(session, session.get_one(User, user_id))
            except BadAppointment as bad:
                return bad.field
            return "made"

    assert sorted(both(appointing, *ids)) == ["made", "overlap"]
    with database.reading() as session:
        assert len(session.scalars(select(ChannelOfficer)).all()) == 1


steps = st.tuples(
    st.integers(0, 2), st.booleans(), st.integers(-5, 12), st.none() | st.integers(-5, 15)
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=st.lists(steps, max_size=10))
def test_whatever_is_appointed_one_holds_each_post(
    session: Session, people: list[User], wanted: list[tuple[int, bool, int, int | None]]
) -> None:
    session.execute(delete(ChannelOfficer))
    session.expire_all()
    for who, is_deputy, first, last in wanted:
        try:
            given_to(session, people[who], first, last, is_deputy=is_deputy)
        except BadAppointment:
            continue
    rows = session.scalars(select(ChannelOfficer)).all()
    for day in map(days, range(-6, 17)):
        there = [one for one in rows if one.first_day <= day <= (one.last_day or date.max)]
        assert len({one.is_deputy for one in there}) == len(there)
        assert len({one.user_id for one in there}) == len(there)
