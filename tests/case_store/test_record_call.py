"""The life of a call, as the ledger tells it: in order, twice, late, or cut off."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.calls.callbacks import request_callback
from case_store.calls.memory import earlier_calls, remembered_province
from case_store.calls.models import Call, CallbackKind, CallOutcome, ProvinceSource
from case_store.calls.record_call import (
    fail_lost_calls,
    live_calls,
    open_call,
    record_agent_done,
    record_answered,
    record_ended,
    record_finish_wish,
    record_queued,
    record_self_service,
    set_province,
)
from case_store.database import Database
from case_store.events.event import EventKind
from case_store.people.presence import desired_members
from tests.case_store.kit import IDLE, NOON, Recorder, call, person, ready


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class TestOpening:
    def test_a_call_told_twice_is_one_row(self, session: Session) -> None:
        assert call(session) is call(session)

        assert session.scalar(select(func.count()).select_from(Call)) == 1

    def test_a_withheld_number_is_a_call_like_any_other(self, session: Session) -> None:
        withheld = open_call(session, "pbx-2", caller=None, at=NOON)

        assert withheld.caller is None
        assert withheld.outcome is CallOutcome.IN_IVR

    def test_nothing_is_announced_when_the_transaction_fails(
        self, database: Database, recorder: Recorder
    ) -> None:
        with pytest.raises(RuntimeError), database.transaction() as session:
            call(session)
            raise RuntimeError

        assert recorder.events == []

    def test_it_is_announced_after_the_commit(self, database: Database, recorder: Recorder) -> None:
        with database.transaction() as session:
            row = call(session)
            assert recorder.events == []

        assert [(event.kind, event.subject) for event in recorder.events] == [
            (EventKind.CALL_CHANGED, str(row.id))
        ]


class TestTheWayOfACall:
    def test_answered(self, session: Session) -> None:
        row, agent = call(session), person(session, "malee")
        record_queued(session, row, queue="p50", at=after(10))
        record_answered(session, row, agent=agent, at=after(17))
        assert row.outcome is CallOutcome.CONNECTED

        record_ended(session, row, at=after(100))

        assert (row.outcome, row.wait_seconds, row.agent) == (CallOutcome.ANSWERED, 7, agent)

    @pytest.mark.parametrize(("queued", "waited"), [(False, None), (True, 20)])
    def test_hanging_up_before_an_agent_came_is_abandoned(
        self, session: Session, queued: bool, waited: int | None
    ) -> None:
        row = call(session)
        if queued:
            record_queued(session, row, queue="p50", at=after(10))

        record_ended(session, row, at=after(30))

        assert (row.outcome, row.wait_seconds) == (CallOutcome.ABANDONED, waited)

    def test_a_call_that_came_back_to_the_queue_and_hung_up_there_was_answered(
        self, session: Session
    ) -> None:
        row = call(session)
        record_queued(session, row, queue="p50", at=after(1))
        record_answered(session, row, agent=None, at=after(2))
        record_queued(session, row, queue="p50", at=after(50))
        assert row.outcome is CallOutcome.WAITING

        record_ended(session, row, at=after(60))

        assert (row.outcome, row.wait_seconds) == (CallOutcome.ANSWERED, 1)

    def test_what_is_told_late_changes_nothing(self, session: Session) -> None:
        row = call(session)
        record_ended(session, row, at=after(5))

        record_queued(session, row, queue="p50", at=after(3))
        record_answered(session, row, agent=None, at=after(4))
        record_ended(session, row, at=after(9))

        assert (row.outcome, row.ended_at) == (CallOutcome.ABANDONED, after(5))

    def test_a_wish_to_finish_that_came_too_late_does_not_end_the_next_agents_talk(
        self, session: Session
    ) -> None:
        row = call(session)
        record_answered(session, row, agent=None, at=after(1))
        record_queued(session, row, queue="p50", at=after(50))
        record_finish_wish(session, row, at=after(51))

        record_answered(session, row, agent=None, at=after(60))

        assert row.finished_at is None

    def test_a_wish_to_finish_outlives_news_of_the_talk_that_it_ended(
        self, session: Session
    ) -> None:
        row = call(session)
        record_finish_wish(session, row, at=after(9))

        record_queued(session, row, queue="p50", at=after(1))
        record_answered(session, row, agent=None, at=after(5))

        assert row.finished_at == after(9)

    def test_the_agents_notes_have_their_time_and_the_queue_keeps_the_agent_paused(
        self, session: Session
    ) -> None:
        row, agent = call(session), ready(session, person(session, "malee"))

        record_agent_done(session, row, agent=agent, at=after(60), wrap_up=timedelta(seconds=30))
        session.flush()

        [during] = desired_members(session, at=after(80), idle=IDLE)
        [later] = desired_members(session, at=after(91), idle=IDLE)
        assert (during.paused, later.paused) == (True, False)


class TestSelfService:
    def test_who_heard_enough_from_the_machine_has_not_abandoned(self, session: Session) -> None:
        row = call(session)

        record_self_service(session, row, at=after(40))
        record_ended(session, row, at=after(41))

        assert (row.outcome, row.ended_at) == (CallOutcome.SELF_SERVICE, after(40))
        assert not row.is_live

    def test_the_ledger_may_tell_of_the_end_first(self, session: Session) -> None:
        row = call(session)

        record_ended(session, row, at=after(40))
        record_self_service(session, row, at=after(41))

        assert (row.outcome, row.ended_at) == (CallOutcome.SELF_SERVICE, after(40))

    def test_who_then_waited_for_an_officer_and_left_has_abandoned(self, session: Session) -> None:
        row = call(session)
        record_queued(session, row, queue="p50", at=after(40))
        record_ended(session, row, at=after(50))

        record_self_service(session, row, at=after(51))

        assert row.outcome is CallOutcome.ABANDONED


class TestLostCalls:
    def test_a_call_that_asterisk_forgot_has_failed(self, session: Session) -> None:
        lost, alive, fresh = (
            call(session, "a"),
            call(session, "b"),
            call(session, "c", at=after(50)),
        )

        count = fail_lost_calls(session, alive={"b"}, before=after(30), at=after(60))

        assert count == 1
        assert (lost.outcome, lost.ended_at) == (CallOutcome.FAILED, after(60))
        assert alive.is_live
        assert fresh.is_live

    def test_who_was_promised_a_call_back_when_asterisk_died_is_off_the_line(
        self, session: Session
    ) -> None:
        row = call(session, "a")
        request_callback(
            session, row, kind=CallbackKind.CALLBACK, number="+66812345678", at=after(5)
        )
        assert live_calls(session, before=after(30)) == {"a"}

        fail_lost_calls(session, alive=set(), before=after(30), at=after(60))

        assert (row.outcome, row.ended_at) == (CallOutcome.CALLBACK, after(60))
        assert live_calls(session, before=after(90)) == set()


class TestMemory:
    def test_a_number_is_remembered_by_its_last_province(self, session: Session) -> None:
        for number, province in (("a", "50"), ("b", "57"), ("c", "00")):
            row = call(session, number, at=after(ord(number)))
            set_province(session, row, province_code=province, source=ProvinceSource.POSTCODE)
        other = call(session, "d", "0899999999", at=after(1000))
        set_province(session, other, province_code="90", source=ProvinceSource.POSTCODE)

        assert remembered_province(session, "+66812345678") == "57"
        assert remembered_province(session, "+66811111111") is None
        assert remembered_province(session, None) is None

    def test_earlier_calls_are_the_same_numbers(self, session: Session) -> None:
        first, _noise = call(session, "a"), call(session, "b", "0899999999")
        now = call(session, "c", at=after(60))

        assert earlier_calls(session, now) == [first]

    def test_withheld_numbers_have_nothing_in_common(self, session: Session) -> None:
        open_call(session, "a", caller=None, at=NOON)
        now = open_call(session, "b", caller=None, at=after(60))

        assert earlier_calls(session, now) == []
