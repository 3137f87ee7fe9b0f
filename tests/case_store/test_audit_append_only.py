"""The database itself refuses to change what was written, whichever program asks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from case_store import migrations
from case_store.audit.trail import record
from case_store.audit.verify import verify
from case_store.cases.history import add_note
from case_store.cases.words import load_words
from case_store.database import Database
from tests.case_store.kit import KEYS, NATIONAL, NOON, case
from tests.services.postgres import PostgresServer

ADMINISTRATION = Path(__file__).parents[2] / "docs" / "administration.md"


@pytest.fixture
def filled(session: Session) -> Session:
    add_note(session, case(session), "โทรหาผู้ร้องแล้ว", by=NATIONAL, at=NOON)
    session.flush()
    return session


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'x'",
        "UPDATE audit_entries SET number = number + 100",
        "DELETE FROM audit_entries",
        "UPDATE audit_details SET text = 'x'",
        "UPDATE audit_details SET salt = 'x'",
        "UPDATE audit_heads SET hash = 'x'",
        "UPDATE audit_heads SET number = number + 2",
        "DELETE FROM audit_heads",
        "UPDATE case_events SET note = 'x' WHERE note <> ''",
        "UPDATE case_events SET \"by\" = 'x'",
        "UPDATE case_events SET kind = 'closed'",
        "UPDATE case_events SET at = '2020-01-01 00:00:00+00'",
        "UPDATE case_events SET data = '{\"a\": 1}'",
        "UPDATE case_events SET case_id = case_id + 1",
    ],
)
def test_what_was_written_cannot_be_changed(filled: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="is append-only"), filled.begin_nested():
        filled.execute(sa.text(statement))
    assert verify(filled) == []


@pytest.mark.parametrize(
    "database", [pytest.param("postgres", marks=pytest.mark.store)], indirect=True
)
@pytest.mark.parametrize("table", ["audit_entries", "audit_details", "audit_heads", "case_events"])
def test_nothing_can_be_emptied_at_one_stroke(filled: Session, table: str) -> None:
    with pytest.raises(DBAPIError, match="is append-only"), filled.begin_nested():
        filled.execute(sa.text(f"TRUNCATE {table} CASCADE"))


def test_texts_about_people_can_be_erased(filled: Session) -> None:
    filled.execute(sa.text("UPDATE case_events SET note = ''"))
    filled.execute(sa.text("DELETE FROM audit_details"))

    assert verify(filled) == []


def test_an_older_schema_has_no_triggers(sqlite_file: str) -> None:
    store = Database(sqlite_file)
    migrations.upgrade(store.engine)
    query = sa.text("SELECT count(*) FROM sqlite_master WHERE name LIKE 'append_only_%'")
    with store.engine.connect() as connection:
        assert connection.scalar(query) == 6
    migrations.downgrade(store.engine, "0002")
    with store.engine.connect() as connection:
        assert connection.scalar(query) == 0
    store.close()


@pytest.fixture
def restricted(postgres_server: PostgresServer) -> Iterator[tuple[str, str]]:
    """A database as administrators are told to set it up: its owner's URL, and the program's."""
    url = postgres_server.create_database()
    store = Database(url, keyring=KEYS)
    migrations.upgrade(store.engine)
    grants = re.findall(r"^(?:GRANT|REVOKE) .*;$", ADMINISTRATION.read_text(), re.MULTILINE)
    with store.engine.begin() as connection:
        connection.execute(sa.text("CREATE ROLE damrong_app LOGIN"))
        for grant in grants:
            connection.execute(sa.text(grant))
    assert len(grants) == 7
    yield url, re.sub(r"//[^@]+@", "//damrong_app@", url)
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP OWNED BY damrong_app"))
        connection.execute(sa.text("DROP ROLE damrong_app"))
    store.close()
    postgres_server.drop_database(url)


@pytest.mark.store
def test_the_program_works_with_the_rights_that_administrators_are_told_to_give(
    restricted: tuple[str, str],
) -> None:
    store = Database(restricted[1], keyring=KEYS)
    migrations.upgrade(store.engine)  # it is at the newest: nothing to do, and no right to do it
    with store.transaction() as session:
        load_words(session)
        add_note(session, case(session), "โทรหาผู้ร้องแล้ว", by=NATIONAL, at=NOON)
        record(session, chain="system", action="a", subject="b", by="c", at=NOON, detail="d")
        assert verify(session) == []
        session.execute(sa.text("DELETE FROM audit_details"))
    store.close()


@pytest.mark.store
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'x'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries CASCADE",
        "UPDATE audit_details SET text = 'x'",
        "DELETE FROM audit_heads",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only_audit_entries_update ON audit_entries",
        "SET session_replication_role = replica",
    ],
)
def test_the_program_cannot_even_try(restricted: tuple[str, str], statement: str) -> None:
    store = Database(restricted[1], keyring=KEYS)
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, store.engine.begin() as connection:
        connection.execute(sa.text(statement))
    store.close()
