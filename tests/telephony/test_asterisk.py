"""Asterisk starts with our configuration and nothing to complain about, and follows the store at once."""

import re
import time

from case_store.calls.models import CallOutcome
from case_store.people.models import PresenceState
from ivr.pbx.config import SOURCE
from tests.telephony.conversation import the_call
from tests.telephony.line import Line, eventually
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, wait
from tests.telephony.staff import new_agent


def test_everything_that_is_required_is_loaded_and_nothing_else(line: Line) -> None:
    required = set(re.findall(r"^require = (\S+)$", (SOURCE / "modules.conf").read_text(), re.M))

    loaded = set(re.findall(r"^(\S+\.so) .* Running", line.cli("module show"), re.M))

    assert loaded == required


def test_it_starts_without_a_warning(line: Line) -> None:
    head = line.asterisk_log().split("fully booted")[0]

    assert "WARNING" not in head
    assert "ERROR" not in head


def test_the_web_server_offers_the_web_socket_alone(line: Line) -> None:
    offered = re.findall(r"^(/\S+) =>", line.cli("http show status"), re.M)

    assert offered == ["/ws"]


def test_a_line_of_the_ledger_is_in_the_store_within_a_tenth_of_a_second(line: Line) -> None:
    delays = []
    with line.manager() as ami:
        for number in range(10):
            call = f"9{number}.1"
            began = time.monotonic()
            ami.act("QueueLog", Queue="NONE", Uniqueid=call, Interface="NONE", Event="CALLSTART")
            assert eventually(lambda call=call: line.row(call), every=0.005)  # type: ignore[misc]
            delays.append(time.monotonic() - began)
            ami.act("QueueLog", Queue="NONE", Uniqueid=call, Interface="NONE", Event="CALLEND")

    assert sorted(delays)[len(delays) // 2] < 0.1, delays


def test_an_agent_is_a_member_within_a_second_of_being_ready(line: Line) -> None:
    agent = new_agent(line, "62", state=PresenceState.OFF)

    agent.is_(PresenceState.READY)
    began = time.monotonic()
    with line.manager() as ami:
        assert eventually(
            lambda: any(
                m.get("Name") == agent.extension for m in ami.ask_list("QueueStatus", Queue="p62")
            ),
            every=0.02,
        )

    assert time.monotonic() - began < 1.2
    agent.signs_out()


def test_rotating_the_ledger_in_mid_call_loses_nothing(line: Line, network: Network) -> None:
    citizen = Citizen("0812349001")
    call = network.play(citizen.call(), wait(2), citizen.hang_up())
    pbx_id = the_call(line, "0812349001")

    with line.manager() as ami:
        ami.act("LoggerRotate")

    assert call.ends_well(), call.why()
    assert eventually(lambda: (row := line.row(pbx_id)) and row.outcome is CallOutcome.ABANDONED)
