"""The one door to a case's history: whoever changes a case writes it down here, in the history and the audit trail."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from case_store.audit.trail import record
from case_store.calls.models import Call
from case_store.cases.complete import needed
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.cases.referral_models import Referral
from case_store.events.event import Event, EventKind, announce
from case_store.outbox.webhooks import queue_case_event
from case_store.people.permissions import Action, Actor, NotAllowed, require
from case_store.search.index import index_case

NO_PROGRESS: Final = frozenset(
    {
        CaseEventKind.CALL_LINKED,
        CaseEventKind.ASSIGNED,
        CaseEventKind.CHANGED,
        CaseEventKind.ATTACHMENT_REMOVED,
        CaseEventKind.ATTACHMENT_SHARED,
        CaseEventKind.ATTACHMENT_WITHHELD,
        CaseEventKind.REMINDED,
        CaseEventKind.IDENTITY_REVEALED,
        CaseEventKind.HELD,
        CaseEventKind.HOLD_ENDED,
        CaseEventKind.ANONYMISED,
        CaseEventKind.MERGED,
        CaseEventKind.UNMERGED,
    }
)
"""What moves nothing for the complainant, and so does not start the count of days without progress anew."""


def write_history(
    session: Session,
    case: Case,
    kind: CaseEventKind,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    referral: Referral | None = None,
    private_detail: str = "",
    **data: Any,
) -> CaseEvent:
    """Adds to the history, the audit trail, the search text, and to what goes out after the commit.

    `note` is read by whoever may see the case; `private_detail` stands in the audit trail alone.
    `data`: codes, and names of staff; no personal data of a complainant.
    """
    if referral is not None:
        data["agency_code"] = referral.agency.code
    event = CaseEvent(at=at, kind=kind, by=by.name, note=note, referral=referral, data=data)
    case.events.append(event)
    case.updated_at = at
    flag_modified(case, "updated_at")  # a new version even within one instant: see version_id_col
    if kind not in NO_PROGRESS:
        case.progress_at = at
        if referral is not None:
            referral.progress_at = at
    session.flush()
    if note:
        index_case(session, case)
    record(
        session,
        chain=case.centre_code,
        action=f"case.{kind.value}",
        subject=f"case:{case.ref}",
        by=by.name,
        at=at,
        facts=data,
        detail=private_detail or note,
    )
    queue_case_event(session, case, event, at=at)
    announce(session, Event(EventKind.CASE_CHANGED, case.ref, case.centre_code))
    return event


def add_note(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """Adds an officer's note to the history. Raises `NotComplete` when it is empty."""
    require_writable(case, Action.NOTE_CASES, by)
    note = needed(note, "note")
    return write_history(session, case, CaseEventKind.NOTE, by=by, at=at, note=note)


def link_call(session: Session, case: Case, call: Call, *, by: Actor, at: datetime) -> None:
    """Notes that a call was about this case; once for each call."""
    require_writable(case, Action.NOTE_CASES, by)
    if call not in case.calls:
        case.calls.append(call)
        write_history(session, case, CaseEventKind.CALL_LINKED, by=by, at=at)


def require_writable(case: Case, action: Action, by: Actor) -> None:
    """Raises `NotAllowed` also for a case without people in it: what is written there now would stay for ever."""
    require(by, action, case)
    if case.anonymised_at is not None:
        raise NotAllowed(by, action)
