"""From lines of the queue log to rows in `calls`, on both databases."""

import os
import time
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from case_store import clock, migrations
from case_store.calls.callbacks import begin_attempt, request_callback
from case_store.calls.models import (
    Call,
    CallbackKind,
    CallbackRequest,
    CallbackState,
    CallOutcome,
    ProvinceSource,
)
from case_store.calls.record_call import find_call
from case_store.database import Database
from case_store.people.models import Presence, PresenceState, Role, User
from case_store.people.presence import set_presence
from case_store.people.staff import add_person
from case_store.rotation.training.models import PracticeCall
from case_store.settings import Settings
from ivr.pbx.ledger import LedgerReader
from ivr.pbx.ledger_events import read_entry
from tests.trained import trained

pytestmark = pytest.mark.store

START = 1_795_450_000
CALL = "1795450000.17"


class Book:
    """A queue log, its reader and the store behind it."""

    def __init__(self, home: Path, url: str) -> None:
        self.settings = Settings(home=home, database_url=url, _env_file=None)
        self.database = Database.of(self.settings)
        migrations.upgrade(self.database.engine)
        self.folder = home / "asterisk" / "log"
        self.folder.mkdir(parents=True)
        self.log = self.folder / "queue_log"
        self.reader = LedgerReader(self.settings, self.database)

    def writes(self, *events: str, call: str = CALL, second: int = 0) -> None:
        """Asterisk writes lines: "EVENT", "EVENT queue agent|data"."""
        with self.log.open("a") as file:
            for event in events:
                name, _, rest = event.partition(" ")
                where, _, data = rest.partition("|")
                queue, agent = (*where.split(), "NONE", "NONE")[:2]
                file.write(f"{START + second}|{call}|{queue}|{agent}|{name}|{data}\n")

    def restarted(self) -> None:
        self.reader = LedgerReader(self.settings, self.database)

    def read(self) -> int:
        return self.reader.catch_up()

    def call(self, pbx_id: str = CALL) -> Call:
        with self.database.reading() as session:
            call = find_call(session, pbx_id)
        assert call is not None
        return call

    def agent(self, centre_code: str) -> User:
        with self.database.transaction() as session:
            number = session.scalar(select(func.count()).select_from(User)) or 0
            user = add_person(
                session,
                username=f"agent.{number}",
                display_name="ทดสอบ",
                role=Role.AGENT,
                centre_code=centre_code,
                password="correct-horse-battery",
                at=clock.now(),
            )
            set_presence(session, trained(session, user), PresenceState.READY, at=clock.now())
        return user

    def wrap_up_until(self, user: User) -> datetime | None:
        with self.database.reading() as session:
            return session.get_one(Presence, user.id).wrap_up_until


@pytest.fixture
def book(tmp_path: Path, database_url: str) -> Iterator[Book]:
    book = Book(tmp_path, database_url)
    yield book
    book.database.close()


def test_the_life_of_an_answered_call(book: Book) -> None:
    agent = book.agent("50")
    name = agent.extension
    book.writes("CALLSTART |+66812345678")
    book.writes("ENTERQUEUE p50 |", second=10)
    book.writes(f"CONNECT p50 {name}|5|x|2", second=15)
    book.writes(f"COMPLETEAGENT p50 {name}|5|60|1", "CALLEND", second=75)

    assert book.read() == 5

    call = book.call()
    assert (call.outcome, call.queue, call.agent_id) == (CallOutcome.ANSWERED, "p50", agent.id)
    assert call.caller == "+66812345678"
    assert call.wait_seconds == 5
    assert call.started_at == datetime.fromtimestamp(START, UTC)
    assert call.ended_at == datetime.fromtimestamp(START + 75, UTC)
    assert book.wrap_up_until(agent) == call.ended_at + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        (["CALLSTART |"], CallOutcome.IN_IVR),
        (["CALLSTART |", "CALLEND"], CallOutcome.ABANDONED),
        (["CALLSTART |", "ENTERQUEUE p50 |"], CallOutcome.WAITING),
        (
            ["CALLSTART |", "ENTERQUEUE p50 |", "ABANDON p50 |1|1|9", "CALLEND"],
            CallOutcome.ABANDONED,
        ),
        (["CALLSTART |", "ENTERQUEUE p50 |", "CONNECT p50 ag0001|1"], CallOutcome.CONNECTED),
    ],
)
def test_how_far_a_call_came_is_its_outcome(
    book: Book, events: list[str], outcome: CallOutcome
) -> None:
    book.writes(*events)
    book.read()

    assert book.call().outcome is outcome


def test_a_call_that_the_dialplan_sent_on_belongs_to_the_national_centre(book: Book) -> None:
    book.writes("CALLSTART |", "ENTERQUEUE p00 |")
    book.read()

    call = book.call()
    assert (call.province_code, call.province_source) == ("00", ProvinceSource.NONE)


def test_a_call_that_found_nobody_on_duty_is_in_the_queue_that_it_came_to(book: Book) -> None:
    book.writes("CALLSTART |053211234", "NOBODY p50 |")
    book.read()
    assert (book.call().queue, book.call().outcome) == ("p50", CallOutcome.WAITING)

    book.writes("NOBODY p00 |", second=7)
    book.writes("CALLEND", second=20)
    book.read()

    call = book.call()
    assert (call.queue, call.outcome) == ("p00", CallOutcome.ABANDONED)
    assert call.wait_seconds == 20


def test_a_moved_call_belongs_to_the_province_that_it_was_moved_to(book: Book) -> None:
    agent = book.agent("00")
    book.writes("CALLSTART |", "ENTERQUEUE p00 |", f"CONNECT p00 {agent.extension}|1")
    book.writes(f"BLINDTRANSFER p00 {agent.extension}|p55", "MOVED p55", "ENTERQUEUE p55 |")
    book.read()

    call = book.call()
    assert (call.queue, call.province_code) == ("p55", "55")
    assert (call.province_source, call.outcome) == (ProvinceSource.OPERATOR, CallOutcome.WAITING)
    assert book.wrap_up_until(agent) is not None


@pytest.mark.parametrize("heard_first", ["first", "second"])
def test_an_agent_whom_no_queue_rang_has_time_for_notes_too(book: Book, heard_first: str) -> None:
    first, second = book.agent("00"), book.agent("56")
    parting = f"ATTENDEDTRANSFER p00 {first.extension}|BRIDGE"
    answer = f"AGENTANSWER NONE {second.extension}|"
    book.writes("CALLSTART |", "ENTERQUEUE p00 |", f"CONNECT p00 {first.extension}|1")
    book.writes(*([parting, answer] if heard_first == "first" else [answer, parting]))
    book.writes("CALLEND", second=9)
    book.read()

    call = book.call()
    assert (call.agent_id, call.queue, call.outcome) == (second.id, "p56", CallOutcome.ANSWERED)
    assert book.wrap_up_until(second) is not None


def test_a_transfer_to_nobody_known_changes_no_province(book: Book) -> None:
    book.writes("CALLSTART |", "ENTERQUEUE p50 |", "AGENTANSWER NONE ag9999|", "MOVED p99")
    book.read()

    assert book.call().queue == "p50"


def test_a_message_counts_when_something_was_said(book: Book) -> None:
    book.settings.recordings.mkdir()
    for call, seconds in (("1.1", 4), ("1.2", 0)):
        with wave.open(str(book.settings.recordings / f"{call}.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
            file.writeframes(b"\0\0" * 8000 * seconds)
        book.writes("CALLSTART |053211234", f"MESSAGE |{call}.wav", "CALLEND", call=call)
    book.read()

    assert book.call("1.1").outcome is CallOutcome.CALLBACK
    assert book.call("1.2").outcome is CallOutcome.ABANDONED
    assert not (book.settings.recordings / "1.2.wav").exists()
    with book.database.reading() as session:
        request = session.scalars(select(CallbackRequest)).one()
    assert (request.kind, request.recording) == (CallbackKind.MESSAGE, "1.1.wav")
    assert request.number == "+6653211234"


def test_the_name_of_a_message_leads_nowhere_else(book: Book) -> None:
    (book.settings.home / "outside.wav").write_bytes(b"not yours")
    book.writes("CALLSTART |", "MESSAGE |../outside.wav", "CALLEND")
    book.read()

    assert (book.settings.home / "outside.wav").exists()
    assert book.call().outcome is CallOutcome.ABANDONED


@pytest.mark.parametrize(("result", "state"), [("ANSWER", "taken"), ("NOANSWER", "open")])
def test_a_call_back_that_nobody_answered_waits_again(book: Book, result: str, state: str) -> None:
    agent = book.agent("50")
    book.writes("CALLSTART |0812345678")
    book.read()
    with book.database.transaction() as session:
        call = find_call(session, CALL)
        assert call is not None
        request = request_callback(
            session, call, kind=CallbackKind.CALLBACK, number=call.caller, at=clock.now()
        )
        begin_attempt(session, request, agent=session.merge(agent), at=clock.now())
        session.flush()
        number = request.id

    book.writes(f"CALLBACKEND NONE {agent.extension}|{number}|{result}", call="9.9")
    book.read()

    with book.database.reading() as session:
        assert session.get_one(CallbackRequest, number).state is CallbackState(state)


# ── Reading the file ──────────────────────────────────────────────────────────────────────────


def test_a_line_counts_once_also_after_a_restart(book: Book) -> None:
    book.writes("CALLSTART |")
    assert book.read() == 1
    assert book.read() == 0

    book.restarted()
    assert book.read() == 0
    book.writes("CALLEND")
    assert book.read() == 1


def test_a_half_line_waits_for_its_end(book: Book) -> None:
    book.log.write_text(f"{START}|{CALL}|NONE|NONE|CALLST")
    assert book.read() == 0

    with book.log.open("a") as file:
        file.write("ART|\n")
    assert book.read() == 1
    assert book.call().outcome is CallOutcome.IN_IVR


def test_rotation_loses_no_line(book: Book) -> None:
    book.writes("CALLSTART |")
    book.read()
    book.writes("ENTERQUEUE p50 |")
    book.log.rename(book.folder / "queue_log.1")
    book.writes("ABANDON p50 |")
    book.log.rename(book.folder / "queue_log.2")
    os.utime(book.folder / "queue_log.1", (time.time() - 5, time.time() - 5))
    book.writes("CALLEND")
    book.restarted()

    assert book.read() == 3
    assert book.call().outcome is CallOutcome.ABANDONED


def test_an_emptied_log_is_read_from_its_beginning(book: Book) -> None:
    book.writes("CALLSTART |", "ENTERQUEUE p50 |")
    book.read()
    with book.log.open("r+") as file:
        file.truncate()
    book.writes("CALLEND")

    assert book.read() == 1


@pytest.mark.parametrize(
    "line",
    [
        "",
        "QUEUESTART",
        "x|1.1|NONE|NONE|CALLSTART|",
        "1795450000|NONE|NONE|NONE|QUEUESTART|",
        f"1795450000|{CALL}|p50|NONE|SOMETHINGNEW|a|b|c",
        f"1795450000|{CALL}|NONE|NONE|CALLBACKEND|no-number|ANSWER",
        f"1795450000|{CALL}|p50|ag0001|CONNECT|1",
        f"1795450000|{'9' * 200}|NONE|NONE|CALLSTART|",
        "1795450000|1.1\0|NONE|NONE|CALLSTART|",
        "1795450000|1.1|\ufffd|ag\u0e51|COMPLETEAGENT",
    ],
)
def test_a_line_of_no_use_stops_nothing(book: Book, line: str) -> None:
    book.log.write_text(line + "\n")
    book.writes("CALLSTART |")
    book.read()

    assert book.call().outcome is CallOutcome.IN_IVR


def test_a_queue_of_somebody_elses_stops_nothing(book: Book) -> None:
    book.writes("CALLSTART |", "ENTERQUEUE a-queue-of-another-house |", "CALLEND")
    book.read()

    assert book.call().ended_at is not None


def test_a_long_absence_is_caught_up_in_pieces(book: Book) -> None:
    for number in range(350):
        book.writes("CALLSTART |0812345678", "CALLEND", call=f"2.{number}")

    assert book.read() == 700
    with book.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 350


def test_only_old_logs_that_are_read_are_removed(book: Book) -> None:
    two_days_ago = time.time() - 2 * 24 * 3600
    for number in (1, 2):
        book.writes("CALLSTART |")
        book.read()
        old = book.log.rename(book.folder / f"queue_log.{number}")
        os.utime(old, (two_days_ago + number, two_days_ago + number))
    book.writes("CALLEND")

    assert book.reader.remove_consumed() == 1, "the second one may have an unread end"
    book.read()
    assert book.reader.remove_consumed() == 1
    assert [file.name for file in book.folder.iterdir()] == ["queue_log"]
    assert book.log.stat().st_mode & 0o077 == 0


def test_a_log_is_rotated_when_its_first_line_is_a_day_old(book: Book) -> None:
    assert not book.reader.is_long()

    book.log.write_text(f"{int(time.time()) - 3600}|NONE|NONE|NONE|QUEUESTART|\n")
    assert not book.reader.is_long()

    book.log.write_text(f"{int(time.time()) - 25 * 3600}|NONE|NONE|NONE|QUEUESTART|\n")
    assert book.reader.is_long()


def test_a_line_read_at_once_happened_just_now() -> None:
    now = datetime.fromtimestamp(START, UTC) + timedelta(seconds=0.75)
    line = f"{START}|{CALL}|NONE|NONE|CALLSTART|"

    fresh, late = read_entry(line, now=now), read_entry(line, now=now + timedelta(minutes=1))

    assert fresh is not None
    assert late is not None
    assert (fresh.at, late.at) == (now, datetime.fromtimestamp(START, UTC))


def test_a_simulated_call_is_practice_and_no_call(book: Book) -> None:
    agent = book.agent("50").extension

    for again in (False, True):
        if again:  # the same lines once more, as after a lost position
            book.log.write_text("")
        book.writes("ENTERQUEUE practice|0||1")
        book.writes(f"CONNECT practice {agent}|3|1|2", second=3)
        book.writes(f"COMPLETECALLER practice {agent}|3|41|1", second=44)
        book.writes("COMPLETEAGENT practice ag9999|3|41|1", call="1795450000.18", second=44)
        book.read()

    with book.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0
        practised = session.scalars(select(PracticeCall)).one()
        assert (practised.pbx_id, practised.user.extension) == (CALL, agent)
        assert practised.seconds == 41
        assert practised.began_at == datetime.fromtimestamp(START + 3, UTC)
