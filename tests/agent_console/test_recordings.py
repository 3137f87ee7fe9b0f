"""Recordings: heard by those who may, by nobody else, and never without an entry in the audit trail."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from agent_console.console import Console
from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.calls.callbacks import request_callback
from case_store.calls.models import Call, CallbackKind, CallSound
from case_store.calls.record_call import record_ended
from case_store.clock import frozen, now
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


def hearings(database: Database) -> list[AuditEntry]:
    with database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == "recording.heard")
        return list(session.scalars(query.order_by(AuditEntry.id)))


def set_sound(database: Database, talk: Call, sound: CallSound) -> None:
    with database.transaction() as session:
        session.get_one(Call, talk.id).sound = sound


@contextmanager
def trail_that_cannot_be_written(database: Database) -> Iterator[None]:
    """As with a full disk, or a role that lost its rights: what is asked is answered, what is written is not."""
    with database.transaction() as session:
        session.execute(
            text(
                "CREATE TRIGGER no_room BEFORE INSERT ON audit_entries "
                "BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        )
    yield
    with database.transaction() as session:
        session.execute(text("DROP TRIGGER no_room"))


def test_who_hears_which_call_and_when_stands_in_the_trail(
    talk: Call, visit: Visit, database: Database
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50")
    assert supervisor.get(f"/calls/{talk.id}/recording").status_code == 200

    [entry] = hearings(database)
    assert (entry.chain, entry.subject, entry.actor) == ("50", f"call:{talk.id}", "supervisor-50")
    assert entry.facts["sound"] == "talk"
    assert "53211234" not in str(entry.facts)
    with database.reading() as session:
        assert verify(session) == []
        number = session.get_one(AuditEntry, entry.id).detail
        assert number and number.text == "+6653211234"
    page = visit(Role.GOVERNOR, "50").get("/office/audit").text
    assert "ฟังเสียงบันทึก" in page


def test_seeking_in_a_recording_is_one_hearing_and_coming_back_later_another(
    talk: Call, visit: Visit, database: Database
) -> None:
    supervisor, colleague = visit(Role.SUPERVISOR, "50"), visit(Role.NATIONAL_OFFICER, "00")
    path = f"/calls/{talk.id}/recording"
    for start in range(0, 100, 10):
        part = supervisor.get(path, headers={"Range": f"bytes={start}-"})
        assert part.status_code == 206
    assert len(hearings(database)) == 1

    assert colleague.get(path).status_code == 200
    assert len(hearings(database)) == 2

    with frozen(now() + timedelta(minutes=16)):
        assert supervisor.get(path).status_code == 200
    assert len(hearings(database)) == 3


def test_requests_at_one_moment_are_one_hearing(
    talk: Call, visit: Visit, database: Database
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: supervisor.get(f"/calls/{talk.id}/recording"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(hearings(database)) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("th", "ต้องจดลงบันทึกการตรวจสอบก่อน"), ("en", "must be written into the audit trail first")],
)
def test_without_the_trail_nothing_is_heard_and_the_reader_is_told_why(
    talk: Call, visit: Visit, database: Database, language: str, words: str
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50")
    assert supervisor.post("/language", {"language": language}).status_code == 303
    path = f"/calls/{talk.id}/recording"
    with trail_that_cannot_be_written(database):
        page = supervisor.get(path, headers={"Accept": "text/html"})
        to_player = supervisor.get(path, headers={"Accept": "application/json"})
    assert (page.status_code, to_player.status_code) == (503, 503)
    assert words in page.text
    assert words in to_player.json()["detail"]
    assert b"RIFF" not in page.content + to_player.content
    assert hearings(database) == []
    assert supervisor.get(path).status_code == 200


def test_who_may_not_hear_it_leaves_no_entry_of_a_hearing(
    talk: Call, visit: Visit, console: Console, database: Database
) -> None:
    visit(Role.AGENT, "50").get(f"/calls/{talk.id}/recording")
    (console.settings.talks / f"{talk.pbx_id}.wav").unlink()
    visit(Role.SUPERVISOR, "50").get(f"/calls/{talk.id}/recording")
    assert hearings(database) == []


@pytest.mark.parametrize("sound", [CallSound.DESTROYED, CallSound.GONE])
def test_what_is_destroyed_is_heard_by_nobody_though_its_file_may_be_there(
    talk: Call, visit: Visit, database: Database, sound: CallSound
) -> None:
    set_sound(database, talk, sound)
    supervisor = visit(Role.SUPERVISOR, "50")
    assert supervisor.get(f"/calls/{talk.id}/recording").status_code == 404
    assert f"/calls/{talk.id}/recording" not in supervisor.get("/calls").text
    assert hearings(database) == []


def test_a_call_whose_caller_was_erased_says_so_in_the_list(
    talk: Call, visit: Visit, database: Database
) -> None:
    with database.transaction() as session:
        call = session.get_one(Call, talk.id)
        call.caller, call.anonymised_at = None, now()
    page = visit(Role.SUPERVISOR, "50").get("/calls").text
    assert "ลบแล้ว" in page
    assert "ไม่แสดงหมายเลข" not in page.split('id="call-list"')[1].split("</section>")[0]


def test_a_message_of_a_caller_is_heard_by_the_same_rules(
    talk: Call, visit: Visit, console: Console, database: Database
) -> None:
    with database.transaction() as session:
        call = session.get_one(Call, talk.id)
        wish = request_callback(
            session, call, kind=CallbackKind.MESSAGE, number=call.caller, at=now(),
            recording="m.wav",
        )  # fmt: skip
    (console.settings.recordings / "m.wav").write_bytes(b"RIFF" + bytes(100))
    agent, path = visit(Role.AGENT, "50"), f"/callbacks/{wish.id}/recording"
    assert f'src="{path}"' in agent.get("/callbacks").text
    assert [agent.get(path).status_code for _ in range(3)] == [200] * 3
    [entry] = hearings(database)
    assert (entry.facts["sound"], entry.actor) == ("message", "agent-50")

    set_sound(database, talk, CallSound.DESTROYED)
    assert agent.get(path).status_code == 404
    assert path not in agent.get("/callbacks").text
