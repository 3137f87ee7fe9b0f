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
)
from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.told import tell_agency, tell_centre
from case_store.deadlines.clocks import note_screened
from case_store.identity.models import Anonymity
from case_store.people.permissions import Actor


class CannotRefer(ValueError):
    """The referral is not possible; `field` says why: agency, request or disclose_identity."""

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
    check_step(case, Step.REFER, by)
    if not request.strip():
        raise CannotRefer("request")
    if not agency.active or any(r.agency_id == agency.id and r.is_running for r in case.referrals):
        raise CannotRefer("agency")
    if disclose_identity and case.anonymity is not Anonymity.NAMED:
        raise CannotRefer("disclose_identity")
    letter = letter or Letter()
    referral = Referral(
        agency=agency,
        agency_id=agency.id,
        state=ReferralState.SENT,
        request=request.strip(),
        disclose_identity=disclose_identity,
        letter_out_number=letter.number or None,
        letter_out_date=letter.day,
        sent_by=by.name,
        sent_at=at,
        due_at=due_at or case.due_at,
        progress_at=at,
    )
    case.referrals.append(referral)
    _set_state(case, CaseState.REFERRED, at)
    note_screened(session, case, at=at)
    session.flush()
    if disclose_identity:
        write_history(
            session, case, CaseEventKind.IDENTITY_DISCLOSED, by=by, at=at, referral=referral
        )
    write_history(
        session, case, CaseEventKind.REFERRED, by=by, at=at, note=referral.request,
        referral=referral, agency_code=agency.code,
    )  # fmt: skip
    tell_agency(session, case, referral, "referred_to_you", at=at)
    return referral


def accept(session: Session, referral: Referral, *, by: Actor, at: datetime) -> CaseEvent:
    """The agency takes it."""
    _move(referral, check_referral_step(referral, ReferralStep.ACCEPT, by))
    referral.accepted_at = at
    return _write(session, referral, CaseEventKind.REFERRAL_ACCEPTED, by, at)


def begin(
    session: Session, referral: Referral, note: str = "", *, by: Actor, at: datetime
) -> CaseEvent:
    """The agency works on it."""
    _move(referral, check_referral_step(referral, ReferralStep.BEGIN, by))
    referral.accepted_at = referral.accepted_at or at
    return _write(session, referral, CaseEventKind.REFERRAL_BEGUN, by, at, note)


def tell_progress(
    session: Session, referral: Referral, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """How far the agency is."""
    check_referral_step(referral, ReferralStep.TELL_PROGRESS, by)
    event = _write(
        session, referral, CaseEventKind.REFERRAL_PROGRESS, by, at, _needed(note, "note")
    )
    tell_centre(session, referral.case, "referral_progress", by=by, at=at)
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
    referral.report = _needed(result, "report")
    _receive(referral, letter)
    _move(referral, rule)
    referral.ended_at = at
    event = _write(session, referral, CaseEventKind.REFERRAL_REPORTED, by, at, referral.report)
    _follow(referral.case, at)
    tell_centre(session, referral.case, "referral_reported", by=by, at=at)
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
    referral.report = _needed(reason, "report")
    _receive(referral, letter)
    event = _write(session, referral, CaseEventKind.REFERRAL_RETURNED, by, at, referral.report)
    _move(referral, rule)
    referral.ended_at = at
    _follow(referral.case, at)
    tell_centre(session, referral.case, "referral_returned", by=by, at=at)
    return event


def recall(
    session: Session, referral: Referral, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The centre takes it back from the agency."""
    event = _recall(session, referral, _needed(reason, "note"), by=by, at=at)
    _follow(referral.case, at)
    return event


def recall_running(session: Session, case: Case, reason: str, *, by: Actor, at: datetime) -> None:
    """The case ends while agencies still work on it."""
    for referral in case.referrals:
        if referral.is_running:
            _recall(session, referral, reason, by=by, at=at)


def send_back(
    session: Session, referral: Referral, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """The report is not good enough: the agency goes on."""
    _move(referral, check_referral_step(referral, ReferralStep.SEND_BACK, by))
    referral.ended_at = None
    event = _write(
        session, referral, CaseEventKind.REFERRAL_SENT_BACK, by, at, _needed(reason, "note")
    )
    _set_state(referral.case, CaseState.REFERRED, at)
    tell_agency(session, referral.case, referral, "report_sent_back", at=at)
    return event


def _recall(
    session: Session, referral: Referral, reason: str, *, by: Actor, at: datetime
) -> CaseEvent:
    _move(referral, check_referral_step(referral, ReferralStep.RECALL, by))
    referral.ended_at = at
    event = _write(session, referral, CaseEventKind.REFERRAL_RECALLED, by, at, reason)
    tell_agency(session, referral.case, referral, "referral_recalled", at=at)
    return event


def _follow(case: Case, at: datetime) -> None:
    """A referred case without an agency at work: to review when one reported, back to screening when none did."""
    if case.state is not CaseState.REFERRED or any(r.is_running for r in case.referrals):
        return
    reported = any(referral.state is ReferralState.REPORTED for referral in case.referrals)
    _set_state(case, CaseState.REVIEW if reported else CaseState.SCREENING, at)


def _set_state(case: Case, state: CaseState, at: datetime) -> None:
    if case.state is not state:
        case.state, case.state_since = state, at


def _move(referral: Referral, rule: ReferralRule) -> None:
    if rule.to is not None:
        referral.state = rule.to


def _receive(referral: Referral, letter: Letter | None) -> None:
    if letter is not None:
        referral.letter_in_number, referral.letter_in_date = letter.number or None, letter.day


def _write(
    session: Session,
    referral: Referral,
    kind: CaseEventKind,
    by: Actor,
    at: datetime,
    note: str = "",
) -> CaseEvent:
    return write_history(
        session, referral.case, kind, by=by, at=at, note=note,
        referral=referral, agency_code=referral.agency.code,
    )  # fmt: skip


def _needed(text: str, field: str) -> str:
    if not text.strip():
        raise CannotRefer(field)
    return text.strip()
