"""What centre and agency do with a referral, and how the case follows."""

from datetime import date
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases import referrals, steps
from case_store.cases.lifecycle import IllegalStep, ReferralStep, possible_referral_steps
from case_store.cases.models import Case, CaseEventKind, CaseState
from case_store.cases.referral_list import ReferralKind, referral_list
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.referrals import CannotRefer, Letter
from case_store.cases.scope import visible_to
from case_store.identity.complainants import shown_to
from case_store.outbox.models import Notice
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, may
from tests.case_store.casework import (
    NOTHING,
    OFFICER,
    agency,
    agency_officer,
    assert_unbroken,
    in_state,
    later,
    referred,
)
from tests.case_store.kit import NATIONAL, NOON, person

# A small letter is who may, a capital where it leads: agency's or centre's step; = stays; . is refused.
TABLE = """
               sent accepted in_progress reported returned recalled
accept          A      .         .          .        .        .
begin           P      P         .          .        .        .
tell_progress   .      =         =          .        .        .
report          .      R         R          .        .        .
return          B      B         .          .        .        .
recall          C      C         C          .        .        .
send_back       .      .         .          P        .        .
"""
LETTERS = {
    "A": ReferralState.ACCEPTED, "P": ReferralState.IN_PROGRESS, "R": ReferralState.REPORTED,
    "B": ReferralState.RETURNED, "C": ReferralState.RECALLED,
}  # fmt: skip
CENTRES_STEPS = {ReferralStep.RECALL, ReferralStep.SEND_BACK}
CASE_FOLLOWS = {
    ReferralState.REPORTED: CaseState.REVIEW,
    ReferralState.RETURNED: CaseState.SCREENING,
    ReferralState.RECALLED: CaseState.SCREENING,
}


def _table() -> dict[tuple[ReferralState, ReferralStep], ReferralState | None]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (ReferralState(name), ReferralStep(step)): ReferralState(name)
        if cell == "="
        else LETTERS.get(cell)
        for step, *cells in rows
        for name, cell in zip(head, cells, strict=True)
    }


LEADS_TO = _table()


def take(session: Session, one: Referral, step: ReferralStep, by: Actor) -> object:
    at = later(1)
    match step:
        case ReferralStep.ACCEPT:
            return referrals.accept(session, one, by=by, at=at)
        case ReferralStep.BEGIN:
            return referrals.begin(session, one, "ลงพื้นที่", by=by, at=at)
        case ReferralStep.TELL_PROGRESS:
            return referrals.tell_progress(session, one, "สั่งของแล้ว", by=by, at=at)
        case ReferralStep.REPORT:
            return referrals.report(session, one, "ซ่อมแล้ว", by=by, at=at)
        case ReferralStep.RETURN:
            return referrals.give_back(session, one, "ไม่ใช่หน้าที่", by=by, at=at)
        case ReferralStep.RECALL:
            return referrals.recall(session, one, "ส่งผิด", by=by, at=at)
        case ReferralStep.SEND_BACK:
            return referrals.send_back(session, one, "ยังไม่ครบ", by=by, at=at)


def referral_in(session: Session, state: ReferralState) -> Referral:
    one = referred(session, in_state(session, CaseState.SCREENING))
    by = agency_officer(one.agency)
    if state in {ReferralState.ACCEPTED, ReferralState.REPORTED}:
        referrals.accept(session, one, by=by, at=NOON)
    if state is ReferralState.IN_PROGRESS:
        referrals.begin(session, one, by=by, at=NOON)
    if state is ReferralState.REPORTED:
        referrals.report(session, one, "ซ่อมแล้ว", by=by, at=NOON)
    if state is ReferralState.RETURNED:
        referrals.give_back(session, one, "ไม่ใช่หน้าที่", by=by, at=NOON)
    if state is ReferralState.RECALLED:
        referrals.recall(session, one, "ส่งผิด", by=OFFICER, at=NOON)
    assert one.state is state
    return one


def test_the_table_says_something_about_every_state_and_step() -> None:
    assert LEADS_TO.keys() == set(product(ReferralState, ReferralStep))


@pytest.mark.parametrize("state", ReferralState)
def test_each_step_is_taken_by_the_right_side_or_refused(
    session: Session, state: ReferralState
) -> None:
    for step in ReferralStep:
        one = referral_in(session, state)
        theirs = agency_officer(one.agency)
        by, stranger = (OFFICER, theirs) if step in CENTRES_STEPS else (theirs, OFFICER)
        events = len(one.case.events)
        target = LEADS_TO[state, step]
        visible = may(theirs, Action.SEE_CASES, one.case)

        with pytest.raises(NotAllowed):
            take(session, one, step, stranger)
        if target is not None:
            assert step in possible_referral_steps(one, by)
            take(session, one, step, by)
            assert one.state is target, step
            assert one.case.state is CASE_FOLLOWS.get(target, CaseState.REFERRED), step
            assert (one.ended_at is None) == one.is_running, step
            assert len(one.case.events) == events + 1, step
        elif visible or by is OFFICER:
            with pytest.raises(IllegalStep) as refused:
                take(session, one, step, by)
            assert refused.value.possible == possible_referral_steps(one, by)
            assert (one.state, len(one.case.events)) == (state, events), step
        else:  # what was given back is out of the agency's sight altogether
            with pytest.raises(NotAllowed):
                take(session, one, step, by)
    assert_unbroken(session)


class TestSeveralAgencies:
    def test_the_case_is_reviewed_when_the_last_one_is_ready(self, session: Session) -> None:
        one = in_state(session, CaseState.SCREENING)
        power, water = referred(session, one), referred(session, one, "pwa_50")
        for each in (power, water):
            referrals.accept(session, each, by=agency_officer(each.agency), at=NOON)

        referrals.report(session, power, "ซ่อมแล้ว", by=agency_officer(power.agency), at=NOON)
        between = one.state
        referrals.report(session, water, "ไม่พบปัญหา", by=agency_officer(water.agency), at=NOON)

        assert (between, one.state) == (CaseState.REFERRED, CaseState.REVIEW)

    def test_one_that_gives_it_back_does_not_hold_up_the_other_report(
        self, session: Session
    ) -> None:
        one = in_state(session, CaseState.SCREENING)
        power, water = referred(session, one), referred(session, one, "pwa_50")
        referrals.accept(session, power, by=agency_officer(power.agency), at=NOON)
        referrals.report(session, power, "ซ่อมแล้ว", by=agency_officer(power.agency), at=NOON)

        referrals.give_back(session, water, "ไม่ใช่", by=agency_officer(water.agency), at=NOON)

        assert one.state is CaseState.REVIEW

    def test_an_agency_touches_its_own_referral_only(self, session: Session) -> None:
        one = in_state(session, CaseState.SCREENING)
        power, water = referred(session, one), referred(session, one, "pwa_50")

        with pytest.raises(NotAllowed):
            referrals.accept(session, power, by=agency_officer(water.agency), at=NOON)
        assert possible_referral_steps(power, agency_officer(water.agency)) == ()
        assert possible_referral_steps(power, NOTHING) == ()

    def test_the_same_agency_is_asked_once_at_a_time(self, session: Session) -> None:
        first = referral_in(session, ReferralState.REPORTED)
        referred(session, first.case)

        with pytest.raises(CannotRefer, match="agency"):
            referred(session, first.case)
        with pytest.raises(IllegalStep):  # nor twice by sending the old report back
            referrals.send_back(session, first, "ยังไม่ครบ", by=OFFICER, at=NOON)


def test_a_report_cannot_go_back_past_the_screening_of_a_reopened_case(session: Session) -> None:
    one = referral_in(session, ReferralState.REPORTED)
    steps.withdraw(session, one.case, "ขอถอน", by=OFFICER, at=NOON)
    steps.reopen(session, one.case, "ยังไม่แก้ไข", by=OFFICER, at=NOON)

    with pytest.raises(IllegalStep):
        referrals.send_back(session, one, "ยังไม่ครบ", by=OFFICER, at=NOON)
    steps.begin_screening(session, one.case, by=OFFICER, at=NOON)
    referrals.send_back(session, one, "ยังไม่ครบ", by=OFFICER, at=NOON)

    assert (one.case.state, one.state) == (CaseState.REFERRED, ReferralState.IN_PROGRESS)


def test_agencies_at_work_are_told_when_the_complainant_withdraws(session: Session) -> None:
    one = referral_in(session, ReferralState.IN_PROGRESS)
    suda = person(session, "suda", Role.AGENCY_OFFICER)
    suda.agency_id = one.agency_id

    steps.withdraw(session, one.case, "ขอถอน", by=OFFICER, at=NOON)

    assert one.state is ReferralState.RECALLED
    assert [(n.user_id, n.kind) for n in session.scalars(select(Notice))] == [
        (suda.id, "referral_recalled")
    ]


@pytest.mark.parametrize(
    ("wish", "disclosed", "seen"),
    [("named", True, True), ("named", False, False), ("to_agency", False, False)],
)
def test_who_complains_is_shown_to_an_agency_only_when_disclosed(
    session: Session, wish: str, disclosed: bool, seen: bool
) -> None:
    one = in_state(
        session, CaseState.SCREENING, complainant_name="สมชาย", anonymity=wish
    )  # fmt: skip

    referral = referred(session, one, disclose_identity=disclosed)

    shown = shown_to(session, one, agency_officer(referral.agency))
    assert (shown.identity is not None, shown.masked) == (seen, not seen)
    kinds = [event.kind for event in one.events]
    assert (CaseEventKind.IDENTITY_DISCLOSED in kinds) == disclosed


@pytest.mark.parametrize("wish", ["to_agency", "to_all"])
def test_it_is_never_disclosed_against_the_complainants_wish(session: Session, wish: str) -> None:
    one = in_state(session, CaseState.SCREENING, complainant_name="สมชาย", anonymity=wish)

    with pytest.raises(CannotRefer, match="disclose_identity"):
        referred(session, one, disclose_identity=True)
    assert (one.state, one.referrals) == (CaseState.SCREENING, [])


def test_letters_and_dates_are_kept(session: Session) -> None:
    one = in_state(session, CaseState.SCREENING)
    referral = referred(
        session, one, letter=Letter("ชม 0017/1234", date(2026, 11, 23)), due_at=later(9)
    )
    by = agency_officer(referral.agency)
    referrals.accept(session, referral, by=by, at=later(1))

    referrals.report(
        session, referral, "ซ่อมแล้ว", by=by, at=later(2), letter=Letter("กฟภ 55/9", date(2026, 11, 25))
    )  # fmt: skip

    assert (referral.letter_out_number, referral.letter_in_number) == ("ชม 0017/1234", "กฟภ 55/9")
    assert (referral.due_at, referral.accepted_at, referral.ended_at) == (
        later(9),
        later(1),
        later(2),
    )


def test_an_agency_loses_sight_of_what_it_gave_back(session: Session) -> None:
    one = referral_in(session, ReferralState.SENT)
    by = agency_officer(one.agency)
    assert session.scalars(select(Case).where(visible_to(by))).all() == [one.case]

    referrals.give_back(session, one, "ไม่ใช่หน้าที่", by=by, at=NOON)
    session.flush()

    assert not may(by, Action.SEE_CASES, one.case)
    assert session.scalars(select(Case).where(visible_to(by))).all() == []


class TestReferralList:
    def test_each_referral_stands_in_one_group_the_most_pressing_first(
        self, session: Session
    ) -> None:
        made = [referral_in(session, state) for state in ReferralState]
        late = referred(session, in_state(session, CaseState.SCREENING), due_at=later(-1))
        referred(session, in_state(session, CaseState.SCREENING), "pwa_50")

        groups = referral_list(session, by=agency_officer(agency(session)), at=NOON)

        sent, accepted, working, reported, *_gone = made
        assert [(group.kind, group.referrals) for group in groups] == [
            (ReferralKind.OVERDUE, [late]),
            (ReferralKind.TO_ACCEPT, [sent]),
            (ReferralKind.WORKING, [accepted, working]),
            (ReferralKind.REPORTED, [reported]),
        ]

    def test_it_is_bounded_and_says_so(self, session: Session) -> None:
        for _ in range(3):
            referred(session, in_state(session, CaseState.SCREENING))

        [group] = referral_list(session, by=agency_officer(agency(session)), at=NOON, limit=2)

        assert (len(group.referrals), group.more) == (2, True)

    @pytest.mark.parametrize("by", [OFFICER, NATIONAL, NOTHING])
    def test_it_is_for_agencies(self, session: Session, by: Actor) -> None:
        with pytest.raises(NotAllowed):
            referral_list(session, by=by, at=NOON)
