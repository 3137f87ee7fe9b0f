"""Whether somebody may have a duty: the hard rules, checked before anything changes, whoever asks and by whatever path.

The solver keeps the same rules when it plans (`rotation.roster`); this is what holds for every change afterwards.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    Absence,
    RequestState,
    Rota,
    RotaState,
    ShiftType,
    Wish,
    WishLevel,
    WorkingTerms,
)
from case_store.rotation.rota.rules import WorkRules, rules_of
from case_store.rotation.rota.schedule import final_schedule, rota_schedule
from case_store.rotation.rota.terms import terms_of
from case_store.rotation.training.gate import Held, certificates_in_force, covers

AROUND: Final = timedelta(days=31)
"""So many days before and after a change are looked at: no rule reaches further than the calendar month."""

Line = Mapping[date, ShiftType]
"""A person's days with a duty."""


class BreachRule(StrEnum):
    INACTIVE = "inactive"
    NOT_OF_CENTRE = "not_of_centre"
    NOT_IN_ROTA = "not_in_rota"
    CERTIFICATE = "certificate"
    ABSENCE = "absence"
    FIXED_WISH = "fixed_wish"
    NO_NIGHTS = "no_nights"
    LEAST_REST = "least_rest"
    MOST_WEEK_MINUTES = "most_week_minutes"
    MOST_MONTH_MINUTES = "most_month_minutes"
    MOST_DAYS_IN_ROW = "most_days_in_row"
    MOST_NIGHTS_IN_ROW = "most_nights_in_row"
    MOST_WEEKENDS = "most_weekends"
    ALREADY_ON_DUTY = "already_on_duty"
    """Somebody who swaps or stands in has another duty on that day; only who plans may put one in place of it."""


POLICY: Final = frozenset(
    {
        BreachRule.FIXED_WISH,
        BreachRule.LEAST_REST,
        BreachRule.MOST_NIGHTS_IN_ROW,
        BreachRule.MOST_WEEKENDS,
    }
)
"""Rules of the house, which a supervisor may break for a written reason. The others are law, leave and training."""
CANNOT_COME: Final = frozenset(
    {
        BreachRule.INACTIVE,
        BreachRule.NOT_OF_CENTRE,
        BreachRule.NOT_IN_ROTA,
        BreachRule.CERTIFICATE,
        BreachRule.ABSENCE,
        BreachRule.NO_NIGHTS,
    }
)
"""With one of these, nobody is there although the rota says so."""


@dataclass(frozen=True)
class Breach:
    """A rule that a change would break, on which day, and by how much; no words."""

    rule: BreachRule
    day: date
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def may_insist(self) -> bool:
        return self.rule in POLICY


@dataclass(frozen=True)
class Limits:
    """What binds one person's line. `absences`: day → kind of leave; `certified`: channel and days."""

    rules: WorkRules
    month_minutes: int | None = None
    no_nights: bool = False
    absences: Mapping[date, str] = field(default_factory=dict)
    unwanted: frozenset[date] = frozenset()
    certified: Callable[[str, date, date], bool] = lambda _channel, _first, _last: True


def breaches_of_line(line: Line, changed: Iterable[date], limits: Limits) -> list[Breach]:
    """The rules that a line breaks on or because of the changed days; what was broken elsewhere is not counted."""
    found: list[Breach] = []
    for day in sorted(set(changed)):
        if day in line:
            found += _alone(line[day], day, limits)
            found += _rests(line, day, limits.rules)
            found += _totals(line, day, limits)
            found += _runs(line, day, limits.rules)
            found += _weekends(line, day, limits.rules)
    return _distinct(found)


def _distinct(found: list[Breach]) -> list[Breach]:
    seen: dict[tuple[BreachRule, date], Breach] = {}
    for breach in found:
        seen.setdefault((breach.rule, breach.day), breach)
    return list(seen.values())


def _alone(shift: ShiftType, day: date, limits: Limits) -> list[Breach]:
    last = day + timedelta(days=1) if shift.ends_next_day else day
    found = []
    if not limits.certified(shift.channel, day, last):
        found.append(Breach(BreachRule.CERTIFICATE, day, {"channel": shift.channel}))
    found += [
        Breach(BreachRule.ABSENCE, day, {"kind": limits.absences[one], "on": one.isoformat()})
        for one in dict.fromkeys((day, last))
        if one in limits.absences
    ]
    if day in limits.unwanted:
        found.append(Breach(BreachRule.FIXED_WISH, day))
    if limits.no_nights and shift.is_night:
        found.append(Breach(BreachRule.NO_NIGHTS, day))
    return found


def _rests(line: Line, day: date, rules: WorkRules) -> list[Breach]:
    """Against the duties before and after: a long one may reach into the second day after its own."""
    found = []
    for apart in range(1, 4):
        for earlier in (day - timedelta(days=apart), day):
            before, after = line.get(earlier), line.get(earlier + timedelta(days=apart))
            if before is None or after is None:
                continue
            rest = apart * MINUTES_OF_A_DAY + after.start_minute
            rest -= before.start_minute + before.minutes
            if rest < rules.least_rest_minutes:
                values = {"rest": rest, "least": rules.least_rest_minutes}
                found.append(Breach(BreachRule.LEAST_REST, day, values))
    return found


def _totals(line: Line, day: date, limits: Limits) -> list[Breach]:
    found = []
    most = limits.rules.most_week_minutes
    weeks = [_minutes(line, day - timedelta(days=back), 7) for back in range(7)]
    if max(weeks) > most and line[day].worked_minutes:
        values = {"minutes": max(weeks), "most": most}
        found.append(Breach(BreachRule.MOST_WEEK_MINUTES, day, values))
    if limits.month_minutes is not None and line[day].worked_minutes:
        month = sum(
            shift.worked_minutes
            for one, shift in line.items()
            if (one.year, one.month) == (day.year, day.month)
        )
        if month > limits.month_minutes:
            values = {"minutes": month, "most": limits.month_minutes}
            found.append(Breach(BreachRule.MOST_MONTH_MINUTES, day, values))
    return found


def _minutes(line: Line, first: date, days: int) -> int:
    window = (first + timedelta(days=one) for one in range(days))
    return sum(line[day].worked_minutes for day in window if day in line)


def _runs(line: Line, day: date, rules: WorkRules) -> list[Breach]:
    found = []
    worked = _run(day, lambda one: one in line)
    if worked > rules.most_days_in_row:
        values = {"days": worked, "most": rules.most_days_in_row}
        found.append(Breach(BreachRule.MOST_DAYS_IN_ROW, day, values))
    if line[day].is_night:
        nights = _run(day, lambda one: one in line and line[one].is_night)
        if nights > rules.most_nights_in_row:
            values = {"nights": nights, "most": rules.most_nights_in_row}
            found.append(Breach(BreachRule.MOST_NIGHTS_IN_ROW, day, values))
    return found


def _weekends(line: Line, day: date, rules: WorkRules) -> list[Breach]:
    """Weekends with a duty in any four that follow each other; a weekend is its Saturday."""
    if day.weekday() < 5:
        return []
    saturday = day - timedelta(days=day.weekday() - 5)
    worked = [
        any(one + timedelta(days=offset) in line for offset in (0, 1))
        for one in (saturday + timedelta(weeks=week) for week in range(-3, 4))
    ]
    most = max(sum(worked[first : first + 4]) for first in range(4))
    if most <= rules.most_weekends_in_four_weeks:
        return []
    values = {"weekends": most, "most": rules.most_weekends_in_four_weeks}
    return [Breach(BreachRule.MOST_WEEKENDS, day, values)]


def _run(day: date, works: Callable[[date], bool]) -> int:
    length = 1
    for step in (-1, 1):
        one = day + timedelta(days=step)
        while works(one):
            length += 1
            one += timedelta(days=step)
    return length


def breaches(
    session: Session, user: User, rota: Rota, changes: Mapping[date, ShiftType | None]
) -> list[Breach]:
    """The hard rules that the person's line would break with these changes of a rota; empty: they may be made."""
    return breaches_of_all(session, rota, [(user, changes)]).get(user.id, [])


def breaches_of_all(
    session: Session,
    rota: Rota,
    wanted: Sequence[tuple[User, Mapping[date, ShiftType | None]]],
    *,
    terms: Mapping[int, WorkingTerms] | None = None,
) -> dict[int, list[Breach]]:
    """The same for several people, each named once, in a few queries; who breaks nothing is not in it.

    `terms`: theirs, where they have been read already.
    """
    put = [(user, changes) for user, changes in wanted if any(changes.values())]
    if not put:
        return {}
    first = min(min(changes) for _, changes in put)
    last = max(max(changes) for _, changes in put)
    ids = [user.id for user, _ in put]
    terms = terms_of(session, ids) if terms is None else {one: terms[one] for one in ids}
    lines = lines_of(session, ids, first - AROUND, last + AROUND, draft=rota)
    limits = limits_of_all(session, terms, first, last)
    found = {}
    for user, changes in put:
        days = {day: shift for day, shift in changes.items() if shift is not None}
        line = {day: shift for day, shift in lines[user.id].items() if day not in changes}
        line.update(days)
        several = [Breach(rule, min(days)) for rule in _who(user, rota.centre_code, terms[user.id])]
        several += breaches_of_line(line, days, limits[user.id])
        if several:
            found[user.id] = several
    return found


def breaches_now(
    session: Session, centre_code: str, people: Sequence[User], first: date, last: date
) -> dict[int, list[Breach]]:
    """The rules that people's duties of these days break as they stand: what befell them since they were planned."""
    ids = [user.id for user in people]
    terms = terms_of(session, ids)
    lines = lines_of(session, ids, first - AROUND, last + AROUND)
    limits = limits_of_all(session, terms, first, last)
    found = {}
    for user in people:
        line = lines[user.id]
        days = [day for day in line if first <= day <= last]
        who = _who(user, centre_code, terms[user.id])
        several = [Breach(rule, day) for day in days for rule in who]
        if several := several + breaches_of_line(line, days, limits[user.id]):
            found[user.id] = several
    return found


def lines_of(
    session: Session,
    user_ids: Collection[int],
    first: date,
    last: date,
    *,
    draft: Rota | None = None,
) -> dict[int, dict[date, ShiftType]]:
    """What counts for each, and on the days of a draft what the draft says instead."""
    lines: dict[int, dict[date, ShiftType]] = {one: {} for one in user_ids}
    if draft is not None and draft.state is not RotaState.DRAFT:
        draft = None
    for duty in final_schedule(session, first, last, user_ids=user_ids):
        if draft is None or not draft.first_day <= duty.day <= draft.last_day:
            lines[duty.user_id][duty.day] = duty.shift_type
    if draft is not None:
        for duty in rota_schedule(session, draft, user_ids=user_ids):
            lines[duty.user_id][duty.day] = duty.shift_type
    return lines


def _who(user: User, centre_code: str, terms: WorkingTerms) -> list[BreachRule]:
    found = []
    if not user.active:
        found.append(BreachRule.INACTIVE)
    if user.centre_code != centre_code:
        found.append(BreachRule.NOT_OF_CENTRE)
    if not terms.in_rota:
        found.append(BreachRule.NOT_IN_ROTA)
    return found


def limits_of(session: Session, user: User, terms: WorkingTerms, first: date, last: date) -> Limits:
    """What binds a person on these days (and on the day after, which a shift may touch)."""
    return limits_of_all(session, {user.id: terms}, first, last)[user.id]


def limits_of_all(
    session: Session, terms: Mapping[int, WorkingTerms], first: date, last: date
) -> dict[int, Limits]:
    """What binds each of these people, in a few queries."""
    after = last + timedelta(days=1)
    held: dict[int, list[Held]] = {}
    for one in certificates_in_force(session, list(terms), first=first, last=after):
        held.setdefault(one.user_id, []).append(one)
    absences = absent_days(session, terms, first, after)
    unwanted: dict[int, set[date]] = {}
    wishes = select(Wish.user_id, Wish.day).where(
        Wish.user_id.in_(terms),
        Wish.day.between(first, last),
        Wish.level == int(WishLevel.FIXED),
        Wish.wanted.is_(False),
        Wish.shift_type_id.is_(None),
    )
    for user_id, day in session.execute(wishes):
        unwanted.setdefault(user_id, set()).add(day)
    classes = {one.staff_class for one in terms.values()}
    rules = {one: rules_of(session, one, on=first) for one in classes}
    return {
        user_id: Limits(
            rules=rules[one.staff_class],
            month_minutes=one.month_minutes,
            no_nights=one.no_nights,
            absences=absences.get(user_id, {}),
            unwanted=frozenset(unwanted.get(user_id, ())),
            certified=_certified(held.get(user_id, [])),
        )
        for user_id, one in terms.items()
    }


def _certified(held: list[Held]) -> Callable[[str, date, date], bool]:
    return lambda channel, begin, end: covers(
        [one for one in held if one.channel == channel], begin, end
    )


def absent_days(
    session: Session, user_ids: Collection[int], first: date, last: date
) -> dict[int, dict[date, str]]:
    """The days on which each is away by approved leave or other duty, with the kind."""
    rows = session.scalars(
        select(Absence).where(
            Absence.user_id.in_(user_ids),
            Absence.state == RequestState.APPROVED,
            Absence.last_day >= first,
            Absence.first_day <= last,
        )
    )
    found: dict[int, dict[date, str]] = {}
    for row in rows:
        day = max(row.first_day, first)
        while day <= min(row.last_day, last):
            found.setdefault(row.user_id, {})[day] = row.kind.value
            day += timedelta(days=1)
    return found
