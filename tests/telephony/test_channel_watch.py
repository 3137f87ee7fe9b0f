"""The telephone's parts are killed: the outage is measured, told once, and so is its end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from case_store import migrations
from case_store.cases.words import load_words
from case_store.clock import BANGKOK, frozen
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.outbox.models import Notice
from case_store.rotation.channels.availability import availability
from case_store.rotation.channels.watching import PHONE, Why
from case_store.rotation.training.courses import load_courses
from damrong.channel_watch import telephone, watch_channels
from tests.case_store.channels.test_appointments import SUPERVISOR, given_to
from tests.case_store.kit import KEYS, person
from tests.telephony.line import eventually
from tests.telephony.whole_system import WholeSystem, whole_system

EVENING = datetime(2026, 11, 23, 20, 0, tzinfo=BANGKOK)
"""Nobody has to be at the telephone."""


@pytest.fixture(scope="module")
def system() -> Iterator[WholeSystem]:
    with whole_system() as system:
        yield system


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """One in which the system's own worker, which goes by the real clock, measures nothing."""
    store = Database(f"sqlite:///{tmp_path / 'watched.sqlite3'}", keyring=KEYS)
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
        load_policies(session)
        load_courses(session)
        given_to(session, person(session, "anong"))
    yield store
    store.close()


def heard(store: Database) -> list[str]:
    query = select(Notice.kind).where(Notice.kind.in_(["channel_down", "channel_up"]))
    with store.reading() as session:
        return list(session.scalars(query.order_by(Notice.id)))


@pytest.mark.parametrize(
    ("killed", "why"), [("asterisk", Why.TELEPHONE), ("ivr", Why.FLOWS)], ids=["asterisk", "ivr"]
)
def test_a_killed_part_is_an_outage_until_it_is_back(
    system: WholeSystem, store: Database, killed: str, why: Why
) -> None:
    def measure(*minutes: int) -> None:
        for minute in minutes:
            with frozen(EVENING + timedelta(minutes=minute)):
                watch_channels(system.settings, store)

    assert eventually(system.is_ready, seconds=20)
    with system.nobody_revives():
        assert telephone(system.settings) == ""
        measure(0)
        system.kill(killed)
        assert eventually(lambda: telephone(system.settings) == why, seconds=5)
        measure(1, 5, 9)
        assert heard(store) == []
        measure(10, 11, 14)
        assert heard(store) == ["channel_down"]
    assert eventually(system.is_ready, seconds=20)
    measure(15, 16)
    assert heard(store) == ["channel_down", "channel_up"]
    with store.reading() as session:
        at = EVENING + timedelta(minutes=16)
        found, outages = availability(session, "50", by=SUPERVISOR, at=at)
        assert [(one.why, one.began_at, one.ended_at) for one in outages] == [
            (why, EVENING, EVENING + timedelta(minutes=14))
        ]
        assert found[PHONE].share == pytest.approx(2 / 16)
