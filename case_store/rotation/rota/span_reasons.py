"""Which needs and rules of people clash where a draft has gaps: this asks the solver, so only searches use it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from case_store.rotation.roster.explain import (
    Bound,
    Reason,
    Unclear,
    Wanted,
    smallest_reasons,
    window,
)
from case_store.rotation.roster.problem import Person, Problem, Rule
from case_store.rotation.rota.planning import Lines, Plan
from case_store.rotation.rota.reasons import attainable, because_of_hours, day_of
from case_store.rotation.rota.shortages import shortages

SECONDS: Final = 12.0
"""For all weeks together."""
_WEEK: Final = 7


def explained(plan: Plan, lines: Lines, *, seconds: float = SECONDS) -> list[dict[str, Any]]:
    """The gaps of a draft, each with `because`."""
    found = shortages(plan, lines)
    because_of_hours(plan, found)
    _of_spans(plan, found, time.monotonic() + seconds)
    return found


def without_any(plan: Plan, person_id: str, rules: Iterable[Rule]) -> dict[str, Any]:
    """Why somebody has no possible duties: `{"kind": "clash", "user", "rules", "because": [...]}`."""
    problem = plan.loosened(None)
    own = replace(
        problem,
        people=tuple(one for one in problem.people if one.id == person_id),
        pins=tuple(one for one in problem.pins if one.person == person_id),
        needs=(),
        wishes=(),
    )
    try:
        reasons = smallest_reasons(own, (), seconds=SECONDS)
    except Unclear:
        reasons = ()
    if not reasons:  # the rule that alone is in the way, as the search says
        reasons = tuple(Bound(rule, person_id) for rule in sorted(rules))
    return {
        "kind": "clash",
        "user": int(person_id),
        "rules": sorted(rules),
        "because": _bounds(plan, own, reasons, 0),
    }


def _of_spans(plan: Plan, found: Sequence[dict[str, Any]], deadline: float) -> None:
    """Week by week, and at last over all days."""
    problem = replace(plan.loosened(None), needs=tuple(attainable(plan, found)), wishes=())
    open_ones = [one for one in found if "because" not in one]
    for monday in _weeks(plan):
        first, last = max(monday, 0), min(monday + _WEEK, problem.days) - 1
        of_week = [one for one in open_ones if first <= _number(plan, one) <= last]
        if of_week:
            told = _of_span(plan, problem, first, last, deadline)
            for one in of_week if told else ():
                one["because"] = told
    left = [one for one in found if "because" not in one]
    if left:
        told = _of_span(plan, problem, 0, problem.days - 1, deadline)
        for one in left:
            one["because"] = told or {"kind": "open"}


def _weeks(plan: Plan) -> range:
    """The Mondays, of which the first may lie before the first day."""
    return range(-plan.first_day.weekday(), plan.problem.days, _WEEK)


def _of_span(
    plan: Plan, problem: Problem, first: int, last: int, deadline: float
) -> dict[str, Any] | None:
    """None: there is a way to have everybody who is wanted on these days."""
    whole = first == 0 and last == problem.days - 1
    part = problem if whole else window(problem, first, last)
    try:
        reasons = smallest_reasons(part, part.needs, seconds=max(0.0, deadline - time.monotonic()))
    except Unclear:
        return {"kind": "unclear"}
    if not reasons:
        return None
    wanted = sorted(
        (one for one in reasons if isinstance(one, Wanted)), key=lambda one: (one.day, one.shift)
    )
    days = [one.day + first for one in wanted] or [first, last]
    return {
        "kind": "span",
        "first": day_of(plan, min(days)),
        "last": day_of(plan, max(days)),
        "people": len(plan.people),
        "needs": [
            {"day": day_of(plan, one.day + first), "shift": one.shift, "people": one.people}
            for one in wanted
        ],
        "bounds": _bounds(plan, part, reasons, first),
    }


def _bounds(
    plan: Plan, problem: Problem, reasons: Iterable[Reason], first: int
) -> list[dict[str, Any]]:
    """`{"rule", "users", "values"}`: people whom the same rule binds in the same way are named together."""
    people = {person.id: person for person in problem.people}
    grouped: dict[str, dict[str, Any]] = {}
    for one in reasons:
        if isinstance(one, Bound):
            person = people.get(one.person) if one.person is not None else None
            values = _values(plan, problem, one.rule, person, first)
            fresh: dict[str, Any] = {"rule": one.rule.value, "users": [], "values": values}
            told = grouped.setdefault(f"{one.rule} {values}", fresh)
            if one.person is not None:
                told["users"].append(int(one.person))
    return list(grouped.values())


def _values(
    plan: Plan, problem: Problem, rule: Rule, person: Person | None, first: int
) -> dict[str, Any]:
    """The days or the number that a rule stands for."""
    if person is None:
        return {"least": max(limits.rules.least_rest_minutes for limits in plan.limits.values())}
    contract = person.contract
    match rule:
        case Rule.LEAVE:
            return {"days": [day_of(plan, day + first) for day in sorted(person.leave)]}
        case Rule.CERTIFICATES:
            ends = [held.last_day for held in person.certificates if held.last_day >= 0]
            return {"until": day_of(plan, max(ends) + first) if ends else None}
        case Rule.PINS:
            days = sorted(pin.day for pin in problem.pins if pin.person == person.id)
            return {"days": [day_of(plan, day + first) for day in days]}
        case Rule.HISTORY:
            back = len(person.history)
            return {
                "days": [
                    day_of(plan, number - back)
                    for number, code in enumerate(person.history)
                    if code is not None
                ][-_WEEK:]
            }
        case Rule.MOST_OF_SHIFT:
            return {
                "none": sorted(code for code, most in contract.most_of_shift.items() if not most)
            }
        case Rule.NEVER:
            if plan.limits[int(person.id)].no_nights:
                return {"nights": True}
            return {
                "days": [day_of(plan, day + first) for day in sorted({d for d, _ in person.never})]
            }
        case Rule.CAPS | Rule.SUCCESSION:
            return {}
        case _:
            return {"number": getattr(contract, rule.value)}


def _number(plan: Plan, gap: Mapping[str, Any]) -> int:
    return (date.fromisoformat(gap["day"]) - plan.first_day).days
