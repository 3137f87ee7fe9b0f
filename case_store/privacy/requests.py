"""What people ask of their data (PDPA B.E. 2562), and breaches: a work list with the law's clocks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.cases.complete import NotComplete, needed
from case_store.cases.models import Case
from case_store.cases.reference import parse_reference
from case_store.people.permissions import Action, Actor, require, visible_centres
from case_store.places.provinces import province
from case_store.privacy.erasure import forget_words_of
from case_store.privacy.holds import is_held
from case_store.privacy.models import (
    PrivacyRequest,
    RequestKind,
    RequestState,
    RetentionAction,
)
from case_store.privacy.retention import CannotErase, propose_one

_MONTH: Final = timedelta(days=30)
TIME_TO_ANSWER: Final[Mapping[RequestKind, timedelta]] = {
    RequestKind.ACCESS: _MONTH,  # s.30
    RequestKind.RECTIFICATION: _MONTH,
    RequestKind.ERASURE: timedelta(days=90),  # copies and backups included
    RequestKind.RESTRICTION: _MONTH,
    RequestKind.OBJECTION: _MONTH,
    RequestKind.PORTABILITY: _MONTH,
    RequestKind.BREACH: timedelta(hours=72),  # s.37(4): to the Office of the PDPC
}
BACKUPS_KEPT: Final = timedelta(days=30)
"""How long administrators are told to keep backups: what was erased is in none of them after that."""


class AlreadyDecided(Exception):
    """Somebody else decided about the request meanwhile."""


def receive(
    session: Session,
    kind: RequestKind,
    centre_code: str,
    summary: str,
    *,
    by: Actor,
    at: datetime,
    case_ref: str | None = None,
) -> PrivacyRequest:
    """Writes a request down, or a breach at the moment when it became known; its clock runs from `at`.

    Raises `NotAllowed`, `NotComplete`.
    """
    require(by, Action.HANDLE_PRIVACY, centre_code)
    if province(centre_code) is None:
        raise NotComplete("centre_code")
    request = PrivacyRequest(
        kind=kind,
        state=RequestState.OPEN,
        centre_code=centre_code,
        case_ref=_known_ref(session, case_ref, by),
        summary=needed(summary, "summary"),
        received_at=at,
        due_at=at + TIME_TO_ANSWER[kind],
        made_by=by.name,
    )
    session.add(request)
    session.flush()
    _record(session, request, "received", by, at, detail=request.summary)
    return request


def grant(
    session: Session, request: PrivacyRequest, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    """The person is right; a breach is to be reported. What follows from it is then done, and finished.

    What a centre holds for its public task (s.24(4)) need not be erased, so an erasure is granted for a reason only. It
    goes to those who approve erasures. Raises `NotAllowed`, `NotComplete`, `AlreadyDecided`, `CannotErase`.
    """
    _require_open(session, request, by)
    reason = reason.strip()
    if request.kind is RequestKind.ERASURE:
        reason = needed(reason, "reason")
        case = _case_to_erase(session, request)
        propose_one(session, case, RetentionAction.ANONYMISE, by=by, at=at)
    request.reason = reason
    _decide(session, request, RequestState.GRANTED, by, at)


def refuse(
    session: Session, request: PrivacyRequest, reason: str, *, by: Actor, at: datetime
) -> None:
    """It is not granted, for a reason that the person is told and the record keeps (s.39).

    Of a breach: it is no risk to anybody, and the reason is the assessment. Raises `NotAllowed`, `NotComplete`,
    `AlreadyDecided`.
    """
    _require_open(session, request, by)
    request.reason = needed(reason, "reason")
    _decide(session, request, RequestState.REFUSED, by, at)


def finish(session: Session, request: PrivacyRequest, *, by: Actor, at: datetime) -> None:
    """What was granted has been done, and the person was told. Raises `NotAllowed`, `NotComplete`, `AlreadyDecided`."""
    require(by, Action.HANDLE_PRIVACY, request.centre_code)
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.GRANTED:
        raise AlreadyDecided
    erasing = request.kind is RequestKind.ERASURE
    if erasing and not _is_erased(session, request):
        raise NotComplete("erasure")
    request.state, request.done_at = RequestState.DONE, at
    _record(session, request, "done", by, at)
    if erasing:
        forget_words_of(session, request)


def list_requests(
    session: Session,
    *,
    by: Actor,
    open_only: bool = True,
    limit: int = 50,
    before: int | None = None,
) -> list[PrivacyRequest]:
    """The work list of the centres of `by`, what is due first on top; else all, newest first. Raises `NotAllowed`.

    `before`: of all, those that came before this id.
    """
    centres = visible_centres(by, Action.HANDLE_PRIVACY)
    query = select(PrivacyRequest)
    if centres is not None:
        query = query.where(PrivacyRequest.centre_code.in_(centres))
    if open_only:
        running = (RequestState.OPEN, RequestState.GRANTED)
        query = query.where(PrivacyRequest.state.in_(running))
        query = query.order_by(PrivacyRequest.due_at, PrivacyRequest.id)
    else:
        query = query.order_by(PrivacyRequest.id.desc())
        if before is not None:
            query = query.where(PrivacyRequest.id < before)
    return list(session.scalars(query.limit(limit)))


def act_by(request: PrivacyRequest) -> datetime:
    """When it must be done here to keep the law's time: an erasure must have left the backups, too, by `due_at`."""
    if request.kind is RequestKind.ERASURE:
        return request.due_at - BACKUPS_KEPT
    return request.due_at


def is_late(request: PrivacyRequest, at: datetime) -> bool:
    return not request.is_settled and act_by(request) < at


def _known_ref(session: Session, typed: str | None, by: Actor) -> str | None:
    """The reference of a case that `by` may handle, or none at all."""
    if not typed:
        return None
    ref = parse_reference(typed)
    case = session.scalar(select(Case).where(Case.ref == ref))
    if case is None:
        raise NotComplete("case_ref")
    require(by, Action.HANDLE_PRIVACY, case)
    return ref


def _require_open(session: Session, request: PrivacyRequest, by: Actor) -> None:
    require(by, Action.HANDLE_PRIVACY, request.centre_code)
    session.refresh(request, with_for_update=True)
    if request.state is not RequestState.OPEN:
        raise AlreadyDecided


def _case_to_erase(session: Session, request: PrivacyRequest) -> Case:
    case = session.scalar(select(Case).where(Case.ref == request.case_ref))
    if case is None or case.anonymised_at is not None:
        raise NotComplete("case_ref")
    if not case.is_ended:
        raise CannotErase("case")
    if is_held(session, case):
        raise CannotErase("hold")
    return case


def _is_erased(session: Session, request: PrivacyRequest) -> bool:
    case = session.scalar(select(Case).where(Case.ref == request.case_ref))
    return case is None or case.anonymised_at is not None


def _decide(
    session: Session, request: PrivacyRequest, state: RequestState, by: Actor, at: datetime
) -> None:
    request.state, request.decided_at, request.decided_by = state, at, by.name
    _record(session, request, state.value, by, at, detail=request.reason)


def _record(
    session: Session, request: PrivacyRequest, what: str, by: Actor, at: datetime, detail: str = ""
) -> None:
    facts = {"kind": request.kind.value, "due_at": request.due_at.isoformat()}
    record(
        session,
        chain=request.centre_code,
        action=f"privacy.{what}",
        subject=request.subject,
        by=by.name,
        at=at,
        facts=facts | ({"case": request.case_ref} if request.case_ref else {}),
        detail=detail,
    )
