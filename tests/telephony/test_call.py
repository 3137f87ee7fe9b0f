"""A citizen's call on a whole line: from INVITE to the row in `calls`."""

from collections.abc import Callable

import pytest

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
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent

SignIn = Callable[..., Agent]


def test_a_caller_reaches_the_agent_of_the_province_that_was_keyed(
    line: Line, network: Network, agents: SignIn
) -> None:
    number, agent = "0812345001", agents("50")
    citizen = Citizen(number)

    call = network.play(
        citizen.call(), wait(0.5), press("50200"), wait(0.5), press("1"), citizen.is_hung_up_on()
    )
    leg = agent.phone.rings(30)
    assert leg, line.asterisk_log()
    pbx_id = the_call(line, number)
    assert (leg.header("X-Damrong-Call"), leg.header("X-Damrong-Kind")) == (pbx_id, "citizen")
    leg.answer()
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    means_to_hang_up(line, pbx_id)
    leg.hang_up()

    assert call.ends_well(), call.why()
    row = ended_row(line, number)
    assert row.outcome is CallOutcome.ANSWERED
    assert (line.settings.talks / f"{pbx_id}.wav").is_file()
    assert line.settings.talks.stat().st_mode & 0o077 == 0
    assert (row.queue, row.province_code, row.agent_id) == ("p50", "50", agent.user_id)
    assert row.province_source is ProvinceSource.POSTCODE
    assert eventually(agent.in_wrap_up)
    assert eventually(lambda: line.members().get(agent.extension) == "p50:paused")
    assert eventually(lambda: line.members().get(agent.extension) == "p50", seconds=8)


def test_keys_by_info_count_like_keys_by_rfc_4733(
    line: Line, network: Network, agents: SignIn
) -> None:
    number, agent = "0812345002", agents("83")
    citizen = Citizen(number)

    call = network.play(
        citizen.call(),
        wait(0.5),
        citizen.press_by_info("83000"),
        wait(0.5),
        citizen.press_by_info("1"),
        citizen.is_hung_up_on(),
    )
    leg = agent.phone.rings(30)
    assert leg, line.asterisk_log()
    leg.answer()
    assert has_outcome(line, the_call(line, number), CallOutcome.CONNECTED)
    means_to_hang_up(line, the_call(line, number))
    leg.hang_up()

    assert call.ends_well(), call.why()
    assert ended_row(line, number).queue == "p83"


def test_a_caller_who_hangs_up_while_waiting_has_abandoned(
    line: Line, network: Network, agents: SignIn
) -> None:
    number = "0812345003"
    agent = agents("00")
    citizen = Citizen(number)

    call = network.play(citizen.call(), wait(0.5), press("0"), wait(8), citizen.hang_up())
    assert agent.phone.rings(20)

    assert call.ends_well(), call.why()
    row = ended_row(line, number)
    assert (row.outcome, row.queue) == (CallOutcome.ABANDONED, "p00")
    assert row.wait_seconds is not None
    assert line.events_of(row.pbx_id)[-2:] == ["ABANDON p00", "CALLEND"]


def test_a_caller_whose_province_has_nobody_on_duty_is_in_its_queue_and_then_in_the_national_one(
    line: Line, network: Network
) -> None:
    number = "053211299"
    citizen = Citizen(number)

    call = network.play(citizen.call(), wait(0.5), press("1"), wait(25), citizen.hang_up())

    def queue() -> str | None:
        row = line.row(the_call(line, number))
        return row.queue if row else None

    assert eventually(lambda: queue() == "p50", seconds=15)
    assert eventually(lambda: queue() == "p00", seconds=15)
    assert call.ends_well(), call.why()
    row = ended_row(line, number)
    assert (row.province_code, row.province_source) == ("50", ProvinceSource.AREA_CODE)
    assert row.outcome is CallOutcome.ABANDONED


@pytest.mark.parametrize("dialled", ["1567", "+661567", "661567", "1567;phone-context=+66"])
def test_every_form_of_the_number_is_answered(line: Line, network: Network, dialled: str) -> None:
    citizen = Citizen("0812345004", to=dialled)

    call = network.play(citizen.call(), wait(0.3), citizen.hang_up())

    assert call.ends_well(), call.why()


@pytest.mark.parametrize("dialled", ["1568", "0812345678", "ag0001", "p50", "cb1", "s"])
def test_nothing_else_can_be_dialled_from_the_network(
    line: Line, network: Network, dialled: str
) -> None:
    call = network.play(Citizen("0812345005", to=dialled).refused("404"))

    assert call.ends_well(), call.why()
    assert line.calls_from("0812345005") == []


def test_an_address_that_is_not_the_trunk_is_refused(line: Line, network: Network) -> None:
    call = network.play(Citizen("0812345006").refused("401"), address="127.0.0.2")

    assert call.ends_well(), call.why()


def test_the_number_that_the_network_asserts_is_believed(line: Line, network: Network) -> None:
    citizen = Citizen("0812345007", headers=["P-Asserted-Identity: <sip:0812345008@x>"])

    call = network.play(citizen.call(), wait(0.3), citizen.hang_up())

    assert call.ends_well(), call.why()
    assert ended_row(line, "0812345008").caller == "+66812345008"


def test_a_withheld_number_is_in_no_ledger_and_no_row(line: Line, network: Network) -> None:
    citizen = Citizen(
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        headers=["P-Asserted-Identity: <sip:0812345009@x>", "Privacy: id"],
    )

    call = network.play(citizen.call(), wait(0.3), citizen.hang_up())

    assert call.ends_well(), call.why()
    assert ended_row(line, "").caller is None
    assert "0812345009" not in str(line.queue_log())


def test_a_caller_cannot_write_into_the_ledger(line: Line, network: Network) -> None:
    citizen = Citizen("<sip:0812345010%7C%0A1795450660%7Cforged%7CNONE%7CNONE%7CCALLSTART%7C1@x>")

    call = network.play(citizen.call(), wait(0.3), citizen.hang_up())

    assert call.ends_well(), call.why()
    assert "forged" not in str(line.queue_log())


def test_callers_wait_in_turn_and_each_place_can_be_announced(
    line: Line, network: Network, agents: SignIn
) -> None:
    agent, first = agents("00"), Citizen("0812345021")
    network.play(first.call(), wait(0.5), press("0"), first.is_hung_up_on())
    ring = agent.phone.rings(20)
    assert ring
    ring.answer()

    for number in ("0812345022", "0812345023"):
        citizen = Citizen(number)
        network.play(citizen.call(), wait(0.5), press("0"), citizen.is_hung_up_on())

    assert eventually(lambda: "p00 has 2 calls" in line.cli("queue show p00"), seconds=15)
    # The line's log, at the end of this file's tests, would tell of an announcement that is missing.


def test_an_agent_whose_line_is_lost_sends_the_caller_to_the_head_of_the_queue(
    line: Line, network: Network, agents: SignIn
) -> None:
    number, agent = "0812345011", agents("54")
    colleague = agents("54", state=PresenceState.OFF)
    citizen = Citizen(number)

    call = network.play(
        citizen.call(), wait(0.5), press("54000"), wait(0.5), press("1"), citizen.is_hung_up_on()
    )
    first = agent.phone.rings(30)
    assert first
    first.answer()
    pbx_id = the_call(line, number)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    first.hang_up()  # without the wish to finish, as a closed browser does

    colleague.is_(PresenceState.READY)
    second = colleague.phone.rings(20)
    assert second, line.events_of(pbx_id)
    answer_again(line, pbx_id, second)
    means_to_hang_up(line, pbx_id)
    second.hang_up()
    assert call.ends_well(), call.why()
    assert ended_row(line, number).outcome is CallOutcome.ANSWERED
