"""A manager peer and a client of ours that is connected to it."""

from collections.abc import Callable, Iterator

import pytest

from ivr.pbx.ami import Ami, Message
from tests.ivr.pbx.manager_peer import Answers, ManagerPeer

Connect = Callable[..., tuple[ManagerPeer, Ami]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Starts a peer that answers so, and connects to it."""
    opened: list[tuple[ManagerPeer, Ami]] = []

    def start(
        answers: Answers = lambda _: "Response: Success",
        on_event: Callable[[Message], None] = lambda _: None,
    ) -> tuple[ManagerPeer, Ami]:
        peer = ManagerPeer(answers)
        ami = Ami(port=peer.port, username="damrong", secret="secret", on_event=on_event)
        opened.append((peer, ami))
        ami.start()
        assert ami.wait_connected(5)
        return peer, ami

    yield start
    for peer, ami in opened:
        ami.close()
        peer.close()
