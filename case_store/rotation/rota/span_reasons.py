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
    """Week by week, and at last over all days: each cause is of the gaps whose needs are in it.

    As a draft keeps every rule, what cannot be had together has a gap in it; with that as it is, the next one
    is looked for.
    """
    needs = {(need.day, need.shift): need for need in attainable(plan, found)}
    there = {(_number(plan, one), one["shift"]): one for one in found}
    problem = replace(plan.loosened(None), wishes=())
    end = problem.days - 1
    weeks = [(max(one, 0), min(one + _WEEK - 1, end)) for one in _weeks(plan)]
    for first, last in dict.fromkeys([*weeks, (0, end)]):
        while any("because" not in one for (day, _), one in there.items() if first <= day <= last):
            part = replace(problem, needs=tuple(needs.values()))
            try:
                told = _of_span(plan, part, first, last, deadline)
            except Unclear:
                for one in found:
                    one.setdefault("because", {"kind": "unclear"})
                return
            if told is None:
                break
            short = [
                here
                for want in told["needs"]
                if (here := (_number(plan, want), want["shift"])) in there
                and needs[here].people > there[here]["there"]
            ]
            if not short:  # the draft was not as good as the rules: nothing is claimed of it
                break
            for here in short:
                there[here].setdefault("because", told)
                needs[here] = replace(needs[here], people=there[here]["there"])
    for one in found:
        one.setdefault("because", {"kind": "open"})


def _weeks(plan: Plan) -> range:
    """The Mondays, of which the first may lie before the first day."""
    return range(-plan.first_day.weekday(), plan.problem.days, _WEEK)


def _of_span(
    plan: Plan, problem: Problem, first: int, last: int, deadline: float
) -> dict[str, Any] | None:
    """None: there is a way to have everybody who is wanted on these days. Raises `Unclear`."""
    whole = first == 0 and last == problem.days - 1
    part = problem if whole else window(problem, first, last)
    reasons = smallest_reasons(part, part.needs, seconds=max(0.0, deadline - time.monotonic()))
    wanted = sorted(
        (one for one in reasons if isinstance(one, Wanted)), key=lambda one: (one.day, one.shift)
    )
    if not wanted:
        return None
    return {
        "kind": "span",
        "first": day_of(plan, wanted[0].day + first),
        "last": day_of(plan, wanted[-1].day + first),
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
