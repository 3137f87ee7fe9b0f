"""The FastAGI server: which calls it serves, which it refuses, and what a hostile peer can cost."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from prometheus_client import REGISTRY

from ivr.agi.errors import Hangup
from ivr.agi.server import AgiServer, Script
from ivr.agi.session import Session
from tests.ivr.agi.asterisk_peer import GONE, RawPeer, eventually, refuses_calls, request
from tests.timing import quickest

Start = Callable[..., AgiServer]
FAILURE = "FAILURE"


def say_hello(session: Session) -> None:
    session.verbose("hello")


def fail(_session: Session) -> None:
    raise RuntimeError("0812345678 is a caller's number")


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers on free ports, and drains them when the test is over."""
    with ExitStack() as stack:

        def started(
            script: Script = say_hello, *, slots: int = 5, opening_seconds: float = 1.0
        ) -> AgiServer:
            server = AgiServer(
                {"citizen": script}, port=0, slots=slots, opening_seconds=opening_seconds
            )
            server.start()
            stack.callback(server.drain, 1)
            return server

        yield started


def is_served(server: AgiServer) -> bool:
    peer = RawPeer.connect(server.port).asks()
    heard = peer.hears_line()
    peer.close()
    return heard == 'VERBOSE "hello" "1"'


def counted(outcome: str) -> float:
    samples = next(m for m in REGISTRY.collect() if m.name == "damrong_agi_connections").samples
    return sum(
        s.value for s in samples if s.name.endswith("_total") and s.labels["outcome"] == outcome
    )


class TestScripts:
    def test_the_script_of_the_address_is_run_and_the_call_goes_back_to_the_dialplan(
        self, start: Start
    ) -> None:
        peer = RawPeer.connect(start().port).asks("citizen")

        assert peer.hears_line() == 'VERBOSE "hello" "1"'
        peer.send("200 result=1")
        assert peer.hears_line() == GONE

    def test_an_unknown_script_is_a_failure(self, start: Start) -> None:
        assert RawPeer.connect(start().port).asks("nonsense").hears_line() == FAILURE

    def test_a_script_that_raises_is_a_failure_and_its_message_is_not_logged(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        peer = RawPeer.connect(start(fail).port).asks()

        assert peer.hears_line() == FAILURE
        assert "RuntimeError at" in caplog.text
        assert "0812345678" not in caplog.text

    def test_a_caller_who_hangs_up_ends_the_script_quietly(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = counted("hangup")
        peer = RawPeer.connect(start().port).asks()
        peer.hears_line()
        peer.close()

        assert eventually(lambda: counted("hangup") == before + 1)
        assert caplog.text == ""

    def test_it_listens_on_loopback_only(self, start: Start) -> None:
        assert start()._listener.getsockname()[0] == "127.0.0.1"


class TestHostilePeers:
    @pytest.mark.parametrize(
        "sent",
        [
            b"\x00\xff\xfe\x80" * 100 + b"\n\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"no colon here\n\n",
            b"agi_network: yes\n" * 500,
            b"agi_network: " + b"y" * 100_000,
            b"agi_network_script: citi",
            b"\n\n",
            b"",
        ],
        ids=[
            "binary",
            "http",
            "no colon",
            "endless",
            "endless line",
            "half a line",
            "empty",
            "nothing",
        ],
    )
    def test_what_is_no_request_is_closed_in_time_and_calls_go_on(
        self, start: Start, sent: bytes
    ) -> None:
        server = start(slots=1)
        peer = RawPeer.connect(server.port)
        with suppress(ConnectionError):  # it may have closed already
            peer.send_bytes(sent)

        assert peer.hears_line() in {GONE, FAILURE}
        assert eventually(lambda: server.running_calls == 0)
        assert is_served(server)

    def test_a_byte_now_and_then_does_not_prolong_the_opening(self, start: Start) -> None:
        server = start(slots=1, opening_seconds=0.3)

        def is_closed() -> None:
            peer = RawPeer.connect(server.port)
            began = time.monotonic()
            with pytest.raises(ConnectionError):
                while time.monotonic() < began + 12:
                    peer.send_bytes(b"a")
                    time.sleep(0.05)

        assert quickest(is_closed) < 1
        assert is_served(server)

    def test_an_answer_that_comes_byte_by_byte_does_not_prolong_a_command(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ivr.agi.session.QUICK_SECONDS", 0.3)
        server = start(slots=1)
        peer = RawPeer.connect(server.port).asks()
        peer.hears_line()

        for byte in b"200 res":
            peer.send_bytes(bytes([byte]))
            time.sleep(0.05)

        assert peer.hears_line() == FAILURE
        assert is_served(server)

    def test_hangup_lines_without_end_do_not_prolong_a_command(
        self, start: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ivr.agi.session.QUICK_SECONDS", 0.3)
        server = start(slots=1)
        peer = RawPeer.connect(server.port).asks()
        peer.hears_line()

        with pytest.raises(ConnectionError):
            while True:
                peer.send("HANGUP")
                time.sleep(0.02)

        assert is_served(server)

    def test_a_health_check_that_connects_and_closes_is_harmless(
        self, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        server, before = start(slots=25), counted("probe")

        for _ in range(20):
            socket.create_connection(("127.0.0.1", server.port)).close()

        assert eventually(lambda: counted("probe") == before + 20)
        assert is_served(server)
        assert "no call" not in caplog.text


class TestSlots:
    def test_a_call_over_the_limit_is_refused_at_once_and_a_slot_that_is_free_again_is_used(
        self, start: Start
    ) -> None:
        server, before = start(slots=2), counted("refused")
        held = [RawPeer.connect(server.port).asks() for _ in range(2)]
        for peer in held:
            peer.hears_line()

        def is_refused() -> None:
            assert RawPeer.connect(server.port).hears_line() == FAILURE

        assert quickest(is_refused) < 0.2
        assert counted("refused") == before + 3

        for peer in held:
            peer.close()
        assert eventually(lambda: server.running_calls == 0)
        assert is_served(server)

    def test_a_hundred_calls_are_served_at_once(self, start: Start) -> None:
        server = start(slots=100)
        peers = [RawPeer.connect(server.port).asks(uniqueid=f"1.{n}") for n in range(100)]

        assert all(peer.hears_line().startswith("VERBOSE") for peer in peers)
        assert server.running_calls == 100
        for peer in peers:
            peer.close()


class TestDraining:
    def test_a_running_call_comes_to_its_end_and_a_new_one_is_not_taken(self, start: Start) -> None:
        server = start()
        peer = RawPeer.connect(server.port).asks()
        peer.hears_line()
        port = server.port
        drained: list[bool] = []
        drain = threading.Thread(target=lambda: drained.append(server.drain(5)))
        drain.start()

        assert refuses_calls(port)
        peer.send("200 result=1")
        drain.join(5)

        assert drained == [True]

    def test_a_call_that_does_not_end_is_cut_off_at_the_limit(self) -> None:
        ended = threading.Event()

        def wait(session: Session) -> None:
            try:
                session.verbose("hello")
            except Hangup:
                ended.set()
                raise

        server = AgiServer({"citizen": wait}, port=0)
        server.start()
        peer = RawPeer.connect(server.port).asks()
        peer.hears_line()

        assert server.drain(0.1) is False
        assert ended.wait(1)


def test_the_request_of_the_fake_asterisk_is_like_asterisks() -> None:
    assert request()[0:2] == ["agi_network: yes", "agi_network_script: citizen"]
