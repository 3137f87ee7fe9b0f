"""The search index of cases that were there before it (0004), and the way back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, select

from case_store import migrations
from case_store.cases.models import Case
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.search.matching import Wanted, matching
from case_store.search.models import FTS, SearchEntry
from damrong.demo_cases.load import Loader
from tests.case_store.kit import KEYS, NOON

pytestmark = pytest.mark.store
COUNT = 520
"""More than a batch of the migration."""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    store = Database(database_url, keyring=KEYS)
    migrations.upgrade(store.engine, keyring=KEYS)
    with store.transaction() as session:
        load_words(session)
    Loader(store, NOON).load(COUNT)
    yield store
    store.close()


def test_every_case_is_found_as_if_it_had_come_later(store: Database) -> None:
    before, hits = _entries(store), _hits(store)

    migrations.downgrade(store.engine, "0003", keyring=KEYS)
    assert not {"case_search", FTS} & set(inspect(store.engine).get_table_names())
    migrations.upgrade(store.engine, keyring=KEYS)

    assert _entries(store) == before
    assert len(before) == COUNT
    assert _hits(store) == hits
    assert len(hits) > 20


def _entries(store: Database) -> dict[int, object]:
    with store.reading() as session:
        return {one.case_id: one.grams for one in session.scalars(select(SearchEntry))}


def _hits(store: Database) -> list[int]:
    with store.reading() as session:
        found = matching(session, Wanted(("ถนน",)), most=COUNT)
        texts = session.execute(select(Case.id, Case.search_text)).all()
        assert sorted(found) == sorted(one.id for one in texts if "ถนน" in one.search_text)
    return found
