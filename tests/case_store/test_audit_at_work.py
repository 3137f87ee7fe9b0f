"""Many at work at once: the chain has no gap and no fork, and nothing that is being corrected is lost to a rotation."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.audit.trail import record
from case_store.audit.verify import verify
from case_store.cases.models import Case
from case_store.database import Database
from case_store.identity import rotation
from case_store.identity.complainants import Identity, open_identity, pin_of, seal_identity
from case_store.identity.keyring import keyring_of
from tests.case_store.kit import KEYS, NOON, case

WRITERS, EACH = 8, 12


def _write(database: Database, writer: int) -> None:
    for number in range(EACH):
        with database.transaction() as session:
            record(
                session, chain="50" if number % 3 else f"{writer + 10}", action="a", subject="b",
                by=f"writer {writer}", at=NOON + timedelta(seconds=number), detail="d",
            )  # fmt: skip


def test_writers_wait_for_each_other_and_who_verifies_meanwhile_finds_no_fault(
    database: Database,
) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(_write, database, writer) for writer in range(WRITERS)]
        looks = 0
        while not all(one.done() for one in writing) or looks == 0:
            with database.reading() as session:
                assert verify(session) == []
            looks += 1
        for one in writing:
            one.result()

    with database.reading() as session:
        assert verify(session) == []
        assert session.scalar(sa.select(sa.func.count(AuditEntry.id))) == WRITERS * EACH


def test_a_correction_in_the_midst_of_a_rotation_is_the_one_that_stays(database: Database) -> None:
    with database.transaction() as session:
        case(session, complainant_name="สมหญิง", complainant_phone="0812345678")
    resealing = Database(database.engine.url.render_as_string(False), keyring=KEYS.with_new_key())
    rotated = threading.Thread(target=_reseal, args=(resealing,))

    with database.transaction() as session:
        _correct(session, "สมศรี")
        rotated.start()
        rotated.join(0.3)
        assert rotated.is_alive(), "it waits for the correction"
    rotated.join(10)

    with resealing.reading() as session:
        one = session.scalars(sa.select(Case)).one()
        assert open_identity(session, one) == Identity(name="สมศรี")
        assert len(pin_of(session, one) or "") == 4
        assert one.complainant is not None
        assert one.complainant.key_id == "k2"
    resealing.close()


def _reseal(database: Database) -> None:
    with database.transaction() as session:
        rotation.reseal(session, rotation.KINDS[0])


def _correct(session: Session, name: str) -> None:
    one = session.scalars(sa.select(Case)).one()
    assert one.complainant is not None
    seal_identity(
        keyring_of(session), one.ref, one.complainant, Identity(name=name), pin=pin_of(session, one)
    )
    session.flush()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_erased_is_not_in_the_file_any_more(database: Database) -> None:
    words = "ถ้อยคำที่ไม่มีใครควรอ่านได้อีก"
    with database.transaction() as session:
        one = case(session, description=words)
        record(session, chain="50", action="a", subject="b", by="c", at=NOON, detail=words)
    assert words.encode() in _bytes(database)

    with database.transaction() as session:
        session.execute(sa.text("DELETE FROM audit_details"))
        session.delete(session.get_one(Case, one.id))

    assert words.encode() not in _bytes(database)


def _bytes(database: Database) -> bytes:
    with database.engine.connect() as connection:
        connection.rollback()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(database.engine.url.database or "").read_bytes()
