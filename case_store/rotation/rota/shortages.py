"""Where a plan has too few people, why nobody else can come, and what would help. Codes and values, no words.

Each reason is what the hard rules themselves say of putting that person there, so it is true; each way out that names a
person has been tried against the same rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from case_store.people.models import User
from case_store.rotation.roster.problem import Need
from case_store.rotation.rota.breaches import BreachRule, breaches_of_line
from case_store.rotation.rota.models import ShiftType
from case_store.rotation.rota.planning import Lines, Plan


class WhyNot(StrEnum):
    """Beside the hard rules (`BreachRule`): why somebody is not on a shift."""

    ON_DUTY = "on_duty"
    """Has another duty on that day."""
    CONTRACT = "contract"
    """The hours of the contract are used up."""
    FAIR_SHARE = "fair_share"
    """Nothing is in the way but that others have had fewer of these duties."""


class WayOut(StrEnum):
    OVERTIME = "overtime"
    """Somebody agrees to more hours than the contract's; `agreed`: they did so in general."""
    ASK = "ask"
    """Somebody could come, beyond their fair share."""
    STANDBY = "standby"
    """Somebody is on standby at home that day and could be called in."""
    NEIGHBOURS = "neighbours"
    """Another province of the inspection region answers the nights, if both agree."""
    LESS = "less"
    """Want fewer people on that shift."""


@dataclass(frozen=True)
class _Gap:
    day: date
    shift: ShiftType
    wanted: int
    there: int


def shortages(plan: Plan, lines: Lines) -> list[dict[str, Any]]:
    """`{"kind": "short", "day", "shift", "wanted", "there", "others": [{"user", "why", "values"}], "ways": [...]}`.

    With `because` where facts of the day alone make it impossible (`reasons` finds the others).
    """
    return [_explained(plan, lines, gap) for gap in _gaps(plan, lines)]


def _gaps(plan: Plan, lines: Lines) -> Iterator[_Gap]:
    for need in sorted(plan.problem.needs, key=lambda need: need.day):
        day, there = _day(plan, need), 0
        there = sum(line[day].code == need.shift for line in lines.values() if day in line)
        if there < need.people:
            yield _Gap(day, plan.shifts[need.shift], need.people, there)


def _day(plan: Plan, need: Need) -> date:
    return plan.first_day + timedelta(days=need.day)


def _explained(plan: Plan, lines: Lines, gap: _Gap) -> dict[str, Any]:
    others, ways = [], []
    for user in plan.people:
        line = lines[user.id]
        duty = line.get(gap.day)
        if duty is not None and duty.code == gap.shift.code:
            continue
        why, values = _why_not(plan, line, user, gap)
        others.append({"user": user.id, "why": why, "values": values})
        if duty is not None and duty.worked_minutes == 0:
            ways.append({"kind": WayOut.STANDBY.value, "user": user.id})
        elif why == WhyNot.FAIR_SHARE:
            ways.append({"kind": WayOut.ASK.value, "user": user.id})
        elif why == WhyNot.CONTRACT:
            agreed = plan.agrees_to_overtime(user)
            ways.append({"kind": WayOut.OVERTIME.value, "user": user.id, "agreed": agreed})
    if gap.shift.is_night:
        ways.append({"kind": WayOut.NEIGHBOURS.value})
    ways.append({"kind": WayOut.LESS.value})
    told = {
        "kind": "short",
        "day": gap.day.isoformat(),
        "shift": gap.shift.code,
        "wanted": gap.wanted,
        "there": gap.there,
        "others": others,
        "ways": ways,
    }
    because = _because_of_that_day(plan, gap)
    return told | {"because": because} if because else told


def _because_of_that_day(plan: Plan, gap: _Gap) -> dict[str, Any] | None:
    """Who could come at all, with no other duty of the draft, and as many of the others as leave too few.

    As long as all that is told holds, there are fewer people than wanted; without any one of it, there could be enough.
    """
    free, bound = [], []
    for user in plan.people:
        alone = {**plan.before[user.id], gap.day: gap.shift}
        found = breaches_of_line(alone, [gap.day], plan.limits[user.id])
        if found:
            values = dict(found[0].values)
            if found[0].rule is BreachRule.CERTIFICATE:
                values["until"] = _certified_until(plan, user, gap)
            bound.append({"user": user.id, "why": found[0].rule.value, "values": values})
        else:
            free.append(user.id)
    if len(free) >= gap.wanted:
        return None
    enough = max(0, len(plan.people) - gap.wanted + 1)
    return {"kind": "day", "free": free, "people": bound[:enough], "in_all": len(plan.people)}


def _certified_until(plan: Plan, user: User, gap: _Gap) -> str | None:
    """The last day of the certificate that the shift would outlast, if it ends within the plan."""
    held = plan.problem.people[plan.people.index(user)].certificates
    days = (gap.day - plan.first_day).days
    ends = [
        one.last_day for one in held if one.channel == gap.shift.channel and one.last_day <= days
    ]
    return (plan.first_day + timedelta(days=max(ends))).isoformat() if ends else None


def _why_not(
    plan: Plan, line: dict[date, ShiftType], user: User, gap: _Gap
) -> tuple[str, dict[str, Any]]:
    if gap.day in line:
        return WhyNot.ON_DUTY.value, {"shift": line[gap.day].code}
    tried = {**plan.before[user.id], **line, gap.day: gap.shift}
    found = breaches_of_line(tried, [gap.day], plan.limits[user.id])
    if found:
        return found[0].rule.value, dict(found[0].values)
    minutes = sum(shift.worked_minutes for shift in line.values()) + gap.shift.worked_minutes
    most = plan.most_minutes(user)
    if minutes > most:
        return WhyNot.CONTRACT.value, {"minutes": minutes, "most": most}
    return WhyNot.FAIR_SHARE.value, {}
