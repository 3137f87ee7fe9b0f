"""The words on screen for what happens to cases: states, steps, history, referrals, notices."""

from collections.abc import Mapping
from typing import Final

from agent_console.i18n import N_
from case_store.cases.duplicates import SAME_CALLER, SAME_PLACE, SIMILAR_TEXT
from case_store.cases.lifecycle import ReferralStep, Step
from case_store.cases.models import (
    CaseEventKind,
    CaseState,
    Outcome,
    RejectReason,
    Secrecy,
    Urgency,
)
from case_store.cases.referral_list import ReferralKind
from case_store.cases.referral_models import ReferralState
from case_store.cases.work_list import WorkKind
from case_store.deadlines.due import DueState
from case_store.identity.models import Anonymity, ComplainantKind

_E = CaseEventKind

CASE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "urgency": {
        Urgency.NORMAL: N_("Normal"),
        Urgency.URGENT: N_("Urgent"),
        Urgency.EMERGENCY: N_("Danger to life"),
    },
    "secrecy": {Secrecy.NORMAL: N_("Normal"), Secrecy.SECRET: N_("Secret")},
    "case_state": {
        CaseState.RECEIVED: N_("Received"),
        CaseState.SCREENING: N_("Screening"),
        CaseState.REFERRED: N_("Referred to an agency"),
        CaseState.HANDLING: N_("Centre at work"),
        CaseState.REVIEW: N_("Result under review"),
        CaseState.CLOSED: N_("Closed"),
        CaseState.REJECTED: N_("Not accepted"),
        CaseState.WITHDRAWN: N_("Withdrawn"),
        CaseState.REOPENED: N_("Reopened"),
    },
    "step": {
        Step.BEGIN_SCREENING: N_("Begin screening"),
        Step.HANDLE: N_("Handle it here"),
        Step.REFER: N_("Refer to an agency"),
        Step.REPORT_RESULT: N_("Report a result"),
        Step.SEND_BACK_RESULT: N_("Send the result back"),
        Step.CLOSE: N_("Answer and close"),
        Step.REJECT: N_("Not accept"),
        Step.WITHDRAW: N_("Withdraw"),
        Step.REOPEN: N_("Reopen"),
        Step.WAIT: N_("Wait for the complainant"),
        Step.GO_ON: N_("Complainant answered"),
        Step.TRANSFER: N_("Give to another centre"),
        Step.ASSIGN: N_("Assign an officer"),
        Step.CORRECT: N_("Correct the facts"),
    },
    "act": {
        "note": N_("Note added"),
        "call": N_("Call linked"),
        "attach": N_("File attached"),
        "detach": N_("File removed"),
        "checklist": N_("Checklist kept"),
        "correct": N_("Facts corrected"),
        "merge": N_("Merged"),
        "unmerge": N_("Merge undone"),
        "unlink": N_("No repeat any more"),
    },
    "fact": {
        "who": N_("Who: whom it is about"),
        "what": N_("What happened"),
        "where": N_("Where it happened"),
        "when": N_("When it happened"),
        "evidence": N_("Evidence, or witnesses who can be asked"),
    },
    "referral_step": {
        ReferralStep.ACCEPT: N_("Accept"),
        ReferralStep.BEGIN: N_("Begin work"),
        ReferralStep.TELL_PROGRESS: N_("Tell progress"),
        ReferralStep.REPORT: N_("Report the result"),
        ReferralStep.RETURN: N_("Return: not ours"),
        ReferralStep.RECALL: N_("Recall"),
        ReferralStep.SEND_BACK: N_("Ask the agency for more"),
    },
    "referral_state": {
        ReferralState.SENT: N_("Sent"),
        ReferralState.ACCEPTED: N_("Accepted"),
        ReferralState.IN_PROGRESS: N_("In progress"),
        ReferralState.REPORTED: N_("Reported"),
        ReferralState.RETURNED: N_("Returned as not theirs"),
        ReferralState.RECALLED: N_("Recalled by the centre"),
    },
    "outcome_of_case": {
        Outcome.SETTLED: N_("Settled"),
        Outcome.EXPLAINED: N_("Explained to the complainant"),
        Outcome.REFERRED_ELSEWHERE: N_("Referred elsewhere"),
        Outcome.NOT_PURSUED: N_("Could not be pursued"),
    },
    "reject_reason": {
        RejectReason.NO_CHECKABLE_FACTS: N_("No facts that can be checked"),
        RejectReason.IN_COURT: N_("Before a court, or decided by one"),
        RejectReason.DECIDED_ALREADY: N_("Finally decided by another agency"),
        RejectReason.MONARCHY: N_("Concerns the monarchy"),
        RejectReason.DUPLICATE: N_("The same matter is a case already"),
        RejectReason.NO_COMPLAINT: N_("No complaint: a hoax, a wrong number, an insult"),
    },
    "anonymity": {
        Anonymity.NAMED: N_("Named"),
        Anonymity.TO_AGENCY: N_("Not to the agency"),
        Anonymity.TO_ALL: N_("To nobody"),
    },
    "anonymity_means": {
        Anonymity.NAMED: N_(
            "The centre's officers see who complains. An agency sees it only when an officer discloses it on purpose."
        ),
        Anonymity.TO_AGENCY: N_(
            "The centre's officers see who complains. No agency is ever told, and the system refuses to disclose it."
        ),
        Anonymity.TO_ALL: N_(
            "Masked from everybody. An officer can open it only for a written reason, and that stays on record."
        ),
    },
    "complainant_kind": {
        ComplainantKind.PERSON: N_("Person"),
        ComplainantKind.ORGANISATION: N_("Organisation"),
    },
    "case_event": {
        _E.RECEIVED: N_("Case received"),
        _E.NOTE: N_("Note"),
        _E.CALL_LINKED: N_("Call about this case"),
        _E.ASSIGNED: N_("Officer assigned"),
        _E.CHANGED: N_("Facts corrected"),
        _E.CHECKED: N_("Facts of an anonymous letter checked"),
        _E.SCREENING_BEGUN: N_("Screening begun"),
        _E.HANDLING_BEGUN: N_("The centre handles it itself"),
        _E.REFERRED: N_("Referred to an agency"),
        _E.REFERRAL_ACCEPTED: N_("Agency accepted"),
        _E.REFERRAL_BEGUN: N_("Agency began work"),
        _E.REFERRAL_PROGRESS: N_("Agency told progress"),
        _E.REFERRAL_REPORTED: N_("Agency reported"),
        _E.REFERRAL_RETURNED: N_("Agency returned it as not theirs"),
        _E.REFERRAL_SENT_BACK: N_("Agency asked for more"),
        _E.REFERRAL_RECALLED: N_("Recalled from the agency"),
        _E.PROGRESS: N_("Progress"),
        _E.RESULT_REPORTED: N_("Result reported"),
        _E.RESULT_SENT_BACK: N_("Result sent back"),
        _E.WAITS_FOR_COMPLAINANT: N_("Waits for the complainant"),
        _E.COMPLAINANT_ANSWERED: N_("Complainant answered"),
        _E.TRANSFERRED: N_("Given to another centre"),
        _E.CLOSED: N_("Closed"),
        _E.REJECTED: N_("Not accepted"),
        _E.WITHDRAWN: N_("Withdrawn"),
        _E.REOPENED: N_("Reopened"),
        _E.MERGED: N_("Merged"),
        _E.UNMERGED: N_("Merge undone"),
        _E.REMINDED: N_("Reminder sent"),
        _E.ATTACHED: N_("File attached"),
        _E.ATTACHMENT_REMOVED: N_("File removed"),
        _E.IDENTITY_REVEALED: N_("Identity revealed to an officer"),
        _E.IDENTITY_DISCLOSED: N_("Identity disclosed to the agency"),
        _E.ANONYMISED: N_("Anonymised"),
        _E.HELD: N_("Legal hold set"),
        _E.HOLD_ENDED: N_("Legal hold ended"),
    },
    "due": {
        DueState.ENDED: N_("Ended"),
        DueState.NONE: N_("No due date"),
        DueState.WAITING: N_("Clock stands still"),
        DueState.ON_TIME: N_("On time"),
        DueState.NEAR: N_("Due soon"),
        DueState.OVERDUE: N_("Overdue"),
    },
    "work_group": {
        WorkKind.TO_SCREEN: N_("To screen"),
        WorkKind.OVERDUE: N_("Overdue"),
        WorkKind.NEAR_DUE: N_("Due soon"),
        WorkKind.TO_REVIEW: N_("Results to review"),
        WorkKind.RETURNED: N_("Returned by agencies"),
        WorkKind.WAITING: N_("Waiting for the complainant"),
        WorkKind.MINE: N_("All others of mine"),
    },
    "work_group_means": {
        WorkKind.TO_SCREEN: N_("New cases. Screening is due within one working day."),
        WorkKind.OVERDUE: N_("Past their due date: move them first."),
        WorkKind.NEAR_DUE: N_("The due date comes near."),
        WorkKind.TO_REVIEW: N_("A result is here: check it and answer the complainant."),
        WorkKind.RETURNED: N_(
            "An agency says that it is not theirs: find another or handle it here."
        ),
        WorkKind.WAITING: N_("The clock stands still until the complainant answers."),
        WorkKind.MINE: N_("Under way, nothing is pressing."),
    },
    "likely_reason": {
        SAME_CALLER: N_("Same telephone number"),
        SAME_PLACE: N_("Same place and matter"),
        SIMILAR_TEXT: N_("Similar words"),
    },
    "referral_group": {
        ReferralKind.OVERDUE: N_("Overdue"),
        ReferralKind.TO_ACCEPT: N_("New: accept or return"),
        ReferralKind.WORKING: N_("At work"),
        ReferralKind.REPORTED: N_("Reported"),
    },
    "field": {
        "channel": N_("Came by"),
        "service_type": N_("Service type"),
        "nature": N_("Nature"),
        "category": N_("Category"),
        "urgency": N_("Urgency"),
        "secrecy": N_("Secrecy"),
        "subject": N_("Subject"),
        "description": N_("What happened"),
        "respondent": N_("Respondent"),
        "province_code": N_("Province"),
        "district_code": N_("District"),
        "subdistrict_code": N_("Subdistrict"),
        "postcode": N_("Postcode"),
        "place_note": N_("Where exactly"),
        "latitude": N_("Point on the map"),
        "longitude": N_("Point on the map"),
        "parent": N_("Repeat of another case"),
        "anonymity": N_("Anonymity"),
    },
}

CASE_LEVELS: Final[Mapping[str, str]] = {
    Urgency.URGENT: "warn",
    Urgency.EMERGENCY: "bad",
    CaseState.RECEIVED: "warn",
    CaseState.SCREENING: "info",
    CaseState.REFERRED: "brand-badge",
    CaseState.HANDLING: "brand-badge",
    CaseState.REVIEW: "warn",
    CaseState.CLOSED: "good",
    CaseState.REJECTED: "outline",
    CaseState.WITHDRAWN: "outline",
    CaseState.REOPENED: "warn",
    ReferralState.SENT: "warn",
    ReferralState.ACCEPTED: "info",
    ReferralState.IN_PROGRESS: "brand-badge",
    ReferralState.REPORTED: "good",
    ReferralState.RETURNED: "bad",
    ReferralState.RECALLED: "outline",
    "on_time": "good",
    "near": "warn",
    "near_due": "warn",
    "overdue": "bad",
    "to_screen": "info",
    "to_review": "warn",
    "waiting_for_complainant": "info",
}
