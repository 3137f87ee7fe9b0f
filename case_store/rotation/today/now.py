"""Who is on now: one query for the duties, one for the people; the page, the API and the board read this."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.calls.models import Call, CallOutcome
from case_store.clock import BANGKOK
from case_store.people.models import Presence, PresenceState
from case_store.people.permissions import Action, Actor, visible_centres
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.today.attendance import MISSED_AFTER


class There(StrEnum):
    TALKING = "talking"
    READY = "ready"
    BREAK = "break"
    LATE = "late"
    """The duty has begun, and they are not there."""
    MISSING = "missing"
    """Later than `MISSED_AFTER`."""
    STANDBY = "standby"


@dataclass(frozen=True)
class OnNow:
    """One person's duty of this moment, and whether they are there."""

    duty: ScheduledDuty
    there: There


@dataclass(frozen=True)
class CentreNow:
    """A centre at this moment, and the duties that begin next."""

    centre_code: str
    on: tuple[OnNow, ...]
    following: tuple[ScheduledDuty, ...]

    @property
    def answering(self) -> int:
        return sum(one.there in (There.READY, There.TALKING) for one in self.on)

    @property
    def missing(self) -> int:
        return sum(one.there in (There.LATE, There.MISSING) for one in self.on)


def who_is_on(
    session: Session, *, by: Actor, at: datetime, centre_code: str | None = None
) -> list[CentreNow]:
    """The centres with a rota that the reader may see, or the one. Raises `NotAllowed`."""
    visible = visible_centres(by, Action.SEE_ROTA)
    today = at.astimezone(BANGKOK).date()
    near = [
        duty
        for duty in final_schedule(
            session,
            today - timedelta(days=1),
            today + timedelta(days=1),
            centre_code=centre_code,
        )
        if visible is None or duty.centre_code in visible
    ]
    there = _there(session, {duty.user_id for duty in near})
    found = []
    for centre in sorted({duty.centre_code for duty in near}):
        own = [duty for duty in near if duty.centre_code == centre]
        on = [duty for duty in own if duty.begins_at <= at < duty.ends_at]
        later = sorted((duty for duty in own if duty.begins_at > at), key=lambda one: one.begins_at)
        following = [one for one in later if one.begins_at == later[0].begins_at]
        found.append(
            CentreNow(
                centre,
                tuple(OnNow(duty, _state(duty, there.get(duty.user_id), at)) for duty in on),
                tuple(following),
            )
        )
    return found


def _there(session: Session, user_ids: set[int]) -> dict[int, There]:
    """Who is signed on to the line, and how; who is off is not in it."""
    found = {
        row.user_id: There.READY if row.state is PresenceState.READY else There.BREAK
        for row in session.scalars(
            select(Presence).where(
                Presence.user_id.in_(user_ids), Presence.state != PresenceState.OFF
            )
        )
    }
    talking = select(Call.agent_id).where(
        Call.agent_id.in_(user_ids),
        Call.outcome == CallOutcome.CONNECTED,
        Call.ended_at.is_(None),
    )
    found.update({one: There.TALKING for one in session.scalars(talking) if one is not None})
    return found


def _state(duty: ScheduledDuty, there: There | None, at: datetime) -> There:
    if duty.is_standby:
        return There.STANDBY
    if there is not None:
        return there
    return There.MISSING if at >= duty.begins_at + MISSED_AFTER else There.LATE
