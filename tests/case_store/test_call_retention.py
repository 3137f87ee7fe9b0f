"""Retention of calls: their sound is destroyed and their callers forgotten, month by month and after approval."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.calls.callbacks import request_callback, settle_callback
from case_store.calls.hearing import Sound, note_hearing
from case_store.calls.models import (
    Call,
    CallbackKind,
    CallbackRequest,
    CallbackState,
    CallOutcome,
    CallSound,
)
from case_store.calls.record_call import record_answered, record_ended, record_queued
from case_store.calls.sound_files import remove_destroyed_sound
from case_store.cases.complete import NotComplete
from case_store.cases.models import Case, CaseState, Outcome
from case_store.database import Base, Database
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import BadPolicy, change_policy
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.privacy.call_retention import (
    approve_month,
    carry_out_months,
    decided_months,
    propose_months,
    refuse_month,
    waiting_months,
)
from case_store.privacy.due_calls import month_start
from case_store.privacy.holds import end_hold, hold
from case_store.privacy.models import CallData, CallErasure
from case_store.privacy.retention import CannotErase
from tests.case_store.kit import NATIONAL, NOON, call, case, person

NUMBER = "0812345678"
A_YEAR_LATER = datetime(2027, 12, 1, 1, 0, tzinfo=UTC)
"""The calls of November 2026 are a year old, the youngest of them too."""
FIVE_YEARS_LATER = datetime(2031, 12, 1, 1, 0, tzinfo=UTC)
GOVERNOR = Actor("somsak", Role.GOVERNOR, "50")
OFFICER = Actor("malee", Role.CASE_OFFICER, "50")
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    folder = tmp_path / "recordings"
    (folder / "talks").mkdir(parents=True)
    return folder


def talked(
    session: Session, pbx_id: str = "pbx-1", at: datetime = NOON, centre: str = "50"
) -> Call:
    """A call that an agent answered, and that is over."""
    one = call(session, pbx_id, NUMBER, at)
    one.province_code = centre
    record_queued(session, one, queue=f"p{centre}", at=at)
    record_answered(session, one, agent=None, at=at)
    record_ended(session, one, at=at + timedelta(minutes=3))
    session.flush()
    return one


def left_message(session: Session, pbx_id: str = "pbx-9") -> CallbackRequest:
    """A message that an agent has answered."""
    one = call(session, pbx_id, NUMBER)
    one.province_code = "50"
    wish = request_callback(
        session, one, kind=CallbackKind.MESSAGE, number="+66812345678", at=NOON,
        recording=f"{pbx_id}.wav",
    )  # fmt: skip
    record_ended(session, one, at=NOON + timedelta(minutes=1))
    settle_callback(
        session, wish, state=CallbackState.DONE, note=f"โทรกลับ {NUMBER}",
        by=person(session, f"u-{pbx_id}"), at=NOON,
    )  # fmt: skip
    return wish


def talk_file(recordings: Path, one: Call) -> Path:
    file = recordings / "talks" / f"{one.pbx_id}.wav"
    file.write_bytes(b"RIFF" + bytes(100))
    return file


def approved(session: Session, data: CallData, at: datetime) -> list[CallErasure]:
    propose_months(session, at=at)
    found = [one for one in waiting_months(session, by=GOVERNOR) if one.data is data]
    for one in found:
        approve_month(session, one, by=GOVERNOR, at=at)
    return found


def erased(session: Session, data: CallData, at: datetime) -> int:
    approved(session, data, at)
    return carry_out_months(session, at=at)


def actions(session: Session) -> list[str]:
    query = sa.select(AuditEntry.action).where(AuditEntry.subject.startswith("call_erasure:"))
    return list(session.scalars(query.order_by(AuditEntry.id)))


def everywhere(session: Session) -> str:
    """All that stands in the database, as text."""
    tables = Base.metadata.sorted_tables
    return "\n".join(
        str(tuple(row)) for table in tables for row in session.execute(sa.select(table))
    )


class TestProposing:
    def test_a_month_is_proposed_when_its_youngest_call_is_old_enough(
        self, session: Session
    ) -> None:
        talked(session)
        talked(session, "pbx-2", NOON + timedelta(days=7))  # 30 November
        talked(session, "pbx-3", NOON + timedelta(days=8))  # 1 December

        assert propose_months(session, at=A_YEAR_LATER - timedelta(days=1)) == 0
        assert propose_months(session, at=A_YEAR_LATER) == 1
        assert propose_months(session, at=A_YEAR_LATER) == 0

        [one] = waiting_months(session, by=GOVERNOR)
        assert (one.data, one.centre_code, one.found) == (CallData.RECORDINGS, "50", 2)
        assert one.since == datetime(2026, 10, 31, 17, tzinfo=UTC)  # midnight in Bangkok
        assert one.until == datetime(2026, 11, 30, 17, tzinfo=UTC)

    def test_callers_are_forgotten_after_five_years_by_the_policy(self, session: Session) -> None:
        talked(session)
        propose_months(session, at=FIVE_YEARS_LATER)
        kinds = [one.data for one in waiting_months(session, by=GOVERNOR)]
        assert kinds == [CallData.RECORDINGS, CallData.CALLS]

    def test_a_policy_of_the_ministry_shortens_it(self, session: Session) -> None:
        talked(session)
        change_policy(
            session, PolicyKind.RECORDINGS, None, {"months": 3}, by=ADMINISTRATOR, at=NOON
        )
        assert propose_months(session, at=datetime(2027, 3, 1, 1, tzinfo=UTC)) == 1

    def test_calls_have_one_policy_and_none_by_category(self, session: Session) -> None:
        for kind in (PolicyKind.RECORDINGS, PolicyKind.CALLS):
            with pytest.raises(BadPolicy, match="category"):
                change_policy(session, kind, "land", {}, by=ADMINISTRATOR, at=NOON)

    def test_each_centre_and_month_by_itself_and_within_the_batch(self, session: Session) -> None:
        for number in range(3):
            talked(session, f"a-{number}", NOON - timedelta(days=40 * number))
            talked(session, f"b-{number}", NOON - timedelta(days=40 * number), centre="83")
        nowhere = call(session, "c-1", NUMBER, NOON)
        record_ended(session, nowhere, at=NOON)

        assert [propose_months(session, at=A_YEAR_LATER, limit=4) for _ in range(3)] == [4, 3, 0]

        everybody = waiting_months(session, by=NATIONAL)
        assert {one.centre_code for one in everybody} == {"50", "83", "00"}
        assert len(waiting_months(session, by=GOVERNOR)) == 3

    def test_what_was_refused_is_proposed_again_after_a_year(self, session: Session) -> None:
        talked(session)
        propose_months(session, at=A_YEAR_LATER)
        [one] = waiting_months(session, by=GOVERNOR)
        refuse_month(session, one, "ยังใช้สอบสวนอยู่", by=GOVERNOR, at=A_YEAR_LATER)

        assert carry_out_months(session, at=A_YEAR_LATER) == 0
        assert propose_months(session, at=A_YEAR_LATER + timedelta(days=364)) == 0
        assert propose_months(session, at=A_YEAR_LATER + timedelta(days=366)) == 1

    def test_months_go_by_bangkok_over_the_turn_of_a_year(self) -> None:
        january = datetime(2026, 12, 31, 18, tzinfo=UTC)
        assert month_start(january) == datetime(2026, 12, 31, 17, tzinfo=UTC)
        assert month_start(january, earlier=1) == datetime(2026, 11, 30, 17, tzinfo=UTC)
        assert month_start(january, earlier=-12) == datetime(2027, 12, 31, 17, tzinfo=UTC)


class TestApproving:
    @pytest.mark.parametrize(
        "by",
        [
            OFFICER,
            ADMINISTRATOR,
            Actor("a", Role.AGENT, "50"),
            Actor("s", Role.SUPERVISOR, "50"),
            Actor("i", Role.INSPECTOR, "50", inspection_region="15"),
            Actor("g", Role.GOVERNOR, "10"),
        ],
        ids=lambda actor: f"{actor.role}-{actor.centre_code}",
    )
    def test_only_those_who_govern_the_province(self, session: Session, by: Actor) -> None:
        talked(session)
        propose_months(session, at=A_YEAR_LATER)
        [one] = waiting_months(session, by=GOVERNOR)
        with pytest.raises(NotAllowed):
            approve_month(session, one, by=by, at=A_YEAR_LATER)
        with pytest.raises(NotAllowed):
            refuse_month(session, one, "เหตุผล", by=by, at=A_YEAR_LATER)
        assert carry_out_months(session, at=A_YEAR_LATER) == 0

    def test_who_handles_privacy_reads_the_list_and_others_do_not(self, session: Session) -> None:
        talked(session)
        propose_months(session, at=A_YEAR_LATER)
        assert len(waiting_months(session, by=OFFICER)) == 1
        assert waiting_months(session, by=Actor("g", Role.GOVERNOR, "10")) == []
        for by in (ADMINISTRATOR, Actor("a", Role.AGENT, "50")):
            with pytest.raises(NotAllowed):
                waiting_months(session, by=by)

    def test_it_is_decided_once_and_a_refusal_has_a_reason(self, session: Session) -> None:
        talked(session)
        propose_months(session, at=A_YEAR_LATER)
        [one] = waiting_months(session, by=GOVERNOR)
        with pytest.raises(NotComplete):
            refuse_month(session, one, " ", by=GOVERNOR, at=A_YEAR_LATER)
        approve_month(session, one, by=GOVERNOR, at=A_YEAR_LATER)
        with pytest.raises(CannotErase, match="decided"):
            refuse_month(session, one, "ช้าไป", by=GOVERNOR, at=A_YEAR_LATER)
        assert decided_months(session, by=GOVERNOR) == [one]


class TestDestroyingSound:
    def test_the_files_go_and_the_rows_stay(self, session: Session, recordings: Path) -> None:
        talk, wish = talked(session), left_message(session)
        files = [talk_file(recordings, talk), recordings / str(wish.recording)]
        files[1].write_bytes(b"RIFF" + bytes(100))
        other = talk_file(recordings, talked(session, "pbx-2", NOON + timedelta(days=20)))

        assert erased(session, CallData.RECORDINGS, A_YEAR_LATER) == 2
        assert remove_destroyed_sound(session) == 2

        assert [file.exists() for file in files] == [False, False]
        assert other.exists()
        assert (talk.sound, wish.call.sound, wish.recording) == (
            CallSound.GONE, CallSound.GONE, None,
        )  # fmt: skip
        assert (talk.caller, talk.outcome) == ("+66812345678", CallOutcome.ANSWERED)
        assert wish.note

    def test_the_trail_says_who_approved_it_and_which_calls_it_was(self, session: Session) -> None:
        talk = talked(session)
        [one] = approved(session, CallData.RECORDINGS, A_YEAR_LATER)
        carry_out_months(session, at=A_YEAR_LATER)

        assert verify(session) == []
        assert actions(session) == [
            "call_erasure.proposed", "call_erasure.approved", "call_erasure.erased",
        ]  # fmt: skip
        query = sa.select(AuditEntry).where(AuditEntry.action == "call_erasure.erased")
        entry = session.scalars(query).one()
        assert (entry.chain, entry.facts["calls"]) == ("50", [talk.id])
        assert (entry.facts["approved_by"], one.done_at, one.erased) == ("somsak", A_YEAR_LATER, 1)

    def test_a_call_that_goes_on_is_never_touched(self, session: Session, recordings: Path) -> None:
        talk = talked(session)
        promised = talked(session, "pbx-2")
        talk.outcome, talk.ended_at = CallOutcome.CONNECTED, None
        promised.outcome, promised.ended_at = CallOutcome.CALLBACK, None
        session.flush()
        file = talk_file(recordings, talk)

        assert propose_months(session, at=FIVE_YEARS_LATER) == 0
        record_ended(session, talk, at=NOON)
        found = approved(session, CallData.RECORDINGS, A_YEAR_LATER)
        talk.outcome, talk.ended_at = CallOutcome.CONNECTED, None
        session.flush()

        carry_out_months(session, at=A_YEAR_LATER)
        remove_destroyed_sound(session)

        assert (talk.sound, [one.erased for one in found]) == (CallSound.KEPT, [0])
        assert file.exists()

    def test_a_message_that_nobody_answered_yet_stays(self, session: Session) -> None:
        wish = left_message(session)
        wish.state = CallbackState.OPEN
        session.flush()
        assert propose_months(session, at=FIVE_YEARS_LATER) == 0

    def test_large_months_go_batch_by_batch(self, session: Session) -> None:
        for number in range(5):
            talked(session, f"pbx-{number}")
        [one] = approved(session, CallData.RECORDINGS, A_YEAR_LATER)
        assert [carry_out_months(session, at=A_YEAR_LATER, limit=2) for _ in range(4)] == [
            2, 2, 1, 0,
        ]  # fmt: skip
        assert (one.erased, one.done_at) == (5, A_YEAR_LATER)


class TestCrashes:
    """Each step in a transaction of its own, as the worker does them."""

    @pytest.fixture
    def destroyed(self, database: Database, recordings: Path) -> Path:
        """The file of a call whose row says destroyed, when the worker died before it came to the file."""
        with database.transaction() as session:
            file = talk_file(recordings, talked(session))
            assert erased(session, CallData.RECORDINGS, A_YEAR_LATER) == 1
        assert file.exists()
        return file

    def sound(self, database: Database) -> CallSound:
        with database.reading() as session:
            return session.scalars(sa.select(Call.sound)).one()

    def test_between_row_and_file_the_next_run_removes_it(
        self, database: Database, destroyed: Path
    ) -> None:
        assert self.sound(database) is CallSound.DESTROYED
        with database.transaction() as session:
            assert remove_destroyed_sound(session) == 1
        assert not destroyed.exists()
        assert self.sound(database) is CallSound.GONE
        with database.transaction() as session:
            assert remove_destroyed_sound(session) == 0

    def test_between_file_and_commit_the_missing_file_is_no_error(
        self, database: Database, destroyed: Path
    ) -> None:
        with pytest.raises(KeyboardInterrupt), database.transaction() as session:
            remove_destroyed_sound(session)
            raise KeyboardInterrupt
        assert not destroyed.exists()
        assert self.sound(database) is CallSound.DESTROYED
        with database.transaction() as session:
            assert remove_destroyed_sound(session) == 1
        assert self.sound(database) is CallSound.GONE

    def test_a_file_that_resists_is_tried_again_and_keeps_no_other(
        self, database: Database, destroyed: Path, recordings: Path
    ) -> None:
        with database.transaction() as session:
            stuck = talked(session, "pbx-2")
            stuck.sound = CallSound.DESTROYED
        (recordings / "talks" / "pbx-2.wav").mkdir()  # what cannot be unlinked
        with database.transaction() as session:
            assert remove_destroyed_sound(session) == 1
        assert not destroyed.exists()
        (recordings / "talks" / "pbx-2.wav").rmdir()
        with database.transaction() as session:
            assert remove_destroyed_sound(session) == 1


class TestAnonymising:
    def test_nothing_of_the_caller_is_left_and_what_is_counted_stays(
        self, session: Session, recordings: Path
    ) -> None:
        talk, wish = talked(session), left_message(session)
        file = talk_file(recordings, talk)
        ended = case(session, subject="จบแล้ว")
        ended.state, ended.outcome, ended.closed_at = CaseState.CLOSED, Outcome.SETTLED, NOON
        ended.calls.append(talk)
        note_hearing(session, talk, Sound.TALK, sign_in=7, by=GOVERNOR, at=NOON)
        session.flush()
        columns = (
            "started_at", "queued_at", "answered_at", "ended_at", "wait_seconds", "outcome", "queue",
            "province_code", "language",
        )  # fmt: skip
        before = [getattr(talk, name) for name in columns]
        assert NUMBER[1:] in everywhere(session)

        assert erased(session, CallData.CALLS, FIVE_YEARS_LATER) == 2
        remove_destroyed_sound(session)

        session.flush()
        assert NUMBER[1:] not in everywhere(session)
        assert not file.exists()
        session.expire_all()
        assert [getattr(talk, name) for name in columns] == before
        assert (talk.cases, talk.sound, wish.recording) == ([], CallSound.GONE, None)
        assert talk.anonymised_at == FIVE_YEARS_LATER
        assert verify(session) == []

    def test_it_happens_once(self, session: Session) -> None:
        talked(session)
        approved(session, CallData.CALLS, FIVE_YEARS_LATER)
        assert [carry_out_months(session, at=FIVE_YEARS_LATER) for _ in range(2)] == [1, 0]
        for one in waiting_months(session, by=GOVERNOR):  # that of the sound has nothing to do
            approve_month(session, one, by=GOVERNOR, at=FIVE_YEARS_LATER)
            carry_out_months(session, at=FIVE_YEARS_LATER)
            assert (one.erased, one.done_at) == (0, FIVE_YEARS_LATER)
        assert propose_months(session, at=FIVE_YEARS_LATER + timedelta(days=900)) == 0


class TestHolds:
    @pytest.mark.parametrize("data", list(CallData))
    def test_a_hold_keeps_the_calls_of_its_case_until_it_ends(
        self, session: Session, recordings: Path, data: CallData
    ) -> None:
        at = A_YEAR_LATER if data is CallData.RECORDINGS else FIVE_YEARS_LATER
        talk, other = talked(session), talked(session, "pbx-2")
        file = talk_file(recordings, talk)
        ended = case(session)
        ended.state, ended.closed_at = CaseState.CLOSED, NOON
        ended.calls.append(talk)
        found = approved(session, data, at)
        held = hold(session, ended, "คดีอยู่ในศาล", by=OFFICER, at=at)

        assert carry_out_months(session, at=at) == 1
        remove_destroyed_sound(session)

        assert (talk.caller, talk.sound, talk.cases) == (
            "+66812345678", CallSound.KEPT, [ended],
        )  # fmt: skip
        assert other.sound is CallSound.GONE
        assert file.exists()
        assert [one.erased for one in found] == [1]
        propose_months(session, at=at)
        assert data not in {one.data for one in waiting_months(session, by=GOVERNOR)}
        end_hold(session, held, by=OFFICER, at=at)
        later = at + timedelta(days=1)
        assert erased(session, data, later) == 1
        remove_destroyed_sound(session)
        assert not file.exists()

    def test_a_hold_that_comes_at_the_same_moment_is_waited_for(self, database: Database) -> None:
        with database.transaction() as session:
            ended = case(session)
            ended.state, ended.closed_at = CaseState.CLOSED, NOON
            ended.calls.append(talked(session))
            approved(session, CallData.RECORDINGS, A_YEAR_LATER)

        def carry_out() -> int:
            with database.transaction() as session:
                return carry_out_months(session, at=A_YEAR_LATER)

        with ThreadPoolExecutor(1) as pool:
            with database.transaction() as session:
                held = session.get_one(Case, ended.id)
                hold(session, held, "คดีอยู่ในศาล", by=OFFICER, at=A_YEAR_LATER)
                erasing = pool.submit(carry_out)
                wait([erasing], timeout=0.5)
                assert not erasing.done()
            erasing.result(timeout=10)

        with database.reading() as session:
            assert session.scalars(sa.select(Call.sound)).one() is CallSound.KEPT

    def test_a_case_that_runs_or_that_a_duplicate_went_on_in_keeps_them_too(
        self, session: Session
    ) -> None:
        talk, main, duplicate = talked(session), case(session), case(session)
        duplicate.state, duplicate.closed_at = CaseState.CLOSED, NOON
        duplicate.merged_into_id = main.id
        duplicate.calls.append(talk)
        session.flush()
        assert propose_months(session, at=A_YEAR_LATER) == 0
        main.state, main.closed_at = CaseState.CLOSED, NOON
        session.flush()
        held = hold(session, main, "คดี", by=OFFICER, at=NOON)
        assert propose_months(session, at=A_YEAR_LATER) == 0
        end_hold(session, held, by=OFFICER, at=NOON)
        assert propose_months(session, at=A_YEAR_LATER) == 1


class TestHearing:
    def test_one_entry_for_a_hearing_and_the_number_outside_of_the_chain(
        self, session: Session
    ) -> None:
        talk = talked(session)
        for minutes in (0, 1, 14, 16):
            at = NOON + timedelta(minutes=minutes)
            note_hearing(session, talk, Sound.TALK, sign_in=7, by=GOVERNOR, at=at)
        note_hearing(session, talk, Sound.TALK, sign_in=8, by=OFFICER, at=NOON)
        note_hearing(session, talk, Sound.MESSAGE, sign_in=7, by=GOVERNOR, at=NOON)

        query = sa.select(AuditEntry).where(AuditEntry.action == "recording.heard")
        entries = session.scalars(query.order_by(AuditEntry.id)).all()
        assert [(one.actor, one.facts["sound"]) for one in entries] == [
            ("somsak", "talk"), ("somsak", "talk"), ("malee", "talk"), ("somsak", "message"),
        ]  # fmt: skip
        assert {(one.chain, one.subject) for one in entries} == {("50", f"call:{talk.id}")}
        assert entries[0].detail and entries[0].detail.text == "+66812345678"
        assert "812345678" not in str(entries[0].facts)
        assert verify(session) == []

    def test_two_requests_at_one_moment_are_one_hearing(self, database: Database) -> None:
        with database.transaction() as session:
            call_id = talked(session).id

        def hear(_number: int) -> None:
            with database.transaction() as session:
                talk = session.get_one(Call, call_id)
                note_hearing(session, talk, Sound.TALK, sign_in=7, by=GOVERNOR, at=NOON)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(hear, range(4)))

        with database.reading() as session:
            query = sa.select(sa.func.count()).where(AuditEntry.action == "recording.heard")
            assert session.scalar(query) == 1
