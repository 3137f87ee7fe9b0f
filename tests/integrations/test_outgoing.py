"""From the outbox to the other side: sent, tried again, given up; by several workers, each message once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store import clock, migrations
from case_store.audit.heads import parse_heads, queue_heads
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.deadlines.policies import load_policies
from case_store.identity.keyring import Keyring
from case_store.outbox.messages import MOST_ATTEMPTS
from case_store.outbox.models import Notice, OutboxMessage, Webhook
from case_store.outbox.webhooks import EVERYTHING, add_webhook
from case_store.people.models import Role
from case_store.people.permissions import Actor
from integrations.outgoing import REST, Outgoing
from tests.case_store.kit import KEYS, NOON, case, person
from tests.integrations.receiver import Receiver, dripping_server, running_receiver

pytestmark = pytest.mark.store
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    made = Database(database_url, keyring=KEYS)
    migrations.upgrade(made.engine)
    with made.transaction() as session:
        load_words(session)
        load_policies(session)
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def outgoing(store: Database, tmp_path: Path) -> Outgoing:
    return Outgoing(store, tmp_path / "heads", private=True, seconds=2)


def hook(session: Session, url: str, name: str = "map") -> None:
    add_webhook(session, name, url, None, [EVERYTHING], by=ADMINISTRATOR, at=NOON)


def states(store: Database) -> list[tuple[int, bool, str | None]]:
    with store.reading() as session:
        query = select(OutboxMessage).order_by(OutboxMessage.id)
        return [
            (one.attempts, one.done_at is not None and not one.given_up, one.last_error)
            for one in session.scalars(query)
        ]


def test_news_of_a_case_reaches_the_other_side(
    store: Database, outgoing: Outgoing, receiver: Receiver
) -> None:
    with clock.frozen(NOON), store.transaction() as session:
        hook(session, receiver.url)
        ref = case(session).ref
    with clock.frozen(NOON):
        assert [outgoing.send_due(), outgoing.send_due()] == [1, 0]

    assert f'"ref":"{ref}"'.encode() in receiver.bodies[0]
    assert states(store) == [(1, True, None)]


def test_what_was_refused_is_tried_again_with_the_same_id(
    store: Database, outgoing: Outgoing, receiver: Receiver
) -> None:
    receiver.answers = [503, 503, 204]
    with store.transaction() as session:
        hook(session, receiver.url)
        case(session)
    with clock.frozen(NOON) as advance:
        sent = []
        for _ in range(10):
            sent.append(outgoing.send_due())
            advance(timedelta(seconds=31))

    assert sent == [1, 1, 0, 1, 0, 0, 0, 0, 0, 0]
    assert len({headers["webhook-id"] for headers in receiver.headers}) == 1
    assert states(store) == [(3, True, None)]


def test_one_that_is_stuck_holds_up_no_other(
    store: Database, outgoing: Outgoing, receiver: Receiver
) -> None:
    with dripping_server() as stuck, clock.frozen(NOON) as advance:
        with store.transaction() as session:
            hook(session, stuck, "stuck")
            hook(session, receiver.url, "well")
            for _ in range(15):
                case(session)
        while outgoing.send_due():
            advance(timedelta(seconds=1))

        assert len(receiver.bodies) == 15
        assert {error for _, done, error in states(store) if not done} <= {
            "no answer in time",
            None,
        }
        assert timedelta(seconds=15) < REST  # else the loop above would never end


def test_what_is_given_up_is_told_to_administrators_once(
    store: Database, outgoing: Outgoing
) -> None:
    with store.transaction() as session:
        root = person(session, "root", Role.ADMINISTRATOR, "00").id
        hook(session, "http://127.0.0.1:1/")
        case(session)
        case(session)
        for message in session.scalars(select(OutboxMessage)):
            message.attempts = MOST_ATTEMPTS - 1
    with clock.frozen(NOON):
        assert outgoing.send_due() == 2

    with store.reading() as session:
        [notice] = session.scalars(select(Notice))
        assert (notice.user_id, notice.kind, notice.data) == (
            root,
            "message_given_up",
            {"name": "map"},
        )
        assert all(one.given_up for one in session.scalars(select(OutboxMessage)))


def test_a_secret_that_cannot_be_read_sends_nothing_unsigned(
    store: Database, outgoing: Outgoing, receiver: Receiver
) -> None:
    with store.transaction() as session:
        hook(session, receiver.url)
        case(session)
        session.scalars(select(Webhook)).one().sealed_secret = b"\0" * 60
    with clock.frozen(NOON):
        assert outgoing.send_due() == 1

    assert receiver.bodies == []
    assert states(store) == [(1, False, "secret cannot be read")]


def test_several_workers_send_each_message_once(
    store: Database, receiver: Receiver, tmp_path: Path
) -> None:
    with store.transaction() as session:
        hook(session, receiver.url)
        for _ in range(60):
            case(session)

    def work(_number: int) -> int:
        outgoing = Outgoing(store, tmp_path, private=True)
        return sum(outgoing.send_due() for _ in range(8))

    with clock.frozen(NOON), ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 60
    assert {error for _, _, error in states(store)} == {None}
    ids = [headers["webhook-id"] for headers in receiver.headers]
    assert len(ids) == len(set(ids)) == 60


def test_the_heads_of_the_audit_trail_become_a_file_that_is_never_changed(
    store: Database, outgoing: Outgoing, tmp_path: Path
) -> None:
    with store.transaction() as session:
        case(session)
        queue_heads(session, at=NOON)
    with clock.frozen(NOON):
        assert outgoing.send_due() == 1

    [file] = (tmp_path / "heads").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("2026-11-23.txt", 0o440)
    heads = list(parse_heads(file.read_text().splitlines()))
    assert [(head.chain, head.number) for head in heads] == [("50", 1)]
    before = file.read_text()
    with store.transaction() as session:
        message = session.scalars(select(OutboxMessage)).one()
        message.done_at, message.next_try_at, message.payload = None, NOON, {"heads": []}
    with clock.frozen(NOON):
        assert outgoing.send_due() == 1
    assert [one.read_text() for one in (tmp_path / "heads").iterdir()] == [before]


def test_a_folder_that_cannot_be_written_is_a_failure_that_is_tried_again(
    store: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    outgoing = Outgoing(store, tmp_path / "file" / "heads")
    with store.transaction() as session:
        queue_heads(session, at=NOON)
    with clock.frozen(NOON):
        assert outgoing.send_due() == 1

    assert states(store) == [(1, False, "NotADirectoryError")]


def test_keys_that_are_missing_stop_no_other_message(
    database_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    keyless = Database(database_url, keyring=None)
    migrations.upgrade(keyless.engine)
    owner = Database(database_url, keyring=Keyring.new())
    with owner.transaction() as session:
        load_words(session)
        hook(session, receiver.url)
        case(session)
        queue_heads(session, at=NOON)
    with clock.frozen(NOON):
        assert Outgoing(keyless, tmp_path / "heads", private=True).send_due() == 2

    assert states(owner) == [(1, False, "secret cannot be read"), (1, True, None)]
    owner.close()
    keyless.close()
