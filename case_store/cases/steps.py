"""The centre's steps with a case. Each checks, changes, writes history, and tells those who must know."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains, record
from case_store.cases.complete import NotComplete, needed
from case_store.cases.history import write_history
from case_store.cases.lifecycle import Step, check_step, enter
from case_store.cases.models import (
    Case,
    CaseEvent,
    CaseEventKind,
    CaseState,
    Outcome,
    RejectReason,
)
from case_store.cases.officers import can_be_officer
from case_store.cases.referral_models import ReferralState
from case_store.cases.referrals import recall_running
from case_store.cases.screening import lacks_checkable_facts
from case_store.cases.told import tell_officer, tell_supervisors
from case_store.deadlines.clocks import begin_waiting, end_waiting, note_screened, restart_clocks
from case_store.events.event import Event, EventKind, announce
from case_store.people.models import User
from case_store.people.permissions import Actor
from case_store.places.provinces import province


def begin_screening(session: Session, case: Case, *, by: Actor, at: datetime) -> CaseEvent:
    """An officer takes the case up; it becomes theirs when it is nobody's."""
    rule = check_step(case, Step.BEGIN_SCREENING, by)
    enter(case, rule.to, at)
    if case.officer_id is None and by.centre_code == case.centre_code:
        case.officer_id = by.user_id
    return write_history(session, case, CaseEventKind.SCREENING_BEGUN, by=by, at=at)


def assign(
    session: Session, case: Case, officer: User, *, by: Actor, at: datetime, note: str = ""
) -> CaseEvent:
    """Makes an officer of the centre responsible, and tells them."""
    check_step(case, Step.ASSIGN, by)
    if not can_be_officer(officer, case.centre_code):
        raise NotComplete("officer")
    case.officer_id = officer.id
    event = write_history(
        session, case, CaseEventKind.ASSIGNED, by=by, at=at, note=note, officer=officer.username
    )
    tell_officer(session, case, "assigned", by=by, at=at)
    return event


def handle(session: Session, case: Case, *, by: Actor, at: datetime, note: str = "") -> CaseEvent:
    """The centre works on it itself."""
    rule = check_step(case, Step.HANDLE, by)
    if lacks_checkable_facts(case):
        raise NotComplete("checklist")
    enter(case, rule.to, at)
    note_screened(session, case, at=at)
    return write_history(session, case, CaseEventKind.HANDLING_BEGUN, by=by, at=at, note=note)


def report_result(
    session: Session, case: Case, result: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre has a result of its own, which another person looks at before the complainant is answered."""
    rule = check_step(case, Step.REPORT_RESULT, by)
    case.result = needed(result, "result")
    enter(case, rule.to, at)
    event = write_history(
        session, case, CaseEventKind.RESULT_REPORTED, by=by, at=at, note=case.result
    )
    tell_supervisors(session, case, "result_to_review", by=by, at=at)
    return event


def send_back_result(
    session: Session, case: Case, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre's own result is not good enough: back to work."""
    rule = check_step(case, Step.SEND_BACK_RESULT, by)
    reason = needed(reason, "note")
    enter(case, rule.to, at)
    event = write_history(session, case, CaseEventKind.RESULT_SENT_BACK, by=by, at=at, note=reason)
    tell_officer(session, case, "result_sent_back", by=by, at=at)
    return event


def close(
    session: Session,
    case: Case,
    outcome: Outcome,
    result: str,
    *,
    by: Actor,
    at: datetime,
    transferred_to: str = "",
) -> CaseEvent:
    """Ends the case with what the complainant is answered. What was nobody's duty here goes to a named office."""
    rule = check_step(case, Step.CLOSE, by)
    result = needed(result, "result")
    elsewhere = outcome is Outcome.REFERRED_ELSEWHERE
    office = needed(transferred_to, "transferred_to", most=160) if elsewhere else None
    if _nobody_took_it(case) and outcome not in {Outcome.SETTLED, Outcome.REFERRED_ELSEWHERE}:
        raise NotComplete("outcome")
    case.result, case.outcome, case.transferred_to = result, outcome, office
    note_screened(session, case, at=at)
    _end(session, case, rule.to, at)
    # The office is typed freely, so it may name a person: in the note it can be erased, in the facts it could not.
    note = f"{office}\n{result}" if office else result
    event = write_history(
        session, case, CaseEventKind.CLOSED, by=by, at=at, note=note, outcome=outcome.value
    )
    _tell_of_end(session, case, "closed", by=by, at=at)
    return event


def reject(
    session: Session, case: Case, reason: RejectReason, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The matter is not pursued, for one of the listed reasons and a note that explains it."""
    rule = check_step(case, Step.REJECT, by)
    note = needed(note, "note")
    case.reject_reason = reason
    note_screened(session, case, at=at)
    _end(session, case, rule.to, at)
    event = write_history(
        session, case, CaseEventKind.REJECTED, by=by, at=at, note=note, reason=reason.value
    )
    _tell_of_end(session, case, "rejected", by=by, at=at)
    return event


def withdraw(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """The complainant does not want it pursued. Agencies that work on it are told by the recall."""
    rule = check_step(case, Step.WITHDRAW, by)
    note = needed(note, "note")
    recall_running(session, case, note, by=by, at=at)
    _end(session, case, rule.to, at)
    event = write_history(session, case, CaseEventKind.WITHDRAWN, by=by, at=at, note=note)
    _tell_of_end(session, case, "withdrawn", by=by, at=at)
    return event


def reopen(session: Session, case: Case, reason: str, *, by: Actor, at: datetime) -> CaseEvent:
    """It was not settled after all: screened anew, with clocks that start anew."""
    rule = check_step(case, Step.REOPEN, by)
    reason = needed(reason, "note")
    enter(case, rule.to, at)
    case.outcome = case.reject_reason = case.closed_at = case.transferred_to = None
    case.reopened += 1
    restart_clocks(session, case, at=at)
    event = write_history(session, case, CaseEventKind.REOPENED, by=by, at=at, note=reason)
    tell_officer(session, case, "reopened", by=by, at=at)
    return event


def wait_for_complainant(
    session: Session, case: Case, question: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre needs something from the complainant: until it comes, the clock stands still."""
    check_step(case, Step.WAIT, by)
    question = needed(question, "note")
    begin_waiting(case, at=at)
    return write_history(
        session, case, CaseEventKind.WAITS_FOR_COMPLAINANT, by=by, at=at, note=question
    )


def go_on(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """The complainant answered: the clock goes on."""
    check_step(case, Step.GO_ON, by)
    days = end_waiting(session, case, at=at)
    return write_history(
        session, case, CaseEventKind.COMPLAINANT_ANSWERED, by=by, at=at, note=note, days=days
    )


def transfer(
    session: Session, case: Case, centre_code: str, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """Gives the case to another centre. It is in the history, and in both centres' audit trails."""
    rule = check_step(case, Step.TRANSFER, by)
    note, before = needed(note, "note"), case.centre_code
    if province(centre_code) is None or centre_code == before:
        raise NotComplete("centre_code")
    stop_waiting(session, case, at)
    case.centre_code, case.officer_id = centre_code, None
    enter(case, rule.to, at)
    restart_clocks(session, case, at=case.created_at)
    session.flush()
    lock_chains(session, (before, centre_code))
    centres: dict[str, Any] = {"from_centre": before, "to_centre": centre_code}
    event = write_history(
        session, case, CaseEventKind.TRANSFERRED, by=by, at=at, note=note, **centres
    )
    record(
        session, chain=before, action="case.transferred", subject=f"case:{case.ref}",
        by=by.name, at=at, facts=centres,
    )  # fmt: skip
    announce(session, Event(EventKind.CASE_CHANGED, case.ref, before))
    tell_officer(session, case, "transferred_here", by=by, at=at)
    return event


def stop_waiting(session: Session, case: Case, at: datetime) -> None:
    """Nobody waits for the complainant of a case that ends or goes elsewhere."""
    if case.waiting_since is not None:
        end_waiting(session, case, at=at)


def _end(session: Session, case: Case, state: CaseState | None, at: datetime) -> None:
    stop_waiting(session, case, at)
    enter(case, state, at)
    case.closed_at = at


def _tell_of_end(session: Session, case: Case, kind: str, *, by: Actor, at: datetime) -> None:
    """The officer whose case it was, when somebody else ended it."""
    if case.officer_id is not None:
        tell_officer(session, case, kind, by=by, at=at)


def _nobody_took_it(case: Case) -> bool:
    """Every agency said that it is not theirs, and the centre has not worked on it itself either."""
    states = {referral.state for referral in case.referrals}
    given_back = ReferralState.RETURNED in states and ReferralState.REPORTED not in states
    return given_back and case.state is CaseState.SCREENING
