"""Notices, webhooks and the outbox: what is queued with its cause, taken once, tried again, and given up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases.history import add_note
from case_store.cases.models import Secrecy
from case_store.database import Database
from case_store.events.event import Event, EventKind
from case_store.outbox.messages import (
    LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    add_message,
    due_messages,
    forget_done,
    mark_failed,
    mark_sent,
    pause_after,
)
from case_store.outbox.models import OutboxKind, OutboxMessage
from case_store.outbox.notices import (
    count_unread,
    forget_read,
    mark_read,
    tell,
    unread_notices,
)
from case_store.outbox.webhook_secrets import secret_of
from case_store.outbox.webhooks import (
    EVERYTHING,
    BadWebhook,
    add_webhook,
    list_webhooks,
    remove_webhook,
    switch_webhook,
)
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.kit import NATIONAL, NOON, Recorder, case, person

ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")
URL = "https://example.go.th/hook"


def hook(
    session: Session, name: str = "map", centre: str | None = None, *events: str, url: str = URL
) -> str:
    return add_webhook(
        session, name, url, centre, events or (EVERYTHING,), by=ADMINISTRATOR, at=NOON
    )


def queued(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


class TestNotices:
    def test_each_person_is_told_once_and_reads_page_by_page(self, session: Session) -> None:
        dao, lek = person(session, "dao"), person(session, "lek")
        for number in range(5):
            tell(session, [dao.id, dao.id, lek.id], "x", at=NOON, number=number)
        session.flush()

        first = unread_notices(session, dao.id, limit=3)
        rest = unread_notices(session, dao.id, limit=3, before=first[-1].id)

        assert [notice.data["number"] for notice in first + rest] == [4, 3, 2, 1, 0]
        assert count_unread(session, dao.id) == 5

    def test_only_ones_own_are_marked_as_read(self, session: Session) -> None:
        dao, lek = person(session, "dao"), person(session, "lek")
        for _ in range(3):
            tell(session, [dao.id, lek.id], "x", at=NOON)
        session.flush()
        of_lek = unread_notices(session, lek.id)[0]
        of_dao = unread_notices(session, dao.id)[0]

        assert mark_read(session, dao.id, [of_dao.id, of_lek.id], at=NOON) == 1
        assert mark_read(session, dao.id, at=NOON) == 2
        assert (count_unread(session, dao.id), count_unread(session, lek.id)) == (0, 3)

    def test_each_is_announced_to_its_person_alone_and_once(
        self, database: Database, recorder: Recorder
    ) -> None:
        with database.transaction() as session:
            dao, lek = person(session, "dao"), person(session, "lek")
            for _ in range(3):
                tell(session, [dao.id, lek.id], "x", at=NOON)
        told = [Event(EventKind.NOTICES_CHANGED, str(one.id), None, one.id) for one in (dao, lek)]
        assert recorder.events == told

        with database.transaction() as session:
            mark_read(session, dao.id, at=NOON)
            mark_read(session, dao.id, at=NOON)
        assert recorder.events == [*told, told[0]]
        with database.transaction() as session:
            mark_read(session, dao.id, at=NOON)
        assert recorder.events == [*told, told[0]], "nothing was left to read"

    def test_nobody_is_told_of_a_notice_that_was_taken_back(
        self, database: Database, recorder: Recorder
    ) -> None:
        with pytest.raises(RuntimeError), database.transaction() as session:
            tell(session, [person(session, "dao").id], "x", at=NOON)
            raise RuntimeError

        assert recorder.events == []

    def test_what_was_read_long_ago_is_forgotten(self, session: Session) -> None:
        dao = person(session, "dao")
        tell(session, [dao.id], "read", at=NOON)
        session.flush()
        mark_read(session, dao.id, at=NOON)
        tell(session, [dao.id], "unread", at=NOON)
        session.flush()

        assert forget_read(session, at=NOON + timedelta(days=300)) == 0
        assert forget_read(session, at=NOON + timedelta(days=400)) == 1
        assert count_unread(session, dao.id) == 1


class TestWebhooks:
    def test_only_who_asked_for_the_kind_and_the_centre_is_told(self, session: Session) -> None:
        hook(session, "all")
        hook(session, "notes", "50", "case.note")
        hook(session, "elsewhere", "83")
        off = _named(session, hook(session, "off"), "off")
        switch_webhook(session, off, active=False, by=ADMINISTRATOR, at=NOON)

        opened = case(session)
        add_note(session, opened, "โทรแล้ว", by=NATIONAL, at=NOON)

        told = [(one.webhook.name, one.payload["type"]) for one in queued(session) if one.webhook]
        assert told == [
            ("all", "case.received"),
            ("all", "case.note"),
            ("notes", "case.note"),
        ]

    def test_they_are_told_codes_and_the_reference_and_no_word_of_anybody(
        self, session: Session
    ) -> None:
        hook(session)
        opened = case(session, complainant_name="สมชาย", complainant_phone="0812345678")
        add_note(session, opened, "ผู้ร้องชื่อสมชาย", by=NATIONAL, at=NOON)

        assert [message.payload for message in queued(session)] == [
            {
                "type": kind,
                "timestamp": "2026-11-23T05:00:00.000+00:00",
                "data": {
                    "ref": opened.ref, "state": "received", "centre_code": "50",
                    "province_code": "50", "category": "utilities", "channel": "phone_1567",
                },
            }
            for kind in ("case.received", "case.note")
        ]  # fmt: skip

    def test_of_a_secret_case_nobody_is_told(self, session: Session) -> None:
        hook(session)
        case(session, secrecy=Secrecy.SECRET)

        assert queued(session) == []

    def test_what_is_rolled_back_is_told_to_nobody(self, database: Database) -> None:
        with database.transaction() as session:
            hook(session)
        with pytest.raises(RuntimeError), database.transaction() as session:
            case(session)
            raise RuntimeError

        with database.reading() as session:
            assert queued(session) == []

    def test_the_secret_is_shown_once_and_sealed(self, session: Session) -> None:
        secret = hook(session)
        webhook = list_webhooks(session, by=ADMINISTRATOR)[0]

        assert secret.startswith("whsec_")
        assert secret.encode() not in webhook.sealed_secret
        assert secret_of(session, webhook) == secret

    def test_only_an_administrator_keeps_them_and_the_trail_knows(self, session: Session) -> None:
        for by in (NATIONAL, Actor("wichai", Role.SUPERVISOR, "50")):
            with pytest.raises(NotAllowed):
                add_webhook(session, "x", URL, "50", [EVERYTHING], by=by, at=NOON)
            with pytest.raises(NotAllowed):
                list_webhooks(session, by=by)
        one = _named(session, hook(session), "map")
        switch_webhook(session, one, active=False, by=ADMINISTRATOR, at=NOON)
        switch_webhook(session, one, active=False, by=ADMINISTRATOR, at=NOON)

        query = select(AuditEntry).where(AuditEntry.subject == f"webhook:{one}")
        entries = session.scalars(query).all()
        assert [(entry.chain, entry.action) for entry in entries] == [
            ("system", "webhook.added"),
            ("system", "webhook.switched_off"),
        ]
        assert "example.go.th" not in str(entries[0].facts)

    @pytest.mark.parametrize(
        ("change", "wrong"),
        [
            ({"name": " "}, "name"),
            ({"name": "map"}, "name"),
            ({"url": "ftp://example.go.th"}, "url"),
            ({"url": "https://"}, "url"),
            ({"url": "https://user:pass@example.go.th/"}, "url"),
            ({"url": "https://example.go.th/\r\nHost: x"}, "url"),
            ({"url": "https://example.go.th:99999/"}, "url"),
            ({"url": "https://[::1/"}, "url"),
            ({"url": "https://e.th/" + "x" * 500}, "url"),
            ({"centre_code": "99"}, "centre_code"),
            ({"events": []}, "events"),
            ({"events": ["case.identity_revealed"]}, "events"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, change: dict[str, object], wrong: str
    ) -> None:
        hook(session)
        plain: dict[str, object] = {"name": "new", "url": URL, "centre_code": None, "events": ["*"]}
        with pytest.raises(BadWebhook, match=wrong):
            add_webhook(session, **(plain | change), by=ADMINISTRATOR, at=NOON)  # type: ignore[arg-type]

    def test_what_waits_for_a_webhook_that_is_switched_off_is_dropped(
        self, session: Session
    ) -> None:
        one = _named(session, hook(session), "map")
        case(session)
        switch_webhook(session, one, active=False, by=ADMINISTRATOR, at=NOON)

        session.expire_all()
        assert due_messages(session, at=NOON) == []
        assert [(message.given_up, message.last_error) for message in queued(session)] == [
            (True, "switched off")
        ]

    def test_one_that_is_removed_is_told_no_more_and_the_trail_keeps_that_it_was_there(
        self, session: Session
    ) -> None:
        one = _named(session, hook(session), "map")
        case(session)
        [sending] = [message.id for message in due_messages(session, at=NOON)]

        with pytest.raises(NotAllowed):
            remove_webhook(session, one, by=NATIONAL, at=NOON)
        remove_webhook(session, one, by=ADMINISTRATOR, at=NOON)
        session.expire_all()
        mark_sent(session, sending, at=NOON)  # as the worker does that was sending just then

        assert not mark_failed(session, sending, "HTTP 500", at=NOON)
        assert (queued(session), list_webhooks(session, by=ADMINISTRATOR)) == ([], [])
        kept = select(AuditEntry.action).where(AuditEntry.subject == f"webhook:{one}")
        assert session.scalars(kept).all()[-1] == "webhook.removed"


class TestMessages:
    def test_a_message_is_taken_once_and_again_when_its_taker_died(self, session: Session) -> None:
        _messages(session, 1)

        assert [message.attempts for message in due_messages(session, at=NOON)] == [1]
        assert due_messages(session, at=NOON + LEASE / 2) == []
        assert [message.attempts for message in due_messages(session, at=NOON + LEASE)] == [2]

    def test_what_is_sent_is_over(self, session: Session) -> None:
        [message] = _messages(session, 1)
        due_messages(session, at=NOON)
        mark_sent(session, message.id, at=NOON)

        assert due_messages(session, at=NOON + timedelta(days=9)) == []
        assert forget_done(session, at=NOON + timedelta(days=29)) == 0
        assert forget_done(session, at=NOON + timedelta(days=31)) == 1

    def test_what_fails_is_tried_later_and_later_and_given_up(self, session: Session) -> None:
        [message] = _messages(session, 1)
        at, tries = NOON, []
        for _ in range(MOST_ATTEMPTS):
            assert due_messages(session, at=at - timedelta(seconds=1)) == []
            assert due_messages(session, at=at) == [message]
            tries.append(at)
            given_up = mark_failed(session, message.id, "HTTP 500", at=at)
            at = message.next_try_at

        assert given_up
        assert (message.given_up, message.last_error) == (True, "HTTP 500")
        assert due_messages(session, at=NOON + timedelta(days=99)) == []
        assert timedelta(days=1) < tries[-1] - NOON < timedelta(days=3)

    @given(attempts=st.integers(-1, 10**6))
    def test_no_pause_is_shorter_than_the_one_before_or_longer_than_the_longest(
        self, attempts: int
    ) -> None:
        assert pause_after(attempts) <= pause_after(attempts + 1) <= LONGEST_PAUSE

    def test_a_webhook_that_fails_does_not_hold_up_the_others(self, session: Session) -> None:
        dead = _named(session, hook(session, "dead"), "dead")
        hook(session, "well")
        case(session)
        _messages(session, 1)

        taken = due_messages(session, at=NOON, but_not_to={dead})

        assert [message.webhook and message.webhook.name for message in taken] == ["well", None]

    def test_the_oldest_comes_first_and_no_more_than_asked(self, session: Session) -> None:
        messages = _messages(session, 5)

        assert due_messages(session, at=NOON, limit=3) == messages[:3]

    def test_many_workers_at_once_take_each_message_once(self, database: Database) -> None:
        with database.transaction() as session:
            _messages(session, 60)
        together = Barrier(6)

        def take(_worker: int) -> list[int]:
            together.wait()
            taken: list[int] = []
            for _ in range(12):
                with database.transaction() as session:
                    taken += [one.id for one in due_messages(session, at=NOON, limit=3)]
            return taken

        with ThreadPoolExecutor(6) as pool:
            taken = [one for some in pool.map(take, range(6)) for one in some]

        assert len(taken) == len(set(taken)) == 60

    @pytest.mark.parametrize(
        "database", [pytest.param("postgres", marks=pytest.mark.store)], indirect=True
    )
    def test_a_worker_passes_over_what_another_holds(self, database: Database) -> None:
        with database.transaction() as session:
            _messages(session, 4)
        with database.transaction() as first, database.transaction() as second:
            held = {one.id for one in due_messages(first, at=NOON, limit=2)}
            others = {one.id for one in due_messages(second, at=NOON, limit=9)}

        assert len(held) == len(others) == 2
        assert not held & others


def _messages(session: Session, count: int) -> list[OutboxMessage]:
    made = [
        add_message(
            session, OutboxKind.AUDIT_HEADS, f"m-{n}", {"day": str(date(2026, 1, 1))}, at=NOON
        )
        for n in range(count)
    ]
    session.flush()
    return made


def _named(session: Session, _secret: str, name: str) -> int:
    return next(one.id for one in list_webhooks(session, by=ADMINISTRATOR) if one.name == name)
