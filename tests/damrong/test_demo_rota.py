"""The demo's Chiang Mai has what a rota round the clock is made from, and keeps what somebody changed."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from case_store import migrations
from case_store.cases.words import load_words
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.people.staff import find_person
from case_store.rotation.rota.cover_needs import needs_on
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.terms import rota_people, terms_of
from case_store.rotation.training.models import Certificate, TrainingSession
from case_store.rotation.training.register import untrained
from damrong import demo
from damrong.demo_rota import CENTRE, TERMS


def test_a_rota_can_be_made_of_the_demo(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/store.sqlite3")
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
    (tmp_path / "secrets").mkdir()
    demo.load_people(store, tmp_path)
    with store.transaction() as session:
        people = rota_people(session, CENTRE)
        assert {one.username for one in people} == TERMS.keys()
        terms = terms_of(session, [one.id for one in people])
        hours = sum(one.week_minutes for one in terms.values() if one.in_rota)
        shifts = {one.id: one for one in shift_types_of(session, CENTRE)}
        week = needs_on(session, CENTRE, date(2026, 11, 23), date(2026, 11, 29))
        wanted = sum(one.people * shifts[shift].worked_minutes for (_, shift), one in week.items())
        assert len(shifts) == 3 and 0.6 * hours < wanted < hours
        kanya = find_person(session, "kanya")
        assert kanya is not None
        terms[kanya.id].week_minutes = 1200
    demo.load_people(store, tmp_path)
    with store.transaction() as session:
        assert len(shift_types_of(session, CENTRE, with_closed=True)) == 3
        assert terms_of(session, [kanya.id])[kanya.id].week_minutes == 1200
    store.close()


def test_the_list_of_demo_staff_stays_short() -> None:
    assert len(demo.NAMED) == 15
    assert {one.username for one in demo.MORE_AGENTS} <= TERMS.keys()


def test_one_trainee_has_no_certificate_and_a_session_to_come(tmp_path: Path) -> None:
    store = Database(f"sqlite:///{tmp_path}/store.sqlite3")
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
    at = now()
    for _ in range(2):  # a second start adds nothing
        demo.load_people(store, tmp_path)
    with store.reading() as session:
        certified = {one.user_id for one in session.scalars(select(Certificate))}
        agents = session.scalars(select(User).where(User.role == Role.AGENT)).all()
        assert {user.username for user in agents if user.id not in certified} == {"kaew"}
        assert untrained(session, at=at) == []  # a trainee is nothing that the doctor would mend
        held = session.scalars(select(TrainingSession)).one()
        assert at + timedelta(days=2) < held.begins_at < at + timedelta(days=4)
    store.close()
