"""The words on screen for the codes that the store keeps, in the reader's language when they are shown."""

from collections.abc import Mapping
from typing import Final

from agent_console.i18n import N_, gettext
from case_store.calls.models import CallbackKind, CallbackState, CallOutcome, ProvinceSource
from case_store.cases.models import CaseEventKind, CaseState, Urgency
from case_store.people.models import BreakReason, PresenceState, Role

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "outcome": {
        CallOutcome.IN_IVR: N_("In the menu"),
        CallOutcome.WAITING: N_("Waiting"),
        CallOutcome.CONNECTED: N_("Talking"),
        CallOutcome.ANSWERED: N_("Answered"),
        CallOutcome.ABANDONED: N_("Hung up before an answer"),
        CallOutcome.CALLBACK: N_("Asked to be called back"),
        CallOutcome.SELF_SERVICE: N_("Served by the menu"),
        CallOutcome.FAILED: N_("Line broke off"),
    },
    "province_source": {
        ProvinceSource.AREA_CODE: N_("from the area code"),
        ProvinceSource.POSTCODE: N_("keyed in a postcode"),
        ProvinceSource.MENU: N_("chosen in the menu"),
        ProvinceSource.REMEMBERED: N_("from an earlier call"),
        ProvinceSource.OPERATOR: N_("sent on by an officer"),
        ProvinceSource.NONE: N_("province not known"),
    },
    "language": {"th": N_("Thai"), "en": N_("English")},
    "urgency": {
        Urgency.NORMAL: N_("Normal"),
        Urgency.URGENT: N_("Urgent"),
        Urgency.EMERGENCY: N_("Danger to life"),
    },
    "case_state": {CaseState.RECEIVED: N_("Received")},
    "case_event": {
        CaseEventKind.RECEIVED: N_("Case received"),
        CaseEventKind.NOTE: N_("Note"),
        CaseEventKind.CALL_LINKED: N_("Call about this case"),
    },
    "callback_kind": {
        CallbackKind.CALLBACK: N_("Asked to be called back"),
        CallbackKind.MESSAGE: N_("Left a message"),
    },
    "callback_state": {
        CallbackState.OPEN: N_("Waiting"),
        CallbackState.TAKEN: N_("Being called back"),
        CallbackState.DONE: N_("Done"),
        CallbackState.GIVEN_UP: N_("Given up"),
    },
    "role": {
        Role.AGENT: N_("Agent"),
        Role.SUPERVISOR: N_("Shift supervisor"),
        Role.NATIONAL_OFFICER: N_("National officer"),
        Role.ADMINISTRATOR: N_("Administrator"),
    },
    "duty": {
        PresenceState.OFF: N_("Off duty"),
        PresenceState.READY: N_("Ready for calls"),
        PresenceState.BREAK: N_("On a break"),
        "wrap_up": N_("Finishing notes"),
        "talking": N_("On a call"),
    },
    "break_reason": {
        BreakReason.MEAL: N_("Meal"),
        BreakReason.REST: N_("Short rest"),
        BreakReason.PRAYER: N_("Prayer"),
        BreakReason.MEETING: N_("Meeting"),
        BreakReason.TRAINING: N_("Training"),
        BreakReason.CASEWORK: N_("Casework"),
        BreakReason.OTHER: N_("Other"),
    },
}

LEVELS: Final[Mapping[str, str]] = {
    CallOutcome.WAITING: "warn",
    CallOutcome.CONNECTED: "info",
    CallOutcome.ANSWERED: "good",
    CallOutcome.ABANDONED: "bad",
    CallOutcome.CALLBACK: "warn",
    CallOutcome.FAILED: "bad",
    Urgency.URGENT: "warn",
    Urgency.EMERGENCY: "bad",
    CallbackState.OPEN: "warn",
    CallbackState.TAKEN: "info",
    CallbackState.DONE: "good",
}
"""Badges that are coloured; the words say the same."""


def label(kind: str, code: str | None) -> str:
    """The reader's word for a code; the code itself when it is new to this version."""
    return gettext(LABELS[kind].get(code, code)) if code else ""


def level(code: str | None) -> str:
    return LEVELS.get(code or "", "")
