"""The peer that plays Asterisk gives every way of answering AGI the same conversation."""

import sys
from pathlib import Path

import pytest

from bench.agi_peer import converse, dial, start
from bench.servers import ours
from ivr.agi.server import AgiServer

SCRIPTS = Path(ours.__file__).parents[1] / "scripts"


def test_our_server_holds_the_tiny_conversation() -> None:
    server = AgiServer({"tiny": ours.converse}, port=0)
    server.start()
    try:
        talks = converse(dial(server.port), at_once=2, seconds=10, most=6)
    finally:
        server.drain(1)

    assert (len(talks.seconds), talks.failed) == (6, 0)


@pytest.mark.parametrize("script", ["bare.py", "with_pyst2.py"])
def test_a_process_per_call_holds_the_same_conversation(script: str) -> None:
    talks = converse(start([sys.executable, str(SCRIPTS / script)]), at_once=1, seconds=10, most=1)

    assert (len(talks.seconds), talks.failed) == (1, 0)


def test_a_process_that_says_nothing_has_failed() -> None:
    talks = converse(start([sys.executable, "-c", ""]), at_once=1, seconds=10, most=1)

    assert (len(talks.seconds), talks.failed) == (0, 1)
