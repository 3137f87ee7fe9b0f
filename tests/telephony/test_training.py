"""Training on a whole line: without a certificate nobody is in a queue, and simulated calls are practice alone."""

import time
from collections.abc import Callable

from sqlalchemy import delete, func, select

from case_store import clock
from case_store.calls.models import Call, CallOutcome
from case_store.people.models import PresenceState, Role
from case_store.people.permissions import Actor
from case_store.people.presence import PRACTICE_QUEUE
from case_store.rotation.training.keeping import revoke
from case_store.rotation.training.models import Certificate, PracticeCall
from tests.telephony.caller import Caller
from tests.telephony.conversation import ended_row, has_outcome, means_to_hang_up, the_call
from tests.telephony.line import Line, eventually
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent, new_agent
from tests.telephony.telephone import Telephone

SignIn = Callable[..., Agent]
TRAINER = Actor("trainer", Role.NATIONAL_OFFICER, "00")


def takes_certificate(line: Line, agent: Agent) -> None:
    with line.database.transaction() as session:
        session.execute(delete(Certificate).where(Certificate.user_id == agent.user_id))


def talking_with(line: Line, network: Network, agent: Agent, number: str, postcode: str) -> str:
    """A citizen and the agent speak; Asterisk's name of the call."""
    citizen = Citizen(number)
    network.play(
        citizen.call(), wait(0.5), press(postcode), wait(0.5), press("1"), citizen.is_hung_up_on()
    )
    leg = agent.phone.rings(30)
    assert leg, line.asterisk_log()
    leg.answer()
    pbx_id = the_call(line, number)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    return pbx_id


def test_somebody_untrained_who_is_added_by_hand_is_removed_and_a_talk_goes_on(
    line: Line, network: Network, agents: SignIn
) -> None:
    agent, untrained = agents("50"), agents("50", state=PresenceState.OFF)
    takes_certificate(line, untrained)
    call = talking_with(line, network, agent, "0812346001", "50200")

    with line.manager() as ami:
        ami.act(
            "QueueAdd", Queue="p50", Interface=f"PJSIP/{untrained.extension}",
            MemberName=untrained.extension,
        )  # fmt: skip

    assert eventually(lambda: untrained.extension not in line.members(), seconds=5)
    assert line.members().get(agent.extension) == "p50"
    assert has_outcome(line, call, CallOutcome.CONNECTED)


def test_whose_certificate_is_revoked_leaves_the_queue_and_the_talk_is_not_cut(
    line: Line, network: Network, agents: SignIn
) -> None:
    number, agent = "0812346002", agents("57")
    citizen = Citizen(number)
    played = network.play(
        citizen.call(), wait(0.5), press("57000"), wait(0.5), press("1"), citizen.is_hung_up_on()
    )
    leg = agent.phone.rings(30)
    assert leg, line.asterisk_log()
    leg.answer()
    pbx_id = the_call(line, number)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)

    with line.database.transaction() as session:
        held = session.scalars(
            select(Certificate).where(Certificate.user_id == agent.user_id)
        ).one()
        revoke(session, held, "ต้องอบรมใหม่", by=TRAINER, at=clock.now())

    assert eventually(lambda: agent.extension not in line.members(), seconds=5)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    assert not leg.ended.is_set()
    means_to_hang_up(line, pbx_id)
    leg.hang_up()
    assert played.ends_well(), played.why()
    assert ended_row(line, number).outcome is CallOutcome.ANSWERED


def test_a_simulated_call_is_practice_and_no_call(line: Line) -> None:
    trainee = new_agent(line, "58", state=PresenceState.OFF)
    takes_certificate(line, trainee)
    trainee.is_(PresenceState.PRACTICE)
    assert eventually(lambda: line.members().get(trainee.extension) == "practice")
    before = count_of_calls(line)

    demo = Telephone("demo-phone", line.settings.secret("demo-phone"), line.settings.sip_port)
    simulated = demo.dial("1568", "X-Demo-Caller: 053211234")
    assert simulated.final == 200
    leg = trainee.phone.rings(10)
    assert leg, line.asterisk_log()
    assert leg.header("X-Damrong-Kind") == "practice"
    leg.answer()
    call = leg.header("X-Damrong-Call")
    assert eventually(lambda: f"CONNECT {PRACTICE_QUEUE}" in line.events_of(call))
    time.sleep(0.5)  # the ledger says so a moment before the two are joined
    leg.transfer("p58")  # ends it: a simulated call reaches no colleague
    assert simulated.ended.wait(5), line.asterisk_log()

    assert eventually(lambda: practised(line, trainee), seconds=10)
    assert practised(line, trainee) == [call]
    assert count_of_calls(line) == before
    queues = {row[2] for row in line.queue_log() if row[1] == call}
    assert queues == {PRACTICE_QUEUE}
    trainee.signs_out()
    assert eventually(lambda: trainee.extension not in line.members())
    trainee.phone.close()
    demo.close()


def test_the_telephone_network_does_not_reach_the_practice_line(line: Line) -> None:
    caller = Caller("0812346003", line.settings.sip_port)
    assert caller.dial("1568").final == 404
    caller.close()


def practised(line: Line, agent: Agent) -> list[str]:
    with line.database.reading() as session:
        mine = select(PracticeCall.pbx_id).where(PracticeCall.user_id == agent.user_id)
        return list(session.scalars(mine))


def count_of_calls(line: Line) -> int:
    with line.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Call)) or 0
