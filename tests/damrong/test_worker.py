"""`damrong worker` as a process: it works, waits for its database, ends when asked, and repeats nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select

from case_store import clock, migrations
from case_store.cases.models import Case
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.outbox.models import Notice, OutboxMessage
from case_store.outbox.webhooks import EVERYTHING, add_webhook
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.settings import Settings
from damrong import installation, probes
from damrong.chores import CHORES, Chore, do
from damrong.worker import guarded
from tests.case_store.kit import KEYS, NOON, case, person
from tests.integrations.receiver import running_receiver
from tests.services.postgres import running_postgres

pytestmark = [pytest.mark.store, pytest.mark.slow]
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")


@contextmanager
def running_worker(home: Path, **more: str) -> Iterator["subprocess.Popen[str]"]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("DAMRONG_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "damrong", "worker"],
        env={**clean, "DAMRONG_HOME": str(home), "DAMRONG_WEBHOOK_PRIVATE": "true", **more},
        cwd=home,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def prepared(settings: Settings) -> Database:
    installation.make_home(settings.home)
    installation.make_secrets(settings.home)
    return Database.of(settings)


def filled(store: Database, url: str) -> str:
    """Makes the schema, a webhook and a case that is news for it; the case's reference."""
    migrations.upgrade(store.engine)
    with store.transaction() as session:
        load_words(session)
        load_policies(session)
        add_webhook(session, "map", url, None, [EVERYTHING], by=ADMINISTRATOR, at=clock.now())
        return case(session, at=clock.now()).ref


def test_it_waits_for_its_tables_sends_and_ends_when_asked(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path / "home")
    store = prepared(settings)
    with running_receiver() as receiver, running_worker(settings.home) as process:
        assert within(20, (settings.home / "worker" / "outgoing").exists)
        ref = filled(store, receiver.url)
        assert within(20, lambda: bool(receiver.bodies))
        assert ref.encode() in receiver.bodies[0]
        assert within(20, lambda: probes.worker_lives(settings))

        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
        assert process.stderr
        said = process.stderr.read()

    assert not probes.worker_lives(settings)
    assert "the worker ends" in said
    assert "Traceback" not in said
    assert receiver.url not in said
    store.close()


def test_a_database_that_goes_and_comes_back_is_waited_for(tmp_path: Path) -> None:
    with running_postgres() as server, running_receiver() as receiver:
        url = server.create_database()
        settings = Settings(_env_file=None, home=tmp_path / "home", database_url=url)
        store = prepared(settings)
        filled(store, receiver.url)
        with running_worker(settings.home, DAMRONG_DATABASE_URL=url) as process:
            assert within(20, lambda: len(receiver.bodies) == 1)
            server.stop()
            time.sleep(3)
            assert process.poll() is None
            server.start()
            with store.transaction() as session:
                case(session, at=clock.now())
            assert within(20, lambda: len(receiver.bodies) == 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(8) == 0
        store.close()


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    made = Database(database_url, keyring=KEYS)
    migrations.upgrade(made.engine)
    with made.transaction() as session:
        load_words(session)
        load_policies(session)
    yield made
    made.close()


def test_a_day_of_chores_does_each_daily_one_once_in_its_hour(store: Database) -> None:
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=timezone(timedelta(hours=7)))
    done: dict[str, list[int]] = {}
    with store.transaction() as session:
        person(session, "rong", Role.DEPUTY_GOVERNOR)
    with clock.frozen(midnight) as advance:
        for hour in range(30):
            for chore in CHORES:
                for _restart in range(2):
                    if do(store, chore, Event()) and chore.from_hour is not None:
                        done.setdefault(chore.name, []).append(hour)
            advance(timedelta(hours=1))

    daily = {chore.name: chore.from_hour for chore in CHORES if chore.from_hour is not None}
    assert done == {name: [h for h in (hour, hour + 24) if h < 30] for name, hour in daily.items()}
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1
        keys = session.scalars(select(OutboxMessage.key).order_by(OutboxMessage.id)).all()
    assert keys == ["audit-heads-2026-11-24", "audit-heads-2026-11-25"]


def test_cases_from_before_the_clocks_get_theirs_and_are_reminded_of(store: Database) -> None:
    with store.transaction() as session:
        person(session, "wichai", Role.SUPERVISOR)
        for _ in range(60):  # more than one batch
            case(session).due_at = None
    with clock.frozen(NOON + timedelta(days=40)):
        for chore in CHORES:
            if chore.from_hour is None:
                assert do(store, chore, Event())

    with store.reading() as session:
        assert session.scalar(select(func.count()).where(Case.due_at.is_(None))) == 0
        counts = dict(
            session.execute(select(Notice.kind, func.count()).group_by(Notice.kind)).all()
        )
    assert counts == {"unscreened": 60, "overdue": 60, "no_progress": 60}


def test_what_fails_in_the_middle_of_the_day_is_done_when_it_is_tried_again(
    store: Database,
) -> None:
    tries: list[int] = []

    def fails_once(_session: object, _at: datetime) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("+66812345678")
        return 0

    chore = Chore("frail", fails_once, from_hour=0)
    answers = [guarded("frail", lambda: do(store, chore, Event())) for _ in range(3)]

    assert answers == [None, True, False]


def test_an_error_is_logged_without_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> bool:
        raise RuntimeError("+66812345678")

    assert guarded("some chore", fail) is None
    assert "some chore failed: RuntimeError at" in caplog.text
    assert "812345678" not in caplog.text
