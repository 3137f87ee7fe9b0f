"""Conversations after the queue: nobody answered, an agent's line ended, an agent calls back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from case_store import clock
from case_store.calls.callbacks import request_callback
from case_store.calls.models import CallbackKind, CallbackRequest, CallOutcome
from case_store.calls.record_call import find_call, open_call, record_finish_wish, set_province
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.places.numbering import read_caller
from case_store.settings import Settings
from tests.ivr.agi.asterisk_peer import PhoneCall, eventually
from tests.ivr.flows.conftest import Dial

MOBILE = "0812345678"


@pytest.fixture
def requests(database: Database) -> "Requests":
    """The callback requests in the store."""

    def found(*, expected: bool = True) -> list[CallbackRequest]:
        """On a busy machine they may come after the call."""

        def now() -> list[CallbackRequest]:
            with database.reading() as session:
                return list(session.scalars(select(CallbackRequest)))

        if expected:
            eventually(lambda: bool(now()), 20)
        return now()

    return found


Requests = Callable[..., list[CallbackRequest]]


class TestNobodyAnswered:
    @pytest.fixture
    def unanswered(self, dial: Dial) -> Callable[..., PhoneCall]:
        return lambda number=MOBILE: dial(number, "unanswered").hears("all-busy")

    def test_a_callback_at_the_same_number_is_read_back_and_confirmed(
        self, unanswered: Callable[..., PhoneCall], requests: Requests
    ) -> None:
        call = unanswered().hears("callback-or-message").presses("1")
        call.hears("callback-number-before", "digits/0", "digits/8", "digits/1", "callback-confirm")
        call.presses("1").hears("callback-taken").hears("goodbye").goes_on()

        (request,) = requests()
        assert (request.kind, request.number) == (CallbackKind.CALLBACK, "+66812345678")
        assert request.call.outcome is CallOutcome.CALLBACK
        assert call.variables["DAMRONG_NEXT"] == "end"

    @pytest.mark.parametrize("number", ["unknown", "+442071838750"])
    def test_who_cannot_be_called_back_keys_a_number(
        self, unanswered: Callable[..., PhoneCall], requests: Requests, number: str
    ) -> None:
        call = unanswered(number).hears("callback-or-message").presses("1")
        call.hears("ask-callback-number").presses("053211234#")
        call.hears("callback-number-before", "callback-confirm").presses("1")
        call.hears("callback-taken").goes_on()

        assert [request.number for request in requests()] == ["+6653211234"]

    def test_another_number_may_be_keyed(
        self, unanswered: Callable[..., PhoneCall], requests: Requests
    ) -> None:
        call = unanswered().hears("callback-or-message").presses("1")
        call.hears("callback-confirm").presses("2").hears("ask-callback-number")
        call.presses("0898765432#").hears("callback-confirm").presses("1").goes_on()

        assert [request.number for request in requests()] == ["+66898765432"]

    def test_a_number_that_we_would_never_dial_is_refused_and_a_message_is_taken_instead(
        self, unanswered: Callable[..., PhoneCall], requests: Requests
    ) -> None:
        call = unanswered("unknown").hears("callback-or-message").presses("1")
        call.hears("ask-callback-number").presses("1900111222#")
        call.hears("callback-number-wrong").presses("00442071838#")
        call.hears("leave-message").hears("beep").hears("<recording>").presses("#").hears(
            "message-taken"
        ).goes_on()

        (request,) = requests()
        assert (request.kind, request.number) == (CallbackKind.MESSAGE, None)

    def test_a_message_is_recorded_after_a_beep(
        self, unanswered: Callable[..., PhoneCall], requests: Requests, settings: Settings
    ) -> None:
        call = unanswered().hears("callback-or-message").presses("2").hears("leave-message")
        call.hears("beep").hears("<recording>").presses("#").hears("message-taken").hears(
            "goodbye"
        ).goes_on()

        (request,) = requests()
        assert (request.kind, request.recording) == (CallbackKind.MESSAGE, "1.1.wav")
        assert call.recordings == [str(settings.recordings / "1.1")]
        assert call.variables["DAMRONG_NEXT"] == "end"

    def test_hanging_up_after_speaking_keeps_the_message(
        self, unanswered: Callable[..., PhoneCall], requests: Requests
    ) -> None:
        call = unanswered().hears("callback-or-message").presses("2").hears("leave-message")
        call.hears("beep").hears("<recording>")
        assert call.variables["DAMRONG_MESSAGE"] == "1.1.wav"  # if the flow dies now
        call.hangs_up()

        assert eventually(lambda: [r.recording for r in requests()] == ["1.1.wav"])

    def test_an_empty_message_is_asked_for_again_and_then_the_caller_waits_on(
        self, unanswered: Callable[..., PhoneCall], requests: Requests
    ) -> None:
        call = unanswered().hears("callback-or-message").presses("2").hears("leave-message")
        call.hears("beep").hears("<recording>").stays_silent()
        call.hears("message-empty").hears("leave-message").hears("beep").hears(
            "<recording>"
        ).stays_silent()
        call.hears("message-empty").goes_on()

        assert requests(expected=False) == []
        assert call.variables["DAMRONG_NEXT"] == "wait"

    @pytest.mark.parametrize("key", ["3", "0"])
    def test_waiting_on_is_a_choice(
        self, unanswered: Callable[..., PhoneCall], requests: Requests, key: str
    ) -> None:
        call = unanswered().hears("callback-or-message").presses(key).goes_on()

        assert call.variables["DAMRONG_NEXT"] == "wait"
        assert requests(expected=False) == []

    def test_zero_during_the_apology_is_waiting_on(
        self, unanswered: Callable[..., PhoneCall], caplog: pytest.LogCaptureFixture
    ) -> None:
        call = unanswered().presses("0").goes_on()

        assert call.variables["DAMRONG_NEXT"] == "wait"
        assert caplog.text == ""

    def test_two_silences_are_waiting_on(self, unanswered: Callable[..., PhoneCall]) -> None:
        call = unanswered().hears("callback-or-message").stays_silent()
        call.hears("callback-or-message").stays_silent().goes_on()

        assert call.variables["DAMRONG_NEXT"] == "wait"


class TestAnAgentsLineEnded:
    def test_by_accident_the_caller_goes_back_to_the_queue(
        self, dial: Dial, database: Database
    ) -> None:
        with database.transaction() as session:
            open_call(session, "1.1", caller=read_caller(MOBILE), at=clock.now())

        call = dial(MOBILE, "agent-left").hears("connection-broke").goes_on()

        assert call.variables["DAMRONG_NEXT"] == "requeue"

    def test_on_purpose_the_call_is_over(self, dial: Dial, database: Database) -> None:
        with database.transaction() as session:
            row = open_call(session, "1.1", caller=read_caller(MOBILE), at=clock.now())
            record_finish_wish(session, row, at=clock.now())

        call = dial(MOBILE, "agent-left").goes_on()

        assert call.variables["DAMRONG_NEXT"] == "end"

    def test_without_a_store_the_caller_goes_back_to_the_queue(
        self, dial: Dial, database: Database
    ) -> None:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE calls RENAME TO lost")

        call = dial(MOBILE, "agent-left").hears("connection-broke").goes_on()

        assert call.variables["DAMRONG_NEXT"] == "requeue"


class TestCallingBack:
    @pytest.fixture(autouse=True)
    def people(self, database: Database) -> None:
        """Agent 7 of Chiang Mai, agent 8 of Phuket; request 1 of Chiang Mai, 2 with a foreign number."""
        with database.transaction() as session:
            for user_id, centre in ((7, "50"), (8, "83")):
                session.add(
                    User(
                        id=user_id,
                        username=f"agent{user_id}",
                        display_name="x",
                        role=Role.AGENT,
                        centre_code=centre,
                        password_hash="x",
                        created_at=clock.now(),
                    )
                )
            for place, number in enumerate(("+66812345678", "+442071838750"), 1):
                at = clock.now() - timedelta(hours=1)
                row = open_call(session, f"0.{place}", caller=None, at=at)
                set_province(session, row, province_code="50", source="menu")  # type: ignore[arg-type]
                request_callback(session, row, kind=CallbackKind.CALLBACK, number=number, at=at)
                session.flush()

    @pytest.fixture
    def ring_back(self, dial: Dial) -> Callable[[str, str], PhoneCall]:
        return lambda agent, request: dial(
            "unknown", "callback", channel=f"PJSIP/{agent}-0000000a", arg_1=request
        )

    def test_the_number_of_the_request_is_dialled(
        self, ring_back: Callable[[str, str], PhoneCall], requests: Requests
    ) -> None:
        call = ring_back("ag0007", "1").hears("callback-calling").goes_on()

        assert call.variables["DAMRONG_DIAL"] == "0812345678"
        assert requests()[0].taken_by_id == 7

    @pytest.mark.parametrize(
        ("agent", "request_id"),
        [("ag0007", "2"), ("ag0008", "1"), ("ag0009", "1"), ("trunk", "1"), ("ag0007", "99"), ("ag0007", "1;x")],
        ids=["foreign number", "other province", "no such agent", "no agent", "no request", "no number"],
    )  # fmt: skip
    def test_nothing_else_is(
        self, ring_back: Callable[[str, str], PhoneCall], agent: str, request_id: str
    ) -> None:
        call = ring_back(agent, request_id).hears("number-not-allowed").goes_on()

        assert call.variables["DAMRONG_DIAL"] == ""


def test_a_call_that_was_never_queued_can_leave_a_message_too(
    dial: Dial, database: Database
) -> None:
    call = dial(MOBILE, "unanswered").hears("all-busy").hears("callback-or-message").presses("2")
    call.hears("leave-message").hears("beep").hears("<recording>").presses("#").goes_on()

    def is_written() -> bool:
        with database.reading() as session:
            return find_call(session, "1.1") is not None

    assert eventually(is_written)
