"""The manager client under many threads, broken connections and hostile values."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.pbx import ami as ami_module
from ivr.pbx.ami import Ami, Message, NoAnswer, NotConnected, Refused, UnsafeValue
from tests.ivr.pbx.manager_peer import Action, ManagerPeer

Connect = Callable[..., tuple[ManagerPeer, Ami]]


def soon(look: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not look() and time.monotonic() < deadline:
        time.sleep(0.01)
    return look()


@pytest.mark.parametrize("bad", ["a\r\nAction: Command", "a\nb", "a\rb", "a\0b"])
def test_no_value_becomes_a_second_action(connect: Connect, bad: str) -> None:
    peer, ami = connect()

    with pytest.raises(UnsafeValue) as caught:
        ami.act("QueueAdd", Queue="p10", MemberName=bad)

    assert bad not in str(caught.value)
    assert peer.named("QueueAdd") == []


def test_each_thread_gets_its_own_answer(connect: Connect) -> None:
    _, ami = connect(lambda action: f"Response: Success\nEcho: {action.get('Word')}")

    with ThreadPoolExecutor(20) as threads:
        echoes = list(threads.map(lambda n: ami.act("Say", Word=n)["Echo"], range(500)))

    assert echoes == [str(n) for n in range(500)]


def test_answers_may_come_in_another_order(connect: Connect) -> None:
    held: list[Action] = []
    peer, ami = connect(held.append)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(ami.act, "Say", Word="first")
        assert soon(lambda: len(held) == 1)
        second = threads.submit(ami.act, "Say", Word="second")
        assert soon(lambda: len(held) == 2)
        for action in reversed(held):
            peer.say(f"Response: Success\nActionID: {action['ActionID']}\nEcho: {action['Word']}")

        assert (first.result(5)["Echo"], second.result(5)["Echo"]) == ("first", "second")


def test_a_list_is_all_its_events(connect: Connect) -> None:
    packets = [
        "Response: Success\nEventList: start",
        "Event: QueueMember\nName: ag0001",
        "Event: QueueMember\nName: ag0002",
        "Event: QueueStatusComplete\nEventList: Complete",
    ]
    _, ami = connect(lambda _: "\n\n".join(packets))

    names = [m.get("Name") for m in ami.ask_list("QueueStatus")]

    assert names == ["ag0001", "ag0002", None]


def test_a_refusal_says_why(connect: Connect) -> None:
    _, ami = connect(lambda _: "Response: Error\nMessage: No such queue")

    with pytest.raises(Refused, match="No such queue"):
        ami.act("QueueAdd", Queue="p97")


def test_silence_ends_at_the_deadline(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_module, "ACTION_SECONDS", 0.2)
    _, ami = connect(lambda _: None)

    with pytest.raises(NoAnswer):
        ami.act("QueueStatus")


def test_a_broken_connection_frees_who_waits_and_is_made_anew(connect: Connect) -> None:
    peer, ami = connect(lambda action: None if action["Action"] == "Wait" else "Response: Success")

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ami.act, "Wait")
        assert soon(lambda: bool(peer.named("Wait")))
        peer.hang_up()
        with pytest.raises(NotConnected):
            waiting.result(5)

    assert soon(lambda: peer.logins == 2 and ami.is_connected)
    assert ami.act("Ping")["Response"] == "Success"


def test_no_action_is_sent_again_after_a_reconnect(connect: Connect) -> None:
    peer, ami = connect(
        lambda action: None if action["Action"] == "Hangup" else "Response: Success"
    )

    with ThreadPoolExecutor(1) as threads:
        threads.submit(ami.act, "Hangup")
        assert soon(lambda: bool(peer.named("Hangup")))
        peer.hang_up()

    assert soon(lambda: ami.is_connected)
    assert len(peer.named("Hangup")) == 1


def test_a_silent_connection_is_found_out_by_the_ping(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ami_module, "ACTION_SECONDS", 0.1)
    monkeypatch.setattr(ami_module, "PING_EVERY_SECONDS", 0.1)
    peer, _ = connect(lambda _: None)

    assert soon(lambda: peer.logins >= 2)


def test_an_event_without_an_action_is_passed_on(connect: Connect) -> None:
    heard: list[Message] = []
    came = threading.Event()

    def hear(event: Message) -> None:
        heard.append(event)
        came.set()

    peer, _ = connect(on_event=hear)
    peer.say("Event: ContactStatus\nAOR: ag0007\nURI: sip:x@y:1;transport=ws")

    assert came.wait(5)
    assert heard[0]["URI"] == "sip:x@y:1;transport=ws"
