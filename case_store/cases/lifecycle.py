"""The life of a case as one table: which step leads from which states to which, and who may make it.

received → screening → referred (agencies work) or handling (the centre works) → review → closed.
Screening may also end in rejected; a complainant may withdraw; what has ended may be reopened.
Two provincial systems in use agree on this (research/cases.md §1.2 of the project's founders).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.people.permissions import Action, Actor, may, require


class Step(StrEnum):
    """What can be done with a case."""

    BEGIN_SCREENING = "begin_screening"
    HANDLE = "handle"
    REFER = "refer"
    REPORT_RESULT = "report_result"
    SEND_BACK_RESULT = "send_back_result"
    CLOSE = "close"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    WAIT = "wait"
    """Wait for the complainant: the clock stands still."""
    GO_ON = "go_on"
    """The complainant answered, or the centre waits no longer."""
    TRANSFER = "transfer"
    """Give the case to another centre, which screens it anew."""
    ASSIGN = "assign"
    CORRECT = "correct"


class ReferralStep(StrEnum):
    """What can be done with a referral: the agency's steps, then the centre's."""

    ACCEPT = "accept"
    BEGIN = "begin"
    TELL_PROGRESS = "tell_progress"
    REPORT = "report"
    RETURN = "return"
    RECALL = "recall"
    SEND_BACK = "send_back"


@dataclass(frozen=True)
class Rule:
    """`to` None: the state stays, or follows from the referrals (case_store/cases/referrals.py)."""

    since: frozenset[CaseState]
    to: CaseState | None
    action: Action


@dataclass(frozen=True)
class ReferralRule:
    since: frozenset[ReferralState]
    to: ReferralState | None
    action: Action


_S = CaseState
_OPEN: Final = frozenset(CaseState) - CaseState.ended()
_SCREENED: Final = frozenset({_S.SCREENING, _S.REFERRED, _S.HANDLING, _S.REVIEW})

RULES: Final[Mapping[Step, Rule]] = {
    Step.BEGIN_SCREENING: Rule(
        frozenset({_S.RECEIVED, _S.REOPENED}), _S.SCREENING, Action.HANDLE_CASES
    ),
    Step.HANDLE: Rule(frozenset({_S.SCREENING}), _S.HANDLING, Action.HANDLE_CASES),
    Step.REFER: Rule(
        frozenset({_S.SCREENING, _S.REFERRED, _S.HANDLING, _S.REVIEW}),
        _S.REFERRED,
        Action.HANDLE_CASES,
    ),
    Step.REPORT_RESULT: Rule(frozenset({_S.HANDLING}), _S.REVIEW, Action.HANDLE_CASES),
    Step.SEND_BACK_RESULT: Rule(frozenset({_S.REVIEW}), _S.HANDLING, Action.HANDLE_CASES),
    Step.CLOSE: Rule(
        frozenset({_S.SCREENING, _S.HANDLING, _S.REVIEW}), _S.CLOSED, Action.HANDLE_CASES
    ),
    Step.REJECT: Rule(frozenset({_S.SCREENING}), _S.REJECTED, Action.HANDLE_CASES),
    Step.WITHDRAW: Rule(_OPEN, _S.WITHDRAWN, Action.HANDLE_CASES),
    Step.REOPEN: Rule(CaseState.ended(), _S.REOPENED, Action.HANDLE_CASES),
    Step.WAIT: Rule(_SCREENED, None, Action.HANDLE_CASES),
    Step.GO_ON: Rule(_SCREENED, None, Action.HANDLE_CASES),
    Step.TRANSFER: Rule(
        frozenset({_S.RECEIVED, _S.SCREENING, _S.REOPENED}), _S.RECEIVED, Action.HANDLE_CASES
    ),
    Step.ASSIGN: Rule(_OPEN, None, Action.ASSIGN_CASES),
    Step.CORRECT: Rule(_OPEN, None, Action.HANDLE_CASES),
}

_R = ReferralState
REFERRAL_RULES: Final[Mapping[ReferralStep, ReferralRule]] = {
    ReferralStep.ACCEPT: ReferralRule(frozenset({_R.SENT}), _R.ACCEPTED, Action.REPORT_REFERRALS),
    ReferralStep.BEGIN: ReferralRule(
        frozenset({_R.SENT, _R.ACCEPTED}), _R.IN_PROGRESS, Action.REPORT_REFERRALS
    ),
    ReferralStep.TELL_PROGRESS: ReferralRule(
        frozenset({_R.ACCEPTED, _R.IN_PROGRESS}), None, Action.REPORT_REFERRALS
    ),
    ReferralStep.REPORT: ReferralRule(
        frozenset({_R.ACCEPTED, _R.IN_PROGRESS}), _R.REPORTED, Action.REPORT_REFERRALS
    ),
    ReferralStep.RETURN: ReferralRule(
        frozenset({_R.SENT, _R.ACCEPTED}), _R.RETURNED, Action.REPORT_REFERRALS
    ),
    ReferralStep.RECALL: ReferralRule(ReferralState.running(), _R.RECALLED, Action.HANDLE_CASES),
    ReferralStep.SEND_BACK: ReferralRule(
        frozenset({_R.REPORTED}), _R.IN_PROGRESS, Action.HANDLE_CASES
    ),
}


class IllegalStep(Exception):
    """The step is not possible now; `possible` are those that are, for this actor."""

    def __init__(
        self, step: Step | ReferralStep, state: str, possible: "tuple[Step | ReferralStep, ...]"
    ) -> None:
        super().__init__(f"{step} is not possible in {state}")
        self.step, self.state, self.possible = step, state, possible


def possible_steps(case: Case, actor: Actor) -> tuple[Step, ...]:
    """What this actor may do with the case now, in the order of the table."""
    return tuple(
        step for step, rule in RULES.items() if _fits(step, case) and may(actor, rule.action, case)
    )


def possible_referral_steps(referral: Referral, actor: Actor) -> tuple[ReferralStep, ...]:
    """What this actor may do with the referral now."""
    return tuple(
        step
        for step, rule in REFERRAL_RULES.items()
        if _referral_fits(step, referral) and _may_touch(actor, rule.action, referral)
    )


def check_step(case: Case, step: Step, actor: Actor) -> Rule:
    """The rule of a step that is allowed and possible. Raises `NotAllowed`, `IllegalStep`."""
    rule = RULES[step]
    require(actor, rule.action, case)
    if not _fits(step, case):
        raise IllegalStep(step, case.state, possible_steps(case, actor))
    return rule


def check_referral_step(referral: Referral, step: ReferralStep, actor: Actor) -> ReferralRule:
    """The same for a referral. An agency touches its own referrals only."""
    rule = REFERRAL_RULES[step]
    require(actor, rule.action, referral.case)
    if not _may_touch(actor, rule.action, referral):
        require(actor, Action.HANDLE_CASES, referral.case)
    if not _referral_fits(step, referral):
        raise IllegalStep(step, referral.state, possible_referral_steps(referral, actor))
    return rule


def _may_touch(actor: Actor, action: Action, referral: Referral) -> bool:
    theirs = action is not Action.REPORT_REFERRALS or referral.agency_id == actor.agency_id
    return theirs and may(actor, action, referral.case)


def _fits(step: Step, case: Case) -> bool:
    if case.merged_into_id is not None:
        return False  # it goes on in the case that it was merged into
    waits = case.waiting_since is not None
    if step in {Step.WAIT, Step.GO_ON}:
        return case.state in RULES[step].since and waits == (step is Step.GO_ON)
    running = any(referral.is_running for referral in case.referrals)
    if step is Step.SEND_BACK_RESULT:  # a result that an agency reported goes back to that agency
        return case.state is CaseState.REVIEW and not any(
            referral.state is ReferralState.REPORTED for referral in case.referrals
        )
    if step is Step.CLOSE and running:
        return False
    return case.state in RULES[step].since


def _referral_fits(step: ReferralStep, referral: Referral) -> bool:
    case = referral.case
    if case.merged_into_id is not None or case.is_ended:
        return False
    return referral.state in REFERRAL_RULES[step].since
