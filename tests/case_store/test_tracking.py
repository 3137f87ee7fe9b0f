"""Tracking by reference and PIN: what is told, what is not, and how often somebody may guess."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.cases.models import Case, Outcome, RejectReason
from case_store.cases.referrals import give_back, refer
from case_store.cases.steps import (
    begin_screening,
    close,
    handle,
    reject,
    reopen,
    report_result,
    wait_for_complainant,
    withdraw,
)
from case_store.database import Database
from case_store.identity.complainants import erase_identity, open_identity, pin_of
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.tracking.attempts import TooManyTries
from case_store.tracking.models import TrackingAttempt
from case_store.tracking.pins import NobodyToTell, reissue_pin
from case_store.tracking.track import Progress, Tracked, track
from tests.case_store.kit import NATIONAL, NOON, case

CALLER = "+66812345678"
UNKNOWN = "690000005"
LATER = NOON + timedelta(days=2)


def right_pin(session: Session, one: Case) -> str:
    pin = pin_of(session, one)
    assert pin is not None
    return pin


def wrong_pin(session: Session, one: Case) -> str:
    return f"{(int(right_pin(session, one)) + 1) % 10_000:04d}"


def told(session: Session, one: Case) -> Tracked:
    found = track(session, one.ref, right_pin(session, one), CALLER, at=LATER)
    assert found is not None
    return found


def agency(session: Session, code: str, th: str) -> Agency:
    office = Agency(code=code, name_th=th, name_en=code.title(), centre_code="50")
    session.add(office)
    session.flush()
    return office


class TestWhatIsTold:
    def test_a_new_case_is_received_since_it_came(self, session: Session) -> None:
        one = case(session)

        found = told(session, one)

        assert (found.ref, found.progress, found.since) == (one.ref, Progress.RECEIVED, NOON)
        assert (found.agencies, found.has_result) == ((), False)

    def test_being_screened_is_received_to_the_complainant_since_it_came(
        self, session: Session
    ) -> None:
        one = case(session)
        begin_screening(session, one, by=NATIONAL, at=LATER)

        assert (told(session, one).progress, told(session, one).since) == (Progress.RECEIVED, NOON)

    def test_a_referred_case_is_with_its_agencies_by_name(self, session: Session) -> None:
        one = case(session)
        begin_screening(session, one, by=NATIONAL, at=NOON)
        for code, name in (("water", "การประปา"), ("road", "แขวงทางหลวง")):
            refer(session, one, agency(session, code, name), "x", by=NATIONAL, at=LATER)

        found = told(session, one)

        assert (found.progress, found.since) == (Progress.WITH_AGENCY, LATER)
        assert [name.th for name in found.agencies] == ["การประปา", "แขวงทางหลวง"]

    def test_an_agency_that_gave_the_case_back_is_not_named(self, session: Session) -> None:
        one = case(session)
        begin_screening(session, one, by=NATIONAL, at=NOON)
        office = agency(session, "water", "การประปา")
        referral = refer(session, one, office, "x", by=NATIONAL, at=NOON)
        officer = Actor("nid", Role.AGENCY_OFFICER, "50", agency_id=office.id)
        give_back(session, referral, "ไม่ใช่หน้าที่", by=officer, at=LATER)

        assert told(session, one).agencies == ()

    def test_work_review_and_end_each_have_their_word(self, session: Session) -> None:
        one = case(session)
        begin_screening(session, one, by=NATIONAL, at=NOON)
        handle(session, one, by=NATIONAL, at=NOON)
        assert told(session, one).progress is Progress.IN_PROGRESS
        report_result(session, one, "ซ่อมแล้ว", by=NATIONAL, at=NOON)
        assert (told(session, one).progress, told(session, one).has_result) == (
            Progress.REVIEWED,
            False,
        )
        one.due_at = LATER
        close(session, one, Outcome.SETTLED, "ซ่อมแล้ว", by=NATIONAL, at=NOON)

        found = told(session, one)

        assert (found.progress, found.has_result) == (Progress.FINISHED, True)
        assert found.due_at is None

    def test_what_is_not_pursued_is_said_to_be_so_however_it_ended(self, session: Session) -> None:
        rejected, closed = case(session), case(session)
        for one in (rejected, closed):
            begin_screening(session, one, by=NATIONAL, at=NOON)
        reject(session, rejected, RejectReason.IN_COURT, "x", by=NATIONAL, at=NOON)
        close(session, closed, Outcome.NOT_PURSUED, "x", by=NATIONAL, at=NOON)

        assert {told(session, one).progress for one in (rejected, closed)} == {Progress.NOT_PURSUED}

    def test_a_withdrawn_and_a_reopened_case(self, session: Session) -> None:
        one = case(session)
        withdraw(session, one, "ผู้ร้องขอถอน", by=NATIONAL, at=NOON)
        assert told(session, one).progress is Progress.WITHDRAWN
        reopen(session, one, "x", by=NATIONAL, at=LATER)

        assert (told(session, one).progress, told(session, one).since) == (Progress.RECEIVED, LATER)

    def test_who_is_waited_for_is_told_that_and_no_date(self, session: Session) -> None:
        one = case(session)
        begin_screening(session, one, by=NATIONAL, at=NOON)
        one.due_at = LATER
        assert told(session, one).due_at == LATER
        wait_for_complainant(session, one, "ขอสำเนาโฉนด", by=NATIONAL, at=NOON)

        assert (told(session, one).waits_for_complainant, told(session, one).due_at) == (True, None)

    def test_a_merged_case_is_told_by_the_one_it_was_merged_into(self, session: Session) -> None:
        first, second, third = (case(session) for _ in range(3))
        begin_screening(session, third, by=NATIONAL, at=NOON)
        handle(session, third, by=NATIONAL, at=LATER)
        first.merged_into_id, second.merged_into_id = second.id, third.id
        session.flush()

        found = told(session, first)

        assert (found.ref, found.progress) == (first.ref, Progress.IN_PROGRESS)

    def test_separators_do_not_matter(self, session: Session) -> None:
        one = case(session)
        typed = f"{one.ref[:3]} {one.ref[3:6]}-{one.ref[6:]}"

        assert track(session, typed, right_pin(session, one), CALLER, at=NOON) is not None


def unknown(session: Session, one: Case) -> tuple[str, str]:
    return UNKNOWN, right_pin(session, one)


def misspelt(session: Session, one: Case) -> tuple[str, str]:
    return one.ref[:-1] + str((int(one.ref[-1]) + 1) % 10), right_pin(session, one)


def nonsense(_session: Session, _one: Case) -> tuple[str, str]:
    return "x" * 500, "----"


def mistaken(session: Session, one: Case) -> tuple[str, str]:
    return one.ref, wrong_pin(session, one)


def too_long(session: Session, one: Case) -> tuple[str, str]:
    return one.ref, right_pin(session, one) + "0"


def without_pin(session: Session, one: Case) -> tuple[str, str]:
    return one.ref, ""


def erased(session: Session, one: Case) -> tuple[str, str]:
    assert one.complainant is not None
    erase_identity(one.complainant)
    session.flush()
    return one.ref, "----"


def moved(session: Session, one: Case) -> tuple[str, str]:
    """The sealed PIN was copied from another case, whose PIN is known."""
    other = case(session)
    assert one.complainant is not None and other.complainant is not None
    one.complainant.sealed_pin = other.complainant.sealed_pin
    session.flush()
    return one.ref, right_pin(session, other)


WAYS = [unknown, misspelt, nonsense, mistaken, too_long, without_pin, erased, moved]
Way = Callable[[Session, Case], tuple[str, str]]


class TestGuessing:
    @pytest.mark.parametrize("way", WAYS)
    def test_whatever_is_wrong_the_answer_is_the_same_and_the_try_is_counted(
        self, session: Session, way: Way
    ) -> None:
        ref, pin = way(session, case(session))

        for _ in range(5):
            assert track(session, ref, pin, CALLER, at=NOON) is None
        with pytest.raises(TooManyTries):
            track(session, ref, pin, CALLER, at=NOON)

    def test_after_five_wrong_tries_even_the_right_pin_opens_nothing_for_a_day(
        self, session: Session
    ) -> None:
        one = case(session)
        for source in range(5):
            track(session, one.ref, wrong_pin(session, one), str(source), at=NOON)

        with pytest.raises(TooManyTries):
            track(session, one.ref, right_pin(session, one), CALLER, at=LATER - timedelta(hours=25))
        assert track(session, one.ref, right_pin(session, one), CALLER, at=LATER) is not None

    def test_a_source_has_ten_wrong_tries_an_hour_and_others_are_not_held_up(
        self, session: Session
    ) -> None:
        one = case(session)
        for number in range(10):
            track(session, f"{number}", "0000", CALLER, at=NOON)

        with pytest.raises(TooManyTries):
            track(session, one.ref, right_pin(session, one), CALLER, at=NOON)
        assert track(session, one.ref, right_pin(session, one), "another", at=NOON) is not None
        hour = NOON + timedelta(minutes=61)
        assert track(session, one.ref, right_pin(session, one), CALLER, at=hour) is not None

    def test_there_is_a_limit_to_all_wrong_tries_together(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("case_store.tracking.attempts.WRONG_IN_ALL", 3)
        one = case(session)
        for number in range(3):
            track(session, f"{number}", "0000", f"source {number}", at=NOON)

        with pytest.raises(TooManyTries):
            track(session, one.ref, right_pin(session, one), CALLER, at=NOON)

    def test_right_tries_are_not_counted(self, session: Session) -> None:
        one = case(session)
        for _ in range(12):
            assert told(session, one)

        assert session.scalar(select(func.count()).select_from(TrackingAttempt)) == 0

    def test_the_table_holds_no_number_and_no_reference_and_forgets_after_a_day(
        self, session: Session
    ) -> None:
        one = case(session)
        track(session, one.ref, wrong_pin(session, one), CALLER, at=NOON)
        [kept] = session.scalars(select(TrackingAttempt))
        assert one.ref not in kept.ref_digest
        assert len(kept.source_digest) == 64
        track(session, UNKNOWN, "0000", CALLER, at=LATER)

        [kept] = session.scalars(select(TrackingAttempt))

        assert kept.at == LATER

    def test_many_tries_at_one_moment_are_counted_one_after_the_other(
        self, database: Database
    ) -> None:
        with database.transaction() as session:
            one = case(session)
            wrong = wrong_pin(session, one)

        def guess(source: int) -> bool:
            with database.transaction() as session:
                try:
                    track(session, one.ref, wrong, str(source), at=NOON)
                except TooManyTries:
                    return False
                return True

        with ThreadPoolExecutor(8) as pool:
            tried = sum(pool.map(guess, range(24)))

        assert tried == 5

    def test_the_answer_takes_as_long_when_there_is_no_such_case(self, session: Session) -> None:
        one = case(session)
        wrong = wrong_pin(session, one)

        def seconds(ref: str, moment: int) -> float:
            began = time.perf_counter()
            track(session, ref, wrong, f"{moment}", at=NOON + timedelta(days=moment))
            return time.perf_counter() - began

        pairs = [(seconds(one.ref, 2 * n), seconds(UNKNOWN, 2 * n + 1)) for n in range(100)]
        there, nowhere = (median(times) for times in zip(*pairs, strict=True))

        assert 0.5 < there / nowhere < 2


class TestNewPins:
    def test_the_new_pin_opens_and_the_old_one_does_not(self, session: Session) -> None:
        one = case(session, complainant_name="สมศรี มีสุข", complainant_phone="0812345678")
        old = right_pin(session, one)
        new = reissue_pin(session, one, by=NATIONAL, at=NOON)
        while new == old:
            new = reissue_pin(session, one, by=NATIONAL, at=NOON)

        assert track(session, one.ref, old, CALLER, at=NOON) is None
        assert track(session, one.ref, new, CALLER, at=NOON) is not None
        identity = open_identity(session, one)
        assert identity is not None
        assert identity.name == "สมศรี มีสุข"

    def test_it_ends_a_lock(self, session: Session) -> None:
        one = case(session)
        for source in range(5):
            track(session, one.ref, wrong_pin(session, one), str(source), at=NOON)

        pin = reissue_pin(session, one, by=NATIONAL, at=NOON)

        assert track(session, one.ref, pin, CALLER, at=NOON) is not None

    def test_it_is_in_the_audit_trail_without_the_pin(self, session: Session) -> None:
        one = case(session)
        pin = reissue_pin(session, one, by=NATIONAL, at=NOON)

        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()

        assert (entry.action, entry.actor, entry.chain) == ("case.pin_reissued", "nok", "50")
        assert pin not in str(entry.facts)

    def test_only_who_handles_the_case_gives_one(self, session: Session) -> None:
        one = case(session)

        for stranger in (
            Actor("kanya", Role.AGENT, "50"),
            Actor("x", Role.CASE_OFFICER, "10"),
            Actor("admin", Role.ADMINISTRATOR, "00"),
        ):
            with pytest.raises(NotAllowed):
                reissue_pin(session, one, by=stranger, at=NOON)

    def test_nobody_gets_one_after_the_identity_was_erased(self, session: Session) -> None:
        one = case(session)
        assert one.complainant is not None
        erase_identity(one.complainant)

        with pytest.raises(NobodyToTell):
            reissue_pin(session, one, by=NATIONAL, at=NOON)
