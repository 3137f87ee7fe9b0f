"""Tracking: what a complainant is told of a case, by reference and PIN. No answer tells whether a reference exists."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseState, Outcome
from case_store.cases.reference import parse_reference
from case_store.identity.complainants import PIN_DIGITS
from case_store.identity.keyring import CannotUnseal, Sealed, keyring_of
from case_store.identity.models import Complainant
from case_store.tracking.attempts import Tries

_MOST_MERGERS: Final = 20
_NO_PIN: Final = "-" * PIN_DIGITS
_LONGEST: Final = 40


class Progress(StrEnum):
    """How far a case is, as coarse as a complainant needs it."""

    RECEIVED = "received"
    WITH_AGENCY = "with_agency"
    IN_PROGRESS = "in_progress"
    REVIEWED = "reviewed"
    FINISHED = "finished"
    NOT_PURSUED = "not_pursued"
    WITHDRAWN = "withdrawn"


PROGRESS: Final = {
    CaseState.RECEIVED: Progress.RECEIVED,
    CaseState.SCREENING: Progress.RECEIVED,
    CaseState.REOPENED: Progress.RECEIVED,
    CaseState.REFERRED: Progress.WITH_AGENCY,
    CaseState.HANDLING: Progress.IN_PROGRESS,
    CaseState.REVIEW: Progress.REVIEWED,
    CaseState.CLOSED: Progress.FINISHED,
    CaseState.REJECTED: Progress.NOT_PURSUED,
    CaseState.WITHDRAWN: Progress.WITHDRAWN,
}


@dataclass(frozen=True)
class AgencyName:
    th: str
    en: str


@dataclass(frozen=True)
class Tracked:
    """What is told: nothing of who complains, of the matter, or of who works on it but the agencies."""

    ref: str
    """As it was asked for, also when the case goes on in another."""
    progress: Progress
    since: datetime
    due_at: datetime | None
    """None when no date is set, while the centre waits for the complainant, and once the case has ended."""
    agencies: tuple[AgencyName, ...]
    waits_for_complainant: bool
    has_result: bool
    """An officer can say what was found and done."""


def track(session: Session, ref: str, pin: str, source: str, *, at: datetime) -> Tracked | None:
    """How far a case is; None alike for an unknown reference, a wrong PIN, and a case that has none.

    `source`: the caller's number or the address of the browser. A wrong try is noted, so the caller commits.
    Raises `TooManyTries`.
    """
    tries = Tries(session, (parse_reference(ref) or ref)[:_LONGEST], source)
    tries.check(at=at)
    case_id, right = _look_up(session, parse_reference(ref) or "")
    # Both are always compared, and as long as each other.
    matches = secrets.compare_digest(_as_long_as_a_pin(pin), right.encode())
    if case_id is None or not matches:
        tries.note_wrong(at=at)
        return None
    case = session.get_one(Case, case_id)
    return _told(case.ref, _goes_on_in(session, case))


def _as_long_as_a_pin(pin: str) -> bytes:
    sent = pin.encode()
    return sent if len(sent) == PIN_DIGITS else b"x" * PIN_DIGITS


def _look_up(session: Session, ref: str) -> tuple[int | None, str]:
    """The case and its PIN. What is not there is looked for and unsealed like what is."""
    ring = keyring_of(session)
    row = session.execute(
        select(Case.id, Complainant.key_id, Complainant.sealed_pin)
        .join(Complainant, Complainant.case_id == Case.id)
        .where(Case.ref == ref)
    ).one_or_none()
    if row is None or row.sealed_pin is None:
        case_id, sealed = None, ring.seal(_NO_PIN.encode(), bound_to=f"pin:{ref}")
    else:
        case_id, sealed = row.id, Sealed(row.key_id, row.sealed_pin)
    try:
        return case_id, ring.unseal(sealed, bound_to=f"pin:{ref}").decode()
    except CannotUnseal:  # whoever tracks is not the one to be told
        return None, _NO_PIN


def _goes_on_in(session: Session, case: Case) -> Case:
    """A case that was merged is told by the one that it was merged into."""
    for _ in range(_MOST_MERGERS):
        if case.merged_into_id is None:
            break
        case = session.get_one(Case, case.merged_into_id)
    return case


def _told(ref: str, case: Case) -> Tracked:
    at_work = (referral.agency for referral in case.referrals if referral.is_theirs)
    return Tracked(
        ref=ref,
        progress=_progress(case),
        since=_since(case),
        due_at=case.due_at if _has_a_date(case) else None,
        agencies=tuple(dict.fromkeys(AgencyName(one.name_th, one.name_en) for one in at_work)),
        waits_for_complainant=case.waiting_since is not None,
        has_result=case.is_ended and bool(case.result),
    )


def _has_a_date(case: Case) -> bool:
    return not case.is_ended and case.waiting_since is None


def _progress(case: Case) -> Progress:
    if case.outcome is Outcome.NOT_PURSUED:
        return Progress.NOT_PURSUED
    return PROGRESS[case.state]


def _since(case: Case) -> datetime:
    """A case that is looked at for the first time is “received” since it came."""
    first_look = PROGRESS[case.state] is Progress.RECEIVED and not case.reopened
    return case.created_at if first_look else case.state_since
