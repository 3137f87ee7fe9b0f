"""A citizen follows a case up on a whole line: the keys over SIP, the row in `calls` as witness."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from case_store import clock
from case_store.calls.models import CallOutcome
from case_store.cases.intake import NewCase, open_case
from case_store.cases.words import load_words
from case_store.identity.complainants import pin_of
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.tracking.models import TrackingAttempt
from damrong.installation import make_secrets
from tests.telephony.conversation import ended_row
from tests.telephony.line import Line, new_line
from tests.telephony.network import Network
from tests.telephony.scenario import Citizen, press, wait

OFFICER = Actor("suda", Role.CASE_OFFICER, "50")
PATIENCE = wait(4)
"""After a lone 8 the line waits for the rest of a postcode."""
TOLD = wait(25)
"""Longer than a case's number, day and state take to say."""


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line that has the keys to the PINs of its cases."""
    with new_line(queue_wait_seconds=4, national_wait_seconds=4, wrap_up_seconds=5) as line:
        make_secrets(line.settings.home)
        with line.database.transaction() as session:
            load_words(session)
        line.start_ivr()
        yield line
        assert "does not exist in any format" not in line.asterisk_log(), "a prompt is missing"


@pytest.fixture
def network(line: Line, tmp_path: Path) -> Iterator[Network]:
    network = Network(line.settings.sip_port, tmp_path)
    yield network
    network.end()


@pytest.fixture
def case(line: Line) -> tuple[str, str]:
    """Reference and PIN of a case."""
    new = NewCase(
        channel="phone_1567",
        category="utilities",
        province_code="50",
        subject="ไฟถนนดับ",
        description="ไฟถนนหน้าวัดดับมาสามคืนแล้ว",
    )
    with line.database.transaction() as session:
        opened = open_case(session, new, by=OFFICER, at=clock.now())
        pin = pin_of(session, opened)
        assert pin is not None
        return opened.ref, pin


def test_who_hears_how_far_the_case_is_and_hangs_up_has_served_themselves(
    line: Line, network: Network, case: tuple[str, str]
) -> None:
    number, (ref, pin) = "0812349001", case
    citizen = Citizen(number)

    call = network.play(
        citizen.call(), wait(0.5), press("8"), PATIENCE, press(ref), wait(2), press(pin),
        TOLD, citizen.hang_up(),
    )  # fmt: skip

    assert call.ends_well(90), call.why()
    row = ended_row(line, number)
    assert (row.outcome, row.queue) == (CallOutcome.SELF_SERVICE, None)
    assert tries(line) == 0
    everything = line.asterisk_log() + str(line.queue_log()) + ivr_log(line)
    assert ref not in everything
    assert f"'{pin}'" not in everything


def test_who_keys_a_wrong_pin_twice_goes_on_to_an_officer(
    line: Line, network: Network, case: tuple[str, str]
) -> None:
    number, (ref, pin) = "0812349002", case
    wrong = f"{(int(pin) + 1) % 10_000:04d}"
    citizen = Citizen(number)

    call = network.play(
        citizen.call(), wait(0.5), press("8"), PATIENCE,
        press(ref), wait(2), press(wrong), wait(1.5),
        press(f"{ref}#"), wait(2), press(f"{wrong}#"), wait(2),
        press("50200"), wait(1), press("1"), wait(15), citizen.hang_up(),
    )  # fmt: skip

    assert call.ends_well(90), call.why()
    row = ended_row(line, number)
    assert (row.outcome, row.province_code) == (CallOutcome.ABANDONED, "50")
    assert row.queue in {"p50", "p00"}
    assert tries(line) == 2


def tries(line: Line) -> int:
    with line.database.reading() as session:
        return session.scalar(select(func.count()).select_from(TrackingAttempt)) or 0


def ivr_log(line: Line) -> str:
    return (line.settings.home / "ivr.out").read_text()
