"""What was sent before referrals had reminders of their own (0005) counts for them, and the way back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from case_store import migrations
from case_store.cases.history import add_note
from case_store.cases.models import Case, CaseState
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.models import ReferralReminder, Reminder
from case_store.deadlines.policies import load_policies
from case_store.deadlines.reminders import send_reminders
from tests.case_store.casework import OFFICER, in_state, later, referred
from tests.case_store.kit import KEYS, NOON

pytestmark = pytest.mark.store
Sent = list[tuple[datetime, int, datetime]]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    store = Database(database_url, keyring=KEYS)
    migrations.upgrade(store.engine, keyring=KEYS)
    with store.transaction() as session:
        load_words(session)
        load_policies(session)
        referred(session, in_state(session, CaseState.SCREENING))
    yield store
    store.close()


def test_what_was_sent_goes_down_and_up_again(store: Database) -> None:
    for day in (30, 45):
        assert _remind(store, day) == 1
    before = _of_referrals(store)

    migrations.downgrade(store.engine, "0004", keyring=KEYS)
    assert _of_cases(store) == before
    migrations.upgrade(store.engine, keyring=KEYS)

    assert _of_referrals(store) == before == [(NOON, 1, later(30)), (NOON, 2, later(45))]
    assert [_remind(store, day) for day in (46, 51, 52)] == [0, 0, 1]


def test_an_agency_is_not_reminded_again_of_what_it_was_told_of_the_case(store: Database) -> None:
    """A note of the centre had started the count of the case anew; the agency has not moved at all."""
    with store.transaction() as session:
        case = session.scalars(select(Case)).one()
        add_note(session, case, "โทรตามแล้ว", by=OFFICER, at=later(5))
        for level, day in ((1, 35), (2, 50)):
            session.add(
                Reminder(case_id=case.id, counted_from=later(5), level=level, sent_at=later(day))
            )
    migrations.downgrade(store.engine, "0004", keyring=KEYS)
    migrations.upgrade(store.engine, keyring=KEYS)

    assert _of_referrals(store) == [(NOON, 1, later(35)), (NOON, 2, later(50))]
    assert [_remind(store, day) for day in (51, 57)] == [0, 1]


def _remind(store: Database, day: int) -> int:
    with store.transaction() as session:
        return send_reminders(session, at=NOON + timedelta(days=day))


def _of_referrals(store: Database) -> Sent:
    with store.reading() as session:
        rows = session.scalars(select(ReferralReminder).order_by(ReferralReminder.level))
        return [(row.counted_from, row.level, row.sent_at) for row in rows]


def _of_cases(store: Database) -> Sent:
    with store.reading() as session:
        rows = session.scalars(select(Reminder).order_by(Reminder.level))
        return [(row.counted_from, row.level, row.sent_at) for row in rows]
