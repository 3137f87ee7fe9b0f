"""Merging a duplicate into the case that goes on, and taking them apart again. Each keeps its own history."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains
from case_store.cases.complete import needed
from case_store.cases.history import write_history
from case_store.cases.lifecycle import enter
from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState, RejectReason
from case_store.cases.referrals import recall_running
from case_store.cases.steps import stop_waiting
from case_store.cases.told import tell_officer
from case_store.deadlines.clocks import note_screened
from case_store.people.permissions import Action, Actor, require


class CannotMerge(ValueError):
    """The two cannot be merged, or taken apart; `field` says why: case, into or secrecy."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} does not allow it")
        self.field = field


def merge(
    session: Session, case: Case, into: Case, note: str, *, by: Actor, at: datetime
) -> CaseEvent:
    """`case` is a duplicate and goes on in `into`, which must be open; agencies that work on `case` are told to stop.

    The duplicate ends as one. It takes no steps any more; its complainant, files and history stay with it.
    """
    note = needed(note, "note")
    _lock(session, (case, into))
    _check_merge(case, into, by)
    before = case.state
    if not case.is_ended:
        recall_running(session, case, note, by=by, at=at)
        stop_waiting(session, case, at)
        note_screened(session, case, at=at)
        enter(case, CaseState.REJECTED, at)
        case.reject_reason, case.closed_at = RejectReason.DUPLICATE, at
    case.merged_into_id = into.id
    write_history(session, into, CaseEventKind.MERGED, by=by, at=at, note=note, merged=case.ref)
    event = write_history(
        session, case, CaseEventKind.MERGED, by=by, at=at, note=note,
        into=into.ref, state=before.value,
    )  # fmt: skip
    tell_officer(session, into, "merged", by=by, at=at)
    return event


def unmerge(session: Session, case: Case, note: str, *, by: Actor, at: datetime) -> CaseEvent:
    """It was no duplicate: it goes on by itself where it was. What was taken from agencies is screened anew."""
    require(by, Action.MERGE_CASES, case)
    note = needed(note, "note")
    into = session.get(Case, case.merged_into_id) if case.merged_into_id is not None else None
    if into is None or case.anonymised_at is not None:
        raise CannotMerge("case")
    _lock(session, (case, into))
    _require_both(case, into, by)
    before = _state_before(case)
    if before not in CaseState.ended():
        enter(case, CaseState.SCREENING if before is CaseState.REFERRED else before, at)
        case.reject_reason = case.closed_at = None
    case.merged_into_id = None
    write_history(session, into, CaseEventKind.UNMERGED, by=by, at=at, note=note, merged=case.ref)
    event = write_history(
        session, case, CaseEventKind.UNMERGED, by=by, at=at, note=note, into=into.ref
    )
    tell_officer(session, case, "unmerged", by=by, at=at)
    return event


def parts_of(session: Session, case: Case) -> list[Case]:
    """The duplicates that were merged into a case, oldest first; a reader may not be allowed to see each."""
    query = select(Case).where(Case.merged_into_id == case.id).order_by(Case.id)
    return list(session.scalars(query.limit(200)))


def survivor_of(session: Session, case: Case) -> Case:
    """The case in which this one goes on: itself, unless it was merged."""
    while case.merged_into_id is not None:
        case = session.get_one(Case, case.merged_into_id)
    return case


def _lock(session: Session, cases: Iterable[Case]) -> None:
    """Both cases, then both trails, always in the same order: two mergers at once wait, and neither for ever."""
    cases = tuple(cases)
    ids = sorted(case.id for case in cases)
    session.execute(select(Case.id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update())
    lock_chains(session, (case.centre_code for case in cases))


def _check_merge(case: Case, into: Case, by: Actor) -> None:
    _require_both(case, into, by)
    if case.merged_into_id is not None or case.anonymised_at is not None:
        raise CannotMerge("case")
    # Only what is not merged itself takes others in, and so no circle can arise.
    if into is case or into.merged_into_id is not None or into.is_ended:
        raise CannotMerge("into")
    if case.secrecy is not into.secrecy:
        raise CannotMerge("secrecy")


def _require_both(case: Case, into: Case, by: Actor) -> None:
    for one in (case, into):
        require(by, Action.MERGE_CASES, one)


def _state_before(case: Case) -> CaseState:
    merged = [event for event in case.events if event.kind is CaseEventKind.MERGED]
    return CaseState(next(e.data["state"] for e in reversed(merged) if "state" in e.data))
