"""Processes are killed, or stuck, with callers in every phase: nobody is dropped, no call is lost, all comes back."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from case_store import clock
from case_store.calls.models import CallbackKind, CallbackRequest, CallOutcome, ProvinceSource
from tests.telephony.conversation import ended_row, has_outcome, means_to_hang_up
from tests.telephony.line import eventually
from tests.telephony.live_page import LivePage
from tests.telephony.phases import Phases, every_phase
from tests.telephony.whole_system import WholeSystem, whole_system

RECOVERY_SECONDS = 10
STUCK_SECONDS = 3
KEY_SECONDS = 0.3
A_MOMENT = timedelta(seconds=1.5)


@pytest.fixture(scope="module")
def system() -> Iterator[WholeSystem]:
    with whole_system() as system:
        yield system


@pytest.fixture(scope="module")
def page(system: WholeSystem) -> Iterator[LivePage]:
    """A supervisor's board, open all the time."""
    page = LivePage(system.installation.url, "naree", system.installation.password)
    yield page
    page.close()


@pytest.fixture
def phases(system: WholeSystem) -> Iterator[Phases]:
    with every_phase(system) as phases:
        yield phases


@pytest.mark.parametrize("processes", [("ivr",), ("redis", "console")], ids=" and ".join)
def test_no_call_is_dropped_or_lost_by_a_kill(
    system: WholeSystem, phases: Phases, page: LivePage, processes: tuple[str, ...]
) -> None:
    before = system.presences()
    for process in processes:
        _comes_back(phases, page, process)
        assert system.presences() == before
        assert phases.ended() == []

    if "ivr" in processes:
        _reach_the_national_centre(phases, "greeting", "keying")
    _finish(phases)
    assert eventually(phases.is_written_down), system.rows()
    assert _outcomes(phases, "talking", "ringing", "waiting", "recording") == [
        CallOutcome.ANSWERED,
        CallOutcome.ABANDONED,
        CallOutcome.ABANDONED,
        CallOutcome.CALLBACK,
    ]


def _comes_back(phases: Phases, page: LivePage, process: str) -> None:
    system, began = phases.system, time.monotonic()
    system.kill(process)
    assert eventually(lambda: not system.is_ready(), seconds=3, every=0.01)
    assert eventually(system.is_ready, seconds=RECOVERY_SECONDS)
    assert eventually(phases.members_are_right, seconds=RECOVERY_SECONDS), system.members()
    assert time.monotonic() - began < RECOVERY_SECONDS
    page.forget()
    newcomer = system.caller_for("53000")
    ring = phases.agents["53"].phone.rings()
    assert ring and ring.header("X-Damrong-Call") == system.call_of(newcomer)
    assert eventually(lambda: page.hears("call-changed")), page.kinds
    newcomer.close()
    assert ring.ended.wait(5)


def _reach_the_national_centre(phases: Phases, *which: str) -> None:
    """The flow that spoke with them is dead: the dialplan greets them and brings them to a person."""
    for phase in which:
        phases.callers[phase].press("1")
    for phase in which:
        assert phases.system.comes_to(phases.callers[phase], "Queue p00", seconds=20), phase
    assert phases.agents["00"].phone.rings()


def _finish(phases: Phases) -> None:
    """The talk ends as it should; the one who speaks ends the message by hanging up, the others give up."""
    means_to_hang_up(phases.system, phases.call("talking"))
    phases.legs["talking"].hang_up()
    assert eventually(lambda: not phases.callers["talking"].is_connected), "hung up by the dialplan"
    phases.everybody_hangs_up()


def _outcomes(phases: Phases, *which: str) -> list[CallOutcome]:
    rows = phases.system.rows()
    return [rows[phases.call(phase)][0].outcome for phase in which]


def test_a_stuck_process_keeps_its_callers_no_longer_than_three_seconds(
    system: WholeSystem, phases: Phases
) -> None:
    system.freeze("ivr")
    try:
        phases.callers["recording"].hang_up()
        phases.legs["talking"].hang_up()  # without the wish to finish
        assert _seconds_until(phases, "talking", "connection-broke", "Queue p50") < STUCK_SECONDS
        for phase, keys, goes_on in (
            ("greeting", "1", ("fallback-greeting", "Queue p00")),
            ("keying", "0200", ("fallback-greeting", "Queue p00")),
            ("offered", "1", ("fallback-message", "Record ")),
        ):
            phases.callers[phase].press(keys)
            took = _seconds_until(phases, phase, *goes_on) - KEY_SECONDS * len(keys)
            assert took < STUCK_SECONDS, (phase, took)
        newcomer = phases.callers["new"] = system.new_caller()
        assert system.comes_to(newcomer, "fallback-greeting", "Queue p00", seconds=STUCK_SECONDS)
        assert phases.agents["00"].phone.rings()
        again = phases.agents["50"].phone.rings()
        assert again and again.header("X-Damrong-Call") == phases.call("talking")
        phases.legs["ringing"].answer()
        assert eventually(lambda: system.talks() == 1)
    finally:
        system.thaw("ivr")

    assert set(phases.ended()) == {"recording"}
    phases.everybody_hangs_up()
    assert eventually(phases.is_written_down, seconds=RECOVERY_SECONDS), system.rows()
    assert _outcomes(phases, "ringing", "recording") == [CallOutcome.ANSWERED, CallOutcome.CALLBACK]
    assert eventually(phases.members_are_right, seconds=RECOVERY_SECONDS), system.members()


def test_calls_that_end_while_the_process_is_dead_are_written_down_when_it_is_back(
    system: WholeSystem, phases: Phases
) -> None:
    waiting, speaker = phases.callers["waiting"], phases.callers["offered"]
    phases.agents["00"].signs_out()
    assert eventually(lambda: "p00" not in system.members().values())
    with system.nobody_revives():
        system.kill("ivr")
        waiting.hang_up()
        gave_up_at = clock.now()
        speaker.press("2")
        assert system.comes_to(speaker, "Record ")
        speaker.speaks = True
        file = system.settings.recordings / f"{phases.call('offered')}.wav"
        assert eventually(lambda: file.is_file() and file.stat().st_size > 20_000)
        speaker.hang_up()
        was_said_at = clock.now()
        assert _lines_until(system, phases.call("offered"), "CALLEND")
    assert eventually(system.is_ready, seconds=RECOVERY_SECONDS)

    for phase, outcome, at in (
        ("waiting", CallOutcome.ABANDONED, gave_up_at),
        ("offered", CallOutcome.CALLBACK, was_said_at),
    ):
        assert has_outcome(system, phases.call(phase), outcome), phase
        row = ended_row(system, phases.callers[phase].number)
        assert row.ended_at is not None
        assert abs(row.ended_at - at) < A_MOMENT
    with system.database.reading() as session:
        request = session.query(CallbackRequest).filter_by(recording=file.name).one()
    assert request.kind is CallbackKind.MESSAGE
    phases.everybody_hangs_up()
    assert eventually(phases.is_written_down), system.rows()


def test_a_locked_database_keeps_no_caller_from_a_person(
    system: WholeSystem, phases: Phases
) -> None:
    with _locked(system.settings.home / "damrong.sqlite3"):
        newcomer = phases.callers["new"] = system.caller_for("53000")
        ring = phases.agents["53"].phone.rings()
        assert ring and ring.header("X-Damrong-Call") == system.call_of(newcomer)
        ring.answer()
        phases.callers["offered"].press("1")
        assert system.comes_to(phases.callers["offered"], "callback-number-before")
        phases.callers["offered"].press("1")
        assert eventually(lambda: not phases.callers["offered"].is_connected, seconds=20)
        assert phases.ended() == ["offered"]

    assert has_outcome(system, system.call_of(newcomer), CallOutcome.CONNECTED)
    assert has_outcome(system, phases.call("offered"), CallOutcome.CALLBACK)
    phases.everybody_hangs_up()
    assert eventually(phases.is_written_down, seconds=RECOVERY_SECONDS), system.rows()

    def is_by_postcode() -> bool:
        row = system.rows()[system.call_of(newcomer)][0]
        return (row.province_code, row.province_source) == ("53", ProvinceSource.POSTCODE)

    # What the flow noted is tried again every five seconds; the ledger is quicker.
    assert eventually(is_by_postcode, seconds=RECOVERY_SECONDS)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_asterisk_comes_back_and_the_calls_that_it_took_along_have_failed(
    system: WholeSystem, phases: Phases
) -> None:
    began = clock.now()
    system.kill("asterisk")

    assert eventually(lambda: not system.is_ready(), seconds=3, every=0.01)
    assert eventually(system.is_ready, seconds=RECOVERY_SECONDS)
    assert eventually(phases.members_are_right, seconds=RECOVERY_SECONDS), system.members()
    assert clock.now() - began < timedelta(seconds=RECOVERY_SECONDS)
    newcomer = system.caller_for("53000")
    ring = phases.agents["53"].phone.rings()
    assert ring and ring.header("X-Damrong-Call") == system.call_of(newcomer)
    newcomer.close()
    for phase in phases.callers:
        assert has_outcome(system, phases.call(phase), CallOutcome.FAILED, seconds=20), phase
    assert eventually(phases.is_written_down), system.rows()


def _seconds_until(phases: Phases, phase: str, *goes_on: str) -> float:
    began = time.monotonic()
    assert phases.system.comes_to(phases.callers[phase], *goes_on), (phase, phases.doing(phase))
    return time.monotonic() - began


def _lines_until(system: WholeSystem, call: str, event: str) -> bool:
    return eventually(lambda: event in system.events_of(call))
