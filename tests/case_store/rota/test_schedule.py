"""Three layers, one final schedule."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import User
from case_store.rotation.rota.models import Duty, Layer, RotaState
from case_store.rotation.rota.schedule import (
    ScheduledDuty,
    duties_at,
    final_schedule,
    rota_schedule,
)
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

TUESDAY = date(2026, 12, 8)


def _codes(duties: list[ScheduledDuty], user: User) -> list[tuple[int, str]]:
    return [(duty.day.day, duty.shift_type.code) for duty in duties if duty.user_id == user.id]


def _schedule(session: Session) -> list[ScheduledDuty]:
    return final_schedule(session, FIRST, LAST, centre_code="50")


def test_the_highest_layer_counts_and_there_the_newest(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, night = kit.three_shifts(session)
        rota, kanya = kit.rota(session), person(session, "kanya")
        kit.duty(session, rota, kanya, FIRST, morning)
        kit.duty(session, rota, kanya, TUESDAY, morning)
        kit.duty(session, rota, kanya, TUESDAY, night, Layer.OVERRIDDEN)
        kit.duty(session, rota, kanya, TUESDAY, evening, Layer.EDITED)
        assert _codes(_schedule(session), kanya) == [(7, "M"), (8, "N")]
        kit.duty(session, rota, kanya, TUESDAY, evening, Layer.OVERRIDDEN)
        assert _codes(_schedule(session), kanya) == [(7, "M"), (8, "E")]


def test_off_on_top_hides_what_lies_below_until_it_is_withdrawn(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        rota, kanya = kit.rota(session), person(session, "kanya")
        kit.duty(session, rota, kanya, FIRST, morning)
        sick: Duty = kit.duty(session, rota, kanya, FIRST, None, Layer.OVERRIDDEN)
        assert _codes(_schedule(session), kanya) == []
        sick.withdrawn_at = NOON
        session.flush()
        assert _codes(_schedule(session), kanya) == [(7, "M")]


def test_drafts_are_for_planners_only(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        draft = kit.rota(session, state=RotaState.DRAFT)
        kanya = person(session, "kanya")
        kit.duty(session, draft, kanya, FIRST, morning)
        assert _schedule(session) == []
        assert _codes(rota_schedule(session, draft), kanya) == [(7, "M")]
        draft.state = RotaState.LOCKED
        session.flush()
        assert _codes(_schedule(session), kanya) == [(7, "M")]


def test_who_is_on_now_across_midnight(database: Database) -> None:
    with database.transaction() as session:
        late = kit.shift_type(session, "L", 22)
        rota, kanya = kit.rota(session), person(session, "kanya")
        kit.duty(session, rota, kanya, FIRST, late)
        begins = datetime(2026, 12, 7, 15, tzinfo=UTC)
        ends = begins + timedelta(hours=8)
        moments = (begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends)
        on = [bool(duties_at(session, at, centre_code="50")) for at in moments]
        assert on == [False, True, True, False]
        assert duties_at(session, begins, centre_code="10") == []
