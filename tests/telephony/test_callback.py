"""An agent rings a citizen back: through the one door that leads outside, and no other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from case_store import clock
from case_store.calls.callbacks import request_callback
from case_store.calls.models import CallbackKind, CallbackRequest, CallbackState
from case_store.calls.record_call import open_call
from case_store.places.numbering import read_caller
from tests.telephony.line import Line, eventually, free_port, new_line
from tests.telephony.network import Network
from tests.telephony.scenario import CalledCitizen
from tests.telephony.staff import Agent, new_agent

OUTSIDE = free_port()


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line that knows where the telephone network is."""
    with new_line(trunk_contact=f"sip:127.0.0.1:{OUTSIDE}") as line:
        line.start_ivr()
        yield line


@pytest.fixture
def network(line: Line, tmp_path: Path) -> Iterator[Network]:
    network = Network(line.settings.sip_port, tmp_path)
    yield network
    network.end()


def wish(line: Line, number: str, *, centre_code: str = "50") -> int:
    """A citizen asked to be called back; the request's number."""
    with line.database.transaction() as session:
        call = open_call(session, f"test-{number}", caller=read_caller(number), at=clock.now())
        call.province_code = centre_code
        request = request_callback(
            session, call, kind=CallbackKind.CALLBACK, number=call.caller, at=clock.now()
        )
        session.flush()
        return request.id


def latest(line: Line, request_id: int) -> tuple[CallbackState, bool | None]:
    with line.database.reading() as session:
        request = session.get_one(CallbackRequest, request_id)
        return request.state, request.attempts[-1].answered if request.attempts else None


SignIn = Callable[..., Agent]


def test_the_citizen_is_rung_under_our_number(line: Line, network: Network) -> None:
    agent, request_id = new_agent(line, "50"), wish(line, "0812348001")
    citizen = CalledCitizen()
    outside = network.play(
        citizen.answer(), citizen.is_hung_up_on(), name="called", local_port=OUTSIDE
    )

    leg = agent.phone.dial(f"cb{request_id}")

    assert leg.final == 200
    assert eventually(lambda: line.talks() == 1)
    leg.hang_up()
    assert outside.ends_well(), outside.why()
    assert "INVITE sip:0812348001@" in outside.messages()
    assert "1567@" in outside.messages()
    assert eventually(lambda: latest(line, request_id) == (CallbackState.TAKEN, True))


def test_a_citizen_who_is_busy_waits_to_be_called_again(line: Line, network: Network) -> None:
    agent, request_id = new_agent(line, "50"), wish(line, "0812348002")
    outside = network.play(CalledCitizen().is_busy(), name="called", local_port=OUTSIDE)

    agent.phone.dial(f"cb{request_id}")

    assert outside.ends_well(), outside.why()
    assert eventually(lambda: latest(line, request_id) == (CallbackState.OPEN, False))


def test_the_request_of_another_province_is_not_dialled(line: Line, network: Network) -> None:
    agent, request_id = new_agent(line, "51"), wish(line, "0812348003", centre_code="50")
    outside = network.play(CalledCitizen().answer(), name="called", local_port=OUTSIDE)

    leg = agent.phone.dial(f"cb{request_id}")

    assert leg.ended.wait(15)
    assert "INVITE" not in outside.messages()
    assert latest(line, request_id) == (CallbackState.OPEN, None)


def test_a_foreign_number_is_not_dialled(line: Line, network: Network) -> None:
    agent, request_id = new_agent(line, "50"), wish(line, "+442079460000")
    outside = network.play(CalledCitizen().answer(), name="called", local_port=OUTSIDE)

    leg = agent.phone.dial(f"cb{request_id}")

    assert leg.ended.wait(15)
    assert "INVITE" not in outside.messages()
