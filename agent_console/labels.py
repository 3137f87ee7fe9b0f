"""The words on screen for the codes that the store keeps, in the reader's language when they are shown."""

from collections.abc import Mapping
from typing import Final

from agent_console.case_labels import CASE_LABELS, CASE_LEVELS
from agent_console.i18n import N_, gettext
from agent_console.import_labels import IMPORT_LABELS
from agent_console.notice_labels import NOTICE_LABELS, NOTICE_LEVELS
from agent_console.office_labels import OFFICE_LABELS, OFFICE_LEVELS
from agent_console.rota_input_labels import ROTA_INPUT_LABELS, ROTA_INPUT_LEVELS
from case_store.calls.models import CallbackKind, CallbackState, CallOutcome, ProvinceSource
from case_store.people.models import BreakReason, PresenceState, Role

LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    **CASE_LABELS,
    **NOTICE_LABELS,
    **OFFICE_LABELS,
    **IMPORT_LABELS,
    **ROTA_INPUT_LABELS,
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
        Role.CASE_OFFICER: N_("Case officer"),
        Role.AGENCY_OFFICER: N_("Agency officer"),
        Role.SUPERVISOR: N_("Shift supervisor"),
        Role.DEPUTY_GOVERNOR: N_("Deputy governor"),
        Role.GOVERNOR: N_("Governor"),
        Role.INSPECTOR: N_("Inspector-general"),
        Role.NATIONAL_OFFICER: N_("National officer"),
        Role.ADMINISTRATOR: N_("Administrator"),
    },
    "duty": {
        PresenceState.OFF: N_("Off duty"),
        PresenceState.READY: N_("Ready for calls"),
        PresenceState.BREAK: N_("On a break"),
        PresenceState.PRACTICE: N_("Practising"),
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
    **CASE_LEVELS,
    **NOTICE_LEVELS,
    **OFFICE_LEVELS,
    **ROTA_INPUT_LEVELS,
    CallOutcome.WAITING: "warn",
    CallOutcome.CONNECTED: "info",
    CallOutcome.ANSWERED: "good",
    CallOutcome.ABANDONED: "bad",
    CallOutcome.CALLBACK: "warn",
    CallOutcome.FAILED: "bad",
    CallbackState.OPEN: "warn",
    CallbackState.TAKEN: "info",
    CallbackState.DONE: "good",
}
"""Badges that are coloured; the words say the same."""


def label(kind: str, code: str | None) -> str:
    """The reader's word for a code; the code itself when it is new to this version."""
    return gettext(LABELS[kind].get(code, code)) if code else ""


def labels(kind: str) -> list[tuple[str, str]]:
    """Every code of a kind with the reader's word, to choose from."""
    return [(code, gettext(words)) for code, words in LABELS[kind].items()]


def level(code: str | None) -> str:
    return LEVELS.get(code or "", "")
