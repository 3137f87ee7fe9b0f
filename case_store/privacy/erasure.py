"""Erasing a case: what identifies people goes and the figures stay, or all goes. The audit trail verifies after it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from case_store.audit.erasing import erase_details
from case_store.audit.trail import record
from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEventKind
from case_store.identity.complainants import erase_identity
from case_store.outbox.models import Notice
from case_store.people.permissions import Actor
from case_store.privacy.models import LegalHold, PrivacyRequest, RequestState
from case_store.search.index import index_case

# The bytes of files that no row names any more are swept up by case_store.storage.


def anonymise(session: Session, case: Case, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Leaves of a case only what is counted: codes, dates, the area, and who of the staff did what.

    Every text goes, since any of them may name somebody; the point on the map, which may be a home; numbers of letters
    and links to calls, which lead to names that are kept elsewhere.
    """
    if case.complainant is not None:
        erase_identity(case.complainant)
    case.subject = case.description = case.respondent = case.place_note = case.result = ""
    case.latitude = case.longitude = case.intake_key = case.transferred_to = None
    for event in case.events:
        event.note = ""
    for referral in case.referrals:
        referral.request = referral.report = ""
        referral.letter_out_number = referral.letter_in_number = None
    case.attachments.clear()
    case.calls.clear()
    case.anonymised_at = at
    session.flush()
    index_case(session, case)
    _forget_what_is_told_of(session, case)
    write_history(session, case, CaseEventKind.ANONYMISED, by=by, at=at, **facts)


def destroy(session: Session, case: Case, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Removes a case and all that hangs on it. The trail keeps that there was one, in codes."""
    _forget_what_is_told_of(session, case)
    for column in (Case.parent_id, Case.merged_into_id):
        session.execute(update(Case).where(column == case.id).values({column: None}))
    session.execute(delete(Notice).where(Notice.case_ref == case.ref))
    record(
        session,
        chain=case.centre_code,
        action="case.destroyed",
        subject=f"case:{case.ref}",
        by=by.name,
        at=at,
        facts=facts,
    )
    session.delete(case)
    session.flush()


def _forget_what_is_told_of(session: Session, case: Case) -> None:
    """What other tables say of the case in words: the trail's details, ended holds, settled requests."""
    erase_details(session, f"case:{case.ref}")
    ended = select(LegalHold).where(LegalHold.case_id == case.id, LegalHold.ended_at.is_not(None))
    for held in session.scalars(ended):
        held.reason = ""
    settled = PrivacyRequest.state.in_((RequestState.REFUSED, RequestState.DONE))
    about = select(PrivacyRequest).where(PrivacyRequest.case_ref == case.ref, settled)
    for request in session.scalars(about):
        forget_words_of(session, request)


def forget_words_of(session: Session, request: PrivacyRequest) -> None:
    """What was asked is told no more, once it is about nobody; why it was refused stays (s.39)."""
    request.summary = ""
    session.flush()
    erase_details(session, request.subject)
