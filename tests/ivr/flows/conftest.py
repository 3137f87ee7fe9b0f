"""The real FastAGI server with the real flows and a real store, for a caller whom the tests play."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from case_store import migrations
from case_store.calls.models import Call
from case_store.calls.record_call import find_call
from case_store.database import Database
from case_store.settings import Settings
from ivr.agi.server import AgiServer
from ivr.flows.scripts import scripts
from ivr.flows.store import Store
from tests.ivr.agi.asterisk_peer import PhoneCall, eventually

Dial = Callable[..., PhoneCall]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, made once."""
    file = tmp_path_factory.mktemp("migrated") / "store.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrations.upgrade(database.engine)
    database.close()
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, _env_file=None)


@pytest.fixture
def database(settings: Settings, migrated: Path) -> Iterator[Database]:
    shutil.copy(migrated, settings.home / "damrong.sqlite3")
    database = Database.of(settings)
    yield database
    database.close()


@pytest.fixture
def patience() -> float:
    """Seconds that a flow waits for the store. Long, so that a machine that is busy with other tests
    is not taken for a store that is away; tests of that say how short it is."""
    return 30


@pytest.fixture
def store(database: Database, patience: float) -> Iterator[Store]:
    store = Store(database, patience=patience)
    yield store
    store.close()


@pytest.fixture
def server(settings: Settings, store: Store) -> Iterator[AgiServer]:
    server = AgiServer(scripts(settings, store), port=0)
    server.start()
    yield server
    server.drain(1)


@pytest.fixture
def dial(server: AgiServer) -> Dial:
    """dial("053211234") is a citizen's call; further facts as Asterisk's agi_ lines have them."""

    def dialled(number: str = "unknown", script: str = "citizen", **facts: str) -> PhoneCall:
        return PhoneCall.dial(server.port, script, callerid=number, **facts)

    return dialled


@pytest.fixture
def written(database: Database) -> Callable[[str], Call | None]:
    """The row of a call, by its name in Asterisk. On a busy machine it may come after the call."""

    def find(pbx_id: str) -> Call | None:
        with database.reading() as session:
            return find_call(session, pbx_id)

    def find_soon(pbx_id: str = "1.1") -> Call | None:
        return find(pbx_id) if eventually(lambda: bool(find(pbx_id))) else None

    return find_soon
