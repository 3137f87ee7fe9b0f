"""Why a plan has too few people, in the supervisor's words, and what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from agent_console.i18n import N_, gettext
from agent_console.rota_words import breach_words, day_words, hours, shift_name
from case_store.rotation.rota.breaches import Breach, BreachRule
from case_store.rotation.rota.models import ShiftType
from case_store.rotation.rota.shortages import WayOut, WhyNot

MOST_NAMES: Final = 12
"""More people than that are counted, not named."""
_RULES: Final = {
    "leave": N_("leave"),
    "certificates": N_("certificates"),
    "pins": N_("duties that are fixed"),
    "history": N_("duties before these days"),
    "most_minutes": N_("hours of the contract"),
    "most_weekends": N_("weekends"),
    "most_nights_in_row": N_("nights in a row"),
    "most_days_in_row": N_("days in a row"),
}
_NOTHING: Final = {
    "people": N_("Nobody at this centre is in the rota any more."),
    "shifts": N_("There are no shifts any more."),
    "needs": N_("No shift needs anybody on these days."),
}


@dataclass(frozen=True)
class Reason:
    """A sentence, a line for each person, and what would help."""

    sentence: str
    people: Sequence[str] = ()
    ways: Sequence[str] = ()


def reason_words(
    session: Session,
    reason: Mapping[str, Any],
    shifts: Mapping[str, ShiftType],
    names: Mapping[int, str],
    centre: str,
) -> Reason:
    """One of `PlanningJob.reasons`, for people."""
    match reason.get("kind"):
        case "nothing":
            return Reason(gettext(_NOTHING[str(reason["field"])]))
        case "clash":
            rules = ", ".join(gettext(_RULES.get(one, one)) for one in reason["rules"])
            return Reason(
                gettext(
                    "%(name)s has no possible duties at all: look at %(rules)s.",
                    name=names.get(int(reason["user"]), "?"),
                    rules=rules or gettext("all rules together"),
                )
            )
        case _:
            return _short(session, reason, shifts, names, centre)


def _short(
    session: Session,
    reason: Mapping[str, Any],
    shifts: Mapping[str, ShiftType],
    names: Mapping[int, str],
    centre: str,
) -> Reason:
    day, shift = date.fromisoformat(reason["day"]), shifts.get(reason["shift"])
    sentence = gettext(
        "%(day)s, %(shift)s: %(wanted)s people are needed, %(there)s can come.",
        day=day_words(day),
        shift=shift_name(shift) if shift else reason["shift"],
        wanted=reason["wanted"],
        there=reason["there"],
    )
    # Who has another duty on that day is no news; the reasons that one could do something about come first.
    telling = [one for one in reason["others"] if one["why"] != WhyNot.ON_DUTY]
    busy = len(reason["others"]) - len(telling)
    people = [_why(session, one, day, names, centre) for one in telling[:MOST_NAMES]]
    if more := len(telling) - MOST_NAMES + busy if len(telling) > MOST_NAMES else busy:
        people.append(gettext("%(num)s others have another duty on that day.", num=more))
    return Reason(sentence, people, [_way(one, names) for one in reason["ways"]])


def _why(
    session: Session,
    one: Mapping[str, Any],
    day: date,
    names: Mapping[int, str],
    centre: str,
) -> str:
    name = names.get(int(one["user"]), "?")
    match one["why"]:
        case WhyNot.CONTRACT:
            return gettext(
                "%(name)s: the hours of the contract (%(most)s) are used up.",
                name=name,
                most=hours(int(one["values"]["most"])),
            )
        case WhyNot.FAIR_SHARE:
            return gettext("%(name)s could come, beyond a fair share.", name=name)
        case rule:
            breach = Breach(BreachRule(rule), day, one["values"])
            return breach_words(session, breach, name, centre)


def _way(way: Mapping[str, Any], names: Mapping[int, str]) -> str:
    name = names.get(int(way.get("user", 0)), "?")
    match way["kind"]:
        case WayOut.OVERTIME:
            return gettext("Overtime for %(name)s, who agreed to it.", name=name)
        case WayOut.ASK:
            return gettext("Ask %(name)s to come once more.", name=name)
        case WayOut.STANDBY:
            return gettext("Call in %(name)s, who is on standby.", name=name)
        case WayOut.NEIGHBOURS:
            return gettext("Let a neighbour province of the region answer that night.")
        case _:
            return gettext("Want fewer people on that shift.")


def user_ids(reasons: Sequence[Mapping[str, Any]]) -> set[int]:
    """Whom the reasons name."""
    named = {int(one["user"]) for one in reasons if "user" in one}
    return named | {int(one["user"]) for reason in reasons for one in reason.get("others", ())}
