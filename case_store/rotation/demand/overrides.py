"""Needs that a supervisor sets by hand, with a reason: each has an end, and each is in the audit trail."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import province
from case_store.rotation.demand.history import SLOTS
from case_store.rotation.demand.models import DemandOverride

LONGEST: Final = timedelta(days=366)
"""What was decided by hand for longer would be forgotten."""
MOST_AGENTS: Final = 500
LONGEST_REASON: Final = 300
_MOST: Final = 200


class BadOverride(ValueError):
    """`field` says what is wrong: centre_code, weekday, first_day, until, slots, agents, reason or most (too many)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewOverride:
    """What is to hold; the fields are those of `DemandOverride`."""

    first_day: date
    until: date
    from_slot: int
    before_slot: int
    agents: int
    reason: str
    weekday: int | None = None


def overrides_of(
    session: Session, centre_code: str, *, first: date, last: date
) -> list[DemandOverride]:
    """Those that hold on any day of a time, the newest first. Who may know them, the caller asks."""
    query = select(DemandOverride).where(
        DemandOverride.centre_code == centre_code,
        DemandOverride.until >= first,
        DemandOverride.first_day <= last,
    )
    return list(session.scalars(query.order_by(DemandOverride.id.desc()).limit(_MOST)))


def add_override(
    session: Session, centre_code: str, new: NewOverride, *, by: Actor, at: datetime
) -> DemandOverride:
    """Raises `NotAllowed` for who does not plan that centre's demand, `BadOverride`."""
    require(by, Action.PLAN_DEMAND, centre_code)
    _check(session, centre_code, new, today=day_of(at))
    override = DemandOverride(
        centre_code=centre_code,
        weekday=new.weekday,
        first_day=new.first_day,
        until=new.until,
        from_slot=new.from_slot,
        before_slot=new.before_slot,
        agents=new.agents,
        reason=new.reason.strip(),
        made_by=by.name,
        made_at=at,
    )
    session.add(override)
    session.flush()
    _record(session, override, "demand.overridden", by, at)
    return override


def drop_override(session: Session, override_id: int, *, by: Actor, at: datetime) -> bool:
    """The forecast counts again; False when there is no such override."""
    require(by, Action.PLAN_DEMAND)
    override = session.get(DemandOverride, override_id)
    if override is None:
        return False
    require(by, Action.PLAN_DEMAND, override.centre_code)
    _record(session, override, "demand.restored", by, at)
    session.delete(override)
    session.flush()
    return True


def _check(session: Session, centre_code: str, new: NewOverride, *, today: date) -> None:
    wrong = {
        "centre_code": province(centre_code) is None,
        "weekday": new.weekday is not None and new.weekday not in range(7),
        "first_day": not today - LONGEST <= new.first_day <= today + LONGEST,
        "until": not max(new.first_day, today) <= new.until <= new.first_day + LONGEST,
        "slots": not 0 <= new.from_slot < new.before_slot <= SLOTS,
        "agents": not 0 <= new.agents <= MOST_AGENTS,
        "reason": not 0 < len(new.reason.strip()) <= LONGEST_REASON,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise BadOverride(field)
    if len(overrides_of(session, centre_code, first=today, last=today + 2 * LONGEST)) >= _MOST:
        raise BadOverride("most")


def _record(
    session: Session, override: DemandOverride, action: str, by: Actor, at: datetime
) -> None:
    record(
        session,
        chain=override.centre_code,
        action=action,
        subject=f"demand_override:{override.id}",
        by=by.name,
        at=at,
        facts={
            "first_day": override.first_day.isoformat(),
            "until": override.until.isoformat(),
            "weekday": override.weekday,
            "slots": [override.from_slot, override.before_slot],
            "agents": override.agents,
        },
        detail=override.reason,
    )
