"""What is wrong with a step, as a sentence beside its field, and what is possible instead."""

from typing import Final

from agent_console.i18n import N_, gettext
from agent_console.labels import label
from case_store.cases.lifecycle import IllegalStep, Step
from case_store.storage.errors import NotStorable, Refusal

_SENTENCES: Final = {
    "note": N_("Please write why, in a sentence that a colleague understands."),
    "description": N_("Please write down what happened."),
    "too_long": N_("This is too long."),
    "unprintable": N_("There is a sign in it that cannot be kept. Please type it again."),
    "reason": N_("Please choose one from the list."),
    "outcome": N_("Please choose one from the list."),
    "result": N_("Please write what the complainant is answered."),
    "transferred_to": N_(
        "Please name the office that takes it. That it is not our duty does not close a case by itself."
    ),
    "officer": N_("Please choose an officer of this centre."),
    "centre_code": N_("Please choose another centre."),
    "agency": N_("Please choose an agency that does not work on this case already."),
    "request": N_("Please write what the agency is asked to do."),
    "report": N_("Please write what was found and done."),
    "disclose_identity": N_(
        "The complainant does not want the agency to know. The identity cannot be disclosed."
    ),
    "letter_number": N_("This is too long: at most 60 letters."),
    "letter_date": N_("Please write the day as day/month/year, for instance 5/1/2569."),
    "checklist": N_(
        "An anonymous letter goes on only with facts that can be checked: fill in the checklist first."
    ),
    "secrecy": N_("A secret case and an open one cannot be merged."),
    "case": N_("This case cannot be merged, or is merged already."),
    "into": N_("There is no such case, or it has ended. Please check the case number."),
    "reveal_reason": N_("Please write the reason in at least ten letters. It stays on record."),
}
_FILES: Final = {
    Refusal.EMPTY: N_("The file is empty."),
    Refusal.TOO_BIG: N_("The file is too large."),
    Refusal.TOO_MANY: N_("The case has as many files as it may have."),
    Refusal.NOT_ALLOWED: N_(
        "Files of this kind are not taken. Pictures, PDF and Office documents are."
    ),
    Refusal.DISGUISED: N_("The file is of another kind than its name says. It is not taken."),
    Refusal.BROKEN: N_("The file is broken. Please save it anew and try again."),
    Refusal.BOMB: N_("The file would fill the computer of whoever opens it. It is not taken."),
    Refusal.MACROS: N_("The document brings a program (macro) along. Please save it without."),
    Refusal.DISK_FULL: N_("There is no room for files just now. Please tell your administrator."),
    Refusal.HELD: N_("A legal hold lasts: nothing of this case may be removed."),
}
_USUAL: Final = N_("Please check this.")


def sentence_for(field: str) -> str:
    """What to do about a field that is missing or not right."""
    return gettext(_SENTENCES.get(field, _USUAL))


def cannot_now(error: IllegalStep) -> str:
    """That a step is not possible now, and which are."""
    kind, state_kind = (
        ("step", "case_state")
        if isinstance(error.step, Step)
        else ("referral_step", "referral_state")
    )
    words = gettext(
        "“%(step)s” is not possible now: the state is “%(state)s”.",
        step=label(kind, error.step),
        state=label(state_kind, error.state),
    )
    steps = " · ".join(label(kind, step) for step in error.possible)
    instead = (
        gettext("Possible now: %(steps)s", steps=steps)
        if steps
        else gettext("Nothing is possible here at present.")
    )
    return f"{words} {instead}"


def changed_meanwhile() -> str:
    return gettext(
        "A colleague changed this case meanwhile. What is new stands in the history; what you typed is still here. "
        "Look at it and press the button again if it still holds."
    )


def refusal_of_file(error: NotStorable) -> str:
    """Why a file is not taken."""
    return gettext(_FILES[error.reason])
