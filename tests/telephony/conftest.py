"""Real Asterisk, real SIPp, the real process `damrong ivr`: one line for a file, or one that a test may break."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.telephony.line import Line, new_line
from tests.telephony.network import Network
from tests.telephony.staff import Agent, agent_on_duty, new_agent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.telephony)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line at work, shared by the tests of a file: each takes provinces of its own."""
    with new_line(queue_wait_seconds=4, national_wait_seconds=4, wrap_up_seconds=5) as line:
        line.start_ivr()
        yield line
        assert "does not exist in any format" not in line.asterisk_log(), "a prompt is missing"


@pytest.fixture
def fragile_line() -> Iterator[Line]:
    """A line of the test's own, with Asterisk and without `ivr`."""
    with new_line(queue_wait_seconds=4, national_wait_seconds=4, wrap_up_seconds=5) as line:
        yield line


@pytest.fixture
def network(line: Line, tmp_path: Path) -> Iterator[Network]:
    network = Network(line.settings.sip_port, tmp_path)
    yield network
    network.end()


@pytest.fixture
def agents(line: Line) -> Iterator[Callable[..., Agent]]:
    """Signs agents in on the shared line; they are off again after the test."""
    present: list[Agent] = []

    def sign_in(centre_code: str, **options: object) -> Agent:
        make = new_agent if options else agent_on_duty
        agent = make(line, centre_code, **options)
        present.append(agent)
        return agent

    yield sign_in
    for agent in present:
        agent.signs_out()
        agent.phone.close()
