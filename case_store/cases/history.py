"""What happens to a case after it was opened: notes and calls."""

from datetime import datetime

from sqlalchemy.orm import Session

from case_store.calls.models import Call
from case_store.cases.fold import thai_fold
from case_store.cases.models import Case, CaseEvent, CaseEventKind
from case_store.events.event import Event, EventKind, announce
from case_store.people.permissions import Action, Actor, require


def add_note(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """Adds an officer's note to the history."""
    require(by, Action.SEE_CASES, case.centre_code)
    event = _add(session, case, CaseEvent(at=at, kind=CaseEventKind.NOTE, by=by.name, note=note))
    case.search_text = f"{case.search_text}\n{thai_fold(note)}"
    return event


def link_call(session: Session, case: Case, call: Call, *, by: Actor, at: datetime) -> None:
    """Notes that a call was about this case; once for each call."""
    require(by, Action.SEE_CASES, case.centre_code)
    if call not in case.calls:
        case.calls.append(call)
        _add(session, case, CaseEvent(at=at, kind=CaseEventKind.CALL_LINKED, by=by.name))


def _add(session: Session, case: Case, event: CaseEvent) -> CaseEvent:
    case.events.append(event)
    case.updated_at = event.at
    session.flush()
    announce(session, Event(EventKind.CASE_CHANGED, case.ref, case.centre_code))
    return event
