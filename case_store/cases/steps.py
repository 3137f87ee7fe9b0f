"""The centre's steps with a case. Each checks, changes, writes history, and tells those who must know."""

from datetime import datetime

from sqlalchemy.orm import Session

from case_store.cases.history import write_history
from case_store.cases.lifecycle import Rule, Step, check_step
from case_store.cases.models import (
    Case,
    CaseEvent,
    CaseEventKind,
    Outcome,
    RejectReason,
)
from case_store.cases.referrals import recall_running
from case_store.cases.told import tell_centre, tell_officer
from case_store.deadlines.clocks import begin_waiting, end_waiting, note_screened, restart_clocks
from case_store.people.models import Role, User
from case_store.people.permissions import Actor
from case_store.places.provinces import province
from case_store.search.index import index_case


class NotComplete(ValueError):
    """Something that the step needs is missing; `field` says what."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is missing")
        self.field = field


def begin_screening(session: Session, case: Case, *, by: Actor, at: datetime) -> CaseEvent:
    """An officer takes the case up; it becomes theirs when it is nobody's."""
    _enter(case, check_step(case, Step.BEGIN_SCREENING, by), at)
    if case.officer_id is None:
        case.officer_id = by.user_id
    return write_history(session, case, CaseEventKind.SCREENING_BEGUN, by=by, at=at)


def assign(
    session: Session, case: Case, officer: User, *, by: Actor, at: datetime, note: str = ""
) -> CaseEvent:
    """Makes an officer of the centre responsible, and tells them."""
    check_step(case, Step.ASSIGN, by)
    if (
        not officer.active
        or officer.role not in OFFICERS
        or officer.centre_code != case.centre_code
    ):
        raise NotComplete("officer")
    case.officer_id = officer.id
    event = write_history(
        session, case, CaseEventKind.ASSIGNED, by=by, at=at, note=note, officer=officer.username
    )
    tell_officer(session, case, "assigned", by=by, at=at)
    return event


def handle(session: Session, case: Case, *, by: Actor, at: datetime, note: str = "") -> CaseEvent:
    """The centre works on it itself."""
    _enter(case, check_step(case, Step.HANDLE, by), at)
    note_screened(session, case, at=at)
    return write_history(session, case, CaseEventKind.HANDLING_BEGUN, by=by, at=at, note=note)


def report_result(
    session: Session, case: Case, result: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre has a result of its own, which is looked at before the complainant is answered."""
    rule = check_step(case, Step.REPORT_RESULT, by)
    case.result = _needed(result, "result")
    _enter(case, rule, at)
    event = write_history(
        session, case, CaseEventKind.RESULT_REPORTED, by=by, at=at, note=case.result
    )
    tell_centre(session, case, "result_to_review", by=by, at=at)
    return event


def send_back_result(
    session: Session, case: Case, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The result is not good enough: back to work."""
    rule = check_step(case, Step.SEND_BACK_RESULT, by)
    _needed(reason, "note")
    _enter(case, rule, at)
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
    case.result = _needed(result, "result")
    if outcome is Outcome.REFERRED_ELSEWHERE:
        case.transferred_to = _needed(transferred_to, "transferred_to")
    elif _nobody_took_it(case) and outcome is not Outcome.SETTLED:
        raise NotComplete("transferred_to")
    note_screened(session, case, at=at)
    _enter(case, rule, at)
    case.outcome, case.closed_at = outcome, at
    _stop_waiting(session, case, at)
    return write_history(
        session,
        case,
        CaseEventKind.CLOSED,
        by=by,
        at=at,
        note=case.result,
        outcome=outcome.value,
        transferred_to=case.transferred_to or "",
    )


def reject(
    session: Session, case: Case, reason: RejectReason, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The matter is not pursued, for one of the listed reasons and a note that explains it."""
    rule = check_step(case, Step.REJECT, by)
    _needed(note, "note")
    _enter(case, rule, at)
    case.reject_reason, case.closed_at = reason, at
    note_screened(session, case, at=at)
    _stop_waiting(session, case, at)
    return write_history(
        session, case, CaseEventKind.REJECTED, by=by, at=at, note=note, reason=reason.value
    )


def withdraw(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """The complainant does not want it pursued. Agencies that work on it are told by the recall."""
    rule = check_step(case, Step.WITHDRAW, by)
    _needed(note, "note")
    recall_running(session, case, note, by=by, at=at)
    _enter(case, rule, at)
    case.closed_at = at
    _stop_waiting(session, case, at)
    return write_history(session, case, CaseEventKind.WITHDRAWN, by=by, at=at, note=note)


def reopen(session: Session, case: Case, reason: str, *, by: Actor, at: datetime) -> CaseEvent:
    """It was not settled after all: screened anew, with clocks that start anew."""
    rule = check_step(case, Step.REOPEN, by)
    _needed(reason, "note")
    _enter(case, rule, at)
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
    _needed(question, "note")
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
    _needed(note, "note")
    if province(centre_code) is None or centre_code == case.centre_code:
        raise NotComplete("centre_code")
    before = case.centre_code
    event = write_history(
        session, case, CaseEventKind.TRANSFERRED, by=by, at=at, note=note,
        from_centre=before, to_centre=centre_code,
    )  # fmt: skip
    _enter(case, rule, at)
    case.centre_code, case.officer_id = centre_code, None
    restart_clocks(session, case, at=case.created_at)
    session.flush()
    tell_centre(session, case, "transferred_here", by=by, at=at)
    return event


def correct(
    session: Session, case: Case, changes: dict[str, object], *, by: Actor, at: datetime
) -> CaseEvent | None:
    """Corrects facts of a case (CORRECTABLE); None when nothing differs. The history names the fields."""
    check_step(case, Step.CORRECT, by)
    changed = sorted(name for name, value in changes.items() if getattr(case, name) != value)
    if not set(changed) <= CORRECTABLE:
        raise NotComplete(changed[0])
    if not changed:
        return None
    before = {name: str(getattr(case, name) or "") for name in changed}
    for name in changed:
        setattr(case, name, changes[name])
    if "category" in changed:
        restart_clocks(session, case, at=case.created_at)
    session.flush()
    session.refresh(case, ["category_row", "nature_row", "channel_row", "service_type_row"])
    index_case(session, case)
    return write_history(
        session, case, CaseEventKind.CHANGED, by=by, at=at,
        private_detail="\n".join(f"{name}: {text}" for name, text in before.items()),
        fields=changed,
    )  # fmt: skip


OFFICERS = frozenset({Role.AGENT, Role.CASE_OFFICER, Role.SUPERVISOR, Role.NATIONAL_OFFICER})
CORRECTABLE = frozenset(
    {
        "channel", "service_type", "nature", "category", "urgency", "secrecy", "subject",
        "description", "respondent", "province_code", "district_code", "subdistrict_code",
        "postcode", "place_note", "latitude", "longitude", "anonymity",
    }
)  # fmt: skip
"""Facts that an officer may correct; what was there before stays in the audit trail."""


def _enter(case: Case, rule: Rule, at: datetime) -> None:
    if rule.to is not None and case.state is not rule.to:
        case.state, case.state_since = rule.to, at


def _nobody_took_it(case: Case) -> bool:
    """Every agency said that it is not theirs: somebody must take it, or the centre settles it itself."""
    return bool(case.referrals) and not any(referral.is_theirs for referral in case.referrals)


def _stop_waiting(session: Session, case: Case, at: datetime) -> None:
    if case.waiting_since is not None:
        end_waiting(session, case, at=at)


def _needed(text: str, field: str) -> str:
    if not text.strip():
        raise NotComplete(field)
    return text.strip()
