"""Conversations with a citizen who calls about a case of theirs."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.models import Call, CallOutcome
from case_store.calls.record_call import find_call, open_call, record_ended
from case_store.cases.models import Case, Outcome
from case_store.cases.reference import parse_reference
from case_store.cases.steps import begin_screening, close, wait_for_complainant
from case_store.cases.words import load_words
from case_store.database import Database
from case_store.identity.complainants import Identity, seal_identity
from case_store.places.numbering import area_codes, read_caller
from case_store.settings import Settings
from case_store.tracking.models import TrackingAttempt
from ivr.prompts.speech import say_day, say_digits
from tests.case_store.kit import KEYS, NATIONAL, NOON, case
from tests.ivr.agi.asterisk_peer import PhoneCall, eventually
from tests.ivr.flows.conftest import Dial

MOBILE = "0812345678"
PIN, WRONG = "0427", "0428"
UNKNOWN = "690000991"
Written = Callable[..., Call | None]


@pytest.fixture
def database(settings: Settings, migrated: Path) -> Iterator[Database]:
    """A store that has the keys to the PINs."""
    shutil.copy(migrated, settings.home / "damrong.sqlite3")
    database = Database(settings.database_url, keyring=KEYS)
    with database.transaction() as session:
        load_words(session)
    yield database
    database.close()


@pytest.fixture
def ref(database: Database) -> str:
    """A case with a PIN that begins with 0."""
    with database.transaction() as session:
        one = case(session)
        one.due_at = clock.now() + timedelta(days=9)
        assert one.complainant is not None
        seal_identity(KEYS, one.ref, one.complainant, Identity(), pin=PIN)
        return one.ref


@pytest.fixture
def tracking(dial: Dial) -> Callable[[], PhoneCall]:
    """A caller who has pressed 8."""
    return lambda: (
        dial(MOBILE).hears("greeting").presses("8").hears("track-ask-ref", "track-star-officer")
    )


def the_case(session: Session, ref: str) -> Case:
    return session.scalars(select(Case).where(Case.ref == ref)).one()


def misspelt(ref: str) -> str:
    return ref[:-1] + str((int(ref[-1]) + 1) % 10)


def tries(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(TrackingAttempt)) or 0


def hears_of(call: PhoneCall, ref: str, *more: str) -> PhoneCall:
    digits = say_digits(f"{ref[:3]} {ref[3:6]} {ref[6:]}")
    day = say_day(NOON, "th")
    sounds = [sound.removeprefix("damrong/") for sound in digits]
    return call.hears("track-case", *sounds, "track-on-day", *day, *more)


class TestTheWayIn:
    def test_it_is_offered_in_the_first_announcement(self, dial: Dial) -> None:
        dial(MOBILE).hears("greeting", "recorded", "press-8-track", "press-9-english").hangs_up()

    @pytest.mark.parametrize("number", [MOBILE, "053211234", "unknown"])
    def test_eight_leads_to_it_from_the_greeting_and_from_the_first_question(
        self, dial: Dial, number: str
    ) -> None:
        dial(number).hears("greeting").presses("8").hears("track-ask-ref").hangs_up()
        call = dial(number).hears("greeting").hears("press-0-national").presses("8")
        call.hears("track-ask-ref").hangs_up()

    def test_who_called_before_gets_there_too(self, dial: Dial, database: Database) -> None:
        with database.transaction() as session:
            before = open_call(session, "0.9", caller=read_caller(MOBILE), at=clock.now())
            before.province_code = "83"

        call = dial(MOBILE).hears("greeting").hears("remembered-before").presses("8")
        call.hears("track-ask-ref").hangs_up()

    def test_a_postcode_that_begins_with_eight_is_a_postcode(self, dial: Dial) -> None:
        call = dial(MOBILE).hears("greeting").presses("83000").hears("province-83")
        call.presses("1").goes_on()

        assert call.queue == "p83"

    def test_where_eight_is_a_province_it_is_one_once_that_has_been_said(self, dial: Dial) -> None:
        codes = area_codes()["42"]
        dial("042211234").hears("greeting").presses("8").hears("track-ask-ref").hangs_up()

        call = dial("042211234").hears("greeting").hears("choose-province").presses("8").goes_on()

        assert call.queue == f"p{codes[7]}"

    def test_eight_on_a_later_menu_is_a_mistake(self, dial: Dial) -> None:
        call = dial("053211234").hears("greeting").hears("choose-province").presses("*")
        call.hears("ask-postcode").presses("50200").hears("confirm-yes-no").presses("8")
        call.hears("not-understood", "confirm-yes-no").hangs_up()

    def test_it_is_offered_in_english_too(self, dial: Dial, ref: str) -> None:
        call = dial(MOBILE).hears("greeting").presses("9").hears("press-8-track").presses("8")
        call.hears("track-ask-ref").presses(ref).hears("track-ask-pin").presses(PIN)

        call.hears("track-case", *say_day(NOON, "en"), "track-received").hangs_up()

        assert "digits/thousand" in say_day(NOON, "en")
        assert call.variables["CHANNEL(language)"] == "en"


class TestHearing:
    def test_the_case_is_said_with_its_day_and_what_comes_next(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN)

        hears_of(call, ref, "track-received").hears("track-due", "track-menu").hangs_up()

    def test_the_pound_key_may_end_either_number(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(f"{ref}#").hears("track-ask-pin").presses(f"{PIN}#")

        hears_of(call, ref, "track-received").hangs_up()

    def test_a_pound_key_that_comes_late_is_no_pin(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses("#")
        call.hears("track-ask-pin").presses(PIN)

        hears_of(call, ref, "track-received").hangs_up()
        assert tries(database) == 0

    def test_nor_does_one_cut_off_what_is_told(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN)
        hears_of(call, ref).presses("#")

        hears_of(call, ref, "track-received").hears("track-menu").hangs_up()

    def test_a_late_case_is_apologised_for(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        with database.transaction() as session:
            due = clock.now() - timedelta(days=1)
            the_case(session, ref).due_at = due

        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")

        call.hears("track-late", *say_day(due, "th"), "track-menu").hangs_up()

    def test_who_is_waited_for_hears_that(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        with database.transaction() as session:
            one = the_case(session, ref)
            begin_screening(session, one, by=NATIONAL, at=NOON)
            wait_for_complainant(session, one, "ขอสำเนาโฉนด", by=NATIONAL, at=NOON)

        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")

        call.hears("track-waits-for-you", "track-menu").hears_nothing_of("track-due").hangs_up()

    def test_of_a_finished_case_an_officer_can_tell_the_result(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        with database.transaction() as session:
            one = the_case(session, ref)
            begin_screening(session, one, by=NATIONAL, at=NOON)
            close(session, one, Outcome.SETTLED, "ซ่อมแล้ว", by=NATIONAL, at=NOON)

        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN)

        hears_of(call, ref, "track-finished").hears("track-result", "track-menu").hangs_up()

    def test_it_is_said_again_and_another_case_may_follow(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN)
        hears_of(call, ref).hears("track-menu").presses("1")
        hears_of(call, ref).hears("track-menu").presses("2")

        call.hears("track-ask-ref").presses(ref).hears("track-ask-pin").presses(PIN)
        hears_of(call, ref).hangs_up()

    def test_an_officer_is_reached_by_way_of_the_province(
        self, tracking: Callable[[], PhoneCall], ref: str, written: Written
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")
        call.hears("track-menu").presses("3").hears("ask-postcode").presses("50200")
        call.hears("province-50").presses("1").goes_on()

        row = written()
        assert call.queue == "p50"
        assert row is not None
        assert row.outcome is CallOutcome.IN_IVR

    def test_two_silences_after_hearing_lead_to_an_officer_too(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")
        call.hears("track-menu").stays_silent().hears("track-menu").stays_silent()

        call.hears("ask-postcode").hangs_up()


class TestMistakes:
    def test_a_number_with_a_wrong_digit_is_asked_again_without_a_pin(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        call = tracking().presses(misspelt(ref)).hears("track-ref-wrong", "track-ask-ref")
        call.presses(ref).hears("track-ask-pin").presses(PIN)

        hears_of(call, ref).hangs_up()
        assert tries(database) == 0

    def test_a_wrong_pin_and_an_unknown_case_sound_the_same(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        for number in (ref, UNKNOWN):
            assert parse_reference(number)
            call = tracking().presses(number).hears("track-ask-pin").presses(WRONG)
            call.hears("track-not-found", "try-again", "track-ask-ref").hangs_up()

        assert tries(database) == 2

    def test_after_two_mistakes_an_officer_helps(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(WRONG)
        call.hears("track-not-found").presses("123#")
        call.hears("track-officer-helps").hears("ask-postcode").presses("50200")
        call.hears("province-50").presses("1").goes_on()

        assert call.queue == "p50"

    def test_two_silences_lead_to_an_officer(self, tracking: Callable[[], PhoneCall]) -> None:
        call = tracking().stays_silent().hears("nothing-heard", "track-ask-ref").stays_silent()

        call.hears("track-officer-helps").hears("ask-postcode").hangs_up()

    def test_a_silence_instead_of_the_pin_is_no_try(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").stays_silent()

        call.hears("nothing-heard", "track-ask-ref").hangs_up()
        assert tries(database) == 0

    def test_eight_is_not_offered_a_second_time(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        call = tracking().presses("*").hears("ask-postcode").presses("8")

        call.hears("not-understood", "ask-postcode").hangs_up()

    @pytest.mark.parametrize("where", ["number", "pin"])
    def test_a_star_leads_to_an_officer(
        self, tracking: Callable[[], PhoneCall], ref: str, where: str
    ) -> None:
        call = tracking()
        if where == "pin":
            call.presses(ref).hears("track-ask-pin")

        call.presses("*").hears("ask-postcode").hangs_up()

    def test_after_five_wrong_tries_a_caller_hears_that_there_were_too_many(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        for _ in range(2):
            call = tracking()
            for _ in range(2):
                call.presses(ref).hears("track-ask-pin").presses(WRONG).hears()
            call.hangs_up()
        call = tracking().presses(ref).hears("track-ask-pin").presses(WRONG).hears("track-ask-ref")

        call.presses(ref).hears("track-ask-pin").presses(PIN).hears("track-too-many")

        call.hears("ask-postcode").hangs_up()

    def test_withheld_numbers_share_one_count(self, dial: Dial, database: Database) -> None:
        for facts in ({"callerid": "0812345678", "callingpres": "32"}, {"callerid": "unknown"}):
            call = dial(facts.pop("callerid"), **facts).hears("greeting").presses("8")
            call.hears("track-ask-ref").presses(UNKNOWN).hears("track-ask-pin")
            call.presses(WRONG).hears("track-not-found").hangs_up()

        with database.reading() as session:
            assert len(set(session.scalars(select(TrackingAttempt.source_digest)))) == 1


class TestTheNationalCentre:
    def test_zero_leads_there_at_any_moment(
        self, tracking: Callable[[], PhoneCall], ref: str
    ) -> None:
        def keyed(keys: int) -> PhoneCall:
            call = tracking()
            for number, next_words in ((ref, "track-ask-pin"), (PIN, "track-case"))[:keys]:
                call.presses(number).hears(next_words)
            return call

        calls = [keyed(0), keyed(1), keyed(2), keyed(2).hears("track-menu")]
        for call in calls:
            call.presses("0").hears("to-national").goes_on()
            assert call.queue == "p00"


class TestWithoutAStore:
    def test_a_store_that_is_away_is_apologised_for(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE tracking_attempts RENAME TO lost")

        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-away")

        call.hears("ask-postcode").presses("50200").hears("province-50").presses("1").goes_on()
        assert call.queue == "p50"

    @pytest.mark.parametrize("patience", [0.3])
    def test_so_is_one_that_is_slow(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin")
        with database.engine.connect() as other:
            other.exec_driver_sql("UPDATE calls SET queue = queue")  # holds the writer's lock
            call.presses(PIN).hears("track-away").hangs_up()
            other.rollback()


class TestWhatIsWrittenDown:
    def test_who_hangs_up_after_hearing_has_served_themselves(
        self, tracking: Callable[[], PhoneCall], ref: str, written: Written
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")
        call.hears("track-menu").hangs_up()

        row = written()
        assert row is not None
        assert (row.outcome, row.language, row.queue) == (CallOutcome.SELF_SERVICE, "th", None)
        assert row.caller == "+66812345678"

    def test_even_when_the_ledger_told_of_the_end_before(
        self,
        tracking: Callable[[], PhoneCall],
        ref: str,
        database: Database,
    ) -> None:
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-received")
        call.hears("track-menu")
        with database.transaction() as session:
            row = open_call(session, "1.1", caller=read_caller(MOBILE), at=NOON)
            record_ended(session, row, at=NOON)
            assert row.outcome is CallOutcome.ABANDONED
        call.hangs_up()

        def outcome() -> CallOutcome | None:
            with database.reading() as session:
                found = find_call(session, "1.1")
                return found.outcome if found else None

        assert eventually(lambda: outcome() is CallOutcome.SELF_SERVICE)

    def test_who_hangs_up_before_that_has_not(
        self, tracking: Callable[[], PhoneCall], ref: str, database: Database
    ) -> None:
        tracking().presses(ref).hears("track-ask-pin").hangs_up()
        tracking().presses(ref).hears("track-ask-pin").presses(WRONG).hears(
            "track-not-found"
        ).hangs_up()

        def is_written() -> bool:
            with database.reading() as session:
                return find_call(session, "1.1") is not None

        assert not eventually(is_written, 0.5)

    def test_nothing_that_is_keyed_is_in_the_log(
        self,
        tracking: Callable[[], PhoneCall],
        ref: str,
        database: Database,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG")
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE tracking_attempts RENAME TO lost")
        call = tracking().presses(ref).hears("track-ask-pin").presses(PIN).hears("track-away")
        call.hangs_up()

        assert "the store failed" in caplog.text
        assert ref not in caplog.text
        assert PIN not in caplog.text
