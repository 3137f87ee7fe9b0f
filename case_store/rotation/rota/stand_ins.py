"""Stand-ins: who can take a duty that somebody cannot work, ranked, and why the others cannot.

Standby people come first, that is what they wait for; then who is certified and rested, by the ledger of six months:
whoever is furthest below their fair share of nights (for a night), weekends (for a weekend), and hours. Who could come
only against a rule of the house is behind them, and who cannot come by law, leave or training is at the end, with the
reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.breaches import Breach, BreachRule, breaches_of_all
from case_store.rotation.rota.editing import (
    BadChange,
    Change,
    RuleBroken,
    rota_of_day,
    write_duties,
)
from case_store.rotation.rota.ledger import Tally, ledger
from case_store.rotation.rota.models import Duty, DutyCause, Layer, Rota, ShiftPlace, ShiftType
from case_store.rotation.rota.people_of_centre import colleagues
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule, span
from case_store.rotation.rota.terms import terms_of

_SATURDAY: Final = 5


@dataclass(frozen=True)
class StandIn:
    """A colleague, and how they stand to a duty. `breaches`: what is in the way, if anything."""

    user: User
    on_standby: bool
    borne: Tally
    breaches: Sequence[Breach] = field(default_factory=tuple)

    @property
    def fits(self) -> bool:
        return not self.breaches

    @property
    def may_insist(self) -> bool:
        """Only rules of the house are in the way: a written reason is enough."""
        return bool(self.breaches) and all(one.may_insist for one in self.breaches)


def stand_ins(
    session: Session, centre_code: str, day: date, shift_type: ShiftType, *, by: Actor
) -> list[StandIn]:
    """Everybody of the centre who might take this duty, the best first. A few queries, however many people."""
    require(by, Action.PLAN_ROTA, centre_code)
    return ranked(session, centre_code, day, shift_type)


def ranked(session: Session, centre_code: str, day: date, shift_type: ShiftType) -> list[StandIn]:
    """The same for the system itself, which tells whoever plans."""
    rota = rota_of_day(session, centre_code, day)
    if rota is None:
        return []
    people = colleagues(session, centre_code)
    ids = [one.id for one in people]
    near = final_schedule(session, day - timedelta(days=1), day + timedelta(days=1), user_ids=ids)
    on_day = {duty.user_id: duty for duty in near if duty.day == day}
    standby = _on_standby(near, day, shift_type)
    terms = terms_of(session, ids)
    tried = [(one, {day: shift_type}) for one in people]
    broken = breaches_of_all(session, rota, tried, terms=terms)
    turns = ledger(session, centre_code, until=day, people=people, terms=terms)
    found = []
    for user in people:
        duty = on_day.get(user.id)
        if duty is not None and duty.shift_type.id == shift_type.id:
            continue  # works it anyway
        several = list(broken.get(user.id, []))
        if duty is not None and not duty.is_standby:
            several.insert(0, Breach(BreachRule.ALREADY_ON_DUTY, day))
        found.append(StandIn(user, user.id in standby, turns[user.id], tuple(several)))
    return sorted(found, key=lambda one: _rank(one, day, shift_type))


def _rank(one: StandIn, day: date, shift_type: ShiftType) -> tuple[object, ...]:
    weekend = day.weekday() >= _SATURDAY
    return (
        0 if one.fits else 1 if one.may_insist else 2,
        not one.on_standby,
        one.borne.over("nights") if shift_type.is_night else 0,
        one.borne.over("weekend_days") if weekend else 0,
        one.borne.over("minutes"),
        len(one.breaches),
        one.user.display_name,
        one.user.id,
    )


def _on_standby(near: Sequence[ScheduledDuty], day: date, shift_type: ShiftType) -> set[int]:
    """Whose standby overlaps the duty."""
    begins, ends = span(day, shift_type)
    return {
        duty.user_id
        for duty in near
        if duty.is_standby and duty.begins_at < ends and duty.ends_at > begins
    }


def put_stand_in(
    session: Session,
    centre_code: str,
    user: User,
    day: date,
    shift_type: ShiftType,
    *,
    consent: bool,
    by: Actor,
    at: datetime,
    reason: str = "",
    insist: bool = False,
) -> Duty:
    """Puts a colleague in who said yes: nobody is put in unasked, and the history says that they agreed.

    Raises `NotAllowed`, `RuleBroken`, `BadChange` (consent, day: no rota or over, reason, shift_type).
    """
    require(by, Action.PLAN_ROTA, centre_code)
    if not consent:
        raise BadChange("consent")
    rota: Rota | None = rota_of_day(session, centre_code, day)
    if rota is None or span(day, shift_type)[1] <= at:
        raise BadChange("day")
    if shift_type.place is ShiftPlace.STANDBY or not shift_type.active:
        raise BadChange("shift_type")
    session.refresh(rota, with_for_update=True)
    has = final_schedule(session, day, day, user_ids=[user.id])
    if any(not duty.is_standby for duty in has):
        raise RuleBroken({user.id: [Breach(BreachRule.ALREADY_ON_DUTY, day)]})
    (made,) = write_duties(
        session, rota, [Change(user, day, shift_type)], by=by, at=at, layer=Layer.OVERRIDDEN,
        cause=DutyCause.STAND_IN, reason=reason or REASON, insist=insist and bool(reason.strip()),
        more={"consent": True},
    )  # fmt: skip
    return made


REASON: Final = "มาแทนโดยยินยอม"
"""In the history, where nobody wrote another one: agreed to stand in."""
