"""Whatever the store does, a caller waits no longer than its patience."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.models import Call
from case_store.calls.record_call import find_call, open_call
from case_store.database import Database
from case_store.settings import Settings
from ivr.agi.server import AgiServer
from ivr.flows.scripts import scripts
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store
from ivr.prompts.catalogue import catalogue
from tests.ivr.agi.asterisk_peer import PhoneCall, eventually
from tests.ivr.flows.conftest import Dial


def keep(pbx_id: str) -> Callable[[Session], Call]:
    return lambda session: open_call(session, pbx_id, caller=None, at=clock.now())


class TestAsking:
    def test_an_answer_comes_back(self, store: Store) -> None:
        assert store.ask(lambda _: 7).or_else(0) == 7

    @pytest.mark.parametrize("patience", [0.3])
    def test_a_slow_store_is_not_waited_for(self, store: Store) -> None:
        began = time.monotonic()

        def dawdle(_session: Session) -> int:
            time.sleep(5)
            return 7

        answer = store.ask(dawdle)

        assert answer.or_else(0) == 0
        assert time.monotonic() - began < 4

    @pytest.mark.parametrize("patience", [0.3])
    def test_time_spent_on_a_greeting_counts(self, store: Store) -> None:
        answer = store.ask(lambda _: 7)
        time.sleep(1.5)  # over its patience: the answer has long been here

        assert answer.or_else(0) == 7

    def test_a_failing_store_is_silent_on_the_line_and_names_no_caller_in_the_log(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(_: Session) -> int:
            raise RuntimeError("0812345678")

        assert store.ask(fail).or_else(3) == 3
        assert "0812345678" not in caplog.text


class TestWriting:
    def test_what_is_written_is_there(self, store: Store, database: Database) -> None:
        assert store.write_down(keep("1.1")) is True

        with database.reading() as session:
            assert find_call(session, "1.1") is not None

    @pytest.mark.parametrize("patience", [0.3])
    def test_a_locked_store_is_written_when_it_is_free_again(
        self, store: Store, database: Database
    ) -> None:
        with database.engine.connect() as other:
            other.exec_driver_sql("UPDATE calls SET queue = queue")  # holds the writer's lock
            assert store.write_down(keep("1.1")) is False
            assert store.write_down(keep("1.2")) is False
            other.rollback()

        def both_written() -> bool:
            with database.reading() as session:
                return bool(find_call(session, "1.1") and find_call(session, "1.2"))

        assert eventually(both_written, 10)

    def test_a_note_that_can_never_be_written_does_not_hold_up_the_next(self, store: Store) -> None:
        def wrong(_: Session) -> None:
            raise ValueError("always")

        store.write_down(wrong)

        assert store.write_down(keep("1.2")) is True

    @pytest.mark.parametrize("patience", [0.3])
    def test_a_wrong_note_among_many_that_are_written_together_is_the_only_one_lost(
        self, store: Store, database: Database
    ) -> None:
        def wrong(_: Session) -> None:
            raise ValueError("always")

        notes = [keep("1.1"), wrong, *(keep(f"1.{place}") for place in range(2, 9))]
        with database.engine.connect() as other:
            other.exec_driver_sql("UPDATE calls SET queue = queue")  # so that all of them wait
            callers = [threading.Thread(target=store.write_down, args=(note,)) for note in notes]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join(5)
            other.rollback()

        def all_written() -> bool:
            with database.reading() as session:
                return all(find_call(session, f"1.{place}") for place in range(1, 9))

        assert eventually(all_written, 20)


class TestCallers:
    @pytest.fixture
    def without_store(self, tmp_path: Path) -> Settings:
        return Settings(
            home=tmp_path, database_url=f"sqlite:///{tmp_path}/nowhere/x", _env_file=None
        )

    def test_a_caller_is_served_without_any_store(self, without_store: Settings) -> None:
        store = Store(Database.of(without_store), patience=0.2)
        server = AgiServer(scripts(without_store, store), port=0)
        server.start()
        try:
            call = PhoneCall.dial(server.port).hears("greeting").hears("ask-postcode")
            call.presses("50200").hears("confirm-yes-no").presses("1").goes_on()
            assert call.queue == "p50"
        finally:
            server.drain(1)
            store.close()

    def test_an_unexpected_error_leads_to_the_national_centre(
        self, dial: Dial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(*_: object) -> None:
            raise KeyError("0812345678")

        monkeypatch.setattr("ivr.flows.citizen.find_province", broken)

        call = dial("0812345678").hears("greeting").goes_on()

        assert call.queue == "p00"
        assert "0812345678" not in caplog.text

    def test_many_callers_at_once_reach_their_queues(self, dial: Dial) -> None:
        queues: list[str] = []

        def one(place: int) -> None:
            call = dial("053211234", uniqueid=f"2.{place}").hears("greeting")
            call.hears("choose-province").presses("1").goes_on()
            queues.append(call.queue)

        callers = [threading.Thread(target=one, args=(place,)) for place in range(20)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(20)

        assert queues == ["p50"] * 20


def test_every_sentence_that_a_flow_speaks_is_in_the_catalogue() -> None:
    spoken = {prompt.sound for prompt in catalogue().values()}

    assert {sentence.value for sentence in Sentence} <= spoken
