"""Finding calls: one by its id, the one that an agent is in, and lists, newest first, by pages."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from case_store.calls.models import Call, CallOutcome, CallSound
from case_store.people.permissions import Action, Actor, NotAllowed, may, require, visible_centres
from case_store.places.provinces import NATIONAL, queue_of


def list_calls(
    session: Session,
    *,
    by: Actor,
    limit: int,
    before: int | None = None,
    province_code: str | None = None,
    outcome: str | None = None,
) -> list[Call]:
    """Calls that `by` may see, newest first; `before` is the id of the last one on the page before."""
    query = select(Call).options(selectinload(Call.cases))
    centres = visible_centres(by, Action.SEE_CALLS)
    if centres is not None:
        queues = [queue_of(code) for code in centres]
        query = query.where(or_(Call.province_code.in_(centres), Call.queue.in_(queues)))
    if province_code:
        query = query.where(Call.province_code == province_code)
    if outcome:
        query = query.where(Call.outcome == outcome)
    if before is not None:
        query = query.where(Call.id < before)
    return list(session.scalars(query.order_by(Call.id.desc()).limit(limit)))


def get_call(session: Session, call_id: int, *, by: Actor) -> Call | None:
    """The call of an id. Raises `NotAllowed` when it is not for `by`."""
    require(by, Action.SEE_CALLS)
    call = session.get(Call, call_id)
    if call is not None and not may_see(call, by):
        raise NotAllowed(by, Action.SEE_CALLS)
    return call


def may_see(call: Call, by: Actor) -> bool:
    """A centre's people see the calls from its province and those that waited in its queue."""
    return _may(call, by, Action.SEE_CALLS)


def may_listen(call: Call, by: Actor) -> bool:
    """Whether `by` may hear the recording of a call: when it is over and kept, those who watch over its centre."""
    kept = call.sound is CallSound.KEPT
    return not call.is_live and kept and _may(call, by, Action.LISTEN)


def _may(call: Call, by: Actor, action: Action) -> bool:
    centres = {call.province_code, call.queue[1:] if call.queue else None} - {None}
    return any(may(by, action, centre) for centre in centres or {NATIONAL})


def may_handle(call: Call, by: Actor, *, rang_here: bool = False) -> bool:
    """Whether `by` may have a call on the desk: also one from elsewhere that they took, or that rang there."""
    if not may(by, Action.TAKE_CALLS, by.centre_code):
        return False
    took_it = by.user_id is not None and call.agent_id == by.user_id
    return may_see(call, by) or took_it or (rang_here and call.is_live)


def may_finish(call: Call, by: Actor, *, rang_here: bool = False) -> bool:
    """Whether `by` may end the talk: whoever leads it. The ledger may not have told yet who that is."""
    leads = call.outcome is not CallOutcome.CONNECTED or call.agent_id in (None, by.user_id)
    return (leads or rang_here) and may_handle(call, by, rang_here=rang_here)


def call_of_agent(session: Session, user_id: int) -> Call | None:
    """The call that an agent is in now."""
    query = select(Call).where(Call.agent_id == user_id, Call.outcome == CallOutcome.CONNECTED)
    return session.scalar(query.order_by(Call.id.desc()).limit(1))
