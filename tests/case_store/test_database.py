"""Transactions, times, and two writers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from case_store.calls.models import Call
from case_store.cases.models import Case
from case_store.database import Database
from tests.case_store.kit import NOON, call, case


def test_a_time_comes_back_in_utc_whatever_its_zone_was(database: Database) -> None:
    bangkok = NOON.astimezone(timezone(timedelta(hours=7)))
    with database.transaction() as session:
        call(session, at=bangkok)

    with database.reading() as session:
        stored = session.scalars(select(Call.started_at)).one()

    assert (stored, stored.tzinfo) == (NOON, UTC)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"), database.transaction() as session:
        call(session, at=datetime(2026, 1, 1))  # noqa: DTZ001 (that is the test)


def test_an_error_of_the_database_repeats_no_number(database: Database) -> None:
    with pytest.raises(DBAPIError) as error, database.reading() as session:
        session.execute(
            text("SELECT nothing FROM nowhere WHERE caller = :n"), {"n": "+66812345678"}
        )

    assert "812345678" not in str(error.value)


def test_many_writers_at_once_get_unique_references_without_gaps(database: Database) -> None:
    def save(_number: int) -> str:
        with database.transaction() as session:
            return case(session).ref

    with ThreadPoolExecutor(8) as pool:
        refs = list(pool.map(save, range(40)))

    assert sorted(int(ref[2:-1]) for ref in refs) == list(range(1, 41))


def test_the_ledger_and_the_flow_may_open_the_same_call_together(database: Database) -> None:
    def enter(_number: int) -> int:
        with database.transaction() as session:
            return call(session, "same").id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(enter, range(16)))

    assert len(ids) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_the_second_of_two_officers_overwrites_nothing(database: Database) -> None:
    with database.transaction() as session:
        opened = case(session)
    with database.reading() as late:
        stale = late.get_one(Case, opened.id)
    with database.transaction() as session:
        session.get_one(Case, opened.id).subject = "first"

    with pytest.raises(StaleDataError), database.transaction() as session:
        session.add(stale)
        stale.subject = "second"
