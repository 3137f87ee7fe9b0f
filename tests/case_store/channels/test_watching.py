"""Channels that fail: spans, the alert once an outage and its end, and the share of thirty days."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.channels.availability import DAYS, Availability, availability
from case_store.rotation.channels.watching import (
    KEPT,
    PHONE,
    WEB,
    Measured,
    Why,
    forget_spans,
    watch,
)
from case_store.rotation.rota.models import ChannelSpan
from tests.case_store.channels.test_appointments import SUPERVISOR, given_to
from tests.case_store.kit import IDLE, NOON, person, ready

FINE = Measured(telephone="")
BROKEN = Measured(telephone=Why.TELEPHONE)
AFTER = timedelta(minutes=10)
EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=BANGKOK)


@pytest.fixture
def officers(session: Session) -> tuple[User, User]:
    """Who answers for the telephone of Chiang Mai, and the deputy; nobody else's notices are of interest."""
    officer, deputy = person(session, "anong"), person(session, "boon")
    given_to(session, officer)
    given_to(session, deputy, is_deputy=True)
    session.execute(delete(Notice))
    return officer, deputy


def minutes(session: Session, measured: Measured, first: int, last: int, since: datetime) -> None:
    """Measured once a minute."""
    for minute in range(first, last + 1):
        at = since + timedelta(minutes=minute)
        watch(session, measured, at=at, told_after=AFTER, idle=IDLE)


def heard(session: Session) -> list[tuple[int, str]]:
    found = session.scalars(
        select(Notice).where(Notice.kind.in_(["channel_down", "channel_up"])).order_by(Notice.id)
    )
    return [(one.user_id, one.kind) for one in found]


def of(session: Session, at: datetime, channel: str = PHONE) -> Availability:
    return availability(session, "50", by=SUPERVISOR, at=at)[0][channel]


def spans(session: Session) -> list[tuple[str, float]]:
    found = session.scalars(select(ChannelSpan).order_by(ChannelSpan.id))
    return [(one.why, (one.seen_at - one.began_at).total_seconds() / 60) for one in found]


def test_an_outage_is_told_once_to_both_and_so_is_its_end(
    session: Session, officers: tuple[User, User]
) -> None:
    both = [one.id for one in officers]
    minutes(session, FINE, 0, 20, EVENING)
    minutes(session, BROKEN, 21, 29, EVENING)
    assert heard(session) == []
    minutes(session, BROKEN, 30, 60, EVENING)
    assert heard(session) == [(one, "channel_down") for one in both]
    down = of(session, EVENING + timedelta(hours=1))
    assert (down.down, down.down_since) == (Why.TELEPHONE, EVENING + timedelta(minutes=20))
    minutes(session, FINE, 61, 100, EVENING)
    assert heard(session)[2:] == [(one, "channel_up") for one in both]
    assert spans(session) == [("", 20), (Why.TELEPHONE, 40), ("", 40)]
    found = of(session, EVENING + timedelta(minutes=100))
    assert (found.down, found.share) == ("", 0.6)
    assert [day.share for day in found.days] == [None] * (DAYS - 1) + [0.6]


def test_a_short_one_is_kept_and_told_to_nobody(
    session: Session, officers: tuple[User, User]
) -> None:
    minutes(session, FINE, 0, 5, EVENING)
    minutes(session, BROKEN, 6, 13, EVENING)
    minutes(session, FINE, 14, 20, EVENING)
    assert heard(session) == []
    _, outages = availability(session, "50", by=SUPERVISOR, at=EVENING + timedelta(minutes=20))
    assert [(one.why, one.told_at, one.ended_at is None) for one in outages] == [
        (Why.TELEPHONE, None, False)
    ]
    assert officers


def test_the_watch_may_be_away_and_a_start_is_no_outage(
    session: Session, officers: tuple[User, User]
) -> None:
    minutes(session, BROKEN, 0, 0, EVENING)  # the system is just starting
    minutes(session, FINE, 1, 5, EVENING)
    minutes(session, BROKEN, 6, 30, EVENING)
    at = EVENING + timedelta(hours=3)
    found, outages = availability(session, "50", by=SUPERVISOR, at=at)
    assert (found[PHONE].is_measured, found[PHONE].down) == (False, "")
    assert [(one.began_at, one.ended_at) for one in outages] == [
        (EVENING + timedelta(minutes=5), EVENING + timedelta(minutes=30))
    ]
    assert officers


def test_another_cause_is_the_same_outage(session: Session, officers: tuple[User, User]) -> None:
    minutes(session, BROKEN, 0, 8, EVENING)
    minutes(session, Measured(telephone=Why.FLOWS), 9, 40, EVENING)
    assert heard(session) == [(one.id, "channel_down") for one in officers]
    _, outages = availability(session, "50", by=SUPERVISOR, at=EVENING + timedelta(minutes=40))
    assert [(one.why, one.began_at, one.ended_at) for one in outages] == [
        (Why.FLOWS, EVENING, None)
    ]


def test_what_was_not_watched_counts_for_nothing_and_is_told_once(
    session: Session, officers: tuple[User, User]
) -> None:
    minutes(session, BROKEN, 0, 15, EVENING)
    minutes(session, BROKEN, 40, 55, EVENING)
    assert len(heard(session)) == len(officers)
    assert spans(session) == [(Why.TELEPHONE, 15), (Why.TELEPHONE, 15)]
    minutes(session, FINE, 56, 60, EVENING)
    assert [kind for _, kind in heard(session)][2:] == ["channel_up"] * 2


def test_in_opening_time_somebody_has_to_be_ready(
    session: Session, officers: tuple[User, User]
) -> None:
    """NOON is a Monday's; at 20:00 nobody has to be there, for there is no rota."""
    minutes(session, FINE, 0, 20, NOON)
    assert of(session, NOON + timedelta(minutes=20)).down == Why.NOBODY
    assert [kind for _, kind in heard(session)] == ["channel_down"] * 2
    ready(session, officers[0], NOON + timedelta(minutes=20))
    minutes(session, FINE, 21, 25, NOON)
    assert of(session, NOON + timedelta(minutes=25)).down == ""
    assert [kind for _, kind in heard(session)][2:] == ["channel_up"] * 2


def test_the_end_of_the_day_is_no_recovery(session: Session, officers: tuple[User, User]) -> None:
    closing = datetime(2026, 11, 23, 16, 0, tzinfo=BANGKOK)
    minutes(session, FINE, 0, 60, closing)
    assert [kind for _, kind in heard(session)] == ["channel_down"] * len(officers)
    assert of(session, closing + timedelta(hours=1)).down == ""


def test_a_holiday_is_no_opening_time(session: Session, officers: tuple[User, User]) -> None:
    sunday = NOON - timedelta(days=1)
    minutes(session, FINE, 0, 20, sunday)
    assert spans(session) == [("", 20)]
    assert officers


def test_a_web_form_is_measured_where_it_is_known(
    session: Session, officers: tuple[User, User]
) -> None:
    given_to(session, officers[1], channel=WEB)
    session.execute(delete(Notice))
    minutes(session, Measured(web_forms={"50": False}), 0, 12, EVENING)
    assert heard(session) == [(officers[1].id, "channel_down")]
    assert set(availability(session, "50", by=SUPERVISOR, at=EVENING)[0]) == {WEB}


def test_nothing_is_measured_without_a_telephone_or_where_nobody_works(session: Session) -> None:
    minutes(session, FINE, 0, 3, EVENING)
    assert spans(session) == []
    person(session, "anong")
    minutes(session, Measured(), 4, 6, EVENING)
    assert spans(session) == []


def test_without_an_officer_the_deputy_governor_hears_of_it(session: Session) -> None:
    person(session, "anong")
    boss = person(session, "orathai", Role.DEPUTY_GOVERNOR)
    minutes(session, BROKEN, 0, 12, EVENING)
    assert heard(session) == [(boss.id, "channel_down")]


def test_days_are_bangkoks_and_the_record_is_bounded(
    session: Session, officers: tuple[User, User]
) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=BANGKOK)
    minutes(session, FINE, 0, 30, late)
    minutes(session, BROKEN, 31, 60, late)
    found = of(session, late + timedelta(minutes=61))
    assert [round(day.up_seconds) for day in found.days[-2:]] == [1800, 0]
    assert [round(day.down_seconds) for day in found.days[-2:]] == [0, 1800]
    forget_spans(session, at=late + KEPT + timedelta(minutes=31))
    assert spans(session) == [(Why.TELEPHONE, 30)]
    assert officers


def test_availability_of_another_centre_is_not_shown(session: Session) -> None:
    agency = Actor("agency", Role.AGENCY_OFFICER, "50")
    with pytest.raises(NotAllowed):
        availability(session, "50", by=agency, at=NOON)
