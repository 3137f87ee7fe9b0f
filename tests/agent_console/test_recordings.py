"""Recorded talks: heard by those who watch over the centre, and by nobody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from agent_console.console import Console
from case_store.calls.models import Call
from case_store.calls.record_call import record_ended
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, waiting_call

Visit = Callable[..., Visitor]


@pytest.fixture
def talk(console: Console, database: Database) -> Call:
    """A finished call of Chiang Mai that was recorded."""
    pbx_id = waiting_call(database).pbx_id
    with database.transaction() as session:
        call = session.scalars(select(Call).where(Call.pbx_id == pbx_id)).one()
        record_ended(session, call, at=now())
    console.settings.talks.mkdir(parents=True)
    (console.settings.talks / f"{call.pbx_id}.wav").write_bytes(b"RIFF" + bytes(100))
    return call


@pytest.mark.parametrize(
    ("role", "centre", "status"),
    [
        (Role.AGENT, "50", 403),
        (Role.SUPERVISOR, "50", 200),
        (Role.SUPERVISOR, "83", 403),
        (Role.NATIONAL_OFFICER, "00", 200),
        (Role.ADMINISTRATOR, "00", 403),
    ],
)
def test_who_may_hear_it(talk: Call, visit: Visit, role: Role, centre: str, status: int) -> None:
    assert visit(role, centre).get(f"/calls/{talk.id}/recording").status_code == status


def test_it_is_offered_in_the_list_to_those_only(talk: Call, visit: Visit) -> None:
    player = f'src="/calls/{talk.id}/recording"'

    assert player in visit(Role.SUPERVISOR, "50").get("/calls").text
    assert player not in visit(Role.AGENT, "50").get("/calls").text


def test_a_call_without_one_is_not_found(talk: Call, console: Console, visit: Visit) -> None:
    (console.settings.talks / f"{talk.pbx_id}.wav").unlink()

    assert visit(Role.SUPERVISOR, "50").get(f"/calls/{talk.id}/recording").status_code == 404
