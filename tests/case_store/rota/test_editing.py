"""Changing a rota: hard rules, layers, the second editor, history, audit, and who is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.editing import (
    BadChange,
    Change,
    RotaChanged,
    RotaLocked,
    RuleBroken,
    put_duties,
    put_duty,
)
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    Layer,
    RequestState,
    Rota,
    RotaChange,
    RotaState,
    ShiftType,
    WorkingTerms,
)
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import final_schedule, rota_schedule
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50", user_id=None)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _on(session: Session, user: User) -> dict[int, str]:
    duties = final_schedule(session, FIRST, LAST, user_ids=[user.id])
    return {(duty.day - FIRST).days: duty.shift_type.code for duty in duties}


def _works(session: Session, rota: Rota, user: User, shift: ShiftType, *numbers: int) -> None:
    for number in numbers:
        kit.duty(session, rota, user, day(number), shift)


def _broken(
    session: Session, rota: Rota, user: User, number: int, shift: ShiftType
) -> set[BreachRule]:
    with pytest.raises(RuleBroken) as refused:
        put_duty(session, rota, user, day(number), shift, by=WICHAI, at=NOON)
    assert user.id in refused.value.found
    return {breach.rule for breach in refused.value.breaches}


def test_a_change_counts_and_is_kept_told_and_audited(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, _ = kit.three_shifts(session)
        rota, kanya = kit.rota(session), person(session, "kanya")
        _works(session, rota, kanya, morning, 0)
        put_duty(session, rota, kanya, day(0), evening, by=WICHAI, at=NOON, reason="ขอความช่วยเหลือ")
        assert _on(session, kanya) == {0: "E"}
        assert rota.version == 2
        change = session.scalars(select(RotaChange)).one()
        expected = [{"user": kanya.id, "day": day(0).isoformat(), "shift": "E"}]
        assert (change.kind, change.facts["changes"]) == ("edit", expected)
        notice = session.scalars(select(Notice)).one()
        assert (notice.user_id, notice.kind) == (kanya.id, "duty_changed")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "rota.edit")).one()
        assert entry.chain == "50"


def test_nobody_is_told_of_a_draft(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        rota = kit.rota(session, state=RotaState.DRAFT)
        put_duty(session, rota, person(session, "kanya"), day(0), morning, by=WICHAI, at=NOON)
        assert session.scalars(select(Notice)).all() == []
        assert len(rota_schedule(session, rota)) == 1


def test_rest_weeks_runs_nights_and_weekends_are_kept(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, night = kit.three_shifts(session)
        rota = kit.rota(session)
        rest = person(session, "rest")
        _works(session, rota, rest, evening, 0)
        assert _broken(session, rota, rest, 1, morning) == {BreachRule.LEAST_REST}
        row = person(session, "row")
        _works(session, rota, row, morning, 0, 1, 2, 3, 4, 5)
        assert BreachRule.MOST_DAYS_IN_ROW in _broken(session, rota, row, 6, morning)
        nights = person(session, "nights")
        _works(session, rota, nights, night, 0, 1, 2)
        assert _broken(session, rota, nights, 3, night) == {BreachRule.MOST_NIGHTS_IN_ROW}
        weekends = person(session, "weekends")
        _works(session, rota, weekends, morning, 5, 12, 19)
        assert _broken(session, rota, weekends, 26, morning) == {BreachRule.MOST_WEEKENDS}
        week = person(session, "week")
        long = kit.shift_type(session, "X", 8, 12)
        _works(session, rota, week, long, 0, 2, 4, 5)
        assert BreachRule.MOST_WEEK_MINUTES in _broken(session, rota, week, 6, long)


def test_leave_nights_and_other_centres(database: Database) -> None:
    with database.transaction() as session:
        morning, _, night = kit.three_shifts(session)
        late = kit.shift_type(session, "L", 22)
        rota, kanya = kit.rota(session), person(session, "kanya")
        session.add(
            Absence(
                user_id=kanya.id, kind=AbsenceKind.ANNUAL, first_day=day(2), last_day=day(3), note="",
                state=RequestState.APPROVED, asked_at=NOON, asked_by="kanya",
            )
        )  # fmt: skip
        assert _broken(session, rota, kanya, 2, morning) == {BreachRule.ABSENCE}
        assert _broken(session, rota, kanya, 1, late) == {BreachRule.ABSENCE}  # past midnight
        put_duty(session, rota, kanya, day(4), morning, by=WICHAI, at=NOON)

        malee = person(session, "malee")
        terms = start_terms(malee.id)
        terms.no_nights = True
        session.merge(terms)
        assert _broken(session, rota, malee, 2, night) == {BreachRule.NO_NIGHTS}
        terms = session.get_one(WorkingTerms, malee.id)
        terms.month_minutes = 7 * 60
        put_duty(session, rota, malee, day(5), morning, by=WICHAI, at=NOON)
        assert _broken(session, rota, malee, 7, morning) == {BreachRule.MOST_MONTH_MINUTES}

        elsewhere = person(session, "elsewhere", centre="10")
        assert _broken(session, rota, elsewhere, 2, morning) == {BreachRule.NOT_OF_CENTRE}


def test_a_rule_of_the_house_yields_to_a_reason_and_law_to_none(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, _ = kit.three_shifts(session)
        rota, kanya = kit.rota(session), person(session, "kanya")
        _works(session, rota, kanya, evening, 0)
        with pytest.raises(BadChange, match="reason"):
            put_duty(session, rota, kanya, day(1), morning, by=WICHAI, at=NOON, insist=True)
        put_duty(
            session, rota, kanya, day(1), morning, by=WICHAI, at=NOON, insist=True, reason="น้ำท่วม"
        )
        _works(session, rota, kanya, morning, 2, 3, 4, 5)
        with pytest.raises(RuleBroken) as refused:
            put_duty(
                session, rota, kanya, day(6), morning, by=WICHAI, at=NOON, insist=True, reason="x"
            )
        assert not refused.value.may_insist


def test_two_people_exchange_their_days_at_once(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, _ = kit.three_shifts(session)
        rota, kanya, malee = kit.rota(session), person(session, "kanya"), person(session, "malee")
        _works(session, rota, kanya, evening, 0, 1)
        _works(session, rota, malee, morning, 0, 1)
        with pytest.raises(RuleBroken):  # evening, then morning
            put_duty(session, rota, malee, day(0), evening, by=WICHAI, at=NOON)
        exchange = [
            Change(user, day(number), shift)
            for number in (0, 1)
            for user, shift in ((kanya, morning), (malee, evening))
        ]
        put_duties(session, rota, exchange, by=WICHAI, at=NOON)
        assert (_on(session, kanya), _on(session, malee)) == ({0: "M", 1: "M"}, {0: "E", 1: "E"})


def test_a_locked_rota_a_past_day_and_a_second_editor(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        rota, kanya = kit.rota(session, state=RotaState.LOCKED), person(session, "kanya")
        with pytest.raises(RotaLocked):
            put_duty(session, rota, kanya, day(0), morning, by=WICHAI, at=NOON)
        put_duty(session, rota, kanya, day(0), morning, by=WICHAI, at=NOON, layer=Layer.OVERRIDDEN)
        later = NOON + timedelta(days=30)
        with pytest.raises(RotaLocked):
            put_duty(
                session, rota, kanya, day(0), None, by=WICHAI, at=later, layer=Layer.OVERRIDDEN
            )
        with pytest.raises(RotaChanged):
            put_duty(
                session, rota, kanya, day(2), morning, by=WICHAI, at=NOON, layer=Layer.OVERRIDDEN,
                expected_version=1,
            )  # fmt: skip


def test_only_who_plans_the_centre(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        rota, kanya = kit.rota(session), person(session, "kanya")
        for actor in (Actor("kanya", Role.AGENT, "50"), Actor("x", Role.SUPERVISOR, "10")):
            with pytest.raises(NotAllowed):
                put_duty(session, rota, kanya, day(0), morning, by=actor, at=NOON)
