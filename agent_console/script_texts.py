"""What the front end's scripts say, in the reader's language. The keys are those of frontend/README.md."""

from typing import Final

from agent_console.i18n import N_, gettext

TEXTS: Final = {
    "phone.line.connecting": N_("Connecting the phone"),
    "phone.line.registered": N_("Phone is ready"),
    "phone.line.elsewhere": N_("Open in another tab"),
    "phone.line.signed_out": N_("Signed out"),
    "phone.line.failed": N_("No connection, trying again"),
    "phone.state.idle": N_("Waiting for a call"),
    "phone.state.calling": N_("Calling"),
    "phone.state.ringing": N_("Incoming call"),
    "phone.state.talking": N_("Talking"),
    "phone.state.held": N_("On hold"),
    "phone.state.ended": N_("Call ended"),
    "phone.state.consult_calling": N_("Calling a colleague, caller on hold"),
    "phone.state.consult_talking": N_("Speaking with a colleague, caller on hold"),
    "demo.state.idle": N_("Ready to call"),
    "demo.state.calling": N_("Calling"),
    "demo.state.ringing": N_("Incoming call"),
    "demo.state.talking": N_("Connected"),
    "demo.state.held": N_("On hold"),
    "demo.state.ended": N_("Call ended"),
    "phone.unknown_number": N_("Number withheld"),
    "phone.colleague": N_("A colleague"),
    "phone.announce.ringing": N_("Incoming call from {number}"),
    "phone.title.ringing": N_("☎ Incoming call"),
    "phone.notification.title": N_("Incoming call to 1567"),
    "phone.notification.body": N_("{number}"),
    "phone.problem.microphone": N_(
        "The microphone cannot be used. Allow it for this page in the browser, then try again."
    ),
    "phone.problem.insecure": N_(
        "The browser gives the microphone only to https addresses and to localhost. "
        "Open the console at such an address."
    ),
    "phone.problem.busy_elsewhere": N_("A call is going on in another tab. Use the phone there."),
    "phone.problem.transfer": N_(
        "The call could not be transferred. The caller is still with you."
    ),
    "phone.problem.call": N_("The call did not go through. Try again."),
    "phone.problem.pop": N_("The caller's details could not be loaded. The call itself goes on."),
    "phone.leave_warning": N_(
        "A call is going on. If you leave, the caller goes back to the queue."
    ),
    "phone.targets.none": N_("Nobody found"),
    "phone.device.default": N_("Default device"),
    "draft.saving": N_("Saving the draft"),
    "draft.saved": N_("Draft saved {time}"),
    "draft.local": N_("Kept in this browser {time}"),
    "draft.restored": N_("Your text is back"),
    "place.none": N_("No such place"),
    "rota.saved": N_("Saved"),
    "rota.undone": N_("The last change is taken back"),
    "rota.nothing_to_undo": N_("There is nothing to take back"),
    "rota.lifted": N_(
        "Being moved: {what}. Go to the new place and press Enter, or Escape to let go."
    ),
    "rota.let_go": N_("Nothing was moved"),
    "rota.nothing_here": N_("There is no duty here to move"),
    "rota.nothing_carried": N_("No duty is being moved. Press Ctrl+X on one first."),
    "rota.same": N_("It stands there already"),
    "rota.no_rota": N_("There is no rota for this day yet"),
    "rota.changed": N_("The rota was changed by somebody else. You see it as it is now."),
    "error.network": N_("No connection to the server. What you typed is kept."),
    "error.server": N_("That did not work. Please try again."),
    "error.signed_out": N_("You are signed out. Open the sign-in page in a new tab."),
    "copied": N_("Copied"),
}


def script_texts() -> dict[str, str]:
    return {key: gettext(text) for key, text in TEXTS.items()}
