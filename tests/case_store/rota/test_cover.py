"""Sick calls, stand-ins, gaps and their alerts, and duties of people who leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.keep_people import Post, change_post, retire_staff
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.cover_alerts import ROUND, alert_gaps, alert_some
from case_store.rotation.rota.editing import BadChange, RuleBroken
from case_store.rotation.rota.gaps import conflicts, coverage_gaps
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    ChannelOfficer,
    CoverAlert,
    CoverNeed,
    DutyCause,
    RequestState,
    RotaChange,
    ShiftPlace,
    ShiftType,
    Swap,
    SwapState,
)
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import duties_at
from case_store.rotation.rota.sick import BadSickCall, call_sick
from case_store.rotation.rota.stand_ins import put_stand_in, stand_ins
from case_store.rotation.rota.swaps import offer_swap
from case_store.rotation.training.models import Certificate
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST
from tests.case_store.rota.test_editing import day
from tests.case_store.rota.test_swaps import Team, _on, _told, me

ADMIN = Actor("admin", Role.ADMINISTRATOR, "00", user_id=None)
MONDAY = datetime(2026, 12, 6, 22, 0, tzinfo=NOON.tzinfo)
"""Five in the morning in Bangkok, on the first day of the rota."""


def _needs(session: Session, shift: ShiftType, people: int = 1, experienced: int = 0) -> None:
    for weekday in range(7):
        session.add(
            CoverNeed(
                shift_type_id=shift.id, weekday=weekday, people=people, experienced=experienced
            )
        )
    session.flush()


def _leave(session: Session, user: User, number: int) -> None:
    session.add(
        Absence(
            user_id=user.id, kind=AbsenceKind.ANNUAL, first_day=day(number), last_day=day(number),
            note="", state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
        )
    )  # fmt: skip
    session.flush()


def _revoke(session: Session, user: User) -> None:
    for one in session.scalars(select(Certificate).where(Certificate.user_id == user.id)):
        one.revoked_at = NOON
    session.flush()


def test_a_sick_call_frees_the_duties_at_once_also_in_the_middle_of_one(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        kanya = team.kanya
        offer_swap(session, kanya, day(3), by=me(kanya), at=NOON)
        during = MONDAY + timedelta(hours=5)
        assert [duty.user_id for duty in duties_at(session, during)] == [kanya.id]
        call = call_sick(session, kanya, day(0), day(3), by=me(kanya), at=during)
        assert [(duty.day - FIRST).days for duty in call.freed] == [0, 3]
        assert (_on(session, kanya), duties_at(session, during)) == ({}, [])
        assert call.absence.kind is AbsenceKind.SICK
        # The supervisor could take the duty herself, too: she heard of the offer.
        assert _told(session, team.wichai) == ["swap_offered_to_all", "sick_call"]
        change = session.scalars(select(RotaChange)).one()
        assert (change.kind, change.reason) == ("sick", "ลาป่วย")
        assert session.scalars(select(Swap.state)).one() is SwapState.WITHDRAWN


def test_a_night_that_ends_on_the_first_sick_day_is_free_and_what_is_over_stays(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        late = kit.shift_type(session, "L", 22)
        team.put(session, team.malee, 0, late)
        team.put(session, team.malee, 2, team.evening)
        at = MONDAY + timedelta(days=1, hours=-3)  # two in the night, in the middle of it
        call_sick(session, team.malee, day(1), day(1), by=me(team.wichai), at=at)
        assert _on(session, team.malee) == {2: "E", 5: "E"}
        assert _told(session, team.malee) == ["duty_changed"]


def test_a_sick_call_is_checked(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        kanya = team.kanya
        for first, last, field in (
            (day(-1), day(0), "first_day"), (day(40), day(41), "first_day"),
            (day(1), day(0), "last_day"), (day(1), day(90), "last_day"),
        ):  # fmt: skip
            with pytest.raises(BadSickCall, match=field):
                call_sick(session, kanya, first, last, by=me(kanya), at=MONDAY)
        with pytest.raises(NotAllowed):
            call_sick(session, kanya, day(0), day(0), by=me(team.malee), at=MONDAY)
        call_sick(session, kanya, day(0), day(0), by=me(kanya), at=MONDAY)
        with pytest.raises(BadSickCall, match="twice"):
            call_sick(session, kanya, day(0), day(0), by=me(team.wichai), at=MONDAY)


def test_stand_ins_are_ranked_standby_first_then_rested_by_what_they_bore(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        standby = kit.shift_type(session, "S", 8, 12, place=ShiftPlace.STANDBY)
        names = ("waiting", "rested", "tired", "busy", "away", "untrained", "nights")
        people = {name: person(session, name) for name in names}
        team.put(session, people["waiting"], 10, standby)
        team.put(session, people["tired"], 9, team.evening)  # ends at midnight: 8 hours of rest
        team.put(session, people["busy"], 10, team.evening)
        team.put(session, people["nights"], 4, team.night)
        _leave(session, people["away"], 10)
        _revoke(session, people["untrained"])
        found = stand_ins(session, "50", day(10), team.morning, by=me(team.wichai))
        order = [one.user.username for one in found if one.user.username in names]
        assert order == ["waiting", "rested", "nights", "tired", "away", "busy", "untrained"]
        why = {one.user.username: {breach.rule for breach in one.breaches} for one in found}
        assert why["waiting"] == why["rested"] == set()
        assert why["tired"] == {BreachRule.LEAST_REST}
        assert why["away"] == {BreachRule.ABSENCE}
        assert why["busy"] == {BreachRule.ALREADY_ON_DUTY}
        assert why["untrained"] == {BreachRule.CERTIFICATE}
        borne = {one.user.username: one.borne for one in found}
        assert (borne["nights"].nights, borne["nights"].minutes) == (1, 420)
        assert found[0].on_standby
        assert [one.may_insist for one in found if one.user.username == "tired"] == [True]


def test_a_stand_in_agrees_keeps_the_rules_and_is_in_at_once(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        nok, late = person(session, "nok"), person(session, "late")
        wichai = me(team.wichai)
        with pytest.raises(BadChange, match="consent"):
            put_stand_in(
                session, "50", nok, day(0), team.morning, consent=False, by=wichai, at=MONDAY
            )
        put_stand_in(session, "50", nok, day(0), team.morning, consent=True, by=wichai, at=MONDAY)
        assert _on(session, nok) == {0: "M"}
        change = session.scalars(select(RotaChange)).one()
        assert (change.kind, change.facts["consent"]) == ("stand_in", True)
        with pytest.raises(RuleBroken):  # works on that day already
            put_stand_in(
                session, "50", nok, day(0), team.evening, consent=True, by=wichai, at=MONDAY
            )
        team.put(session, late, 2, team.evening)
        with pytest.raises(RuleBroken):
            put_stand_in(
                session, "50", late, day(3), team.morning, consent=True, by=wichai, at=MONDAY
            )
        put_stand_in(
            session, "50", late, day(3), team.morning, consent=True, by=wichai, at=MONDAY,
            reason="ไม่มีผู้อื่น", insist=True,
        )  # fmt: skip
        over = MONDAY + timedelta(hours=20)
        with pytest.raises(BadChange, match="day"):
            put_stand_in(
                session, "50", late, day(0), team.morning, consent=True, by=wichai, at=over
            )
        with pytest.raises(NotAllowed):
            stand_ins(session, "50", day(0), team.morning, by=me(nok))


def test_ranking_many_people_takes_few_queries(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        for number in range(40):
            team.put(session, person(session, f"p{number}"), number % 20, team.morning)
        wichai = me(team.wichai)
        with _counted(database) as queries:
            stand_ins(session, "50", day(4), team.morning, by=wichai)
            coverage_gaps(session, "50", day(0), day(13))
        assert len(queries) < 30


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def _gaps(session: Session, first: int, last: int) -> list[tuple[int, str | None, int]]:
    return [
        ((gap.day - FIRST).days, gap.shift_type.code if gap.shift_type else None, gap.missing)
        for gap in coverage_gaps(session, "50", day(first), day(last))
    ]


def test_what_a_shift_lacks_is_a_gap_and_so_is_a_day_without_a_rota(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.morning, 2)
        assert _gaps(session, 0, 1) == [(0, "M", 1), (1, "M", 2)]
        assert _gaps(session, 27, 29) == [(27, "M", 2), (28, None, 2), (29, None, 2)]
        team.put(session, team.malee, 0, team.morning)
        assert _gaps(session, 0, 0) == []
        session.add(CoverNeed(shift_type_id=team.morning.id, weekday=7, people=0, experienced=0))
        session.flush()
        assert _gaps(session, 3, 3) == []  # 10 December: Constitution Day
        assert _gaps(session, 4, 4) == [(4, "M", 2)]


def test_a_shift_of_new_people_alone_lacks_somebody_experienced(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.morning, 1, experienced=1)
        terms = start_terms(team.kanya.id)
        terms.experienced = False
        session.merge(terms)
        session.flush()
        (gap,) = coverage_gaps(session, "50", day(0), day(0))
        assert (gap.missing, gap.experienced_missing) == (0, 1)


def test_leave_a_lost_certificate_and_a_move_show_as_conflicts_and_as_gaps(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.morning)
        nok = person(session, "nok")
        team.put(session, nok, 1, team.morning)
        assert _gaps(session, 0, 1) == []
        _leave(session, team.kanya, 0)
        _revoke(session, nok)
        found = conflicts(session, "50", day(0), day(1))
        assert [(one.duty.user_id, [b.rule for b in one.breaches]) for one in found] == [
            (team.kanya.id, [BreachRule.ABSENCE]), (nok.id, [BreachRule.CERTIFICATE]),
        ]  # fmt: skip
        assert _gaps(session, 0, 1) == [(0, "M", 1), (1, "M", 1)]


def test_officer_and_deputy_hear_once_again_when_it_grows_and_it_ends_when_filled(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.evening, 1)
        for number in range(14):
            if number != 5:
                team.put(session, person(session, f"e{number}"), number, team.evening)
        officer, deputy = person(session, "officer"), person(session, "deputy")
        for user, is_deputy in ((officer, False), (deputy, True)):
            _appoint(session, user, is_deputy, day(-30))
        assert alert_gaps(session, "50", at=MONDAY) == []
        _leave(session, team.malee, 5)
        (gap,) = alert_gaps(session, "50", at=MONDAY)
        assert (gap.day, gap.missing) == (day(5), 1)
        assert _told(session, officer) == _told(session, deputy) == ["cover_gaps"]
        assert _told(session, team.wichai) == []  # officers are appointed: it is theirs
        assert alert_gaps(session, "50", at=MONDAY + timedelta(minutes=10)) == []
        need = session.scalars(select(CoverNeed).where(CoverNeed.weekday == day(5).weekday()))
        need.one().people = 2
        assert len(alert_gaps(session, "50", at=MONDAY + timedelta(minutes=20))) == 2  # days 5, 12
        for index, number in enumerate((5, 5, 12)):
            team.put(session, person(session, f"s{index}"), number, team.evening)
        alert_gaps(session, "50", at=MONDAY + timedelta(minutes=30))
        open_ones = select(CoverAlert).where(CoverAlert.filled_at.is_(None))
        assert session.scalars(open_ones).all() == []


def _appoint(session: Session, user: User, is_deputy: bool, since: date) -> None:
    session.add(
        ChannelOfficer(
            centre_code="50", channel="phone_1567", user_id=user.id, is_deputy=is_deputy,
            first_day=since, order="", made_by="x", made_at=NOON,
        )
    )  # fmt: skip
    session.flush()


def test_without_officers_the_supervisor_hears_and_each_centre_has_its_turn(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.night)
        told = [alert_some(session, at=MONDAY + timedelta(minutes=minute)) for minute in range(10)]
        assert sorted(told) == [0] * 9 + [1]
        assert _told(session, team.wichai) == ["cover_gaps"]
        notice = session.scalars(select(Notice)).one()
        assert notice.data["gaps"] == 14


def test_a_gap_that_a_change_makes_is_told_in_the_next_minute(database: Database) -> None:
    """Kanya alone has the morning of the fourth day: it is free as soon as she is sick."""
    with database.transaction() as session:
        team = Team(session)
        team.put(session, team.kanya, 3, team.morning)
        need = CoverNeed(shift_type_id=team.morning.id, weekday=day(3).weekday(), people=1)
        session.add(need)
        session.flush()
        first = next(
            minute
            for minute in (MONDAY + timedelta(minutes=one) for one in range(ROUND))
            if int(minute.timestamp()) // 60 % ROUND == 50 % ROUND
        )
        alert_some(session, at=first)  # the centre has had its turn
        before = len(_told(session, team.wichai))

        call_sick(
            session, team.kanya, day(3), day(3), by=me(team.kanya), at=first + timedelta(minutes=2)
        )

        assert alert_some(session, at=first + timedelta(minutes=3)) == 1
        assert _told(session, team.wichai)[before:] == ["sick_call", "cover_gaps"]
        assert alert_some(session, at=first + timedelta(minutes=4)) == 0  # once


def test_a_day_without_a_rota_is_told_once(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        _needs(session, team.night)
        _needs(session, team.morning)
        at = MONDAY + timedelta(days=40)
        assert len(alert_gaps(session, "50", at=at)) == 14
        assert _told(session, team.wichai) == ["no_rota"]
        assert alert_gaps(session, "50", at=at) == []


def test_who_leaves_or_moves_leaves_the_rota_too(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        retire_staff(session, team.kanya, by=ADMIN, at=MONDAY)
        assert _on(session, team.kanya) == {}
        change_post(session, team.malee, Post(role="agent", centre_code="10"), by=ADMIN, at=MONDAY)
        assert _on(session, team.malee) == {}
        assert _told(session, team.wichai) == ["duties_freed", "duties_freed"]
        kinds = list(session.scalars(select(RotaChange.kind)))
        assert kinds == [DutyCause.LEFT.value] * 2
        swaps = session.scalars(select(Swap)).all()
        assert swaps == []
