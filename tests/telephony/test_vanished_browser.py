"""A browser that vanishes in mid-call: its caller does not stay on a dead line."""

from collections.abc import Callable

from case_store.calls.models import CallOutcome
from tests.telephony.conversation import answer_again, has_outcome, means_to_hang_up, the_call
from tests.telephony.line import Line
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent

SignIn = Callable[..., Agent]


def test_a_new_registration_of_the_same_person_brings_the_caller_back(
    line: Line, network: Network, agents: SignIn
) -> None:
    agent, citizen = agents("00"), Citizen("0812349101")
    call = network.play(citizen.call(), wait(0.5), press("0"), citizen.is_hung_up_on())
    ring = agent.phone.rings(20)
    assert ring
    ring.answer()
    pbx_id = the_call(line, "0812349101")
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)

    agent.refreshes_the_page()

    again = agent.phone.rings(25)
    assert again, line.events_of(pbx_id)
    assert again.header("X-Damrong-Call") == pbx_id
    answer_again(line, pbx_id, again)
    means_to_hang_up(line, pbx_id)
    again.hang_up()
    assert call.ends_well(), call.why()
