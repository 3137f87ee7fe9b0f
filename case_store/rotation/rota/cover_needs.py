"""How many people each shift wants, by weekday, on public holidays and on single days; by hand, or as calls suggest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains, record
from case_store.clock import BANGKOK
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.demand.need import Demand, demand
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    CoverNeed,
    DatedNeed,
    ShiftPlace,
    ShiftType,
    StaffClass,
)
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.staff_holidays import holidays_of

HOLIDAY: Final = 7
"""The `weekday` of public holidays."""
WEEKDAYS: Final = range(8)
MOST_PEOPLE: Final = 200
SUGGESTED_FROM: Final = 28
"""Days of forecast that a suggestion looks at."""
_SLOT: Final = 30
_SLOTS: Final = MINUTES_OF_A_DAY // _SLOT


LONGEST_REASON: Final = 300
FURTHEST: Final = timedelta(days=366)


class BadNeed(ValueError):
    """`weekday` says on which day the numbers are not right."""

    def __init__(self, weekday: int) -> None:
        super().__init__(f"weekday {weekday} is not right")
        self.weekday = weekday


class BadDatedNeed(ValueError):
    """`field` says what is not right: day (over, or too far), people, or reason (none, or too long)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class Wanted:
    """People of a shift, and how many of them are not new."""

    people: int
    experienced: int = 0


NOBODY: Final = Wanted(0)


def needs_of(session: Session, centre_code: str) -> dict[int, dict[int, Wanted]]:
    """What is wanted: shift type → weekday → people. Without an entry nobody is."""
    query = (
        select(CoverNeed)
        .join(ShiftType, ShiftType.id == CoverNeed.shift_type_id)
        .where(ShiftType.centre_code == centre_code, ShiftType.active)
    )
    found: dict[int, dict[int, Wanted]] = {}
    for one in session.scalars(query):
        wanted = Wanted(one.people, one.experienced)
        found.setdefault(one.shift_type_id, {})[one.weekday] = wanted
    return found


def needs_on(
    session: Session, centre_code: str, first: date, last: date
) -> dict[tuple[date, int], Wanted]:
    """What is wanted on each day: (day, shift type) → people. On a public holiday its own entry wins, if there is one.

    What was said of one day wins over both. Public holidays are those of government offices, at every centre.
    """
    needs = needs_of(session, centre_code)
    dated = dated_needs(session, centre_code, first, last)
    holidays = holidays_of(session, StaffClass.OFFICIAL, first, last)
    found: dict[tuple[date, int], Wanted] = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for shift_id, by_weekday in needs.items():
            usual = by_weekday.get(day.weekday(), NOBODY)
            wanted = by_weekday.get(HOLIDAY, usual) if day in holidays else usual
            if wanted.people:
                found[day, shift_id] = wanted
    for of_day, one in dated.items():
        found.pop(of_day, None)
        if one.people:
            found[of_day] = Wanted(one.people, one.experienced)
    return found


def dated_needs(
    session: Session, centre_code: str, first: date, last: date
) -> dict[tuple[date, int], DatedNeed]:
    """What was said of single days: (day, shift type) → the need, with its reason."""
    query = (
        select(DatedNeed)
        .join(ShiftType, ShiftType.id == DatedNeed.shift_type_id)
        .where(
            ShiftType.centre_code == centre_code,
            ShiftType.active,
            DatedNeed.day.between(first, last),
        )
    )
    return {(one.day, one.shift_type_id): one for one in session.scalars(query)}


def want_on(
    session: Session,
    shift: ShiftType,
    day: date,
    people: int,
    *,
    reason: str,
    by: Actor,
    at: datetime,
) -> DatedNeed:
    """So many people on this one day, for a written reason. Raises `NotAllowed`, `BadDatedNeed`."""
    require(by, Action.PLAN_ROTA, shift.centre_code)
    reason, today = reason.strip(), at.astimezone(BANGKOK).date()
    if not today <= day <= today + FURTHEST:
        raise BadDatedNeed("day")
    if not 0 <= people <= MOST_PEOPLE:
        raise BadDatedNeed("people")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadDatedNeed("reason")
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, [shift.centre_code])
    was = needs_on(session, shift.centre_code, day, day).get((day, shift.id), NOBODY)
    need = dated_needs(session, shift.centre_code, day, day).get((day, shift.id))
    if need is None:
        need = DatedNeed(shift_type_id=shift.id, day=day)
        session.add(need)
    need.people, need.experienced = people, min(people, was.experienced)
    need.reason, need.made_by, need.made_at = reason, by.name, at
    session.flush()
    record(
        session, chain=shift.centre_code, action="shift.dated_need_set",
        subject=f"shift:{shift.centre_code}:{shift.code}", by=by.name, at=at, detail=reason,
        facts={"day": day.isoformat(), "people": [was.people, people]},
    )  # fmt: skip
    return need


def set_needs(
    session: Session, shift: ShiftType, wanted: Mapping[int, Wanted], *, by: Actor, at: datetime
) -> None:
    """Says what a shift wants on these weekdays; the others stay. Raises `NotAllowed`, `BadNeed`."""
    require(by, Action.PLAN_ROTA, shift.centre_code)
    check_needs(wanted)
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, [shift.centre_code])
    query = select(CoverNeed).where(CoverNeed.shift_type_id == shift.id)
    there = {need.weekday: need for need in session.scalars(query)}
    changed = {
        weekday: one
        for weekday, one in wanted.items()
        if weekday not in there
        or (there[weekday].people, there[weekday].experienced) != (one.people, one.experienced)
    }
    for weekday, one in changed.items():
        need = there.get(weekday)
        if need is None:
            need = CoverNeed(shift_type_id=shift.id, weekday=weekday)
            session.add(need)
        need.people, need.experienced = one.people, one.experienced
    session.flush()
    if changed:
        facts = {str(weekday): [one.people, one.experienced] for weekday, one in changed.items()}
        record(
            session, chain=shift.centre_code, action="shift.needs_set",
            subject=f"shift:{shift.centre_code}:{shift.code}", by=by.name, at=at, facts=facts,
        )  # fmt: skip


def check_needs(wanted: Mapping[int, Wanted]) -> None:
    """Raises `BadNeed` for numbers that cannot be."""
    for weekday, one in wanted.items():
        right = weekday in WEEKDAYS and 0 <= one.experienced <= one.people <= MOST_PEOPLE
        if not right:
            raise BadNeed(weekday)


@dataclass(frozen=True)
class Profile:
    """The most people at the telephone and on standby in each half hour: weekday (7: holidays) → 48 numbers each."""

    agents: Mapping[int, Sequence[int]]
    standby: Mapping[int, Sequence[int]]


def profile_of(found: Demand) -> Profile:
    """The highest need of each half hour over the forecast's ordinary weeks, and over its holidays.

    A forecast without a holiday takes Sundays instead.
    """
    agents = {weekday: [0] * _SLOTS for weekday in WEEKDAYS}
    standby = {weekday: [0] * _SLOTS for weekday in WEEKDAYS}
    for number, needs in enumerate(found.days):
        day = found.first_day + timedelta(days=number)
        weekday = HOLIDAY if found.special[number] else day.weekday()
        for slot, need in enumerate(needs):
            agents[weekday][slot] = max(agents[weekday][slot], need.agents)
            standby[weekday][slot] = max(standby[weekday][slot], need.standby)
    if not any(found.special):
        agents[HOLIDAY], standby[HOLIDAY] = agents[6], standby[6]
    return Profile(agents, standby)


def suggest_needs(
    session: Session, centre_code: str, *, by: Actor, at: datetime, wrap_up: float
) -> dict[int, dict[int, int]]:
    """As few people as keep the promise of the demand part: shift type → weekday → people.

    Only shifts on the 1567 line are suggested for: calls are what is forecast. Raises `NotAllowed` as `demand` does.
    """
    first = at.astimezone(BANGKOK).date()
    found = demand(session, centre_code, first, SUGGESTED_FROM, by=by, at=at, wrap_up=wrap_up)
    shifts = [one for one in shift_types_of(session, centre_code) if one.channel == "phone_1567"]
    return suggestion(profile_of(found), shifts)


def suggestion(profile: Profile, shifts: Sequence[ShiftType]) -> dict[int, dict[int, int]]:
    """Covers a profile by shifts: people on site for `agents`, people at home for `standby`."""
    found: dict[int, dict[int, int]] = {}
    for place, wanted in (
        (ShiftPlace.ON_SITE, profile.agents),
        (ShiftPlace.STANDBY, profile.standby),
    ):
        kind = [one for one in shifts if one.place is place]
        week = _cover(kind, [wanted[weekday] for weekday in range(7)])
        holiday = _cover(kind, [wanted[HOLIDAY]])
        for shift in kind:
            found[shift.id] = {weekday: week.get((weekday, shift.id), 0) for weekday in range(7)}
            found[shift.id][HOLIDAY] = holiday.get((0, shift.id), 0)
    return found


def _cover(
    shifts: Sequence[ShiftType], days: Sequence[Sequence[int]]
) -> dict[tuple[int, int], int]:
    """People by (day, shift type) that cover days which follow each other in a circle.

    Half hour by half hour: who is missing comes with the shift that covers it and reaches furthest. Then whoever turned
    out to be one too many is left out again.
    """
    wanted = [people for day in days for people in day]
    there = [0] * len(wanted)
    placed: dict[tuple[int, int], int] = {}
    slots = {
        (day, shift.id): _slots(shift, day, len(wanted))
        for day in range(len(days))
        for shift in shifts
    }
    for slot, people in enumerate(wanted):
        covering = [key for key in slots if slot in slots[key]]
        missing = people - there[slot]
        if missing > 0 and covering:
            best = max(covering, key=lambda key: len(slots[key]) - slots[key].index(slot))
            placed[best] = placed.get(best, 0) + missing
            for one in slots[best]:
                there[one] += missing
    for key, people in placed.items():
        spare = min(there[one] - wanted[one] for one in slots[key])
        less = max(0, min(spare, people))
        placed[key] = people - less
        for one in slots[key]:
            there[one] -= less
    return placed


def _slots(shift: ShiftType, day: int, around: int) -> list[int]:
    """The half hours that a shift of a day covers wholly, in their order; after the last comes the first again."""
    begins = day * MINUTES_OF_A_DAY + shift.start_minute
    first, before = -(-begins // _SLOT), (begins + shift.minutes) // _SLOT
    return [slot % around for slot in range(first, before)]
