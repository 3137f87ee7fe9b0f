"""Days wanted otherwise, over several rotas: all or none, the way back, and what stands on top."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.calendar.changes import Wanted, Why, change_days, check_days
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.editing import BadChange, RotaChanged, RotaLocked, RuleBroken
from case_store.rotation.rota.models import DutyCause, Layer, Rota, RotaState
from case_store.rotation.rota.schedule import final_schedule
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
KANYA = Actor("kanya", Role.AGENT, "50")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _on(session: Session) -> dict[tuple[int, date], str]:
    duties = final_schedule(session, FIRST, LAST + timedelta(days=30))
    return {(duty.user_id, duty.day): duty.shift_type.code for duty in duties}


def test_two_people_exchange_a_day_and_the_answer_is_the_way_back(database: Database) -> None:
    with database.transaction() as session:
        anong, boon = person(session, "anong"), person(session, "boon")
        morning, evening, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(1), morning)
        kit.duty(session, rota, boon, day(1), evening)
        was = _on(session)
        wanted = [Wanted(anong.id, day(1), "E"), Wanted(boon.id, day(1), "M")]

        done = change_days(session, "50", wanted, by=WICHAI, at=NOON, versions={rota.id: 1})

        assert _on(session) == {(anong.id, day(1)): "E", (boon.id, day(1)): "M"}
        assert done.versions == {rota.id: 2}
        change_days(session, "50", done.before, by=WICHAI, at=NOON, versions=done.versions)
        assert _on(session) == was


def test_a_duty_moves_from_the_end_of_one_rota_into_the_next(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        first = kit.rota(session)
        kit.rota(session, first=LAST + timedelta(days=1), last=LAST + timedelta(days=14))
        change_days(session, "50", [Wanted(anong.id, LAST, "M")], by=WICHAI, at=NOON)
        tomorrow = LAST + timedelta(days=1)
        wanted = [Wanted(anong.id, tomorrow, "M"), Wanted(anong.id, LAST, None)]

        done = change_days(session, "50", wanted, by=WICHAI, at=NOON)

        assert _on(session) == {(anong.id, tomorrow): "M"}
        assert len(done.versions) == 2 and done.versions[first.id] == 3


def test_when_one_of_several_rotas_refuses_none_is_changed(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        kit.rota(session)
        locked = kit.rota(
            session, first=LAST + timedelta(days=1), last=LAST + timedelta(days=14),
            state=RotaState.LOCKED,
        )  # fmt: skip
        anong_id, later = anong.id, locked.first_day

    wanted = [Wanted(anong_id, day(1), "M"), Wanted(anong_id, later, "M")]
    with pytest.raises(RotaLocked), database.transaction() as session:
        change_days(session, "50", wanted, by=WICHAI, at=NOON)

    with database.reading() as session:
        assert _on(session) == {}
        assert {rota.version for rota in session.query(Rota)} == {1}


def test_what_lies_on_top_is_met_on_its_own_layer(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, *_ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(1), morning)
        kit.duty(session, rota, anong, day(1), None, Layer.OVERRIDDEN, DutyCause.SICK)

        change_days(session, "50", [Wanted(anong.id, day(1), "E")], by=WICHAI, at=NOON)

        assert _on(session) == {(anong.id, day(1)): "E"}


def test_a_locked_rota_changes_only_for_a_written_reason(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        kit.rota(session, state=RotaState.LOCKED)
        wanted = [Wanted(anong.id, day(1), "M")]
        with pytest.raises(RotaLocked):
            change_days(session, "50", wanted, by=WICHAI, at=NOON)
        with pytest.raises(BadChange):
            change_days(session, "50", wanted, by=WICHAI, at=NOON, override=True)

        change_days(session, "50", wanted, by=WICHAI, at=NOON, override=True, reason="น้ำท่วม")

        assert _on(session) == {(anong.id, day(1)): "M"}


def test_the_second_editor_an_unknown_shift_a_day_without_rota_and_strangers_are_refused(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        rota = kit.rota(session)
        good = [Wanted(anong.id, day(1), "M")]
        with pytest.raises(RotaChanged):
            change_days(session, "50", good, by=WICHAI, at=NOON, versions={rota.id: 7})
        for bad, why in (
            (Wanted(anong.id, day(1), "Q"), Why.UNKNOWN_SHIFT),
            (Wanted(anong.id, day(60), "M"), Why.NO_ROTA),
            (Wanted(99, day(1), "M"), Why.UNKNOWN_PERSON),
        ):
            with pytest.raises(BadChange) as refused:
                change_days(session, "50", [bad], by=WICHAI, at=NOON)
            assert refused.value.field == why
        with pytest.raises(NotAllowed):
            change_days(session, "50", good, by=KANYA, at=NOON)
        assert _on(session) == {}


def test_a_check_says_the_same_as_the_change_and_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        kit.rota(session)
        wanted = [Wanted(anong.id, day(1), "E"), Wanted(anong.id, day(2), "M")]

        found = check_days(session, "50", [*wanted, Wanted(99, day(1), "M")], by=WICHAI, at=NOON)

        rules = {one.wanted.day: [breach.rule for breach in one.breaches] for one in found[1:]}
        assert found[0].why is Why.UNKNOWN_PERSON
        assert rules == {day(1): [BreachRule.LEAST_REST], day(2): [BreachRule.LEAST_REST]}
        assert all(one.may_insist for one in found[1:])
        with pytest.raises(RuleBroken):
            change_days(session, "50", wanted, by=WICHAI, at=NOON)
        session.rollback()


def test_a_rule_of_the_house_is_broken_for_a_reason(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        kit.three_shifts(session)
        kit.rota(session)
        wanted = [Wanted(anong.id, day(1), "E"), Wanted(anong.id, day(2), "M")]

        change_days(session, "50", wanted, by=WICHAI, at=NOON, insist=True, reason="ตกลงกันแล้ว")

        assert _on(session) == {(anong.id, day(1)): "E", (anong.id, day(2)): "M"}
