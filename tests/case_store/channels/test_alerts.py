"""Alerts of channels without an officer: to whom, once a gap, after seven days again, and settled."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.cases.word_models import Channel
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.rotation.channels.alerts import alert_channels, warn_of_ends
from case_store.rotation.channels.appointments import change_days
from case_store.rotation.rota.models import ChannelAlert
from damrong.chores import CHORES
from tests.case_store.channels.test_appointments import SUPERVISOR, days, given_to
from tests.case_store.kit import NOON, person

KIND = "channels_without_officer"


@pytest.fixture
def anong(session: Session) -> User:
    """The one who works at Chiang Mai, answering for every channel but one."""
    user = person(session, "anong")
    for channel in session.scalars(select(Channel)):
        if channel.code != "letter":
            given_to(session, user, -5, channel=channel.code)
    session.execute(delete(Notice))
    return user


def day(number: float) -> datetime:
    return NOON + timedelta(days=number)


def run(session: Session, number: float, limit: int = 50) -> int:
    return alert_channels(session, at=day(number), limit=limit)


def told(session: Session) -> list[tuple[int, str]]:
    """Whom since the last look, and of what."""
    found = session.scalars(select(Notice).where(Notice.kind == KIND).order_by(Notice.id)).all()
    session.execute(delete(Notice))
    return [(one.user_id, one.data["channels_en"]) for one in found]


def test_the_deputy_governor_is_told_once_and_again_after_seven_days(
    session: Session, anong: User
) -> None:
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    person(session, "wichai", Role.SUPERVISOR)
    person(session, "naree", Role.NATIONAL_OFFICER, "00")
    run(session, 0)
    mine = [one for one in told(session) if one[0] == boss.id]
    assert mine == [(boss.id, "Letter")]
    heard = []
    for number in range(1, 16):
        run(session, number)
        heard += [(number, channels) for user_id, channels in told(session) if user_id == boss.id]
    assert heard == [(7, "Letter"), (14, "Letter")]


def test_it_is_settled_when_somebody_is_appointed_and_a_new_gap_is_new(
    session: Session, anong: User
) -> None:
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    run(session, 0)
    one = given_to(session, anong, 0, 2, channel="letter")
    alert = session.scalars(select(ChannelAlert)).one()
    assert (alert.told_at, alert.settled_at) == (NOON, NOON)
    told(session)
    run(session, 2)
    assert told(session) == []
    run(session, 3)  # the appointment has ended
    assert told(session) == [(boss.id, "Letter")]
    assert len(session.scalars(select(ChannelAlert)).all()) == 2
    assert one.last_day == days(2)


def test_ending_an_appointment_is_told_at_once_of_that_channel_alone(
    session: Session, anong: User
) -> None:
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    one = given_to(session, person(session, "boon"), -1, channel="sms")
    told(session)
    change_days(session, one, first_day=one.first_day, last_day=days(-1), by=SUPERVISOR, at=NOON)
    assert told(session) == [(boss.id, "SMS")]
    run(session, 0)
    assert told(session) == [(boss.id, "Letter")]


@pytest.mark.parametrize(
    ("there", "hears"),
    [
        (["deputy_governor", "supervisor", "national_officer"], "deputy_governor"),
        (["supervisor", "national_officer"], "supervisor"),
        (["national_officer"], "national_officer"),
        ([], None),
    ],
)
def test_who_is_told(session: Session, anong: User, there: list[str], hears: str | None) -> None:
    for role in there:
        person(session, role.replace("_", "-"), Role(role), "00" if "nat" in role else "50")
    run(session, 0)
    of_50 = select(Notice).where(Notice.kind == KIND)
    roles = {
        session.get_one(User, one.user_id).role.value
        for one in session.scalars(of_50)
        if one.data["centre"] == "50"
    }
    assert roles == ({hears} if hears else set())
    # With nobody to tell nothing counts as told: who comes tomorrow hears of it.
    alerts = session.scalars(select(ChannelAlert).where(ChannelAlert.centre_code == "50")).all()
    assert len(alerts) == (1 if hears else 0)


def test_a_centre_that_has_not_started_is_left_alone_and_then_gets_one_notice(
    session: Session,
) -> None:
    boss = person(session, "boss", Role.DEPUTY_GOVERNOR, "83")
    person(session, "governor", Role.GOVERNOR, "83")
    person(session, "suda", Role.AGENCY_OFFICER, "83")
    assert run(session, 0) == 0
    person(session, "prapai", Role.CASE_OFFICER, "83")
    assert run(session, 1) == 1
    notice = session.scalars(select(Notice)).one()
    every = session.scalars(select(Channel).where(Channel.active)).all()
    assert (notice.user_id, notice.data["count"]) == (boss.id, len(every))
    assert notice.data["channels_en"].count(",") == 4 and notice.data["channels_en"].endswith(" …")
    assert run(session, 2) == 0


def test_a_channel_that_is_switched_off_needs_nobody(session: Session, anong: User) -> None:
    person(session, "orathai", Role.DEPUTY_GOVERNOR)
    run(session, 0)
    session.get_one(Channel, "letter").active = False
    session.flush()
    told(session)
    run(session, 7)
    assert told(session) == []
    assert session.scalars(select(ChannelAlert)).one().settled_at == day(7)


def test_many_centres_are_told_batch_by_batch(session: Session) -> None:
    for code in ("50", "51", "52"):
        person(session, f"agent{code}", centre=code)
        person(session, f"boss{code}", Role.DEPUTY_GOVERNOR, code)
    assert [run(session, 0, limit=2) for _ in range(3)] == [2, 1, 0]
    assert len(told(session)) == 3


def test_the_end_of_an_appointment_is_warned_of_once_unless_somebody_follows(
    session: Session, anong: User
) -> None:
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    boon = person(session, "boon")
    given_to(session, boon, 0, 20, channel="letter")
    given_to(session, boon, 0, 20, channel="sms", is_deputy=True)
    given_to(session, boon, 0, 20, channel="email")
    given_to(session, anong, 21, channel="email")
    session.execute(delete(Notice))
    heard = []
    for number in range(22):
        for _ in range(2):
            warn_of_ends(session, at=day(number), limit=50)
        found = session.scalars(select(Notice).order_by(Notice.id)).all()
        heard += [(number, one.kind, one.user_id, one.data["channels_en"]) for one in found]
        session.execute(delete(Notice))
    assert heard == [
        (6, kind, user.id, name)
        for kind, name in (("channel_officer_ends", "Letter"), ("channel_deputy_ends", "SMS"))
        for user in (boon, boss)
    ]


def test_a_new_last_day_is_warned_of_anew(session: Session, anong: User) -> None:
    one = given_to(session, anong, 0, 10, channel="letter")
    assert warn_of_ends(session, at=NOON, limit=50) == 1
    change_days(session, one, first_day=one.first_day, last_day=days(12), by=SUPERVISOR, at=NOON)
    assert [warn_of_ends(session, at=NOON, limit=50) for _ in range(2)] == [1, 0]


def test_the_worker_does_both_each_morning() -> None:
    hours = {chore.name: chore.from_hour for chore in CHORES}
    assert (hours["channels"], hours["channel-ends"]) == (7, 7)
