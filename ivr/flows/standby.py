"""Somebody on standby at home is rung: which number, and what they answer by key."""

from sqlalchemy.orm import Session

from case_store import clock
from case_store.rotation.today.standby import answer, centre_that_asks, number_to_ring
from ivr.flows.call import Call, GiveUp, WantsNationalCentre
from ivr.flows.dialplan_variables import DIAL
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store
from ivr.prompts.speech import say_province


def dial_standby(call: Call, store: Store) -> None:
    """Leaves the number for the dialplan: only of a call that the store says is to ring."""
    call_id = _call_id(call)
    number = store.ask(lambda session: number_to_ring(session, call_id)).or_else(None)
    call.tell_dialplan(DIAL, number or "")


def ask_standby(call: Call, store: Store) -> None:
    """Asks whether they come. No key, or a hangup: nobody answered, and they are rung again."""
    call_id = _call_id(call)
    centre = store.ask(lambda session: centre_that_asks(session, call_id)).or_else(None)
    if centre is None:
        return
    question = (Sentence.STANDBY_NEEDED, *say_province(centre), Sentence.STANDBY_YES_NO)
    try:
        accepts = call.choose(*question, choices={"1": True, "2": False})
    except (GiveUp, WantsNationalCentre):
        return

    def write(session: Session) -> bool:
        return answer(session, call_id, accepts=accepts, at=clock.now())

    done = store.change(write).or_else(False)
    if not done:
        call.announce(Sentence.STANDBY_TOO_LATE)
    else:
        call.announce(Sentence.STANDBY_ACCEPTED if accepts else Sentence.STANDBY_DECLINED)


def _call_id(call: Call) -> int:
    given = call.argument(1)
    return int(given) if given.isdecimal() and len(given) <= 18 else 0
