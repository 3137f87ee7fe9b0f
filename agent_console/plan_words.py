"""Why a plan has too few people, in the supervisor's words, and what would help."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from agent_console.formats import format_date
from agent_console.i18n import N_, gettext, ngettext
from agent_console.rota_words import absence_words, breach_words, day_words, hours, shift_name
from case_store.rotation.rota.breaches import Breach, BreachRule
from case_store.rotation.rota.models import AbsenceKind, ShiftType
from case_store.rotation.rota.shortages import WayOut, WhyNot

MOST_NAMES: Final = 12
"""More people than that are counted, not named."""
MOST_TOGETHER: Final = 6
"""So many are named in one line."""
MOST_WAYS: Final = 8
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
_REST: Final = N_("%(who)s: at least %(number)s hours of rest between two duties.")
_BOUNDS: Final = {
    "most_minutes": N_("%(who)s: at most %(number)s hours by contract in these days."),
    "most_minutes_in_seven_days": N_("%(who)s: at most %(number)s hours in seven days."),
    "most_nights_in_row": N_("%(who)s: at most %(number)s nights in a row."),
    "most_days_in_row": N_("%(who)s: at most %(number)s days in a row."),
    "most_weekends": N_("%(who)s: at most %(number)s weekends in these days."),
    "least_days_off_in_row": N_("%(who)s: at least %(number)s days off in a row."),
    "least_days_in_row": N_("%(who)s: at least %(number)s days in a row."),
    "least_minutes": N_("%(who)s: at least %(number)s hours in these days."),
    "least_rest": _REST,
}
_IN_HOURS: Final = frozenset(
    {"most_minutes", "most_minutes_in_seven_days", "least_minutes", "least_rest"}
)


@dataclass(frozen=True)
class Way:
    """Something that would help, and what its button sends. `asks`: what is to be written, consent or reason."""

    words: str
    kind: str
    user: int | None = None
    asks: str = ""


@dataclass(frozen=True)
class Reason:
    """A sentence, a line for each person, and what would help."""

    sentence: str
    people: Sequence[str] = ()
    ways: Sequence[Way] = ()
    day: str = ""
    shift: str = ""


@dataclass(frozen=True)
class Cause:
    """Gaps with one cause, which is said once: a sentence, and what stands behind it."""

    gaps: Sequence[Reason]
    sentence: str = ""
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Telling:
    """What it takes to say reasons: the names of shifts and people."""

    session: Session
    shifts: Mapping[str, ShiftType]
    names: Mapping[int, str]
    centre: str

    def name(self, user_id: int) -> str:
        return self.names.get(user_id, "?")

    def who(self, user_ids: Sequence[int]) -> str:
        if not user_ids:
            return gettext("Everybody")
        if len(user_ids) > MOST_TOGETHER:
            return ngettext("%(num)s person", "%(num)s people", len(user_ids))
        return ", ".join(self.name(one) for one in user_ids)

    def shift(self, code: str) -> str:
        shift = self.shifts.get(code)
        return shift_name(shift) if shift else code


def causes(telling: Telling, reasons: Sequence[Mapping[str, Any]]) -> list[Cause]:
    """`PlanningJob.reasons`, for people: what has one cause together, in the order of the first of each."""
    grouped: list[tuple[Any, list[Mapping[str, Any]]]] = []
    for one in reasons:
        because = one.get("because") if one.get("kind") == "short" else None
        same = next((found for known, found in grouped if because and known == because), None)
        if same is not None:
            same.append(one)
        else:
            grouped.append((because, [one]))
    return [_cause(telling, because, several) for because, several in grouped]


def _cause(
    telling: Telling, because: Mapping[str, Any] | None, several: Sequence[Mapping[str, Any]]
) -> Cause:
    gaps = [_reason(telling, one) for one in several]
    match because["kind"] if because else "":
        case "day":
            return Cause(gaps, _of_the_day(telling, because or {}))
        case "hours":
            return Cause(gaps, _of_hours(because or {}))
        case "span":
            return Cause(gaps, *_of_the_span(telling, because or {}))
        case "open":
            return Cause(
                gaps,
                gettext("No rule found stands in the way: a longer search may find somebody."),
            )
        case _:
            return Cause(gaps)


def _reason(telling: Telling, reason: Mapping[str, Any]) -> Reason:
    match reason.get("kind"):
        case "nothing":
            return Reason(gettext(_NOTHING[str(reason["field"])]))
        case "clash":
            return _clash(telling, reason)
        case _:
            return _short(telling, reason)


def _clash(telling: Telling, reason: Mapping[str, Any]) -> Reason:
    name = telling.name(int(reason["user"]))
    if bounds := reason.get("because"):
        return Reason(
            gettext("%(name)s has no possible duties at all. These cannot be kept together.", name=name),
            [_bound(telling, one) for one in bounds],
        )  # fmt: skip
    rules = ", ".join(gettext(_RULES.get(one, one)) for one in reason["rules"])
    return Reason(
        gettext(
            "%(name)s has no possible duties at all: look at %(rules)s.",
            name=name,
            rules=rules or gettext("all rules together"),
        )
    )


def _of_the_day(telling: Telling, because: Mapping[str, Any]) -> str:
    """Only officer A is free: the certificate of officer B ends on the 12th; officer C is away."""
    facts = [_fact(telling, one) for one in because["people"][:MOST_NAMES]]
    if more := len(because["people"]) - MOST_NAMES if len(because["people"]) > MOST_NAMES else 0:
        facts.append(ngettext("%(num)s more cannot come", "%(num)s more cannot come", more))
    if not facts:
        return ngettext(
            "There is only %(num)s person in the rota.",
            "There are only %(num)s people in the rota.",
            because["in_all"],
        )
    listed = "; ".join(facts)
    if because["free"]:
        who = telling.who(because["free"])
        return gettext("Only %(who)s could come. %(facts)s.", who=who, facts=listed)
    return gettext("Nobody can come. %(facts)s.", facts=listed)


def _fact(telling: Telling, one: Mapping[str, Any]) -> str:
    name, values = telling.name(int(one["user"])), one["values"]
    match one["why"]:
        case BreachRule.CERTIFICATE if values.get("until"):
            until = _date(values["until"])
            return gettext("the certificate of %(name)s ends on %(day)s", name=name, day=until)
        case BreachRule.CERTIFICATE:
            return gettext("%(name)s has no valid certificate on that day", name=name)
        case BreachRule.ABSENCE:
            kind = absence_words(AbsenceKind(str(values["kind"])))
            return gettext("%(name)s is away (%(kind)s)", name=name, kind=kind)
        case BreachRule.NO_NIGHTS:
            return gettext("%(name)s must not work between 22:00 and 06:00", name=name)
        case BreachRule.FIXED_WISH:
            return gettext("%(name)s was promised to be off", name=name)
        case _:
            return gettext("%(name)s has too little time after earlier duties", name=name)


def _of_hours(because: Mapping[str, Any]) -> str:
    return gettext(
        "From %(first)s to %(last)s the shifts want %(needed)s hours; contracts of %(people)s people allow %(most)s.",
        first=_date(because["first"]),
        last=_date(because["last"]),
        needed=hours(int(because["needed"])),
        people=because["people"],
        most=hours(int(because["most"])),
    )


def _of_the_span(telling: Telling, because: Mapping[str, Any]) -> tuple[str, list[str]]:
    wanted: dict[str, int] = {}
    for one in because["needs"]:
        wanted[one["shift"]] = wanted.get(one["shift"], 0) + int(one["people"])
    shifts = ", ".join(f"{telling.shift(code)} × {people}" for code, people in wanted.items())
    sentence = gettext(
        "%(days)s: these duties (%(shifts)s) cannot all be given to the %(people)s people of the rota.",
        days=_span(because["first"], because["last"]),
        shifts=shifts,
        people=because["people"],
    )
    return sentence, [_bound(telling, one) for one in because["bounds"]]


def _bound(telling: Telling, one: Mapping[str, Any]) -> str:
    """A rule and whom it binds."""
    who, rule, values = telling.who(one["users"]), one["rule"], one["values"]
    if rule in _BOUNDS and "number" in values:
        number = hours(int(values["number"])) if rule in _IN_HOURS else values["number"]
        return gettext(_BOUNDS[rule], who=who, number=number)
    days = _days(values.get("days", ()))
    match rule:
        case "leave":
            return gettext("%(who)s: away on %(days)s.", who=who, days=days)
        case "certificates" if values.get("until"):
            return gettext(
                "%(who)s: certificate until %(day)s.", who=who, day=_date(values["until"])
            )
        case "certificates":
            return gettext("%(who)s: no valid certificate in these days.", who=who)
        case "pins":
            return gettext("%(who)s: duties fixed on %(days)s.", who=who, days=days)
        case "history":
            return gettext("%(who)s: duties before these days, %(days)s.", who=who, days=days)
        case "never" | "most_of_shift" if not days:
            return gettext("%(who)s: no duty between 22:00 and 06:00.", who=who)
        case "never":
            return gettext("%(who)s: not every shift on %(days)s.", who=who, days=days)
        case "succession":
            least = hours(int(values.get("least", 0)))
            return gettext(_REST, who=who, number=least)
        case _:
            return gettext("%(who)s: other rules.", who=who)


def _date(day: str) -> str:
    return format_date(date.fromisoformat(day))


def _span(first: str, last: str) -> str:
    return _date(first) if first == last else f"{_date(first)} – {_date(last)}"


def _days(days: Sequence[str]) -> str:
    """8 Dec 2026 – 10 Dec 2026, 14 Dec 2026"""
    runs: list[tuple[date, date]] = []
    for day in sorted(date.fromisoformat(one) for one in days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return ", ".join(_span(first.isoformat(), last.isoformat()) for first, last in runs)


def _short(telling: Telling, reason: Mapping[str, Any]) -> Reason:
    day = date.fromisoformat(reason["day"])
    sentence = gettext(
        "%(day)s, %(shift)s: %(wanted)s people are needed, %(there)s can come.",
        day=day_words(day),
        shift=telling.shift(reason["shift"]),
        wanted=reason["wanted"],
        there=reason["there"],
    )
    # Who has another duty on that day is no news; the reasons that one could do something about come first.
    telling_ones = [one for one in reason["others"] if one["why"] != WhyNot.ON_DUTY]
    busy = len(reason["others"]) - len(telling_ones)
    same: dict[str, list[Mapping[str, Any]]] = {}
    for one in telling_ones:
        same.setdefault(f"{one['why']} {one['values']}", []).append(one)
    alike = list(same.values())
    people = [_why(telling, several, day) for several in alike[:MOST_NAMES]]
    if more := busy + sum(len(several) for several in alike[MOST_NAMES:]):
        people.append(gettext("%(num)s others have another duty on that day.", num=more))
    ways = _ways(telling, reason["ways"])
    if reason.get("asked"):
        told = Way(gettext("The governor was told that a neighbour province could answer."), "")
        ways = [told if one.kind == WayOut.NEIGHBOURS else one for one in ways]
    return Reason(sentence, people, ways, reason["day"], reason["shift"])


def _why(telling: Telling, several: Sequence[Mapping[str, Any]], day: date) -> str:
    """One line for all who have the same reason."""
    one, name = several[0], telling.who([int(one["user"]) for one in several])
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
            return breach_words(telling.session, breach, name, telling.centre)


def _ways(telling: Telling, ways: Iterable[Mapping[str, Any]]) -> list[Way]:
    """Those with a person first; of these not too many."""
    told = [_way(telling.name, one) for one in ways]
    of_people = [one for one in told if one.user is not None]
    return of_people[:MOST_WAYS] + [one for one in told if one.user is None]


def _way(name_of: Callable[[int], str], way: Mapping[str, Any]) -> Way:
    user = int(way["user"]) if "user" in way else None
    name, kind = name_of(user or 0), str(way["kind"])
    match kind:
        case WayOut.OVERTIME if way.get("agreed", True):
            words = gettext("Overtime for %(name)s, who agreed to it.", name=name)
            return Way(words, kind, user, "consent")
        case WayOut.OVERTIME:
            return Way(
                gettext("Overtime for %(name)s, if they agree.", name=name), kind, user, "consent"
            )
        case WayOut.ASK:
            return Way(gettext("Ask %(name)s to come once more.", name=name), kind, user)
        case WayOut.STANDBY:
            return Way(gettext("Call in %(name)s, who is on standby.", name=name), kind, user)
        case WayOut.NEIGHBOURS:
            return Way(
                gettext("Tell the governor that a neighbour province could answer that night."),
                kind,
            )
        case _:
            return Way(gettext("Want fewer people on that shift."), kind, asks="reason")


def user_ids(reasons: Sequence[Mapping[str, Any]]) -> set[int]:
    """Whom the reasons name."""
    found = {int(one["user"]) for one in reasons if "user" in one}
    for reason in reasons:
        found |= {int(one["user"]) for one in reason.get("others", ())}
        because = reason.get("because") or {}
        bounds = because if isinstance(because, list) else because.get("bounds", ())
        found |= {int(user) for one in bounds for user in one["users"]}
        if isinstance(because, dict):
            found |= set(because.get("free", ()))
            of_day = because["people"] if because.get("kind") == "day" else ()
            found |= {int(one["user"]) for one in of_day}
    return found
