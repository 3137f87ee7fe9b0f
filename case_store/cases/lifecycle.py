"""The life of a case as one table: which step leads from which states to which, and who may make it.

received → screening → referred (agencies work) or handling (the centre works) → review → closed.
Screening may also end in rejected; a complainant may withdraw; what has ended may be reopened.
Two provincial systems in use agree on this (DOMAIN.md names them).

A case is in `referred` exactly as long as an agency works on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import Referral, ReferralState
from case_store.people.permissions import Action, Actor, NotAllowed, may, require


class Step(StrEnum):
    """What can be done with a case."""

    BEGIN_SCREENING = "begin_screening"
    HANDLE = "handle"
    REFER = "refer"
    REPORT_RESULT = "report_result"
    SEND_BACK_RESULT = "send_back_result"
    """The centre's own result goes back to work; an agency's report goes back by its referral."""
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
    """`to` None: the state stays."""

    since: frozenset[CaseState]
    to: CaseState | None = None
    action: Action = Action.HANDLE_CASES


@dataclass(frozen=True)
class ReferralRule:
    since: frozenset[ReferralState]
    to: ReferralState | None = None
    action: Action = Action.REPORT_REFERRALS


_S = CaseState
_OPEN: Final = frozenset(CaseState) - CaseState.ended()
_SCREENED: Final = frozenset({_S.SCREENING, _S.REFERRED, _S.HANDLING, _S.REVIEW})
_NEW: Final = frozenset({_S.RECEIVED, _S.REOPENED})

RULES: Final[Mapping[Step, Rule]] = {
    Step.BEGIN_SCREENING: Rule(_NEW, _S.SCREENING),
    Step.HANDLE: Rule(frozenset({_S.SCREENING, _S.REVIEW}), _S.HANDLING),
    Step.REFER: Rule(_SCREENED, _S.REFERRED),
    Step.REPORT_RESULT: Rule(frozenset({_S.HANDLING}), _S.REVIEW),
    Step.SEND_BACK_RESULT: Rule(frozenset({_S.REVIEW}), _S.HANDLING),
    Step.CLOSE: Rule(frozenset({_S.SCREENING, _S.HANDLING, _S.REVIEW}), _S.CLOSED),
    Step.REJECT: Rule(frozenset({_S.SCREENING}), _S.REJECTED),
    Step.WITHDRAW: Rule(_OPEN, _S.WITHDRAWN),
    Step.REOPEN: Rule(CaseState.ended(), _S.REOPENED),
    Step.WAIT: Rule(_SCREENED),
    Step.GO_ON: Rule(_SCREENED),
    Step.TRANSFER: Rule(_NEW | {_S.SCREENING}, _S.RECEIVED),
    Step.ASSIGN: Rule(_OPEN, action=Action.ASSIGN_CASES),
    Step.CORRECT: Rule(_OPEN),
}

_R = ReferralState
REFERRAL_RULES: Final[Mapping[ReferralStep, ReferralRule]] = {
    ReferralStep.ACCEPT: ReferralRule(frozenset({_R.SENT}), _R.ACCEPTED),
    ReferralStep.BEGIN: ReferralRule(frozenset({_R.SENT, _R.ACCEPTED}), _R.IN_PROGRESS),
    ReferralStep.TELL_PROGRESS: ReferralRule(frozenset({_R.ACCEPTED, _R.IN_PROGRESS})),
    ReferralStep.REPORT: ReferralRule(frozenset({_R.ACCEPTED, _R.IN_PROGRESS}), _R.REPORTED),
    ReferralStep.RETURN: ReferralRule(frozenset({_R.SENT, _R.ACCEPTED}), _R.RETURNED),
    ReferralStep.RECALL: ReferralRule(_R.running(), _R.RECALLED, Action.HANDLE_CASES),
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


class ChangedMeanwhile(Exception):
    """Somebody else changed the case since it was read: look at it again."""


def expect_version(case: Case, seen: int) -> None:
    """For whoever decided on a page that may be old. Raises `ChangedMeanwhile`."""
    if case.version != seen:
        raise ChangedMeanwhile


def possible_steps(case: Case, actor: Actor) -> tuple[Step, ...]:
    """What this actor may do with the case now, in the order of the table."""
    return tuple(
        step for step, rule in RULES.items() if fits(case, step) and may(actor, rule.action, case)
    )


def possible_referral_steps(referral: Referral, actor: Actor) -> tuple[ReferralStep, ...]:
    """What this actor may do with the referral now."""
    return tuple(
        step
        for step, rule in REFERRAL_RULES.items()
        if _referral_fits(referral, step) and _may_touch(actor, rule.action, referral)
    )


def check_step(case: Case, step: Step, actor: Actor) -> Rule:
    """The rule of a step that is allowed and possible. Raises `NotAllowed`, `IllegalStep`."""
    rule = RULES[step]
    require(actor, rule.action, case)
    if not fits(case, step):
        raise IllegalStep(step, case.state, possible_steps(case, actor))
    return rule


def check_referral_step(referral: Referral, step: ReferralStep, actor: Actor) -> ReferralRule:
    """The same for a referral. An agency touches its own referrals only."""
    rule = REFERRAL_RULES[step]
    if not _may_touch(actor, rule.action, referral):
        raise NotAllowed(actor, rule.action)
    if not _referral_fits(referral, step):
        raise IllegalStep(step, referral.state, possible_referral_steps(referral, actor))
    return rule


def enter(case: Case, state: CaseState | None, at: datetime) -> None:
    """The case is in a state from now on; None: it stays where it is."""
    if state is not None and case.state is not state:
        case.state, case.state_since = state, at


def fits(case: Case, step: Step) -> bool:
    """Whether the step is possible now, whoever makes it."""
    if case.merged_into_id is not None or case.state not in RULES[step].since:
        return False  # what was merged goes on in the other case
    if case.anonymised_at is not None:
        return False  # nothing is left that could be worked on
    waits = case.waiting_since is not None
    reported = any(referral.state is ReferralState.REPORTED for referral in case.referrals)
    match step:
        case Step.WAIT:
            return not waits
        case Step.GO_ON:
            return waits
        case Step.SEND_BACK_RESULT:
            return not reported
        case Step.HANDLE:
            return case.state is not CaseState.REVIEW or reported
    return True


def _may_touch(actor: Actor, action: Action, referral: Referral) -> bool:
    theirs = action is not Action.REPORT_REFERRALS or referral.agency_id == actor.agency_id
    return theirs and may(actor, action, referral.case)


def _referral_fits(referral: Referral, step: ReferralStep) -> bool:
    case = referral.case
    if case.merged_into_id is not None or case.is_ended:
        return False
    if step is ReferralStep.SEND_BACK:  # it refers the case anew, and so needs what referring needs
        again = any(r.agency_id == referral.agency_id and r.is_running for r in case.referrals)
        if again or not fits(case, Step.REFER):
            return False
    return referral.state in REFERRAL_RULES[step].since
