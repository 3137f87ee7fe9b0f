"""People on duty by half hours."""

from datetime import timedelta

from case_store.database import Database
from case_store.rotation.rota.models import RotaState, ShiftPlace
from case_store.rotation.rota.on_duty import drafted, on_duty
from tests.case_store.kit import person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST


def test_half_hours_count_who_is_on_site_across_midnight_too(database: Database) -> None:
    with database.transaction() as session:
        assert on_duty(session, "50", FIRST, 7) is None
        rota, kanya, anan = kit.rota(session), person(session, "kanya"), person(session, "anan")
        late = kit.shift_type(session, "L", 22)
        home = kit.shift_type(session, "H", 8, place=ShiftPlace.STANDBY)
        kit.duty(session, rota, kanya, FIRST, late)
        kit.duty(session, rota, anan, FIRST, home)
        first = on_duty(session, "50", FIRST, 1)
        assert first == [0] * 44 + [1] * 4
        second = on_duty(session, "50", FIRST + timedelta(days=1), 1)
        assert second == [1] * 12 + [0] * 36


def test_a_draft_is_counted_apart(database: Database) -> None:
    with database.transaction() as session:
        draft = kit.rota(session, state=RotaState.DRAFT)
        kit.duty(session, draft, person(session, "kanya"), FIRST, kit.shift_type(session, "M", 8))
        assert on_duty(session, "50", FIRST, 1) is None
        assert drafted(session, "50", FIRST, 1) == [0] * 16 + [1] * 16 + [0] * 16


def test_a_draft_says_nothing_of_days_that_it_does_not_plan(database: Database) -> None:
    with database.transaction() as session:
        kanya, morning = person(session, "kanya"), kit.shift_type(session, "M", 8)
        tomorrow = FIRST + timedelta(days=1)
        draft = kit.rota(session, first=tomorrow, last=tomorrow, state=RotaState.DRAFT)
        kit.duty(session, draft, kanya, tomorrow, morning)
        line = [None] * 48 + [0] * 16 + [1] * 16 + [0] * 16 + [None] * 48
        assert drafted(session, "50", FIRST, 3) == line
