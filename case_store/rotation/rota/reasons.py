"""Why a draft has gaps, as far as plain arithmetic tells, and what stays known of it when the draft changes.

Each gap of `shortages` gets `because`. From the plainest to the most involved, the first that proves the gap is told:

- `day`: facts of that day alone (leave, certificates, no nights, what was worked before): who is free, and as many
  of the others as it takes; with one reason fewer there could be enough people.
- `hours`: the needs of all days want more hours than all contracts have.
- `span`: needs of a week, or of all days, and rules of people that cannot be had together (`span_reasons`).
- `open`: nothing of this stands in the way; what does is a choice, or the time of the search.
- `unclear`: nothing was found out in the time.

Gaps of one cause carry the same `because`, so that it is said once. This module knows no solver: the console uses it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from case_store.rotation.roster.problem import Need
from case_store.rotation.rota.planning import Lines, Plan
from case_store.rotation.rota.shortages import shortages


def explained_again(
    plan: Plan, lines: Lines, before: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The gaps after a change of the draft, without a search: what was found of a span stays true of it."""
    kept = {(one["day"], one["shift"]): one for one in before if "day" in one}
    found = shortages(plan, lines)
    because_of_hours(plan, found)
    for one in found:
        known = kept.get((one["day"], one["shift"]), {})
        old = known.get("because")
        if known.get("asked"):
            one["asked"] = True
        if "because" not in one:
            one["because"] = old if old and old["kind"] == "span" else {"kind": "unclear"}
    return found


def because_of_hours(plan: Plan, found: Sequence[dict[str, Any]]) -> None:
    """Where all needs together want more hours than all contracts have, that is the cause of whatever is left."""
    needed = sum(
        need.people * plan.shifts[need.shift].worked_minutes for need in attainable(plan, found)
    )
    most = sum(plan.most_minutes(user) for user in plan.people)
    if needed > most:
        for one in found:
            one.setdefault(
                "because",
                {
                    "kind": "hours",
                    "first": day_of(plan, 0),
                    "last": day_of(plan, plan.problem.days - 1),
                    "needed": needed,
                    "most": most,
                    "people": len(plan.people),
                },
            )


def attainable(plan: Plan, found: Iterable[Mapping[str, Any]]) -> list[Need]:
    """The needs, less whom a day by itself cannot have."""
    most = {
        (one["day"], one["shift"]): len(one["because"]["free"])
        for one in found
        if one.get("because", {}).get("kind") == "day"
    }
    return [
        replace(
            need,
            people=min(need.people, most.get((day_of(plan, need.day), need.shift), need.people)),
        )
        for need in plan.problem.needs
    ]


def day_of(plan: Plan, number: int) -> str:
    return (plan.first_day + timedelta(days=number)).isoformat()
