"""An agent's line ended while the caller is still there: on purpose, or because a browser or network failed?"""

from sqlalchemy.orm import Session

from case_store.calls.record_call import find_call
from ivr.flows.call import Call
from ivr.flows.dialplan_variables import END, NEXT, REQUEUE
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store


def see_why_agent_left(call: Call, store: Store) -> None:
    """Without a sure sign that the talk was over, the caller goes back to the queue's head."""

    def was_meant(session: Session) -> bool:
        row = find_call(session, call.pbx_id)
        return row is not None and row.finished_at is not None

    if store.ask(was_meant).or_else(False):
        call.tell_dialplan(NEXT, END)
        return
    call.announce(Sentence.CONNECTION_BROKE)
    call.tell_dialplan(NEXT, REQUEUE)
