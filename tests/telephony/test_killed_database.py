"""The database goes away under calls in every phase: callers reach a person, and everything is written down later."""

from collections.abc import Iterator

import pytest

from case_store.calls.models import CallbackRequest, CallOutcome, ProvinceSource
from tests.services.postgres import PostgresServer
from tests.telephony.caller import Caller
from tests.telephony.conversation import has_outcome
from tests.telephony.line import eventually
from tests.telephony.live_page import LivePage
from tests.telephony.phases import Phases, every_phase
from tests.telephony.whole_system import WholeSystem, whole_system

RECOVERY_SECONDS = 10
UNAVAILABLE = 503
BY_POSTCODE = ("53", ProvinceSource.POSTCODE)


@pytest.fixture(scope="module")
def system(postgres_server: PostgresServer) -> Iterator[WholeSystem]:
    """On PostgreSQL: SQLite has no server that could die."""
    url = postgres_server.create_database()
    with whole_system(DAMRONG_DATABASE_URL=url) as system:
        yield system
    postgres_server.drop_database(url)


@pytest.fixture
def page(system: WholeSystem) -> Iterator[LivePage]:
    page = LivePage(system.installation.url, "naree", system.installation.password)
    yield page
    page.close()


@pytest.fixture
def phases(system: WholeSystem) -> Iterator[Phases]:
    with every_phase(system) as phases:
        yield phases


def test_without_a_database_callers_reach_a_person_and_are_written_down_later(
    system: WholeSystem, phases: Phases, page: LivePage, postgres_server: PostgresServer
) -> None:
    postgres_server.stop()
    try:
        _speech_ends(phases)
        newcomer = phases.callers["new"] = system.caller_for("53000")
        ring = phases.agents["53"].phone.rings()
        assert ring and ring.header("X-Damrong-Call") == system.call_of(newcomer)
        ring.answer()
        assert eventually(lambda: system.talks() == 2)
        for path in ("/", "/cases", "/calls", "/callbacks", "/board", "/api/v1/calls", "/readyz"):
            assert page.status_of(path) == UNAVAILABLE, path
        assert phases.ended() == ["recording"]
    finally:
        postgres_server.start()

    assert eventually(system.is_ready, seconds=RECOVERY_SECONDS)
    assert has_outcome(system, system.call_of(newcomer), CallOutcome.CONNECTED)
    assert has_outcome(system, phases.call("recording"), CallOutcome.CALLBACK)
    assert eventually(phases.members_are_right), system.members()
    assert page.status_of("/cases") == 200, "who was signed in still is"
    phases.everybody_hangs_up()
    assert eventually(phases.is_written_down, seconds=RECOVERY_SECONDS), system.rows()
    # What the flow noted is tried again every five seconds; the ledger is quicker.
    assert eventually(lambda: _how_found(system, newcomer) == BY_POSTCODE, seconds=RECOVERY_SECONDS)
    assert has_outcome(system, system.call_of(newcomer), CallOutcome.ANSWERED)
    with system.database.reading() as session:
        assert session.query(CallbackRequest).one().recording


def _how_found(system: WholeSystem, caller: Caller) -> tuple[str | None, ProvinceSource]:
    row = system.rows()[system.call_of(caller)][0]
    return row.province_code, row.province_source


def _speech_ends(phases: Phases) -> None:
    """The message is done: the caller is thanked and hung up on, as always."""
    speaker = phases.callers["recording"]
    speaker.speaks = False
    speaker.press("#")
    assert eventually(lambda: not speaker.is_connected, seconds=15), phases.doing("recording")
