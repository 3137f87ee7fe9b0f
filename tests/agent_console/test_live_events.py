"""Live events over a real Redis: who is told what, resuming, and what happens when Redis or the sign-in goes."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from agent_console.app import create_app
from agent_console.pages import live_events
from agent_console.pages.live_events import MOST_STREAMS
from case_store.clock import now
from case_store.database import Database
from case_store.events.event import Event, EventKind
from case_store.events.redis_stream import RedisPublisher
from case_store.outbox.notices import tell
from case_store.people.models import Role
from case_store.settings import Settings
from tests.agent_console.kit import Visitor, add_user, sign_in
from tests.agent_console.running import serving
from tests.services.redis import RedisServer

pytestmark = pytest.mark.store


@dataclass(frozen=True)
class Message:
    kind: str
    id: str
    data: dict[str, object]


class Listener:
    """A browser that follows the events, in a thread."""

    def __init__(self, address: str, cookies: dict[str, str], after: str = "") -> None:
        self.messages: list[Message] = []
        self.status = 0
        self.ended = threading.Event()
        self._headers = {"Last-Event-ID": after} if after else {}
        self._address, self._cookies = address, cookies
        self._stop = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            with (
                httpx.Client(cookies=self._cookies, timeout=httpx.Timeout(5, read=40)) as client,
                client.stream("GET", f"{self._address}/events", headers=self._headers) as answer,
            ):
                self.status = answer.status_code
                self._read(answer.iter_lines())
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def _read(self, lines: Iterator[str]) -> None:
        fields: dict[str, str] = {}
        for line in lines:
            if self._stop.is_set():
                return
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                message = Message(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
                self.messages.append(message)
                fields = {}

    def kinds(self) -> list[str]:
        return [message.kind for message in list(self.messages)]

    def subjects(self) -> list[object]:
        return [message.data["subject"] for message in list(self.messages) if message.id]

    def stop(self) -> None:
        self._stop.set()


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def call_changed(subject: str, centre: str | None = "50") -> Event:
    return Event(EventKind.CALL_CHANGED, subject, centre)


@pytest.fixture
def app(settings: Settings, database: Database, redis_url: str) -> FastAPI:
    settings.redis_url = redis_url
    return create_app(settings, database)


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def publisher(redis_url: str) -> RedisPublisher:
    return RedisPublisher(redis_url)


@pytest.fixture
def person(app: FastAPI, database: Database) -> Callable[..., Visitor]:
    def person(role: Role = Role.AGENT, centre: str = "50", username: str = "kanya") -> Visitor:
        from fastapi.testclient import TestClient

        with database.transaction() as session:
            user = add_user(session, username, role, centre)
        return sign_in(TestClient(app), database, user)

    return person


def listen(address: str, visitor: Visitor, after: str = "") -> Listener:
    listener = Listener(address, dict(visitor.browser.cookies), after)
    assert eventually(lambda: listener.status == 200)
    return listener


def test_an_event_arrives_within_a_tenth_of_a_second(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    listener = listen(address, person())
    time.sleep(0.5)

    def seconds(subject: str) -> float:
        published = time.monotonic()
        publisher.publish([call_changed(subject)])
        assert eventually(lambda: subject in listener.subjects())
        return time.monotonic() - published

    assert min(seconds(subject) for subject in "78901") < 0.1
    assert listener.messages[0].data == {"subject": "7", "centre_code": "50"}


def test_who_reconnects_misses_nothing_and_hears_nothing_twice(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    agent = person()
    first = listen(address, agent)
    publisher.publish([call_changed("1"), call_changed("2")])
    assert eventually(lambda: first.subjects() == ["1", "2"])
    first.stop()

    publisher.publish([call_changed("3"), call_changed("4")])

    again = listen(address, agent, after=first.messages[0].id)
    assert eventually(lambda: again.subjects() == ["2", "3", "4"])


def test_what_happened_while_the_page_was_loading_is_told(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    publisher.publish([call_changed("1")])

    listener = listen(address, person())

    assert eventually(lambda: listener.subjects() == ["1"])


def test_each_is_told_only_of_what_they_may_see(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    bangkok = listen(address, person(centre="10", username="malee"))
    national = listen(address, person(Role.NATIONAL_OFFICER, "00", "naree"))
    administrator = listen(address, person(Role.ADMINISTRATOR, "00", "admin"))

    publisher.publish(
        [
            call_changed("a", "50"),
            Event(EventKind.CASE_CHANGED, "b", "50"),
            call_changed("c", "10"),
            Event(EventKind.CASE_CHANGED, "d", "10"),
            call_changed("end", None),
        ]
    )

    assert eventually(lambda: "end" in national.subjects() and "end" in bangkok.subjects())
    assert national.subjects() == ["a", "b", "c", "d", "end"]
    assert bangkok.subjects() == ["c", "d", "end"]
    assert eventually(lambda: administrator.subjects() == ["a", "c", "end"])


def test_news_of_oneself_arrives_whatever_the_centre(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    agent = person(centre="10")
    listener = listen(address, agent)

    publisher.publish([Event(EventKind.AGENT_CHANGED, "me", "50", agent.user.id)])

    assert eventually(lambda: listener.subjects() == ["me"])


def test_a_notice_reaches_its_person_in_an_agency_and_nobody_else(
    address: str, database: Database, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    suda = person(Role.AGENCY_OFFICER, username="suda")
    agency, centre = listen(address, suda), listen(address, person(Role.SUPERVISOR))

    with Database(database.engine.url.render_as_string(False), publisher).transaction() as session:
        tell(session, [suda.user.id], "referred_to_you", at=now())
    publisher.publish([Event(EventKind.CASE_CHANGED, "a", "50")])

    assert eventually(lambda: agency.kinds() == ["notices-changed"])
    assert eventually(lambda: centre.kinds() == ["case-changed"])


def test_the_loss_and_the_return_of_redis_are_told(
    address: str,
    person: Callable[..., Visitor],
    publisher: RedisPublisher,
    redis_server: RedisServer,
) -> None:
    listener = listen(address, person())
    time.sleep(0.3)

    redis_server.kill()
    try:
        assert eventually(lambda: "offline" in listener.kinds())
    finally:
        redis_server.start()
    assert eventually(lambda: "online" in listener.kinds())

    assert eventually(lambda: _published(publisher, listener))
    assert listener.kinds().count("offline") == 1


def _published(publisher: RedisPublisher, listener: Listener) -> bool:
    publisher.publish([call_changed("after")])
    return "after" in listener.subjects()


def test_a_stream_ends_when_its_person_signs_out(
    address: str, person: Callable[..., Visitor], publisher: RedisPublisher
) -> None:
    agent = person()
    listener = listen(address, agent)

    agent.post("/sign-out")
    publisher.publish([Event(EventKind.AGENT_CHANGED, "me", "50", agent.user.id)])

    assert listener.ended.wait(5)


def test_the_heartbeat_goes_on_without_news_and_without_redis(
    address: str,
    person: Callable[..., Visitor],
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_events, "HEARTBEAT", 0.3)
    listener = listen(address, person())
    assert eventually(lambda: "ping" in listener.kinds())

    redis_server.kill()
    try:
        assert eventually(lambda: "offline" in listener.kinds())
        heard = listener.kinds().count("ping")
        assert eventually(lambda: listener.kinds().count("ping") > heard)
    finally:
        redis_server.start()


def test_one_person_has_so_many_streams_and_no_more(
    address: str, person: Callable[..., Visitor]
) -> None:
    agent = person()
    open_ones = [listen(address, agent) for _ in range(MOST_STREAMS)]

    refused = httpx.get(f"{address}/events", cookies=dict(agent.browser.cookies))

    assert refused.status_code == 429
    for listener in open_ones:
        listener.stop()


def test_a_console_that_ends_does_not_wait_for_its_streams(
    app: FastAPI, person: Callable[..., Visitor]
) -> None:
    with serving(app) as address:
        listener = listen(address, person())
        began = time.monotonic()

    assert listener.ended.wait(5)
    assert time.monotonic() - began < 2.5
