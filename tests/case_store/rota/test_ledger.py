"""The ledger of turns against a count by hand, and fair shares that go by it."""

from datetime import datetime, timedelta

from case_store.clock import BANGKOK
from case_store.database import Database
from case_store.rotation.rota.ledger import ledger
from case_store.rotation.rota.models import Attendance
from case_store.rotation.rota.rules import start_terms
from tests.case_store.kit import person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

UNTIL = FIRST + timedelta(days=21)


def test_turns_are_credited_to_who_came(database: Database) -> None:
    with database.transaction() as session:
        morning, _, night = kit.three_shifts(session)
        rota = kit.rota(session)
        kanya, malee = person(session, "kanya"), person(session, "malee")
        for number in (0, 3, 5):  # Monday, Thursday 10 December, Saturday
            kit.duty(session, rota, kanya, FIRST + timedelta(days=number), morning)
        kit.duty(session, rota, malee, FIRST + timedelta(days=1), night)
        kit.duty(session, rota, malee, FIRST + timedelta(days=8), night)
        kit.duty(session, rota, malee, UNTIL, night)  # not yet
        came = datetime(2026, 12, 7, 8, 30, tzinfo=BANGKOK)
        session.add_all(
            [
                Attendance(
                    centre_code="50", user_id=kanya.id, day=FIRST, shift_type_id=morning.id,
                    came_at=came,
                ),
                Attendance(  # did not come
                    centre_code="50", user_id=malee.id, day=FIRST + timedelta(days=8),
                    shift_type_id=night.id, missed_at=came,
                ),
            ]
        )  # fmt: skip
        session.flush()
        found = ledger(session, "50", until=UNTIL)
        hers = found[kanya.id]
        # Monday the 7th is a holiday in place of Saturday the 5th, Thursday the 10th is Constitution Day.
        assert (hers.nights, hers.weekend_days, hers.holidays) == (0, 1, 2)
        assert hers.minutes == 3 * 7 * 60 - 30
        assert (found[malee.id].nights, found[malee.id].minutes) == (1, 7 * 60)


def test_fair_is_by_hours_of_contract(database: Database) -> None:
    with database.transaction() as session:
        _, _, night = kit.three_shifts(session)
        rota = kit.rota(session)
        kanya, malee = person(session, "kanya"), person(session, "malee")
        half = start_terms(malee.id)
        half.week_minutes = 20 * 60
        session.add(half)
        for number in (0, 2, 4):
            kit.duty(session, rota, kanya, FIRST + timedelta(days=number), night)
        session.flush()
        found = ledger(session, "50", until=UNTIL)
        assert found[kanya.id].fair["nights"] == 2
        assert found[malee.id].fair["nights"] == 1
        assert found[kanya.id].over("nights") == 1
