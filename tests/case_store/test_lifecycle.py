"""The life of a case: every state against every step, and what each step needs and leaves behind."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from threading import Barrier, BrokenBarrierError

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.cases import steps
from case_store.cases.complete import NotComplete
from case_store.cases.correcting import correct, correct_complainant
from case_store.cases.history import add_note
from case_store.cases.intake import UnknownWord
from case_store.cases.lifecycle import (
    RULES,
    ChangedMeanwhile,
    IllegalStep,
    Step,
    check_step,
    expect_version,
    possible_steps,
)
from case_store.cases.models import (
    Case,
    CaseEventKind,
    CaseState,
    Outcome,
    RejectReason,
    Secrecy,
)
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.referrals import give_back
from case_store.database import Database
from case_store.identity.complainants import (
    Identity,
    cases_with_phone,
    erase_identity,
    open_identity,
    pin_of,
)
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.outbox.models import Notice
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.people.sign_in import actor_of
from tests.case_store.casework import (
    NOTHING,
    OFFICER,
    TAKE,
    agency,
    agency_officer,
    assert_unbroken,
    in_state,
    later,
    officer,
    referred,
)
from tests.case_store.kit import NATIONAL, NOON, case, person
from tests.case_store.together import both

# What two provincial systems agree on, written down apart from the code: a capital is the state that a step leads to,
# = stays, . is refused.
TABLE = """
                  received screening referred handling review closed rejected withdrawn reopened
begin_screening      S         .        .        .       .      .       .         .        S
handle               .         H        .        .       .      .       .         .        .
refer                .         F        =        F       F      .       .         .        .
report_result        .         .        .        V       .      .       .         .        .
send_back_result     .         .        .        .       H      .       .         .        .
close                .         C        .        C       C      .       .         .        .
reject               .         J        .        .       .      .       .         .        .
withdraw             W         W        W        W       W      .       .         .        W
reopen               .         .        .        .       .      O       O         O        .
wait                 .         =        =        =       =      .       .         .        .
go_on                .         .        .        .       .      .       .         .        .
transfer             =         R        .        .       .      .       .         .        R
assign               =         =        =        =       =      .       .         .        =
correct              =         =        =        =       =      .       .         .        =
"""
LETTERS = {
    "R": CaseState.RECEIVED, "S": CaseState.SCREENING, "F": CaseState.REFERRED,
    "H": CaseState.HANDLING, "V": CaseState.REVIEW, "C": CaseState.CLOSED,
    "J": CaseState.REJECTED, "W": CaseState.WITHDRAWN, "O": CaseState.REOPENED,
}  # fmt: skip


def _table() -> dict[tuple[CaseState, Step], CaseState | None]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    table = {}
    for step, *cells in rows:
        for name, cell in zip(head, cells, strict=True):
            state = CaseState(name)
            table[state, Step(step)] = state if cell == "=" else LETTERS.get(cell)
    return table


LEADS_TO = _table()


def _unsaved(state: CaseState, *referral_states: ReferralState, waits: bool = False) -> Case:
    one = Case(
        centre_code="50", state=state, secrecy=Secrecy.NORMAL, waiting_since=NOON if waits else None
    )
    if state is CaseState.REFERRED:
        referral_states = (*referral_states, ReferralState.SENT)
    one.referrals = [Referral(state=each, agency_id=n) for n, each in enumerate(referral_states)]
    return one


def test_the_table_says_something_about_every_state_and_step() -> None:
    assert LEADS_TO.keys() == set(product(CaseState, Step))


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", CaseState)
def test_a_step_is_possible_where_the_table_says_so(state: CaseState, step: Step) -> None:
    one, target = _unsaved(state), LEADS_TO[state, step]

    assert (step in possible_steps(one, OFFICER)) == (target is not None)
    if target is not None:
        assert check_step(one, step, OFFICER).to in {target, None}
        return
    with pytest.raises(IllegalStep) as refused:
        check_step(one, step, OFFICER)
    assert refused.value.possible == possible_steps(one, OFFICER)
    assert {LEADS_TO[state, Step(other)] for other in refused.value.possible}.isdisjoint({None})


@pytest.mark.parametrize("state", CaseState)
def test_each_step_moves_the_case_and_writes_it_down_or_changes_nothing(
    session: Session, state: CaseState
) -> None:
    for step in Step:
        one = in_state(session, state)
        before = (one.state, one.version, len(one.events), _entries(session, one))
        if target := LEADS_TO[state, step]:
            TAKE[step](session, one, OFFICER, later(1))
            assert one.state is target, step
            assert one.state_since == (NOON if target is state else later(1)), step
            assert one.version > before[1], step
            assert len(one.events) > before[2], step
            assert one.events[-1].at == later(1), step
            assert _entries(session, one) > before[3], step
        else:
            with pytest.raises(IllegalStep):
                TAKE[step](session, one, OFFICER, later(1))
            session.flush()
            assert (one.state, one.version, len(one.events), _entries(session, one)) == before, step
    assert_unbroken(session)


def _entries(session: Session, one: Case) -> int:
    query = select(AuditEntry.id).where(AuditEntry.subject == f"case:{one.ref}")
    return len(session.scalars(query).all())


@pytest.mark.parametrize("state", CaseState)
def test_a_case_that_waits_can_go_on_and_cannot_wait_again(state: CaseState) -> None:
    possible = possible_steps(_unsaved(state, waits=True), OFFICER)

    assert (Step.GO_ON in possible) == (LEADS_TO[state, Step.WAIT] is not None)
    assert Step.WAIT not in possible


@pytest.mark.parametrize("step", Step)
def test_nobody_takes_a_step_that_is_not_theirs(session: Session, step: Step) -> None:
    state = next(state for state in CaseState if LEADS_TO.get((state, step)) or step is Step.GO_ON)
    one = in_state(session, state)

    for stranger in (NOTHING, Actor("x", Role.CASE_OFFICER, "83"), Actor("x", Role.AGENT, "50")):
        assert possible_steps(one, stranger) == ()
        with pytest.raises(NotAllowed):
            TAKE[step](session, one, stranger, NOON)


def test_a_report_of_an_agency_goes_back_by_its_referral_or_the_centre_takes_over() -> None:
    reported = _unsaved(CaseState.REVIEW, ReferralState.REPORTED)

    assert Step.HANDLE in possible_steps(reported, OFFICER)
    assert Step.SEND_BACK_RESULT not in possible_steps(reported, OFFICER)


def test_a_merged_case_takes_no_steps() -> None:
    for state in CaseState:
        one = _unsaved(state, waits=True)
        one.merged_into_id = 7
        assert possible_steps(one, NATIONAL) == ()


@pytest.mark.parametrize(
    ("state", "taken"),
    [
        (CaseState.HANDLING, lambda s, c: steps.report_result(s, c, " ", by=OFFICER, at=NOON)),
        (CaseState.REVIEW, lambda s, c: steps.send_back_result(s, c, "\n", by=OFFICER, at=NOON)),
        (
            CaseState.HANDLING,
            lambda s, c: steps.close(s, c, Outcome.SETTLED, "", by=OFFICER, at=NOON),
        ),
        (
            CaseState.HANDLING,
            lambda s, c: steps.close(s, c, Outcome.REFERRED_ELSEWHERE, "ก", by=OFFICER, at=NOON),
        ),
        (
            CaseState.HANDLING,
            lambda s, c: steps.close(
                s, c, Outcome.REFERRED_ELSEWHERE, "ก", by=OFFICER, at=NOON, transferred_to="ก" * 161
            ),
        ),
        (
            CaseState.SCREENING,
            lambda s, c: steps.reject(s, c, RejectReason.IN_COURT, " ", by=OFFICER, at=NOON),
        ),
        (CaseState.SCREENING, lambda s, c: steps.withdraw(s, c, "", by=OFFICER, at=NOON)),
        (CaseState.CLOSED, lambda s, c: steps.reopen(s, c, "", by=OFFICER, at=NOON)),
        (
            CaseState.SCREENING,
            lambda s, c: steps.wait_for_complainant(s, c, "", by=OFFICER, at=NOON),
        ),
        (CaseState.SCREENING, lambda s, c: steps.transfer(s, c, "83", "", by=OFFICER, at=NOON)),
        (CaseState.SCREENING, lambda s, c: steps.transfer(s, c, "50", "ก", by=OFFICER, at=NOON)),
        (CaseState.SCREENING, lambda s, c: steps.transfer(s, c, "99", "ก", by=OFFICER, at=NOON)),
        (CaseState.SCREENING, lambda s, c: add_note(s, c, "  ", by=OFFICER, at=NOON)),
    ],
)
def test_a_step_without_what_it_needs_changes_nothing(
    session: Session, state: CaseState, taken: Callable[[Session, Case], object]
) -> None:
    one = in_state(session, state)
    before = (one.state, one.version, one.result, one.outcome, len(one.events))

    with pytest.raises(NotComplete):
        taken(session, one)

    session.flush()
    assert (one.state, one.version, one.result, one.outcome, len(one.events)) == before


class TestClosing:
    def test_what_every_agency_gave_back_is_not_closed_as_nobodys_duty(
        self, session: Session
    ) -> None:
        one = _given_back(session)

        for outcome in (Outcome.EXPLAINED, Outcome.NOT_PURSUED):
            with pytest.raises(NotComplete, match="outcome"):
                steps.close(session, one, outcome, "ไม่ใช่หน้าที่", by=OFFICER, at=NOON)
        steps.close(
            session, one, Outcome.REFERRED_ELSEWHERE, "ส่งต่อแล้ว", by=OFFICER, at=NOON,
            transferred_to="สำนักงานศาลปกครอง",
        )  # fmt: skip

        assert (one.state, one.transferred_to) == (CaseState.CLOSED, "สำนักงานศาลปกครอง")

    def test_the_centre_may_explain_what_it_worked_on_itself(self, session: Session) -> None:
        one = _given_back(session)
        steps.handle(session, one, by=OFFICER, at=NOON)

        steps.close(session, one, Outcome.EXPLAINED, "ชี้แจงแล้ว", by=OFFICER, at=NOON)

        assert (one.outcome, one.closed_at) == (Outcome.EXPLAINED, NOON)

    def test_reopening_clears_what_closing_said(self, session: Session) -> None:
        one = in_state(session, CaseState.CLOSED)

        steps.reopen(session, one, "ยังดับอยู่", by=OFFICER, at=later(40))

        assert (one.outcome, one.closed_at, one.transferred_to) == (None, None, None)
        assert (one.reopened, one.state) == (1, CaseState.REOPENED)
        assert one.due_at is not None
        assert one.due_at > later(40)

    def test_a_case_that_ends_waits_for_nobody(self, session: Session) -> None:
        one = in_state(session, CaseState.HANDLING)
        steps.wait_for_complainant(session, one, "ขอพิกัด", by=OFFICER, at=NOON)

        steps.close(session, one, Outcome.SETTLED, "แก้ไขแล้ว", by=OFFICER, at=later(3))

        assert one.waiting_since is None


def _given_back(session: Session) -> Case:
    one = in_state(session, CaseState.SCREENING)
    referral = referred(session, one)
    by = agency_officer(referral.agency)
    give_back(session, referral, "ไม่ใช่หน้าที่ของหน่วยงาน", by=by, at=NOON)
    assert one.state is CaseState.SCREENING
    return one


class TestTransfer:
    def test_it_stands_in_both_centres_trails_and_moves_the_rights(self, session: Session) -> None:
        one = in_state(session, CaseState.SCREENING)
        steps.wait_for_complainant(session, one, "ขอพิกัด", by=OFFICER, at=NOON)

        steps.transfer(session, one, "83", "พื้นที่ภูเก็ต", by=OFFICER, at=later(1))

        query = select(AuditEntry.chain).where(AuditEntry.action == "case.transferred")
        assert sorted(session.scalars(query)) == ["50", "83"]
        assert (one.centre_code, one.officer_id, one.waiting_since) == ("83", None, None)
        assert possible_steps(one, OFFICER) == ()
        assert Step.BEGIN_SCREENING in possible_steps(one, Actor("p", Role.CASE_OFFICER, "83"))
        assert_unbroken(session)

    def test_two_centres_that_give_each_other_cases_do_not_wait_for_ever(
        self, database: Database
    ) -> None:
        with database.transaction() as session:
            north = case(session)
            south = case(session, province_code="83")

        def give(args: tuple[int, str, Actor]) -> str:
            for _ in range(5):
                with database.transaction() as session:
                    one = session.get_one(Case, args[0])
                    steps.transfer(session, one, args[1], "แลก", by=NATIONAL, at=NOON)
                with database.transaction() as session:
                    one = session.get_one(Case, args[0])
                    back = "50" if one.centre_code == "83" else "83"
                    steps.transfer(session, one, back, "แลกกลับ", by=NATIONAL, at=NOON)
            return "done"

        assert both(give, (north.id, "83", NATIONAL), (south.id, "50", NATIONAL)) == ["done"] * 2
        with database.transaction() as session:
            assert_unbroken(session)


class TestAssigning:
    def test_whoever_takes_it_up_is_responsible_when_nobody_is(self, session: Session) -> None:
        malee, one = officer(session), case(session)

        steps.begin_screening(session, one, by=actor_of(malee), at=NOON)

        assert one.officer_id == malee.id

    def test_a_national_officer_who_helps_does_not_become_a_provinces_officer(
        self, session: Session
    ) -> None:
        nok, one = person(session, "nok", Role.NATIONAL_OFFICER, "00"), case(session)

        steps.begin_screening(session, one, by=actor_of(nok), at=NOON)

        assert one.officer_id is None

    @pytest.mark.parametrize(
        ("role", "centre", "active"),
        [
            (Role.AGENT, "50", True),
            (Role.CASE_OFFICER, "83", True),
            (Role.CASE_OFFICER, "50", False),
            (Role.AGENCY_OFFICER, "50", True),
            (Role.ADMINISTRATOR, "50", True),
        ],
    )
    def test_only_who_may_handle_it_becomes_its_officer(
        self, session: Session, role: Role, centre: str, active: bool
    ) -> None:
        one, wrong = case(session), person(session, "wrong", role, centre)
        wrong.active = active

        with pytest.raises(NotComplete, match="officer"):
            steps.assign(session, one, wrong, by=OFFICER, at=NOON)

    def test_they_are_told_unless_they_did_it_themselves(self, session: Session) -> None:
        malee = officer(session)

        steps.assign(session, case(session), malee, by=OFFICER, at=NOON)
        steps.assign(session, case(session), malee, by=actor_of(malee), at=NOON)

        assert [one.kind for one in session.scalars(select(Notice))] == ["assigned"]

    def test_a_result_is_told_to_those_who_review_it(self, session: Session) -> None:
        malee, wichai = officer(session), person(session, "wichai", Role.SUPERVISOR)
        one = in_state(session, CaseState.HANDLING)
        steps.assign(session, one, malee, by=actor_of(malee), at=NOON)

        steps.report_result(session, one, "ซ่อมแล้ว", by=actor_of(malee), at=NOON)

        notices = session.scalars(select(Notice).where(Notice.kind == "result_to_review")).all()
        assert [notice.user_id for notice in notices] == [wichai.id]

    def test_when_the_officer_has_left_the_supervisors_are_told(self, session: Session) -> None:
        malee, wichai = officer(session), person(session, "wichai", Role.SUPERVISOR)
        one = in_state(session, CaseState.CLOSED)
        one.officer_id, malee.active = malee.id, False

        steps.reopen(session, one, "ยังไม่แก้ไข", by=OFFICER, at=NOON)

        assert session.scalars(select(Notice.user_id)).all() == [wichai.id]


class TestCorrecting:
    def test_the_history_names_the_fields_and_the_trail_keeps_what_was_there(
        self, session: Session
    ) -> None:
        one = case(session)

        event = correct(
            session, one, {"subject": "ถนนพัง", "category": "util_road"}, by=OFFICER, at=NOON
        )

        assert event is not None
        assert event.data == {"fields": ["category", "subject"]}
        assert "ไฟถนนดับ" not in str(event.data) + event.note
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.changed")).one()
        assert entry.detail is not None
        assert "subject: ไฟถนนดับ" in entry.detail.text
        assert one.category_row.code == "util_road"

    def test_nothing_is_written_when_nothing_differs(self, session: Session) -> None:
        one = case(session)

        assert correct(session, one, {"subject": one.subject}, by=OFFICER, at=NOON) is None
        assert len(one.events) == 1

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"centre_code": "83"}, NotComplete),
            ({"state": "closed"}, NotComplete),
            ({"subject": "ก"}, ValidationError),
            ({"district_code": "1001"}, ValidationError),
            ({"urgency": "soon"}, ValidationError),
            ({"category": "ufo"}, UnknownWord),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, changes: dict[str, object], error: type[Exception]
    ) -> None:
        one = case(session)

        with pytest.raises(error):
            correct(session, one, changes, by=OFFICER, at=NOON)
        assert (one.centre_code, one.subject, len(one.events)) == ("50", "ไฟถนนดับ", 1)

    def test_a_word_that_was_switched_off_since_stays(self, session: Session) -> None:
        one = case(session)
        one.category_row.active = False

        assert correct(session, one, {"subject": "ถนนพัง"}, by=OFFICER, at=NOON)


class TestCorrectingWhoComplains:
    def test_the_pin_stays_and_the_old_number_finds_nothing(self, session: Session) -> None:
        one = case(session, complainant_name="สมชาย", complainant_phone="0812345678")
        pin = pin_of(session, one)

        event = correct_complainant(
            session, one, Identity(name="สมชาติ", phone="0898765432"), by=OFFICER, at=NOON,
            kind=ComplainantKind.ORGANISATION,
        )  # fmt: skip

        assert event.data == {"fields": ["complainant"]}
        identity = open_identity(session, one)
        assert identity is not None
        assert (identity.name, pin_of(session, one)) == ("สมชาติ", pin)
        found = [
            session.scalars(cases_with_phone(session, number, by=OFFICER)).all()
            for number in ("+66812345678", "+66898765432")
        ]
        assert found == [[], [one.id]]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "case.changed")).one()
        assert entry.detail is None, "the trail keeps no name"

    def test_who_may_not_read_it_does_not_write_it(self, session: Session) -> None:
        hidden = case(session, complainant_name="สมชาย", anonymity="to_all")

        for by in (OFFICER, NOTHING, Actor("x", Role.CASE_OFFICER, "83")):
            with pytest.raises(NotAllowed):
                correct_complainant(session, hidden, Identity(name="ก"), by=by, at=NOON)

    def test_nobody_is_written_in_place_of_who_was_erased(self, session: Session) -> None:
        one = case(session, complainant_name="สมชาย")
        assert one.complainant is not None
        erase_identity(one.complainant)

        with pytest.raises(NotComplete, match="complainant"):
            correct_complainant(session, one, Identity(name="ก"), by=OFFICER, at=NOON)


class TestTwoOfficers:
    def test_who_decided_on_an_old_page_is_told(self, session: Session) -> None:
        one = case(session)
        seen = one.version
        add_note(session, one, "โทรแล้ว", by=OFFICER, at=NOON)

        with pytest.raises(ChangedMeanwhile):
            expect_version(one, seen)
        expect_version(one, one.version)

    def test_the_second_is_told_and_nothing_is_overwritten(self, database: Database) -> None:
        with database.transaction() as session:
            one_id = in_state(session, CaseState.HANDLING).id
        together = Barrier(2)

        def close(result: str) -> str:
            try:
                with database.transaction() as session:
                    one = session.get_one(Case, one_id)
                    _wait(
                        together
                    )  # both have read before either writes, where the database lets them
                    steps.close(session, one, Outcome.SETTLED, result, by=OFFICER, at=NOON)
            except (StaleDataError, IllegalStep) as error:
                return type(error).__name__
            return result

        answers = both(close, "ผลของคนแรก", "ผลของคนที่สอง")

        told = "StaleDataError" if database.engine.dialect.name == "postgresql" else "IllegalStep"
        assert told in answers
        [winner] = set(answers) - {told}
        with database.transaction() as session:
            one = session.get_one(Case, one_id)
            assert (one.result, one.state) == (winner, CaseState.CLOSED)
            kinds = [event.kind for event in one.events]
            assert kinds.count(CaseEventKind.CLOSED) == 1
            assert_unbroken(session)

    def test_a_note_at_the_same_moment_is_not_lost_silently(self, database: Database) -> None:
        with database.transaction() as session:
            one_id = case(session).id
        together = Barrier(2)

        def note(text: str) -> str:
            try:
                with database.transaction() as session:
                    one = session.get_one(Case, one_id)
                    _wait(together)
                    add_note(session, one, text, by=OFFICER, at=NOON)
            except StaleDataError:
                return ""
            return text

        kept = [text for text in both(note, "หนึ่ง", "สอง") if text]

        with database.reading() as session:
            notes = [event.note for event in session.get_one(Case, one_id).events if event.note]
        assert sorted(notes) == sorted(kept)
        assert kept


def _wait(together: Barrier) -> None:
    with suppress(BrokenBarrierError):  # on SQLite the second cannot read before the first wrote
        together.wait(1)


def test_every_step_has_a_rule_and_every_rule_a_step() -> None:
    assert set(RULES) == set(Step) == set(TAKE)


def test_an_agency_that_is_switched_off_gets_nothing_new(session: Session) -> None:
    one = in_state(session, CaseState.SCREENING)
    off: Agency = agency(session)
    off.active = False

    with pytest.raises(ValueError, match="agency"):
        referred(session, one)


def test_that_more_people_may_know_who_complains_needs_a_reason(session: Session) -> None:
    opened = case(session, anonymity="to_all", complainant_name="สมหญิง")

    with pytest.raises(NotComplete, match="reason"):
        correct(session, opened, {"anonymity": "named"}, by=NATIONAL, at=NOON)
    refused = opened.anonymity
    correct(
        session, opened, {"anonymity": "to_agency"}, by=NATIONAL, at=NOON, reason="ผู้ร้องยินยอมแล้ว"
    )

    assert (refused, opened.anonymity) == (Anonymity.TO_ALL, Anonymity.TO_AGENCY)
    correct(session, opened, {"anonymity": "to_all"}, by=NATIONAL, at=NOON)  # less needs none
