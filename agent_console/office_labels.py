"""The words on screen of the office: policies, requests about personal data, the audit trail, imports, statistics."""

from collections.abc import Mapping
from typing import Any, Final

from agent_console.case_labels import CASE_LABELS
from agent_console.i18n import N_, gettext
from case_store.audit.verify import Damage
from case_store.deadlines.models import PolicyKind
from case_store.privacy.models import CallData, RequestKind, RequestState, RetentionAction

OFFICE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "word_list": {
        "category": N_("Categories"),
        "channel": N_("Channels"),
        "nature": N_("Natures"),
        "service_type": N_("Service types"),
    },
    "add_to_list": {
        "category": N_("Add a category"),
        "channel": N_("Add a channel"),
        "nature": N_("Add a nature"),
        "service_type": N_("Add a service type"),
    },
    "policy_kind": {
        PolicyKind.DEADLINE: N_("Deadlines"),
        PolicyKind.REMINDER: N_("Reminders when nothing moves"),
        PolicyKind.RETENTION: N_("How long cases are kept"),
        PolicyKind.RECORDINGS: N_("How long the sound of calls is kept"),
        PolicyKind.CALLS: N_("How long it is kept who called"),
        PolicyKind.STAFFING: N_("What callers are promised, and the fewest people"),
    },
    "call_data": {
        CallData.RECORDINGS: N_("the sound is destroyed, the calls stay"),
        CallData.CALLS: N_("who called is erased, the sound too"),
    },
    "retention_action": {
        RetentionAction.ANONYMISE: N_("what identifies people is erased"),
        RetentionAction.DESTROY: N_("the whole case is destroyed"),
    },
    "request_kind": {
        RequestKind.ACCESS: N_("Access to data, or a copy"),
        RequestKind.RECTIFICATION: N_("Correction"),
        RequestKind.ERASURE: N_("Erasure"),
        RequestKind.RESTRICTION: N_("Restriction of use"),
        RequestKind.OBJECTION: N_("Objection"),
        RequestKind.PORTABILITY: N_("Transfer of data to another body"),
        RequestKind.BREACH: N_("Breach of personal data"),
    },
    "request_state": {
        RequestState.OPEN: N_("Open"),
        RequestState.GRANTED: N_("Granted, not done yet"),
        RequestState.REFUSED: N_("Refused"),
        RequestState.DONE: N_("Done"),
    },
    "sort": {
        "newest": N_("Newest first"),
        "oldest": N_("Oldest first"),
        "due": N_("Due first"),
        "stalled": N_("Longest without progress first"),
        "updated": N_("Last changed first"),
    },
    "statistics": {
        "by_category": N_("By category"),
        "by_channel": N_("By channel"),
        "by_state": N_("By state, of those received"),
        "by_province": N_("By province"),
        "outcomes": N_("How cases ended"),
    },
    "step_time": {
        "screening": N_("Screened"),
        "first_referral": N_("First referral"),
        "first_acceptance": N_("First acceptance by an agency"),
        "result": N_("First result"),
        "closing": N_("Closed"),
    },
    "audit_fault": {
        Damage.CHANGED: N_("its content was changed"),
        Damage.MOVED: N_("it stands in the place of another entry"),
        Damage.REMOVED: N_("it was removed"),
        Damage.CUT_OFF: N_("it was cut off from the end"),
        Damage.ADDED: N_("it was added without the head of the chain"),
        Damage.UNLINKED: N_("the next entry does not follow it"),
        Damage.DETAIL_CHANGED: N_("its detail was changed"),
        Damage.HEAD_CHANGED: N_("the head of the chain does not end in it"),
        Damage.HEAD_REMOVED: N_("the head of the chain was removed"),
        Damage.NOT_AS_SAVED: N_("it is not the one whose seal was saved"),
    },
    "audit": {
        "policy.changed": N_("Policy changed"),
        "word.added": N_("Word added"),
        "word.changed": N_("Word changed"),
        "word.switched": N_("Word switched on or off"),
        "person.added": N_("Member of staff added"),
        "person.moved": N_("Member of staff given another post"),
        "person.password_reset": N_("New password given"),
        "person.retired": N_("Member of staff retired"),
        "agency.added": N_("Agency added"),
        "agency.changed": N_("Agency changed"),
        "privacy.received": N_("Request about personal data written down"),
        "privacy.granted": N_("Request about personal data granted"),
        "privacy.refused": N_("Request about personal data refused"),
        "privacy.done": N_("Request about personal data done"),
        "retention.proposed": N_("Erasure proposed"),
        "retention.approved": N_("Erasure approved"),
        "retention.refused": N_("Erasure refused"),
        "retention.void": N_("Approval void: opened again"),
        "call_erasure.proposed": N_("Erasure of a month's calls proposed"),
        "call_erasure.approved": N_("Erasure of a month's calls approved"),
        "call_erasure.refused": N_("Erasure of a month's calls refused"),
        "call_erasure.erased": N_("Calls erased"),
        "recording.heard": N_("Recording heard"),
        "import.checked": N_("Spreadsheet checked"),
        "import.done": N_("Cases imported"),
        "import.discarded": N_("Spreadsheet discarded"),
        "cases.exported": N_("List taken out as a file"),
        "closure.added": N_("Day closed"),
        "closure.dropped": N_("Closure removed"),
        "holiday.cancelled": N_("Public holiday cancelled"),
        "holiday.restored": N_("Public holiday holds again"),
        "demand.overridden": N_("Need of people set by hand"),
        "demand.restored": N_("Need of people left to the forecast again"),
        "terms.changed": N_("Working terms changed"),
        "rules.changed": N_("Work rules changed"),
        "staff_holiday.added": N_("Holiday of a staff class added"),
        "staff_holiday.dropped": N_("Holiday of a staff class removed"),
        "shift.added": N_("Shift added"),
        "shift.changed": N_("Shift changed"),
        "shift.opened": N_("Shift opened again"),
        "shift.closed": N_("Shift closed"),
        "shift.dropped": N_("Unused shift removed"),
        "shift.needs_set": N_("Need of a shift set"),
        "leave.asked": N_("Leave asked for"),
        "leave.approved": N_("Leave approved"),
        "leave.refused": N_("Leave refused"),
        "leave.withdrawn": N_("Leave taken back"),
        "wish.fixed": N_("Wish made binding"),
        "wish.loosened": N_("Wish binding no more"),
        "night_sharing.agreed": N_("Sharing of nights agreed"),
        "channel_officer.appointed": N_("Officer of a channel appointed"),
        "channel_officer.relieved": N_("Officer of a channel relieved by another"),
        "channel_officer.changed": N_("Days of an officer of a channel changed"),
        "channel_officer.left": N_("Officer of a channel left"),
        "channel_officer.taken_back": N_("Appointment of an officer of a channel taken back"),
        "night_sharing.ended": N_("Sharing of nights ended"),
        "feed.made": N_("Calendar link made"),
        "feed.revoked": N_("Calendar link revoked"),
        "webhook.added": N_("Webhook added"),
        "webhook.switched_on": N_("Webhook switched on"),
        "webhook.switched_off": N_("Webhook switched off"),
        "webhook.removed": N_("Webhook removed"),
        "case.printed": N_("Case printed"),
        "case.destroyed": N_("Case destroyed"),
        "case.transferred": N_("Given to another centre"),
        "demo.cases_loaded": N_("Made-up cases added"),
        "keys.rotated": N_("Keys of identities changed"),
        "keys.dropped": N_("Old keys of identities dropped"),
        "token.made": N_("Token for a program made"),
        "token.revoked": N_("Token for a program revoked"),
        "case.pin_reissued": N_("New PIN given"),
    },
}
OFFICE_LEVELS: Final[Mapping[str, str]] = {
    RequestState.OPEN: "warn",
    RequestState.GRANTED: "info",
    RequestState.REFUSED: "outline",
    RequestState.DONE: "good",
}


def audit_action(action: str) -> str:
    """What an audit entry says was done, in words; its own code when it has none."""
    kind = action.removeprefix("case.")
    words = OFFICE_LABELS["audit"].get(action)
    if words is None and kind != action:
        words = CASE_LABELS["case_event"].get(kind)
    return gettext(words) if words else action


def facts_in_words(facts: Mapping[str, Any]) -> str:
    """What an entry says besides, in its own codes."""
    return " · ".join(f"{name}: {_flat(value)}" for name, value in facts.items())


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_flat(one) for one in value)
    return "–" if value is None else str(value)
