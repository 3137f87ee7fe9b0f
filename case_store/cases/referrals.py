"""Referrals: asking agencies about a case, and the agencies' own steps. The case's state follows from them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.cases.history import write_history
from case_store.cases.lifecycle import (
    ReferralRule,
    ReferralStep,
    Step,
    check_referral_step,
    check_step,
    enter,
)
from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.screening import lacks_checkable_facts
from case_store.cases.told import tell_agency, tell_officer
from case_store.deadlines.clocks import note_screened
from case_store.identity.models import Anonymity
from case_store.people.permissions import Actor


class CannotRefer(ValueError):
    """The referral is not possible; `field` says why: agency, request, checklist, disclose_identity, note, report."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} does not allow it")
        self.field = field


@dataclass(frozen=True)
class Letter:
    """Number and date of an official letter (เลขที่หนังสือ, ลงวันที่)."""

    number: str = ""
    day: date | None = None


def refer(
    session: Session,
    case: Case,
    agency: Agency,
    request: str,
    *,
    by: Actor,
    at: datetime,
    disclose_identity: bool = False,
    letter: Letter | None = None,
    due_at: datetime | None = None,
) -> Referral:
    """Asks an agency to act and to report. Several may work on one case; each at most once at a time.

    Who complains is told to the agency only when `disclose_identity`, and never against the complainant's wish.
    """
    rule = check_step(case, Step.REFER, by)
    request = _needed(request, "request")
    _check_referral(case, agency, disclose_identity)
    letter = letter or Letter()
    referral = Referral(
        agency=agency,
        agency_id=agency.id,
        state=ReferralState.SENT,
        request=request,
        disclose_identity=disclose_identity,
        letter_out_number=letter.number or None,
        letter_out_date=letter.day,
        sent_by=by.name,
        sent_at=at,
        due_at=due_at or case.due_at,
        progress_at=at,
    )
    case.referrals.append(referral)
    enter(case, rule.to, at)
    note_screened(session, case, at=at)
    session.flush()
    if disclose_identity:
        _write(session, referral, CaseEventKind.IDENTITY_DISCLOSED, by, at)
    _write(session, referral, CaseEventKind.REFERRED, by, at, request)
    tell_agency(session, case, referral, "referred_to_you", at=at)
    return referral


def _check_referral(case: Case, agency: Agency, disclose_identity: bool) -> None:
    if case.state is CaseState.SCREENING and lacks_checkable_facts(case):
        raise CannotRefer("checklist")
    if not agency.active or any(r.agency_id == agency.id and r.is_running for r in case.referrals):
        raise CannotRefer("agency")
    if disclose_identity and case.anonymity is not Anonymity.NAMED:
        raise CannotRefer("disclose_identity")


def accept(session: Session, referral: Referral, *, by: Actor, at: datetime) -> CaseEvent:
    """The agency takes it."""
    _move(referral, check_referral_step(referral, ReferralStep.ACCEPT, by), at)
    referral.accepted_at = at
    return _write(session, referral, CaseEventKind.REFERRAL_ACCEPTED, by, at)


def begin(
    session: Session, referral: Referral, note: str = "", *, by: Actor, at: datetime
) -> CaseEvent:
    """The agency works on it."""
    _move(referral, check_referral_step(referral, ReferralStep.BEGIN, by), at)
    referral.accepted_at = referral.accepted_at or at
    return _write(session, referral, CaseEventKind.REFERRAL_BEGUN, by, at, note.strip())


def tell_progress(
    session: Session, referral: Referral, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """How far the agency is."""
    check_referral_step(referral, ReferralStep.TELL_PROGRESS, by)
    note = _needed(note, "note")
    event = _write(session, referral, CaseEventKind.REFERRAL_PROGRESS, by, at, note)
    tell_officer(session, referral.case, "referral_progress", by=by, at=at)
    return event


def report(
    session: Session,
    referral: Referral,
    result: str,
    *,
    by: Actor,
    at: datetime,
    letter: Letter | None = None,
) -> CaseEvent:
    """What the agency found and did. When no other agency still works, the centre reviews the result."""
    rule = check_referral_step(referral, ReferralStep.REPORT, by)
    _answer(referral, rule, _needed(result, "report"), letter, at)
    event = _write(session, referral, CaseEventKind.REFERRAL_REPORTED, by, at, referral.report)
    tell_officer(session, referral.case, "referral_reported", by=by, at=at)
    return event


def give_back(
    session: Session,
    referral: Referral,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    letter: Letter | None = None,
) -> CaseEvent:
    """Not theirs. The case is not closed by that: the centre finds another agency, or settles it itself."""
    rule = check_referral_step(referral, ReferralStep.RETURN, by)
    _answer(referral, rule, _needed(reason, "report"), letter, at)
    event = _write(session, referral, CaseEventKind.REFERRAL_RETURNED, by, at, referral.report)
    tell_officer(session, referral.case, "referral_returned", by=by, at=at)
    return event


def recall(
    session: Session, referral: Referral, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre takes it back from the agency."""
    rule = check_referral_step(referral, ReferralStep.RECALL, by)
    reason = _needed(reason, "note")
    _move(referral, rule, at)
    event = _write(session, referral, CaseEventKind.REFERRAL_RECALLED, by, at, reason)
    tell_agency(session, referral.case, referral, "referral_recalled", at=at)
    return event


def recall_running(session: Session, case: Case, reason: str, *, by: Actor, at: datetime) -> None:
    """The case ends while agencies still work on it."""
    for referral in case.referrals:
        if referral.is_running:
            recall(session, referral, reason, by=by, at=at)


def send_back(
    session: Session, referral: Referral, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The report is not good enough: the agency goes on."""
    rule = check_referral_step(referral, ReferralStep.SEND_BACK, by)
    reason = _needed(reason, "note")
    _move(referral, rule, at)
    event = _write(session, referral, CaseEventKind.REFERRAL_SENT_BACK, by, at, reason)
    tell_agency(session, referral.case, referral, "report_sent_back", at=at)
    return event


def _answer(
    referral: Referral, rule: ReferralRule, text: str, letter: Letter | None, at: datetime
) -> None:
    referral.report = text
    if letter is not None:
        referral.letter_in_number, referral.letter_in_date = letter.number or None, letter.day
    _move(referral, rule, at)


def _move(referral: Referral, rule: ReferralRule, at: datetime) -> None:
    """The referral enters its state, and its case follows."""
    if rule.to is not None:
        referral.state = rule.to
        referral.ended_at = None if referral.is_running else at
        _follow(referral.case, at)


def _follow(case: Case, at: datetime) -> None:
    """Referred as long as an agency works on it; then to review when one reported, else back to screening."""
    if any(referral.is_running for referral in case.referrals):
        enter(case, CaseState.REFERRED, at)
    elif any(referral.state is ReferralState.REPORTED for referral in case.referrals):
        enter(case, CaseState.REVIEW, at)
    else:
        enter(case, CaseState.SCREENING, at)


def _write(
    session: Session,
    referral: Referral,
    kind: CaseEventKind,
    by: Actor,
    at: datetime,
    note: str = "",
) -> CaseEvent:
    return write_history(session, referral.case, kind, by=by, at=at, note=note, referral=referral)


def _needed(text: str, field: str) -> str:
    if not text.strip():
        raise CannotRefer(field)
    return text.strip()
