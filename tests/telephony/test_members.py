"""Only an agent who is signed in and ready is a queue member, whatever else happens."""

from collections.abc import Callable

from case_store.people.models import BreakReason, PresenceState
from tests.telephony.line import Line, eventually, free_port
from tests.telephony.network import Network
from tests.telephony.staff import Agent

SignIn = Callable[..., Agent]


def test_an_agent_is_a_member_while_ready_and_at_no_other_time(line: Line, agents: SignIn) -> None:
    agent = agents("50")
    name = agent.extension

    assert eventually(lambda: line.members().get(name) == "p50")

    agent.is_(PresenceState.BREAK, BreakReason.MEAL)
    assert eventually(lambda: name not in line.members())

    agent.is_(PresenceState.READY)
    assert eventually(lambda: line.members().get(name) == "p50")

    agent.is_(PresenceState.OFF)
    assert eventually(lambda: name not in line.members())


def test_a_member_added_by_hand_is_removed(line: Line) -> None:
    with line.manager() as ami:
        ami.act("QueueAdd", Queue="p10", Interface="PJSIP/ag9999", MemberName="ag9999")

    assert eventually(lambda: "ag9999" not in line.members(), seconds=5)


def test_a_member_paused_by_hand_is_unpaused(line: Line, agents: SignIn) -> None:
    agent = agents("51")
    assert eventually(lambda: line.members().get(agent.extension) == "p51")

    with line.manager() as ami:
        ami.act("QueuePause", Interface=f"PJSIP/{agent.extension}", Paused=1)

    assert eventually(lambda: line.members().get(agent.extension) == "p51")


def test_sipp_registers_with_the_secret_of_a_sign_in(
    line: Line, agents: SignIn, network: Network
) -> None:
    agent = agents("52")

    right = network.register(agent.extension, agent.secret, contact_port=free_port())
    assert right.ends_well(), right.why()

    wrong = network.register(agent.extension, "wrong", contact_port=free_port())
    assert not wrong.ends_well()


def test_a_telephone_is_off_soon_after_its_person_signed_out(line: Line, agents: SignIn) -> None:
    agent = agents("53")
    assert agent.extension in line.cli("pjsip show contacts")

    agent.signs_out()

    assert eventually(lambda: agent.extension not in line.cli("pjsip show contacts"), seconds=8)
    assert agent.phone.register() in {401, 403}
