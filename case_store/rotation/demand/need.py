"""How many people a centre needs in each half hour: from forecast and promise, by floors, or by a supervisor's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.deadlines.calendar import OFFICE_CLOSES, WorkingCalendar
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import StaffingValues, current_policy, staffing_values
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.people.presence import TAKES_CALLS
from case_store.places.inspection_regions import inspection_regions, provinces_of_region
from case_store.places.provinces import NATIONAL
from case_store.rotation.demand.erlang import Target, agents_needed
from case_store.rotation.demand.forecast import Forecast, forecast, handling_seconds, is_enough
from case_store.rotation.demand.history import (
    HALF_HOUR,
    SLOTS,
    Handling,
    History,
    handling,
    history,
    is_special,
    with_line_down,
)
from case_store.rotation.demand.models import DemandOverride
from case_store.rotation.demand.overrides import overrides_of
from case_store.rotation.demand.pattern import doubtful_silences

OFFICE_OPENS: Final = time(8, 30)
WEEK: Final = 7
FURTHEST: Final = timedelta(weeks=26)
"""So far ahead a forecast is asked for; later it would say only what an ordinary week looks like."""


class Why(StrEnum):
    """What decided a number."""

    TARGET = "target"
    """The promise to callers, by the forecast."""
    FLOOR = "floor"
    """The fewest people of that hour."""
    SMALL_TEAM = "small_team"
    """Minimum cover and standby, since so few people can keep no promise."""
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Need:
    """One half hour: calls that are expected, people who are needed at the telephone, and people on standby."""

    calls: float
    agents: int
    standby: int
    why: Why
    override_id: int | None = None


@dataclass(frozen=True)
class Demand:
    """Some days of a centre: `days` has 48 needs for each, from midnight."""

    centre_code: str
    first_day: date
    days: Sequence[Sequence[Need]]
    special: Sequence[bool]
    """On which of them offices are closed beside weekends."""
    forecast: Forecast
    handling_seconds: float
    handling: Handling
    team: int
    """People of the centre who take calls."""
    values: StaffingValues
    overrides: Sequence[DemandOverride]

    @property
    def is_small(self) -> bool:
        return self.team <= self.values.small_team


def demand(
    session: Session,
    centre_code: str,
    first_day: date,
    days: int,
    *,
    by: Actor,
    at: datetime,
    wrap_up: float,
) -> Demand:
    """Forecast and need of some days. Raises `NotAllowed` unless `by` may watch that centre.

    `wrap_up`: the seconds in which an agent finishes notes after a call.
    """
    require(by, Action.WATCH_BOARD, centre_code)
    calendar = WorkingCalendar.of(session, centre_code)
    dates = [first_day + timedelta(days=number) for number in range(days)]
    special = [is_special(calendar, day) for day in dates]
    past = history(session, [centre_code], calendar=calendar, at=at)
    past = with_line_down(session, past, doubtful_silences(past))
    expected = forecast(past, first_day, special, larger=_larger(session, centre_code, past, at=at))
    talks = handling(session, [centre_code], at=at)
    values = staffing_values(current_policy(session, PolicyKind.STAFFING, None, at=at))
    seconds = handling_seconds(talks, wrap_up=wrap_up)
    team = team_of(session, centre_code)
    by_hand = overrides_of(session, centre_code, first=dates[0], last=dates[-1])
    rules = Rules(values, seconds, is_small=team <= values.small_team)
    needs = [
        [
            overruled(
                rules.need(calls, slot, is_working=calendar.is_working(day)), by_hand, day, slot
            )
            for slot, calls in enumerate(expected.of(day))
        ]
        for day in dates
    ]
    return Demand(
        centre_code, first_day, needs, special, expected, seconds, talks, team, values, by_hand
    )  # fmt: skip


def team_of(session: Session, centre_code: str) -> int:
    """How many people of a centre take calls."""
    query = select(func.count()).where(
        User.centre_code == centre_code, User.active, User.role.in_(TAKES_CALLS)
    )
    return session.scalar(query) or 0


def _larger(session: Session, centre_code: str, past: History, *, at: datetime) -> list[History]:
    """The past of the inspection region and of the country, when the centre's own says too little."""
    if past.calls == 0 or is_enough(past):
        return []
    offices = WorkingCalendar.of(session, NATIONAL)
    around = next(
        (
            provinces_of_region(region)
            for region in inspection_regions()
            if centre_code in provinces_of_region(region)
        ),
        frozenset[str](),
    )
    found = [history(session, around, calendar=offices, at=at)] if len(around) > 1 else []
    if not any(is_enough(one) for one in found):
        found.append(history(session, None, calendar=offices, at=at))
    return found


@dataclass(frozen=True)
class Rules:
    """What turns calls into people at one centre."""

    values: StaffingValues
    handling_seconds: float
    is_small: bool

    def need(self, calls: float, slot: int, *, is_working: bool) -> Need:
        """Of one half hour, before anybody overrules it."""
        if self.is_small:
            return self._of_small_team(calls, slot, is_working=is_working)
        wanted = _agents(round(calls, 2), round(self.handling_seconds, 1), self.values)
        floor = self.values.night_floor if self._is_night(slot) else self.values.day_floor
        return Need(calls, max(wanted, floor), 0, Why.TARGET if wanted >= floor else Why.FLOOR)

    def _of_small_team(self, calls: float, slot: int, *, is_working: bool) -> Need:
        if is_working and slot_of(OFFICE_OPENS) <= slot < slot_of(OFFICE_CLOSES):
            return Need(calls, self.values.small_cover, 0, Why.SMALL_TEAM)
        return Need(calls, 0, self.values.small_standby, Why.SMALL_TEAM)

    def _is_night(self, slot: int) -> bool:
        begins, ends, hour = self.values.night_begins, self.values.night_ends, slot // 2
        return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def overruled(need: Need, by_hand: Sequence[DemandOverride], day: date, slot: int) -> Need:
    """The newest word by hand about a half hour counts, if there is one."""
    for one in by_hand:
        if one.covers(day, slot):
            return Need(need.calls, one.agents, need.standby, Why.BY_HAND, one.id)
    return need


def slot_of(clock: time) -> int:
    return clock.hour * 2 + clock.minute // 30


def slot_times(slot: int) -> str:
    """09:30; the end of the day is 24:00."""
    return f"{slot // 2:02d}:{slot % 2 * 30:02d}"


@lru_cache(maxsize=20_000)
def _agents(calls: float, seconds: float, values: StaffingValues) -> int:
    """Kept, for the same half hours come again each week."""
    target = Target(
        answered_share=values.answered_percent / 100,
        within=values.within_seconds,
        average_wait=values.wait_seconds,
        abandoned_share=values.abandoned_percent / 100,
        patience=values.patience_seconds,
    )
    return agents_needed(
        calls, seconds, HALF_HOUR, target, shrinkage=values.shrinkage_percent / 100
    )


__all__ = [
    "FURTHEST", "SLOTS", "WEEK", "Demand", "Need", "Rules", "Why", "demand", "overruled", "slot_of",
    "slot_times", "team_of",
]  # fmt: skip
