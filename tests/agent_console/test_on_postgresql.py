"""The console on a real PostgreSQL: where two requests meet at the same moment, and every page once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from case_store import migrations
from case_store.cases.models import Case
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.people.models import Role
from tests.agent_console.kit import CASE, Visitor, waiting_call
from tests.case_store.kit import KEYS

pytestmark = pytest.mark.store


@pytest.fixture
def database(postgres_url: str, tmp_path: Path) -> Iterator[Database]:
    store = Database(postgres_url, keyring=KEYS, files=tmp_path / "attachments")
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
        load_policies(session)
    yield store
    store.close()


def test_a_form_sent_many_times_at_once_opens_one_case(agent: Visitor, database: Database) -> None:
    def save(_: int) -> str:
        return str(agent.post("/cases", CASE | {"draft_key": "call-1-1"}).headers.get("location"))

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(save, range(8)))

    assert len(places) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_different_forms_at_once_get_different_references(agent: Visitor) -> None:
    def save(number: int) -> str:
        return str(agent.post("/cases", CASE | {"draft_key": f"new-{number}"}).headers["location"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(save, range(16)))) == 16


def test_every_page_is_there(visit: object, database: Database) -> None:
    assert callable(visit)
    waiting_call(database)
    officer: Visitor = visit(Role.NATIONAL_OFFICER, "00")
    saved = officer.post("/cases", CASE | {"draft_key": "call-1764.1-1", "pbx_id": "1764.1"})

    for path in (
        "/",
        "/cases",
        "/cases?q=ไฟ",
        saved.headers["location"],
        "/calls",
        "/callbacks",
        "/board",
        "/queues",
        "/calls/by-pbx/1764.1/pop",
        "/softphone/credentials",
        "/softphone/targets",
    ):
        assert officer.send("GET", path).status_code == 200, path
