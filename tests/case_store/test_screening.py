"""Anonymous letters and their checklist, and revealing who complains."""

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases import steps
from case_store.cases.complete import NotComplete
from case_store.cases.models import Case, CaseEventKind, CaseState, RejectReason
from case_store.cases.referrals import CannotRefer
from case_store.cases.revealing import reveal_identity
from case_store.cases.screening import Checklist, checklist_of, note_checklist
from case_store.identity.complainants import erase_identity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.casework import (
    NOTHING,
    OFFICER,
    agency_officer,
    assert_unbroken,
    in_state,
    referred,
)
from tests.case_store.kit import NOON, case

WHOLE = Checklist(who=True, what=True, where=True, when=True, evidence=True)
THIN = Checklist(what=True)


def letter(session: Session) -> Case:
    return in_state(session, CaseState.SCREENING, service_type="anonymous_letter", channel="letter")


@pytest.mark.parametrize("facts", list(product([True, False], repeat=5)))
def test_a_letter_can_be_checked_with_what_where_proof_and_a_person_or_a_time(
    facts: tuple[bool, ...],
) -> None:
    who, what, where, when, evidence = facts
    checklist = Checklist(who=who, what=what, where=where, when=when, evidence=evidence)

    assert checklist.is_checkable == (all((what, where, evidence)) and any((who, when)))


@pytest.mark.parametrize("checklist", [None, THIN])
def test_without_checkable_facts_nobody_is_troubled_with_it(
    session: Session, checklist: Checklist | None
) -> None:
    one = letter(session)
    if checklist is not None:
        note_checklist(session, one, checklist, by=OFFICER, at=NOON)

    with pytest.raises(NotComplete, match="checklist"):
        steps.handle(session, one, by=OFFICER, at=NOON)
    with pytest.raises(CannotRefer, match="checklist"):
        referred(session, one)
    assert (one.state, one.referrals) == (CaseState.SCREENING, [])

    steps.reject(session, one, RejectReason.NO_CHECKABLE_FACTS, "ไม่ระบุสถานที่", by=OFFICER, at=NOON)
    assert one.reject_reason is RejectReason.NO_CHECKABLE_FACTS


def test_with_checkable_facts_it_goes_its_way(session: Session) -> None:
    handled, passed_on = letter(session), letter(session)
    for one in (handled, passed_on):
        event = note_checklist(session, one, WHOLE, by=OFFICER, at=NOON, note="มีภาพถ่าย")

    steps.handle(session, handled, by=OFFICER, at=NOON)
    referred(session, passed_on)

    assert (handled.state, passed_on.state) == (CaseState.HANDLING, CaseState.REFERRED)
    assert (event.kind, event.data, event.note) == (
        CaseEventKind.CHECKED,
        WHOLE.model_dump(),
        "มีภาพถ่าย",
    )
    assert checklist_of(session.get_one(Case, handled.id)) == WHOLE
    assert_unbroken(session)


def test_a_signed_complaint_needs_no_checklist(session: Session) -> None:
    one = in_state(session, CaseState.SCREENING)

    with pytest.raises(NotComplete, match="service_type"):
        note_checklist(session, one, WHOLE, by=OFFICER, at=NOON)
    steps.handle(session, one, by=OFFICER, at=NOON)


@pytest.mark.parametrize("state", [CaseState.RECEIVED, CaseState.WITHDRAWN])
def test_the_checklist_belongs_to_the_screening(session: Session, state: CaseState) -> None:
    one = in_state(session, state, service_type="anonymous_letter")

    with pytest.raises(NotComplete, match="state"):
        note_checklist(session, one, WHOLE, by=OFFICER, at=NOON)


def test_only_who_screens_fills_it_in(session: Session) -> None:
    with pytest.raises(NotAllowed):
        note_checklist(session, letter(session), WHOLE, by=Actor("k", Role.AGENT, "50"), at=NOON)


class TestRevealing:
    def test_the_reason_stands_in_the_trail_and_not_in_the_history(self, session: Session) -> None:
        one = case(session, complainant_name="สมชาย", anonymity="to_all")
        reason = "ผู้ร้องขอให้ติดต่อกลับเรื่องพยาน"

        identity = reveal_identity(session, one, f"  {reason} ", by=OFFICER, at=NOON)

        assert identity is not None
        assert identity.name == "สมชาย"
        last = one.events[-1]
        assert (last.kind, last.by, last.note) == (
            CaseEventKind.IDENTITY_REVEALED,
            OFFICER.name,
            "",
        )
        query = select(AuditEntry).where(AuditEntry.action == "case.identity_revealed")
        entry = session.scalars(query).one()
        assert entry.detail is not None
        assert (entry.actor, entry.detail.text) == (OFFICER.name, reason)
        assert "สมชาย" not in str(entry.facts)
        assert_unbroken(session)

    @pytest.mark.parametrize("reason", ["", "อยากรู้", " " * 30])
    def test_without_a_reason_nobody_sees_it(self, session: Session, reason: str) -> None:
        one = case(session, complainant_name="สมชาย", anonymity="to_all")

        with pytest.raises(NotComplete, match="reason"):
            reveal_identity(session, one, reason, by=OFFICER, at=NOON)
        assert len(one.events) == 1

    def test_an_agency_an_agent_or_an_administrator_never_does(self, session: Session) -> None:
        one = in_state(session, CaseState.SCREENING, complainant_name="สมชาย", anonymity="to_all")
        theirs = agency_officer(referred(session, one).agency)

        for by in (theirs, NOTHING, Actor("k", Role.AGENT, "50")):
            with pytest.raises(NotAllowed):
                reveal_identity(session, one, "ขอทราบชื่อผู้ร้อง", by=by, at=NOON)

    def test_of_an_erased_identity_nothing_is_left(self, session: Session) -> None:
        one = case(session, complainant_name="สมชาย")
        assert one.complainant is not None
        erase_identity(one.complainant)

        assert reveal_identity(session, one, "ตรวจสอบก่อนส่งศาล", by=OFFICER, at=NOON) is None
