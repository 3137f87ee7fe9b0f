"""An agent calls a citizen back by the number of the request: which telephone number may be dialled for it?"""

import re

from sqlalchemy.orm import Session

from case_store import clock
from case_store.calls.callbacks import CallbackTaken, begin_attempt, find_callback
from case_store.people.models import User
from case_store.people.permissions import Actor, NotAllowed
from case_store.places.numbering import NumberKind, read_caller
from ivr.flows.call import Call
from ivr.flows.dialplan_variables import DIAL
from ivr.flows.sentences import Sentence
from ivr.flows.store import Store

_AGENT = re.compile(r"PJSIP/ag(\d+)-")
_WE_CALL = frozenset({NumberKind.LANDLINE, NumberKind.MOBILE})


def call_back(call: Call, store: Store) -> None:
    """Only a Thai landline or mobile, of a request that this agent may answer and nobody else has."""
    agent = _AGENT.match(call.channel)
    request = call.argument(1)
    if agent is None or not request.isdecimal():
        return refuse(call)
    agent_id, request_id = int(agent[1]), int(request)
    number = store.change(lambda session: _take(session, request_id, agent_id)).or_else(None)
    if number is None:
        return refuse(call)
    call.announce(Sentence.CALLBACK_CALLING)
    return call.tell_dialplan(DIAL, number)


def refuse(call: Call) -> None:
    call.announce(Sentence.NUMBER_NOT_ALLOWED)
    call.tell_dialplan(DIAL, "")


def _take(session: Session, request_id: int, agent_id: int) -> str | None:
    """The digits to dial, and the attempt written down."""
    agent = session.get(User, agent_id)
    if agent is None or not agent.active:
        return None
    actor = Actor(agent.username, agent.role, agent.centre_code, agent.id)
    try:
        request = find_callback(session, request_id, by=actor)
        number = read_caller(request.number) if request else None
        if request is None or number is None or number.kind not in _WE_CALL:
            return None
        begin_attempt(session, request, agent=agent, at=clock.now())
    except (NotAllowed, CallbackTaken):
        return None
    return number.national
