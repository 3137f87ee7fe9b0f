"""Demo cases are many different ones, agree with themselves, and leave a trail that verifies."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from case_store import migrations
from case_store.audit.verify import verify
from case_store.cases.models import Case, CaseEventKind, CaseState
from case_store.cases.reference import next_reference, parse_reference
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.calendar import WorkingCalendar, day_of, end_of_office
from case_store.identity.complainants import open_identity, pin_of
from case_store.people.models import Role
from damrong.demo_cases.load import Loader
from damrong.demo_cases.matters import Writer, words
from tests.case_store.kit import KEYS, NATIONAL, NOON, case, person

pytestmark = pytest.mark.store
COUNT = 300


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    store = Database(database_url, keyring=KEYS)
    migrations.upgrade(store.engine, keyring=KEYS)
    with store.transaction() as session:
        load_words(session)
    yield store
    store.close()


def test_each_category_has_hundreds_of_matters() -> None:
    writer, seen = Writer(Random(1)), Counter[str]()
    subjects: set[tuple[str, str]] = set()
    families = {
        code: name for name, group in words()["category"].items() for code in group["codes"]
    }
    for _ in range(20_000):
        matter = writer.matter("50")
        told = (families[matter.category], matter.description)
        seen[families[matter.category]] += told not in subjects
        subjects.add(told)

    assert set(seen) == set(words()["category"])
    assert min(seen.values()) > 300
    assert len(subjects) > 15_000


def test_no_slot_is_left_open(store: Database) -> None:
    Loader(store, NOON).load(COUNT)

    with store.reading() as session:
        for made in session.scalars(select(Case).options(selectinload(Case.events))):
            texts = [made.subject, made.description, made.place_note, made.respondent, made.result]
            assert not [text for text in [*texts, *(e.note for e in made.events)] if "{" in text]
            assert 3 <= len(made.subject) <= 200


def test_each_agrees_with_itself(store: Database) -> None:
    with store.transaction() as session:
        person(session, "kanya", Role.CASE_OFFICER, "50")
    Loader(store, NOON, province_code="50").load(COUNT)

    calendar = WorkingCalendar()
    with store.reading() as session:
        made = session.scalars(select(Case).order_by(Case.id)).all()
        for one in made:
            moments = [event.at for event in one.events]
            assert moments == sorted(moments)
            assert moments[0] == one.created_at <= one.updated_at <= NOON
            assert (one.closed_at is not None) == one.is_ended
            assert one.events[0].kind is CaseEventKind.RECEIVED
            assert one.screening_due_at == end_of_office(calendar.add(day_of(_clock_since(one)), 1))
            assert (one.state is CaseState.REFERRED) == any(r.is_running for r in one.referrals)
            assert {r.agency.centre_code for r in one.referrals} <= {"50"}
            assert (one.officer is None) or one.officer.username == "kanya"
        assert [one.created_at for one in made] == sorted(one.created_at for one in made)
        assert {one.state for one in made} >= {CaseState.CLOSED, CaseState.REJECTED}


def _clock_since(one: Case) -> datetime:
    reopened = [event.at for event in one.events if event.kind is CaseEventKind.REOPENED]
    return reopened[-1] if reopened else one.created_at


def test_who_complains_is_sealed_and_the_trail_verifies(store: Database) -> None:
    Loader(store, NOON).load(COUNT)

    with store.reading() as session:
        for made in session.scalars(select(Case).limit(20)):
            identity = open_identity(session, made)
            assert identity is not None
            assert identity.name
            assert len(pin_of(session, made) or "") == 4
            assert identity.name.split()[-1] not in made.search_text
        assert verify(session) == []


def test_references_go_on_where_the_last_ended(store: Database) -> None:
    with store.transaction() as session:
        case(session, at=NOON - timedelta(days=1))
    Loader(store, NOON).load(COUNT)
    with store.transaction() as session:
        refs = session.scalars(select(Case.ref)).all()
        following = next_reference(session, at=NOON)
        opened = case(session)

    assert len(set(refs)) == COUNT + 1
    assert all(parse_reference(ref) for ref in refs)
    assert following not in refs
    assert opened.created_by == NATIONAL.name


def test_the_same_seed_makes_the_same_cases(tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        store = Database(f"sqlite:///{tmp_path}/{name}.sqlite3", keyring=KEYS)
        migrations.upgrade(store.engine, keyring=KEYS)
        with store.transaction() as session:
            load_words(session)
        Loader(store, NOON, seed=4).load(50)
        with store.reading() as session:
            told.append(session.scalars(select(Case.search_text).order_by(Case.id)).all())
            assert session.scalar(select(func.count()).select_from(Case)) == 50
        store.close()

    assert told[0] == told[1]
