"""The real console on a real store. Without a mark: SQLite, and no Redis, as the console must work without it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent_console.app import create_app
from agent_console.console import Console
from agent_console.metrics import Metrics
from agent_console.rate_limit import FailureLimit
from case_store import migrations
from case_store.cases.words import load_words
from case_store.clock import now
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.people.models import Role
from case_store.people.tokens import create_token
from case_store.rotation.training.courses import load_courses
from case_store.settings import Settings
from tests.agent_console.kit import Visitor, add_user, sign_in
from tests.case_store.kit import KEYS, Recorder


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store with the lists of words in it, copied for each test."""
    path = tmp_path_factory.mktemp("console") / "store.sqlite3"
    store = Database(f"sqlite:///{path}")
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
        load_courses(session)
        load_policies(session)
    store.close()
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, demo=False, redis_url="", _env_file=None)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def database(migrated_file: Path, settings: Settings, recorder: Recorder) -> Iterator[Database]:
    shutil.copy(migrated_file, settings.home / "damrong.sqlite3")
    store = Database(settings.database_url, recorder, keyring=KEYS, files=settings.attachments)
    yield store
    store.close()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The app, built and started once for all tests; each puts its own store in."""
    home = tmp_path_factory.mktemp("started")
    nowhere = Settings(home=home, demo=False, redis_url="", _env_file=None)
    with TestClient(create_app(nowhere), follow_redirects=False) as client:
        yield client


@pytest.fixture
def console(started: TestClient, settings: Settings, database: Database) -> Console:
    """What the app works with in this test."""
    console: Console = started.app.state.console  # type: ignore[attr-defined]
    console.settings, console.database = settings, database
    console.sign_in_failures = FailureLimit(settings.redis_address)
    console.metrics = Metrics()
    return console


@pytest.fixture
def client(started: TestClient, console: Console) -> TestClient:
    """A browser that nobody has signed in on."""
    return _browser(started)


def _browser(started: TestClient) -> TestClient:
    browser = TestClient(started.app, follow_redirects=False)
    browser.portal = started.portal  # one event loop for all of them
    return browser


@pytest.fixture
def visit(started: TestClient, console: Console, database: Database) -> Callable[..., Visitor]:
    """Signs a new person in: `visit(Role.AGENT, "50")`. Each has a browser of their own."""

    def visit(
        role: Role = Role.AGENT, centre: str = "50", username: str = "", **more: Any
    ) -> Visitor:
        name = username or f"{role}-{centre}".replace("_", "-")
        with database.transaction() as session:
            user = add_user(session, name, role, centre, **more)
        return sign_in(_browser(started), database, user)

    return visit


@pytest.fixture
def agent(visit: Callable[..., Visitor]) -> Visitor:
    """An agent of Chiang Mai."""
    return visit(Role.AGENT, "50", "kanya")


@pytest.fixture
def officer(visit: Callable[..., Visitor]) -> Visitor:
    """A case officer of Chiang Mai."""
    return visit(Role.CASE_OFFICER, "50", "prapai")


@pytest.fixture
def program(started: TestClient, console: Console, database: Database) -> Callable[..., TestClient]:
    """A program with a token: `program(Role.AGENT, "50")`; an agency's with `agency_id=`."""

    def program(role: Role = Role.NATIONAL_OFFICER, centre: str = "00", **more: Any) -> TestClient:
        with database.transaction() as session:
            name = "-".join([role, centre, *map(str, more.values())])
            token = create_token(
                session, name=name, role=role, at=now(), centre_code=centre, **more
            )
        client = _browser(started)
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    return program
