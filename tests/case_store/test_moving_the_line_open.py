"""The data of “The line is open” (0001) goes into the complaint database (0002) and back without loss."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from case_store import migrations
from case_store.cases.models import Case, CaseDraft
from case_store.database import Database
from case_store.identity.complainants import cases_with_phone, open_identity, pin_of
from case_store.identity.models import Anonymity
from tests.case_store.kit import KEYS, NATIONAL, NOON

pytestmark = pytest.mark.store
COUNT = 1203
"""More than two batches of the migration."""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    store = Database(database_url, keyring=KEYS)
    migrations.upgrade(store.engine, "0001", keyring=KEYS)
    with store.engine.begin() as connection:
        _fill(connection)
    yield store
    store.close()


def test_nothing_is_lost_on_the_way_up(store: Database) -> None:
    migrations.upgrade(store.engine, keyring=KEYS)

    with store.reading() as session:
        case = session.scalars(sa.select(Case).where(Case.ref == "690000013")).one()
        identity = open_identity(session, case)
        assert identity is not None
        assert (identity.name, identity.phone) == ("สมหญิง ใจดี 1", "+66810000001")
        assert len(pin_of(session, case) or "") == 4
        found = cases_with_phone(session, "+66810000001", by=NATIONAL)
        assert session.scalars(found).all() == [case.id]
        assert [event.note for event in case.events] == ["บันทึก 1"]
        assert (case.state_since, case.progress_at) == (NOON, NOON)
        assert (case.anonymity, case.service_type) == (Anonymity.NAMED, "general")
        second = session.get_one(Case, 2)
        assert second.anonymity is Anonymity.TO_ALL
        counts = {
            name: session.scalar(sa.select(sa.func.count()).select_from(sa.table(name)))
            for name in TABLES
        }
    assert counts == dict.fromkeys(TABLES, COUNT)


def test_no_name_or_number_stays_in_the_plain_columns(store: Database) -> None:
    migrations.upgrade(store.engine, keyring=KEYS)

    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM cases")).mappings().all()
        sealed = connection.execute(sa.text("SELECT sealed FROM complainants")).scalars().all()
    assert not any("สมหญิง" in str(row) or "+6681" in str(row) for row in rows)
    assert not any("สมหญิง".encode() in bytes(one) for one in sealed)


def test_what_was_being_typed_is_sealed_and_goes_on(store: Database) -> None:
    migrations.upgrade(store.engine, keyring=KEYS)

    with store.reading() as session:
        draft = session.scalars(sa.select(CaseDraft)).one()
        assert draft.fields == {"subject": "ไฟดับ"}
        assert "ไฟดับ".encode() not in draft.sealed


def test_it_comes_back_as_it_was(store: Database) -> None:
    before = _rows(store)
    migrations.upgrade(store.engine, keyring=KEYS)

    migrations.downgrade(store.engine, "0001", keyring=KEYS)

    assert _rows(store) == before


TABLES = ("cases", "case_events", "complainants")
CASE = {
    "state": "received", "centre_code": "50", "channel": "phone_1567", "nature": "complaint",
    "category": "general", "urgency": "normal", "subject": "ไฟถนนดับ", "description": "ดับสามคืน",
    "province_code": "50", "place_note": "", "search_text": "ไฟถนนดับ", "created_by": "kanya",
    "created_at": NOON, "updated_at": NOON, "version": 1,
}  # fmt: skip


def _fill(connection: sa.Connection) -> None:
    words = {"name_th": "ก", "name_en": "a", "position": 0, "active": True}
    _insert(connection, "channels", [words | {"code": "phone_1567"}])
    _insert(connection, "natures", [words | {"code": "complaint"}])
    _insert(connection, "categories", [words | {"code": "general", "days_to_settle": 15}])
    cases = [
        CASE
        | {
            "id": number,
            "ref": "690000013" if number == 1 else f"68{number:07d}",
            "anonymous": number % 2 == 0,
            "complainant_name": None if number % 2 == 0 else f"สมหญิง ใจดี {number}",
            "complainant_phone": f"+6681{number:07d}",
        }
        for number in range(1, COUNT + 1)
    ]
    _insert(connection, "cases", cases)
    events = [
        {"case_id": n, "at": NOON, "kind": "note", "by": "kanya", "note": f"บันทึก {n}"}
        for n in range(1, COUNT + 1)
    ]
    _insert(connection, "case_events", events)
    user = {
        "id": 1, "username": "kanya", "display_name": "K", "role": "agent", "centre_code": "50",
        "password_hash": "x", "language": "th", "active": True, "failed_sign_ins": 0,
        "created_at": NOON,
    }  # fmt: skip
    _insert(connection, "users", [user])
    draft = {"user_id": 1, "key": "call-1", "fields": {"subject": "ไฟดับ"}, "updated_at": NOON}
    _insert(connection, "case_drafts", [draft])


def _insert(connection: sa.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    reflected = sa.Table(table, sa.MetaData(), autoload_with=connection)
    connection.execute(reflected.insert(), rows)


def _rows(store: Database) -> list[dict[str, Any]]:
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM cases ORDER BY id")).mappings().all()
        events = connection.execute(sa.text("SELECT * FROM case_events ORDER BY id")).mappings()
        drafts = connection.execute(sa.text("SELECT * FROM case_drafts ORDER BY id")).mappings()
        return [dict(row) for row in [*rows, *events, *drafts]]
