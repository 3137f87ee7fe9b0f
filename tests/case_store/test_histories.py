"""Random histories: never an illegal state, everything written down, and the audit trail unbroken."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.audit.verify import verify
from case_store.cases import referrals
from case_store.cases.complete import NotComplete
from case_store.cases.history import NO_PROGRESS, add_note
from case_store.cases.lifecycle import IllegalStep, ReferralStep, Step, possible_steps
from case_store.cases.merging import CannotMerge, merge, unmerge
from case_store.cases.models import Case, CaseEvent, CaseEventKind, CaseState
from case_store.cases.referral_models import Referral
from case_store.cases.referrals import CannotRefer
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.casework import TAKE, agency_officer, assert_unbroken
from tests.case_store.kit import NATIONAL, NOON, case

Tried = Callable[[Session, Case, datetime], object]
REFUSALS = (IllegalStep, NotAllowed, NotComplete, CannotRefer, CannotMerge)
OTHERS = (Actor("prapai", Role.CASE_OFFICER, "50"), Actor("root", Role.ADMINISTRATOR, "00"))


def _step(step: Step, by: Actor) -> Tried:
    return lambda session, one, at: TAKE[step](session, one, by, at)


def _referral_step(step: ReferralStep, which: int) -> Tried:
    def tried(session: Session, one: Case, at: datetime) -> object:
        if not one.referrals:
            raise NotComplete("referral")
        referral = one.referrals[which % len(one.referrals)]
        theirs = agency_officer(referral.agency)
        return _TAKE_REFERRAL[step](session, referral, theirs, at)

    return tried


_TAKE_REFERRAL: dict[ReferralStep, Callable[[Session, Referral, Actor, datetime], object]] = {
    ReferralStep.ACCEPT: lambda s, r, by, at: referrals.accept(s, r, by=by, at=at),
    ReferralStep.BEGIN: lambda s, r, by, at: referrals.begin(s, r, by=by, at=at),
    ReferralStep.TELL_PROGRESS: lambda s, r, by, at: referrals.tell_progress(
        s, r, "คืบหน้า", by=by, at=at
    ),
    ReferralStep.REPORT: lambda s, r, by, at: referrals.report(s, r, "เสร็จ", by=by, at=at),
    ReferralStep.RETURN: lambda s, r, by, at: referrals.give_back(s, r, "ไม่ใช่", by=by, at=at),
    ReferralStep.RECALL: lambda s, r, _by, at: referrals.recall(s, r, "ส่งผิด", by=NATIONAL, at=at),
    ReferralStep.SEND_BACK: lambda s, r, _by, at: referrals.send_back(
        s, r, "ยังไม่ครบ", by=NATIONAL, at=at
    ),
}


def _merge(session: Session, one: Case, at: datetime) -> object:
    return merge(session, one, case(session, at=at), "ซ้ำ", by=NATIONAL, at=at)


def _unmerge(session: Session, one: Case, at: datetime) -> object:
    return unmerge(session, one, "ไม่ซ้ำ", by=NATIONAL, at=at)


def _note(session: Session, one: Case, at: datetime) -> object:
    return add_note(session, one, "โทรแล้ว", by=NATIONAL, at=at)


tried = st.one_of(
    st.builds(_step, st.sampled_from(Step), st.just(NATIONAL)),
    st.builds(_step, st.sampled_from(Step), st.sampled_from(OTHERS)),
    st.builds(_referral_step, st.sampled_from(ReferralStep), st.integers(0, 5)),
    st.sampled_from([_merge, _unmerge, _note]),
)
waits = st.one_of(st.just(timedelta()), st.timedeltas(timedelta(seconds=1), timedelta(days=60)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@pytest.mark.slow
def test_whatever_is_tried_the_case_stays_in_order(session: Session, data: st.DataObject) -> None:
    at = NOON
    one = case(session, at=at)
    done = 0
    for _ in range(data.draw(st.integers(1, 30), label="length")):
        at += data.draw(waits, label="wait")
        attempt = data.draw(st.one_of(tried, _possible(one)), label="step")
        before = _seen(one)
        try:
            attempt(session, one, at)
        except REFUSALS:
            session.flush()
            assert _seen(one) == before
        else:
            done += 1
            session.flush()
            assert len(one.events) > before["events"]
            assert one.version > before["version"]
        _check(session, one)
    event(f"{done // 5 * 5} steps or more")
    _check_written(session, one)


def _possible(one: Case) -> st.SearchStrategy[Tried]:
    """Steps that fit, so that histories grow long; the others try what does not fit."""
    steps = possible_steps(one, NATIONAL)
    return st.builds(_step, st.sampled_from(steps), st.just(NATIONAL)) if steps else tried


def _seen(one: Case) -> dict[str, Any]:
    return {
        "events": len(one.events), "version": one.version, "state": one.state, "due": one.due_at,
        "since": one.state_since, "progress": one.progress_at, "waits": one.waiting_since,
        "centre": one.centre_code, "result": one.result, "outcome": one.outcome,
        "reason": one.reject_reason, "subject": one.subject, "officer": one.officer_id,
        "referrals": [(r.state, r.report, r.version) for r in one.referrals],
    }  # fmt: skip


def _check(session: Session, one: Case) -> None:
    """What is true of every case at every moment."""
    running = [referral for referral in one.referrals if referral.is_running]
    assert (one.state is CaseState.REFERRED) == bool(running)
    assert len({referral.agency_id for referral in running}) == len(running)
    assert (one.closed_at is not None) == one.is_ended
    assert (one.outcome is not None) == (one.state is CaseState.CLOSED)
    assert (one.reject_reason is not None) == (one.state is CaseState.REJECTED)
    assert one.waiting_since is None or not one.is_ended
    assert one.created_at <= one.progress_at <= one.updated_at
    assert one.state_since <= one.updated_at
    assert one.due_at is not None
    assert one.due_at > one.created_at
    assert one.merged_into_id is None or one.is_ended
    assert possible_steps(one, OTHERS[1]) == ()


def _check_written(session: Session, one: Case) -> None:
    """The history alone tells where the case stands, and the trail has every entry of it."""
    events = list(one.events)
    assert [e.at for e in events] == sorted(e.at for e in events)
    assert replayed(events) is one.state
    assert one.progress_at == max(e.at for e in events if e.kind not in NO_PROGRESS)
    assert one.updated_at == events[-1].at
    kinds = [f"case.{event.kind.value}" for event in events]
    ref, transfers = one.ref, kinds.count("case.transferred")
    entries = [e for e in assert_unbroken(session) if e.subject == f"case:{ref}"]
    entries.sort(key=lambda entry: entry.id)
    written = [entry.action for entry in entries]
    assert len(written) == len(kinds) + transfers  # a transfer stands in both centres' trails
    assert [a for n, a in enumerate(written) if not _is_echo(entries, n)] == kinds
    assert verify(session) == []


def _is_echo(entries: list[AuditEntry], n: int) -> bool:
    """The second entry of a transfer, in the trail of the centre that gave the case away."""
    here = entries[n]
    return here.action == "case.transferred" and here.chain == here.facts["from_centre"]


_ENTERS = {
    CaseEventKind.RECEIVED: CaseState.RECEIVED,
    CaseEventKind.SCREENING_BEGUN: CaseState.SCREENING,
    CaseEventKind.HANDLING_BEGUN: CaseState.HANDLING,
    CaseEventKind.RESULT_REPORTED: CaseState.REVIEW,
    CaseEventKind.RESULT_SENT_BACK: CaseState.HANDLING,
    CaseEventKind.TRANSFERRED: CaseState.RECEIVED,
    CaseEventKind.CLOSED: CaseState.CLOSED,
    CaseEventKind.REJECTED: CaseState.REJECTED,
    CaseEventKind.WITHDRAWN: CaseState.WITHDRAWN,
    CaseEventKind.REOPENED: CaseState.REOPENED,
}
_RUNS = {CaseEventKind.REFERRED, CaseEventKind.REFERRAL_SENT_BACK}
_REPORTS = CaseEventKind.REFERRAL_REPORTED
_STOPS = {_REPORTS, CaseEventKind.REFERRAL_RETURNED, CaseEventKind.REFERRAL_RECALLED}


def replayed(events: Iterable[CaseEvent]) -> CaseState:
    """Where a case stands by its history alone, reckoned apart from the code."""
    state, running, reported, before = CaseState.RECEIVED, set(), set(), CaseState.RECEIVED
    for one in events:
        if one.kind in _RUNS:
            running.add(one.referral_id)
            reported.discard(one.referral_id)
            state = CaseState.REFERRED
        elif one.kind in _STOPS:
            running.discard(one.referral_id)
            reported |= {one.referral_id} if one.kind is _REPORTS else set()
            if not running:
                state = CaseState.REVIEW if reported else CaseState.SCREENING
        elif one.kind is CaseEventKind.MERGED:
            before = CaseState(one.data["state"])
            state = state if before in CaseState.ended() else CaseState.REJECTED
        elif one.kind is CaseEventKind.UNMERGED:
            state = CaseState.SCREENING if before is CaseState.REFERRED else before
        else:
            state = _ENTERS.get(one.kind, state)
    return state


def test_the_history_of_one_case_is_not_in_anothers(session: Session) -> None:
    one, other = case(session), case(session)
    add_note(session, one, "โทรแล้ว", by=NATIONAL, at=NOON)

    query = select(CaseEvent.kind).where(CaseEvent.case_id == other.id)
    assert session.scalars(query).all() == [CaseEventKind.RECEIVED]
