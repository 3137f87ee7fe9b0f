"""An agent passes a caller on: the call stays one call, and nobody is lost."""

from collections.abc import Callable

from case_store.calls.models import CallOutcome, ProvinceSource
from case_store.people.models import PresenceState
from tests.telephony.conversation import (
    answer_again,
    ended_row,
    has_outcome,
    means_to_hang_up,
    the_call,
)
from tests.telephony.line import Line, eventually
from tests.telephony.network import Network, Played
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent
from tests.telephony.telephone import Leg

SignIn = Callable[..., Agent]


def talk_at_the_national_centre(
    line: Line, network: Network, number: str, agent: Agent
) -> tuple[Played, Leg, str]:
    """A caller presses 0 and speaks with an agent of the national centre."""
    citizen = Citizen(number)
    call = network.play(citizen.call(), wait(0.5), press("0"), citizen.is_hung_up_on())
    leg = agent.phone.rings(20)
    assert leg, line.asterisk_log()
    leg.answer()
    pbx_id = the_call(line, number)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    return call, leg, pbx_id


def finish(line: Line, pbx_id: str, leg: Leg) -> None:
    """The agent whose telephone rings answers, and hangs up on purpose."""
    answer_again(line, pbx_id, leg)
    means_to_hang_up(line, pbx_id)
    leg.hang_up()


def test_a_blind_transfer_to_a_province_is_the_same_call(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, second = agents("00"), agents("55")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346001", first)

    assert leg.transfer("p55") == 202
    ring = second.phone.rings(20)

    assert ring, line.events_of(pbx_id)
    assert ring.header("X-Damrong-Call") == pbx_id
    assert ring.header("X-Damrong-Kind") == "transfer"
    assert eventually(first.in_wrap_up)
    finish(line, pbx_id, ring)
    assert call.ends_well(), call.why()
    row = ended_row(line, "0812346001")
    assert (row.pbx_id, row.queue, row.agent_id) == (pbx_id, "p55", second.user_id)
    assert (row.province_code, row.province_source) == ("55", ProvinceSource.OPERATOR)
    assert row.outcome is CallOutcome.ANSWERED
    assert eventually(second.in_wrap_up)


def test_a_blind_transfer_to_an_agent_rings_that_agent(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, second = agents("00"), agents("56")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346002", first)

    assert leg.transfer(second.extension) == 202
    ring = second.phone.rings(20)

    assert ring, line.events_of(pbx_id)
    assert ring.header("X-Damrong-Call") == pbx_id
    finish(line, pbx_id, ring)
    assert call.ends_well(), call.why()
    row = ended_row(line, "0812346002")
    assert (row.queue, row.agent_id, row.outcome) == ("p56", second.user_id, CallOutcome.ANSWERED)
    assert eventually(second.in_wrap_up)


def test_a_transfer_to_an_absent_agent_goes_to_that_agents_province(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, absent, colleague = agents("00"), agents("57"), agents("57")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346003", first)
    absent.phone.register(expires=0)
    absent.is_(PresenceState.OFF)

    assert leg.transfer(absent.extension) == 202
    ring = colleague.phone.rings(20)

    assert ring, line.events_of(pbx_id)
    finish(line, pbx_id, ring)
    assert call.ends_well(), call.why()
    assert ended_row(line, "0812346003").agent_id == colleague.user_id


def test_after_an_attended_transfer_the_caller_speaks_with_the_second_agent(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, second = agents("00"), agents("58")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346004", first)
    second.phone.answers_by_itself = True
    consult = first.phone.dial(second.extension, f"X-Damrong-Call: {pbx_id}")
    assert consult.final == 200
    ring = second.phone.rings(5)
    assert ring
    assert ring.header("X-Damrong-Call") == pbx_id
    assert eventually(lambda: line.talks() == 2)

    assert leg.transfer(second.extension, instead_of=consult) == 202

    assert consult.ended.wait(10)
    assert leg.ended.wait(10)
    assert eventually(lambda: line.agent_of(pbx_id) == second.user_id), line.events_of(pbx_id)
    means_to_hang_up(line, pbx_id)
    ring.hang_up()
    assert call.ends_well(), call.why()
    row = ended_row(line, "0812346004")
    assert (row.queue, row.outcome) == ("p58", CallOutcome.ANSWERED)
    assert eventually(second.in_wrap_up)
    assert eventually(lambda: line.channels() == 0)


def test_a_caller_who_is_given_over_while_it_still_rings_is_not_lost(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, second = agents("00"), agents("64")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346007", first)
    consult = first.phone.begin_to_dial(second.extension)
    ring = second.phone.rings(5)
    assert ring

    assert leg.transfer(second.extension, instead_of=consult) == 202
    assert eventually(first.in_wrap_up)
    ring.answer()
    assert eventually(lambda: line.talks() == 1)
    first.is_(PresenceState.OFF)  # or the caller could come to them again
    third = agents("00")
    ring.hang_up()  # not meant: the caller goes back to a queue
    again = third.phone.rings(20)
    assert again, line.events_of(pbx_id)
    finish(line, pbx_id, again)

    assert call.ends_well(), call.why()
    assert ended_row(line, "0812346007").pbx_id == pbx_id
    assert line.events_of(pbx_id).count("CALLEND") == 1


def test_a_province_that_was_asked_takes_the_caller(
    line: Line, network: Network, agents: SignIn
) -> None:
    first, second = agents("00"), agents("60")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346005", first)
    second.phone.answers_by_itself = True
    consult = first.phone.dial("p60")
    assert consult.final == 200
    ring = second.phone.rings(5)
    assert ring
    assert eventually(lambda: line.talks() == 2)

    assert leg.transfer("p60", instead_of=consult) == 202

    assert eventually(lambda: line.agent_of(pbx_id) == second.user_id), line.events_of(pbx_id)
    means_to_hang_up(line, pbx_id)
    ring.hang_up()
    assert call.ends_well(), call.why()
    assert ended_row(line, "0812346005").queue == "p60"


def test_an_agent_can_dial_no_telephone_number(line: Line, agents: SignIn) -> None:
    agent = agents("61")

    for target in ("0812345678", "1567", "s", "cb", "cb0", "cb1x"):
        assert agent.phone.dial(target).final != 200, target


def test_an_agent_cannot_transfer_a_caller_to_a_telephone_number(
    line: Line, network: Network, agents: SignIn
) -> None:
    agent = agents("00")
    call, leg, pbx_id = talk_at_the_national_centre(line, network, "0812346006", agent)

    leg.transfer("0899999999")

    assert eventually(lambda: leg.transfer_status == 404)
    assert not leg.ended.is_set()
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    means_to_hang_up(line, pbx_id)
    leg.hang_up()
    assert call.ends_well(), call.why()
