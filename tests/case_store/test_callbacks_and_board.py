"""Requests to be called back, and the figures of the live board."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy.orm import Session

from case_store.calls.board import agent_figures, queue_figures
from case_store.calls.callbacks import (
    CallbackTaken,
    begin_attempt,
    callbacks_of_number,
    count_open_callbacks,
    find_callback,
    open_callbacks,
    record_attempt,
    request_callback,
    settle_callback,
)
from case_store.calls.models import (
    CallbackKind,
    CallbackRequest,
    CallbackState,
    CallOutcome,
    ProvinceSource,
)
from case_store.calls.record_call import record_answered, record_ended, record_queued, set_province
from case_store.database import Database
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.people.presence import set_presence
from tests.case_store.kit import NATIONAL, NOON, call, person, ready

CHIANG_MAI = Actor("malee", Role.AGENT, "50")
PHUKET = Actor("anong", Role.SUPERVISOR, "83")


def wish(session: Session, pbx_id: str = "pbx-1", province: str = "50") -> CallbackRequest:
    row = call(session, pbx_id)
    set_province(session, row, province_code=province, source=ProvinceSource.POSTCODE)
    return request_callback(session, row, kind=CallbackKind.CALLBACK, number=row.caller, at=NOON)


class TestCallbacks:
    def test_the_call_ended_as_one_and_its_centre_sees_it(self, session: Session) -> None:
        request = wish(session)
        wish(session, "pbx-2", province="83")
        record_ended(session, request.call, at=NOON)

        assert request.call.outcome is CallOutcome.CALLBACK
        assert open_callbacks(session, by=CHIANG_MAI) == [request]
        assert count_open_callbacks(session, by=NATIONAL) == 2
        assert callbacks_of_number(session, "+66812345678")[0] is request

    def test_a_message_after_a_wish_is_the_same_request(self, session: Session) -> None:
        request = wish(session)

        again = request_callback(
            session,
            request.call,
            kind=CallbackKind.MESSAGE,
            number=None,
            recording="m.wav",
            at=NOON,
        )

        assert again is request
        assert (again.number, again.recording) == ("+66812345678", "m.wav")

    def test_two_agents_do_not_ring_the_same_person(self, session: Session) -> None:
        request = wish(session)
        begin_attempt(session, request, agent=person(session, "malee"), at=NOON)

        with pytest.raises(CallbackTaken):
            begin_attempt(session, request, agent=person(session, "somchai"), at=NOON)

    def test_who_took_it_and_left_does_not_keep_it_from_others(self, session: Session) -> None:
        request, somchai = wish(session), person(session, "somchai")
        begin_attempt(session, request, agent=person(session, "malee"), at=NOON)

        begin_attempt(session, request, agent=somchai, at=NOON + timedelta(minutes=31))

        assert request.taken_by is somchai

    @pytest.mark.parametrize("answered", [True, False])
    def test_what_an_agent_settled_while_it_rang_stays_settled(
        self, session: Session, answered: bool
    ) -> None:
        request, malee = wish(session), person(session, "malee")
        begin_attempt(session, request, agent=malee, at=NOON)
        settle_callback(
            session, request, state=CallbackState.GIVEN_UP, note="เบอร์ผิด", by=malee, at=NOON
        )

        record_attempt(session, request, answered=answered)

        assert request.state is CallbackState.GIVEN_UP

    def test_it_is_settled_once(self, session: Session) -> None:
        request, malee = wish(session), person(session, "malee")
        settle_callback(session, request, state=CallbackState.DONE, note="", by=malee, at=NOON)

        with pytest.raises(CallbackTaken):
            settle_callback(
                session, request, state=CallbackState.GIVEN_UP, note="-", by=malee, at=NOON
            )

    def test_nobody_answered_so_it_waits_again(self, session: Session) -> None:
        request, malee = wish(session), person(session, "malee")
        begin_attempt(session, request, agent=malee, at=NOON)

        record_attempt(session, request, answered=False)

        assert request.state is CallbackState.OPEN
        begin_attempt(session, request, agent=person(session, "somchai"), at=NOON)
        assert len(request.attempts) == 2

    def test_what_is_settled_leaves_the_list(self, session: Session) -> None:
        request = wish(session)

        settle_callback(
            session,
            request,
            state=CallbackState.DONE,
            note="",
            by=person(session, "malee"),
            at=NOON,
        )

        assert open_callbacks(session, by=NATIONAL) == []
        with pytest.raises(CallbackTaken):
            begin_attempt(session, request, agent=person(session, "somchai"), at=NOON)

    def test_another_centre_sees_nothing_of_it(self, session: Session) -> None:
        request = wish(session)

        with pytest.raises(NotAllowed):
            find_callback(session, request.id, by=PHUKET)


def test_of_agents_who_call_back_at_the_same_moment_one_does(database: Database) -> None:
    with database.transaction() as session:
        request_id = wish(session).id
        agents = [person(session, f"agent{number}").id for number in range(6)]
    everybody_has_read = Barrier(len(agents), timeout=1)

    def take(agent_id: int) -> bool:
        try:
            with database.transaction() as session:
                request = session.get_one(CallbackRequest, request_id)
                with suppress(BrokenBarrierError):  # on SQLite they come one after the other
                    everybody_has_read.wait()
                agent = session.get_one(User, agent_id)
                begin_attempt(session, request, agent=agent, at=NOON)
        except CallbackTaken:
            return False
        return True

    with ThreadPoolExecutor(len(agents)) as pool:
        assert sum(pool.map(take, agents)) == 1


class TestBoard:
    def test_it_counts_as_one_would_by_hand(self, session: Session) -> None:
        waits = {"a": 5, "b": 20, "c": 21}
        for name, wait in waits.items():
            row = call(session, name)
            record_queued(session, row, queue="p50", at=NOON)
            record_answered(session, row, agent=None, at=NOON + timedelta(seconds=wait))
        for name, wait in {"short": 4, "gave-up": 5}.items():
            row = call(session, name)
            record_queued(session, row, queue="p50", at=NOON)
            record_ended(session, row, at=NOON + timedelta(seconds=wait))
        record_queued(
            session, call(session, "waiting"), queue="p50", at=NOON + timedelta(seconds=30)
        )
        yesterday = call(session, "yesterday", at=NOON - timedelta(days=1))
        record_queued(session, yesterday, queue="p50", at=NOON - timedelta(days=1))
        record_ended(session, yesterday, at=NOON - timedelta(days=1))

        [figures] = queue_figures(
            session, by=NATIONAL, at=NOON + timedelta(seconds=40), target_seconds=20
        )

        assert (figures.queue, figures.waiting, figures.longest_wait) == ("p50", 1, 10)
        assert (figures.talking, figures.answered, figures.abandoned) == (3, 3, 1)
        assert figures.service_level == 2 / 4

    def test_a_supervisor_watches_the_own_queue(self, session: Session) -> None:
        for queue in ("p50", "p83"):
            record_queued(session, call(session, queue), queue=queue, at=NOON)

        seen = queue_figures(session, by=PHUKET, at=NOON, target_seconds=20)

        assert [one.queue for one in seen] == ["p83"]
        with pytest.raises(NotAllowed):
            queue_figures(session, by=CHIANG_MAI, at=NOON, target_seconds=20)

    def test_agents_are_shown_by_what_they_do(self, session: Session) -> None:
        ready(session, person(session, "malee"))
        talking = ready(session, person(session, "somchai"))
        record_answered(session, call(session), agent=talking, at=NOON)
        set_presence(session, ready(session, person(session, "zed")), PresenceState.OFF, at=NOON)
        person(session, "absent")
        session.flush()

        shown = {
            one.user.username: one.state for one in agent_figures(session, by=NATIONAL, at=NOON)
        }

        assert shown == {"malee": "ready", "somchai": "talking", "zed": "off"}
