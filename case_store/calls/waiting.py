"""Who waits now, for the agents who will answer them; the board has the day's figures for supervisors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.calls.models import Call, CallOutcome
from case_store.people.permissions import Action, Actor, Reach, reach, require
from case_store.places.provinces import NATIONAL, queue_of


@dataclass(frozen=True)
class WaitingCallers:
    """One queue now; `longest_wait` in seconds, 0 when nobody waits."""

    queue: str
    waiting: int
    longest_wait: int


def waiting_callers(session: Session, *, by: Actor, at: datetime) -> list[WaitingCallers]:
    """The agent's own queue first, then the national one; whoever sees all calls sees every queue with callers."""
    require(by, Action.TAKE_CALLS, by.centre_code)
    rows = session.execute(
        select(Call.queue, func.count(), func.min(Call.queued_at))
        .where(Call.outcome == CallOutcome.WAITING, Call.queue.is_not(None))
        .group_by(Call.queue)
    )
    now_waiting = {queue: (count, oldest) for queue, count, oldest in rows if queue and oldest}
    shown = [queue_of(by.centre_code), queue_of(NATIONAL)]
    if reach(by, Action.SEE_CALLS) is Reach.EVERYWHERE:
        shown += sorted(now_waiting, key=lambda queue: now_waiting[queue][1])
    return [_figures(queue, now_waiting.get(queue), at) for queue in _once(shown)]


def _once(queues: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(queues))


def _figures(queue: str, row: tuple[int, datetime] | None, at: datetime) -> WaitingCallers:
    if row is None:
        return WaitingCallers(queue, 0, 0)
    return WaitingCallers(queue, row[0], int((at - row[1]).total_seconds()))
