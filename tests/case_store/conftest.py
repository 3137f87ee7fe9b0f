"""Stores for the tests: each test of `database` runs on SQLite and on a real PostgreSQL, built by the migrations."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from case_store import migrations
from case_store.cases.words import load_words
from case_store.database import Base, Database
from case_store.deadlines.policies import load_policies
from case_store.rotation.training.courses import load_courses
from tests.case_store.kit import KEYS, Recorder
from tests.case_store.tampering import without_triggers
from tests.services.postgres import PostgresServer

BACKENDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.store),
]


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with the start values in it, copied for each test."""
    path = tmp_path_factory.mktemp("store") / "new.sqlite3"
    store = Database(f"sqlite:///{path}", keyring=KEYS)
    migrations.upgrade(store.engine)
    _load(store)
    with store.engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres_store(postgres_server: PostgresServer) -> str:
    """One migrated database for all tests, emptied before each: making one anew takes longer."""
    url = postgres_server.create_database()
    store = Database(url)
    migrations.upgrade(store.engine)
    store.close()
    return url


@pytest.fixture(params=BACKENDS)
def database(
    request: pytest.FixtureRequest, recorder: Recorder, tmp_path: Path
) -> Iterator[Database]:
    """A store with nothing but the start values in it."""
    if request.param == "sqlite":
        file = tmp_path / "damrong.sqlite3"
        shutil.copyfile(request.getfixturevalue("new_file"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("postgres_store")
    store = Database(
        url,
        recorder,
        keyring=KEYS,
        files=tmp_path / "attachments",
        recordings=tmp_path / "recordings",
    )
    if request.param == "postgres":
        _empty(store)
        _load(store)
    yield store
    store.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def sqlite_file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/fresh.sqlite3"


def _empty(store: Database) -> None:
    with store.transaction() as session, without_triggers(session):
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())


def _load(store: Database) -> None:
    with store.transaction() as session:
        load_words(session)
        load_policies(session)
        load_courses(session)
