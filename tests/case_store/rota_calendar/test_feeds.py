"""Secret links and what they give: who may make, read and revoke them, and events that calendars keep right."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import Role, User
from case_store.people.permissions import NotAllowed
from case_store.people.sign_in import actor_of
from case_store.people.staff import retire_person
from case_store.rotation.calendar.feeds import (
    MOST,
    NewFeed,
    TooManyFeeds,
    list_feeds,
    make_feed,
    open_feed,
    revoke_feed,
)
from case_store.rotation.calendar.ical import calendar_of
from case_store.rotation.rota.models import CalendarFeed, DutyCause, Layer, RotaState
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _feed(session: Session, user: User, *, whole_centre: bool = False) -> NewFeed:
    return make_feed(session, user, whole_centre=whole_centre, by=actor_of(user), at=NOON)


def events(session: Session, token: str, at: datetime = NOON) -> dict[str, Any]:
    opened = open_feed(session, token, at=at)
    assert opened is not None
    calendar = Calendar.from_ical(calendar_of(session, opened, at=at))
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_only_the_hash_of_a_secret_is_kept(database: Database) -> None:
    with database.transaction() as session:
        new = _feed(session, person(session, "anong"))
        kept = session.scalars(select(CalendarFeed)).one()

        assert len(new.token) >= 40
        assert new.token not in {str(value) for value in vars(kept).values()}
        assert open_feed(session, new.token, at=NOON) is not None
        assert open_feed(session, new.token[:-1] + "x", at=NOON) is None


def test_an_event_is_one_duty_in_utc_with_an_alarm_and_nothing_that_blocks_the_day(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong, boon = person(session, "anong"), person(session, "boon")
        morning, _, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(0), morning)
        kit.duty(session, rota, boon, day(0), morning)

        [(uid, event)] = events(session, _feed(session, anong).token).items()

        assert uid == f"duty-{anong.id}-20261207@damrong"
        assert event["dtstart"].dt == datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
        assert event["dtstart"].to_ical() == b"20261207T010000Z"
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=8)
        assert (event["summary"], event["transp"], event["status"]) == (
            "เวร M", "TRANSPARENT", "CONFIRMED",
        )  # fmt: skip
        assert event["sequence"] == 0
        assert [alarm["action"] for alarm in event.walk("VALARM")] == ["DISPLAY"]


def test_a_changed_duty_keeps_its_name_and_has_a_higher_sequence_and_one_taken_away_is_cancelled(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, evening, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        for number in (0, 1, 2):
            kit.duty(session, rota, anong, day(number), morning)
        token = _feed(session, anong).token
        before = events(session, token)
        later = NOON + timedelta(hours=2)
        for number, shift in ((1, evening), (2, None)):
            made = kit.duty(session, rota, anong, day(number), shift, Layer.EDITED, DutyCause.EDIT)
            made.made_at = later
        session.flush()

        after = events(session, token, later)

        assert before.keys() == after.keys()
        same, moved, gone = (
            after[f"duty-{anong.id}-2026120{number}@damrong"] for number in (7, 8, 9)
        )
        assert same["sequence"] == 0 and same["last-modified"].dt == NOON
        assert moved["sequence"] == 1 and moved["last-modified"].dt == later
        assert moved["summary"] == "เวร E"
        assert (gone["status"], gone["sequence"]) == ("CANCELLED", 1)


def test_a_dropped_rota_is_cancelled_and_a_draft_never_was(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, evening, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(0), morning)
        kit.duty(session, rota, anong, day(0), evening, Layer.EDITED, DutyCause.EDIT)
        kit.duty(session, rota, anong, day(1), morning)
        kit.duty(session, rota, anong, day(1), None, Layer.EDITED, DutyCause.EDIT)
        draft = kit.rota(session, first=day(60), last=day(70), state=RotaState.DRAFT)
        draft.published_at = draft.published_by = None
        kit.duty(session, draft, anong, day(61), morning)
        token = _feed(session, anong).token

        [published] = events(session, token).values()
        rota.state = RotaState.DROPPED
        session.flush()
        [dropped] = events(session, token).values()

        assert (published["status"], published["sequence"]) == ("CONFIRMED", 0)
        assert (dropped["status"], dropped["sequence"]) == ("CANCELLED", 1)


def test_two_weeks_back_and_half_a_year_ahead(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, *_ = kit.three_shifts(session)
        today = NOON.date()
        rota = kit.rota(session, first=today - timedelta(days=30), last=today + timedelta(days=200))
        for offset in (-15, -14, 180, 181):
            kit.duty(session, rota, anong, today + timedelta(days=offset), morning)

        found = events(session, _feed(session, anong).token)

        assert {event["dtstart"].dt.date() - today for event in found.values()} == {
            timedelta(days=-14), timedelta(days=180),
        }  # fmt: skip


def test_a_centres_feed_names_everybody_in_the_makers_language(database: Database) -> None:
    with database.transaction() as session:
        anong, boon = person(session, "anong"), person(session, "boon")
        boon.language = "en"
        morning, *_ = kit.three_shifts(session)
        kit.duty(session, kit.rota(session), anong, day(0), morning)
        other = kit.shift_type(session, "M", 8, centre="57")
        elsewhere = person(session, "elsewhere", centre="57")
        kit.duty(session, kit.rota(session, "57"), elsewhere, day(0), other)

        found = events(session, _feed(session, boon, whole_centre=True).token)

        assert [str(event["summary"]) for event in found.values()] == ["Anong · Shift M"]


def test_a_feed_ends_when_it_is_revoked_and_when_its_maker_retires_or_leaves_the_centre(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong, boon, chai = (person(session, name) for name in ("anong", "boon", "chai"))
        feeds = [_feed(session, one) for one in (anong, boon, chai)]

        revoke_feed(session, feeds[0].feed, by=actor_of(anong), at=NOON)
        retire_person(session, boon, at=NOON)
        chai.centre_code = "57"

        assert [open_feed(session, new.token, at=NOON) for new in feeds] == [None, None, None]


def test_a_person_revokes_their_own_and_a_planner_those_of_the_centre(database: Database) -> None:
    with database.transaction() as session:
        anong, boon = person(session, "anong"), person(session, "boon")
        wichai = person(session, "wichai", Role.SUPERVISOR)
        stranger = person(session, "stranger", Role.SUPERVISOR, "57")
        feed = _feed(session, anong).feed

        assert list_feeds(session, by=actor_of(boon)) == []
        assert list_feeds(session, by=actor_of(stranger)) == []
        for other in (boon, stranger):
            with pytest.raises(NotAllowed):
                revoke_feed(session, feed, by=actor_of(other), at=NOON)
        assert list_feeds(session, by=actor_of(wichai)) == [feed]
        revoke_feed(session, feed, by=actor_of(wichai), at=NOON)
        assert list_feeds(session, by=actor_of(wichai)) == []


def test_nobody_makes_a_link_for_somebody_else_and_nobody_makes_too_many(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong, wichai = person(session, "anong"), person(session, "wichai", Role.SUPERVISOR)
        with pytest.raises(NotAllowed):
            make_feed(session, anong, whole_centre=False, by=actor_of(wichai), at=NOON)
        for _ in range(MOST):
            _feed(session, anong)
        with pytest.raises(TooManyFeeds):
            _feed(session, anong)


def test_when_it_was_last_read_is_noted(database: Database) -> None:
    with database.transaction() as session:
        new = _feed(session, person(session, "anong"))
        assert new.feed.last_read_at is None
        open_feed(session, new.token, at=NOON)
        open_feed(session, new.token, at=NOON + timedelta(seconds=5))
        assert new.feed.last_read_at == NOON
        open_feed(session, new.token, at=NOON + timedelta(hours=1))
        assert new.feed.last_read_at == NOON + timedelta(hours=1)
