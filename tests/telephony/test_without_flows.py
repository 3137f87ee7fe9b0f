"""The call flows are dead or stuck: the dialplan alone brings every caller to a person, or takes a message."""

import time
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from case_store.calls.models import CallbackKind, CallbackRequest, CallOutcome
from tests.telephony.conversation import ended_row, has_outcome, the_call
from tests.telephony.line import Line, eventually
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, speak, wait
from tests.telephony.staff import agent_on_duty


def greeting_seconds(line: Line) -> float:
    with wave.open(str(line.settings.home / "sounds/th/damrong/fallback-greeting.wav")) as sound:
        return float(sound.getnframes() / sound.getframerate())


@pytest.fixture
def network(fragile_line: Line, tmp_path: Path) -> Iterator[Network]:
    network = Network(fragile_line.settings.sip_port, tmp_path)
    yield network
    network.end()


def test_a_stuck_flow_loses_the_caller_to_the_national_centre(
    fragile_line: Line, network: Network
) -> None:
    line, citizen = fragile_line, Citizen("0812347001")
    line.start_ivr()
    agent = agent_on_duty(line, "00")
    line.freeze("ivr")  # connections are made, and nobody answers

    began = time.monotonic()
    call = network.play(citizen.call(), citizen.is_hung_up_on())
    ring = agent.phone.rings(20)
    took = time.monotonic() - began

    assert ring, line.asterisk_log()
    assert took < 3 + greeting_seconds(line)
    line.thaw("ivr")
    ring.answer()
    assert has_outcome(line, the_call(line, "0812347001"), CallOutcome.CONNECTED)
    call.vanish()


def test_without_the_process_a_caller_reaches_the_national_centre(
    fragile_line: Line, network: Network
) -> None:
    line, citizen = fragile_line, Citizen("0812347002")
    line.start_ivr()
    agent = agent_on_duty(line, "00")
    line.kill("ivr")

    call = network.play(citizen.call(), citizen.is_hung_up_on())
    ring = agent.phone.rings(20)
    assert ring, line.asterisk_log()
    ring.answer()
    time.sleep(1)
    line.start_ivr()

    pbx_id = the_call(line, "0812347002")
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED), "what was missed is read on return"
    row = line.row(pbx_id)
    assert row is not None
    assert (row.queue, row.province_code, row.agent_id) == ("p00", "00", agent.user_id)
    call.vanish()


def test_without_process_and_agents_the_dialplan_takes_a_message(
    fragile_line: Line, network: Network
) -> None:
    line, citizen = fragile_line, Citizen("0812347003")

    call = network.play(citizen.call(), speak(25), citizen.hang_up())

    assert call.ends_well(), call.why()
    line.start_ivr()
    row = ended_row(line, "0812347003")
    assert row.outcome is CallOutcome.CALLBACK, line.events_of(row.pbx_id)
    with line.database.reading() as session:
        request = session.query(CallbackRequest).filter_by(call_id=row.id).one()
    assert (request.kind, request.number) == (CallbackKind.MESSAGE, "+66812347003")
    assert request.recording
    recording = line.settings.recordings / request.recording
    assert recording.stat().st_size > 16_000
    assert recording.stat().st_mode & 0o077 == 0 or recording.parent.stat().st_mode & 0o077 == 0


def test_an_agents_lost_line_without_the_process_brings_the_caller_back_once(
    fragile_line: Line, network: Network
) -> None:
    line, citizen = fragile_line, Citizen("0812347004")
    line.start_ivr()
    agent = agent_on_duty(line, "00")
    line.kill("ivr")
    call = network.play(citizen.call(), citizen.is_hung_up_on())

    for _ in range(2):
        ring = agent.phone.rings(20)
        assert ring, line.asterisk_log()
        ring.answer()
        time.sleep(1)
        ring.hang_up()

    assert call.ends_well(), call.why()
    assert eventually(lambda: line.channels() == 0)


def test_calls_of_an_asterisk_that_was_killed_have_failed(
    fragile_line: Line, network: Network
) -> None:
    line, citizen = fragile_line, Citizen("0812347005")
    line.start_ivr()
    call = network.play(citizen.call(), wait(60))
    pbx_id = the_call(line, "0812347005")
    assert has_outcome(line, pbx_id, CallOutcome.IN_IVR)
    time.sleep(3)

    line.kill("asterisk")
    line.start_asterisk()

    assert has_outcome(line, pbx_id, CallOutcome.FAILED, seconds=15)
    row = line.row(pbx_id)
    assert row is not None
    assert row.ended_at is not None
    call.vanish()


@pytest.mark.parametrize("phase", ["menu", "waiting", "talking"])
def test_no_caller_is_dropped_or_lost_when_the_process_is_killed(
    fragile_line: Line, network: Network, phase: str
) -> None:
    line, number = fragile_line, "0812347006"
    line.start_ivr()
    agent = agent_on_duty(line, "00")
    citizen = Citizen(number)
    keys = "" if phase == "menu" else press("0")
    call = network.play(citizen.call(), wait(1), keys, citizen.is_hung_up_on())
    pbx_id = the_call(line, number)
    ring = None
    if phase != "menu":
        ring = agent.phone.rings(20)
        assert ring
    if phase == "talking":
        assert ring
        ring.answer()
        assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    time.sleep(1)

    line.kill("ivr")
    time.sleep(0.5)
    line.start_ivr()

    if ring is None:
        ring = agent.phone.rings(25)
        assert ring, line.asterisk_log()
    if phase != "talking":
        ring.answer()
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED), line.events_of(pbx_id)
    row = line.row(pbx_id)
    assert row is not None
    assert row.agent_id == agent.user_id
    assert eventually(lambda: line.members().get(agent.extension) == "p00", seconds=10)
    assert call.process.poll() is None, "the caller is still there"
    call.vanish()
