"""SIGTERM to a real process that serves calls."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.ivr.agi.asterisk_peer import GONE, RawPeer, refuses_calls

pytestmark = pytest.mark.slow

PROCESS = """
from ivr.agi.server import AgiServer
from ivr.service import hold_stop_signals, serve

hold_stop_signals()
server = AgiServer({"citizen": lambda session: session.verbose("hello")}, port=0)
print(server.port, flush=True)
print("drained" if serve(server, drain_seconds=5) else "cut off", flush=True)
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS], stdout=subprocess.PIPE, text=True
    ) as child:
        yield child
        child.kill()


def test_sigterm_lets_the_running_call_end_takes_no_new_one_and_stops_the_process(
    process: subprocess.Popen[str],
) -> None:
    assert process.stdout is not None
    port = int(process.stdout.readline())
    call = RawPeer.connect(port).asks()
    call.hears_line()

    process.send_signal(signal.SIGTERM)
    assert refuses_calls(port)
    call.send("200 result=1")

    assert call.hears_line() == GONE
    assert process.stdout.readline() == "drained\n"
    assert process.wait(5) == 0


def test_sigterm_with_no_call_stops_at_once(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    port = int(process.stdout.readline())
    socket.create_connection(("127.0.0.1", port)).close()

    process.send_signal(signal.SIGTERM)

    assert process.wait(5) == 0
