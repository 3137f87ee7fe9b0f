"""Stores for the tests: each test of `database` runs on SQLite and on a real PostgreSQL, built by the migrations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from case_store import migrations
from case_store.cases.words import load_words
from case_store.database import Base, Database
from case_store.deadlines.policies import load_policies
from case_store.search.models import FTS
from tests.case_store.kit import KEYS, Recorder
from tests.case_store.tampering import without_triggers
from tests.services.postgres import PostgresServer

BACKENDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.store),
]


@pytest.fixture(scope="session")
def database_urls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The migrated database of each backend, made when it is first asked for."""
    return {"sqlite": f"sqlite:///{tmp_path_factory.mktemp('store')}/store.sqlite3"}


@pytest.fixture(params=BACKENDS)
def database(
    request: pytest.FixtureRequest,
    database_urls: dict[str, str],
    recorder: Recorder,
    tmp_path: Path,
) -> Iterator[Database]:
    """An empty store with the lists of words in it."""
    if request.param == "postgres" and "postgres" not in database_urls:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        database_urls["postgres"] = server.create_database()
    store = Database(
        database_urls[request.param], recorder, keyring=KEYS, files=tmp_path / "attachments"
    )
    if migrations.current(store.engine) != migrations.head():
        migrations.upgrade(store.engine)
    _empty(store)
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
    with store.transaction() as session:
        with without_triggers(session):
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())
        if store.engine.dialect.name == "sqlite":
            session.execute(text(f"INSERT INTO {FTS} ({FTS}) VALUES ('delete-all')"))  # noqa: S608
        load_words(session)
        load_policies(session)
