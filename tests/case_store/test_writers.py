"""Fifty writers at once on a PostgreSQL that crashes in their midst: what was acknowledged is there, once.

A longer run: WRITERS_SECONDS=60 pytest -s tests/case_store/test_writers.py
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from case_store import migrations
from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.cases.history import add_note
from case_store.cases.intake import SavedMeanwhile
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.reference import parse_reference
from case_store.cases.words import load_words
from case_store.clock import now
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from tests.case_store.casework import assert_unbroken
from tests.case_store.kit import KEYS, NATIONAL, case
from tests.services.postgres import PostgresServer, running_postgres

pytestmark = [pytest.mark.store, pytest.mark.slow]

WRITERS = 50
SECONDS = float(os.environ.get("WRITERS_SECONDS", "10"))
PROVINCES = ("10", "50", "83")
SHARED = 5
"""Cases that everybody writes into, so that writers get into each other's way."""


@dataclass
class Written:
    """What one writer was told is saved, and how often it was told that something is not."""

    opened: dict[str, str] = field(default_factory=dict)
    """Draft → reference."""
    noted: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    last_at: float = 0.0


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with running_postgres(durable=True) as server:
        yield server


def test_what_was_acknowledged_survives_a_crash_and_is_there_once(server: PostgresServer) -> None:
    database = Database(server.create_database(), keyring=KEYS)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        load_words(session)
        load_policies(session)
        shared = [case(session, province_code="50", at=now()).id for _ in range(SHARED)]
    until = time.monotonic() + SECONDS

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(_write, database, n, shared, until) for n in range(WRITERS)]
        time.sleep(SECONDS * 0.4)
        server.kill()
        killed = time.monotonic()
        time.sleep(0.5)
        server.start()
        back = time.monotonic()
        written = [writer.result(timeout=SECONDS + 60) for writer in writers]

    refused = sum((one.refused for one in written), Counter())
    assert refused["OperationalError"] or refused["AdminShutdown"], "the crash hit nobody"
    assert any(one.last_at > back for one in written), "nobody wrote after the restart"
    with database.transaction() as session:
        _check_cases(session, written)
        _check_notes(session, written)
        _check_trail(session)
        total = session.scalar(select(func.count()).select_from(Case))
    notes = sum(len(one.noted) for one in written)
    sys.stdout.write(
        f"\n{WRITERS} writers, {SECONDS:.0f} s, database away for {back - killed:.1f} s: "
        f"{total} cases and {notes} notes acknowledged, refused {dict(refused)}\n"
    )
    database.close()


def _write(database: Database, number: int, shared: list[int], until: float) -> Written:
    """Opens cases and notes, again and again; what fails is tried anew, as a person would."""
    written, dice, names = Written(), random.Random(number), count()
    draft, own = f"draft-{number}-0", list[int]()
    while time.monotonic() < until:
        note = f"บันทึก {number}/{next(names)}"
        try:
            if own and dice.random() < 0.5:
                _note(database, dice.choice(own + shared), note)
                written.noted.append(note)
            else:
                case_id, ref = _open(database, draft, dice.choice(PROVINCES))
                written.opened[draft] = ref
                own.append(case_id)
                draft = f"draft-{number}-{len(own)}"
        except (SQLAlchemyError, SavedMeanwhile) as error:
            written.refused[type(error).__name__] += 1
            time.sleep(0.05)
        else:
            written.last_at = time.monotonic()
    return written


def _open(database: Database, draft: str, province: str) -> tuple[int, str]:
    with database.transaction() as session:
        opened = case(
            session, at=now(), key=draft, province_code=province, complainant_phone="0812345678"
        )
        return opened.id, opened.ref


def _note(database: Database, case_id: int, text: str) -> None:
    with database.transaction() as session:
        add_note(session, session.get_one(Case, case_id), text, by=NATIONAL, at=now())


def _check_cases(session: Session, written: list[Written]) -> None:
    rows = session.execute(select(Case.intake_key, Case.ref)).all()
    there = {row.intake_key: row.ref for row in rows if row.intake_key}
    told = {draft: ref for one in written for draft, ref in one.opened.items()}
    assert len(there) == len(rows) - SHARED, "a draft became two cases"
    assert told.items() <= there.items(), "an acknowledged case is not there"
    # A draft that was saved in the moment of the crash was not acknowledged, and is there all the same.
    assert len(there) - len(told) <= WRITERS
    refs = [row.ref for row in rows]
    assert all(parse_reference(ref) for ref in refs)
    numbers = Counter(int(ref[2:-1]) for ref in refs)
    assert sorted(numbers.elements()) == list(range(1, len(refs) + 1)), "a gap, or one twice"


def _check_notes(session: Session, written: list[Written]) -> None:
    query = select(CaseEvent.note).where(CaseEvent.kind == CaseEventKind.NOTE)
    there = Counter(session.scalars(query))
    assert set(there.values()) == {1}
    assert {note for one in written for note in one.noted} <= there.keys()


def _check_trail(session: Session) -> None:
    events = session.scalar(select(func.count()).select_from(CaseEvent))
    of_cases = select(func.count()).where(AuditEntry.subject.startswith("case:"))
    assert session.scalar(of_cases) == events
    assert_unbroken(session)
    assert verify(session) == []
