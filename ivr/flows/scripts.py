"""The script table: agi://…/citizen and its like. No failure of a flow reaches the caller as silence."""

import logging
from collections.abc import Callable, Mapping

from case_store.places.provinces import NATIONAL, queue_of
from case_store.settings import Settings
from ivr.agi.errors import Hangup, ProtocolError
from ivr.agi.server import Script, where
from ivr.agi.session import Session
from ivr.flows.agent_left import see_why_agent_left
from ivr.flows.call import Call
from ivr.flows.callback import call_back
from ivr.flows.citizen import receive_citizen
from ivr.flows.dialplan_variables import DIAL, NEXT, QUEUE, REQUEUE, WAIT
from ivr.flows.sound_lengths import SoundLengths
from ivr.flows.standby import ask_standby, dial_standby
from ivr.flows.store import Store
from ivr.flows.unanswered import Unanswered

Flow = Callable[[Call], None]

log = logging.getLogger(__name__)


def scripts(settings: Settings, store: Store) -> Mapping[str, Script]:
    """Every script that the dialplan may ask for, with what it is told when the flow fails."""
    lengths = SoundLengths(settings.home / "sounds")

    def script(flow: Flow, *, on_failure: tuple[str, str]) -> Script:
        return lambda session: _converse(flow, session, lengths, on_failure)

    return {
        "citizen": script(
            lambda call: receive_citizen(call, store), on_failure=(QUEUE, queue_of(NATIONAL))
        ),
        "unanswered": script(
            lambda call: Unanswered(call, store, settings.recordings).offer(),
            on_failure=(NEXT, WAIT),
        ),
        "agent-left": script(
            lambda call: see_why_agent_left(call, store), on_failure=(NEXT, REQUEUE)
        ),
        "callback": script(lambda call: call_back(call, store), on_failure=(DIAL, "")),
        "standby-number": script(lambda call: dial_standby(call, store), on_failure=(DIAL, "")),
        "standby": script(lambda call: ask_standby(call, store), on_failure=(DIAL, "")),
    }


def _converse(
    flow: Flow, session: Session, lengths: SoundLengths, on_failure: tuple[str, str]
) -> None:
    call = Call(session, lengths)
    try:
        flow(call)
    except (Hangup, ProtocolError):
        raise  # there is nobody to talk to
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller goes on to a person
        log.error("flow %s failed: %s", session.script, where(error))
        call.tell_dialplan(*on_failure)
