"""From what a centre has (people, terms, leave, wishes, certificates, needs) to a `Problem`, and back to duties.

What the solver's model does not know exactly (hours of a calendar month that begins within the plan, weekends of four
weeks that began before it) is taken out afterwards by the very rules that hold for every change (`breaches`), and the
search goes on without it: a plan never breaks one.

Fairness is dealt out beforehand, from the ledger of six months: so many nights, days on which others are off, and hours
for each at the most. `Plan.loosened` gives more where that leaves nobody to answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.roster.problem import (
    Cap,
    Certificate,
    Contract,
    Need,
    Person,
    Problem,
    Roster,
    Wish,
)
from case_store.rotation.roster.problem import ShiftType as Kind
from case_store.rotation.rota.breaches import Limits, breaches_of_line, limits_of_all, lines_of
from case_store.rotation.rota.cover_needs import NOBODY, Wanted, needs_on
from case_store.rotation.rota.fair_shares import fair_shares
from case_store.rotation.rota.ledger import Tally, ledger
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    ShiftType,
    StaffClass,
    WishLevel,
    WorkingTerms,
)
from case_store.rotation.rota.models import Wish as Asked
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.staff_holidays import holidays_of
from case_store.rotation.rota.terms import rota_people, terms_of
from case_store.rotation.rota.wishes import wishes_at

HISTORY: Final = 14
"""Days before the first that are looked back on."""
LONGEST: Final = 92
_SATURDAY: Final = 5
SHORT: Final = 100
"""What one person short costs; wishes cost what their level says."""
UNLED: Final = 60
"""What one experienced person short costs where somebody is there, but new."""
UNPAIRED: Final = 30
"""What each new person costs for whom there is no experienced one on the same shift."""
OVER: Final = 20
ONE_MORE: Final = 1
"""Days on which others are off are dealt out with so many more, so that weekends off in one piece stay possible."""
MOVED: Final = 15
"""What a published duty that moves costs, and `MOVED_SOON` within the days of notice."""
MOVED_SOON: Final = 45

Lines = dict[int, dict[date, ShiftType]]
"""User id → day → shift."""


class NothingToPlan(ValueError):
    """There is nobody, or no shift, or nothing is needed; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"no {field}")
        self.field = field


@dataclass(frozen=True)
class Plan:
    """A problem, and what its names mean."""

    problem: Problem
    first_day: date
    people: tuple[User, ...]
    shifts: Mapping[str, ShiftType]
    limits: Mapping[int, Limits]
    before: Lines
    contract_minutes: Mapping[int, int]
    """The hours of each one's contract in these days; the fair share of them may be less."""
    replanning: bool = False
    overtime: frozenset[int] = frozenset()
    """Who agreed to work more than the contract says."""

    def agrees_to_overtime(self, user: User) -> bool:
        return user.id in self.overtime

    def most_minutes(self, user: User) -> int:
        """The hours of the contract, in these days."""
        return self.contract_minutes[user.id]

    def loosened(self, more: int | None) -> Problem:
        """The problem with so many more nights, days and duties for everybody; None: without fair shares at all.

        The hours of the contract are kept, as is all that somebody must not work.
        """
        longest = max((shift.worked_minutes for shift in self.shifts.values()), default=0)
        people = []
        for user, person in zip(self.people, self.problem.people, strict=True):
            contract, whole = person.contract, self.contract_minutes[user.id]
            if more is None:
                loose = replace(contract, most_of_shift={}, caps=(), most_minutes=whole)
            else:
                loose = replace(
                    contract,
                    most_of_shift={c: most + more for c, most in contract.most_of_shift.items()},
                    caps=tuple(replace(cap, most=cap.most + more) for cap in contract.caps),
                    most_minutes=min(whole, contract.most_minutes + more * longest),
                )
            people.append(replace(person, contract=loose))
        return replace(self.problem, people=tuple(people))

    def forbidding(self, cells: Iterable[tuple[int, date]]) -> "Plan":
        """The plan in which these people (user ids) have no duty on these days, nor on the rest of such a weekend."""
        days: dict[int, set[int]] = {}
        for user_id, day in cells:
            number = (day - self.first_day).days
            other = {_SATURDAY: number + 1, _SATURDAY + 1: number - 1}.get(day.weekday(), number)
            both = {one for one in (number, other) if 0 <= one < self.problem.days}
            days.setdefault(user_id, set()).update(both)
        people = tuple(
            replace(person, leave=person.leave | days.get(user.id, set()))
            for user, person in zip(self.people, self.problem.people, strict=True)
        )
        return replace(self, problem=replace(self.problem, people=people))

    def taken_out(self, roster: Roster) -> list[tuple[int, date]]:
        """Whose duties of which days a roster has against a rule that the solver does not know."""
        kept = self.lines(roster)
        return [
            (user.id, day)
            for user, row in zip(self.people, roster, strict=True)
            for number, code in enumerate(row)
            if code is not None
            and (day := self.first_day + timedelta(days=number)) not in kept[user.id]
        ]

    def lines(self, roster: Roster) -> Lines:
        """The duties of a roster, without those that would break a rule after all."""
        found: Lines = {}
        for user, row in zip(self.people, roster, strict=True):
            line = {
                self.first_day + timedelta(days=number): self.shifts[code]
                for number, code in enumerate(row)
                if code is not None
            }
            found[user.id] = _without_breaches(line, self.before[user.id], self.limits[user.id])
        return found


def plan_of(
    session: Session, centre_code: str, first: date, last: date, *, replanning: bool = False
) -> Plan:
    """What is to be planned. Raises `NothingToPlan`.

    `replanning`: of what counts on these days already, as little as possible is to move.
    """
    terms = terms_of(session, [user.id for user in rota_people(session, centre_code)])
    people = tuple(u for u in rota_people(session, centre_code) if terms[u.id].in_rota)
    shifts = {one.code: one for one in shift_types_of(session, centre_code, with_closed=True)}
    needs = needs_on(session, centre_code, first, last)
    for field, there in (("people", people), ("shifts", shifts), ("needs", needs)):
        if not there:
            raise NothingToPlan(field)
    ids = [user.id for user in people]
    limits = limits_of_all(session, {one: terms[one] for one in ids}, first, last)
    around = lines_of(session, ids, first - timedelta(days=31), last + timedelta(days=31))
    before = {
        user_id: {day: shift for day, shift in line.items() if not first <= day <= last}
        for user_id, line in around.items()
    }
    planner = _Planner(
        first, last, shifts, limits, terms,
        off=frozenset(holidays_of(session, StaffClass.OFFICIAL, first, last)),
    )  # fmt: skip
    shares = planner.shares(needs, ledger(session, centre_code, until=first), ids)
    return Plan(
        problem=Problem(
            days=planner.days,
            shifts=tuple(planner.kinds()),
            people=tuple(planner.people(people, before, shares)),
            needs=tuple(planner.needs(needs)),
            wishes=(
                *planner.wishes(wishes_at(session, centre_code, first, last), ids),
                *(planner.keep(around) if replanning else ()),
            ),
            first_weekday=first.weekday(),
            weight_unpaired=UNPAIRED,
        ),
        first_day=first,
        people=people,
        shifts=shifts,
        limits=limits,
        before=before,
        contract_minutes={one: planner.contract_minutes(one) for one in ids},
        replanning=replanning,
        overtime=frozenset(one for one in ids if terms[one].overtime_consent),
    )


@dataclass(frozen=True)
class Share:
    """What one person has to bear at the most, in all fairness."""

    nights: Mapping[str, int]
    off_days: int
    minutes: int


@dataclass(frozen=True)
class _Planner:
    """Turns what the store holds into the solver's words."""

    first: date
    last: date
    shifts: Mapping[str, ShiftType]
    limits: Mapping[int, Limits]
    terms: Mapping[int, WorkingTerms]
    off: frozenset[date] = frozenset()
    """Public holidays."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def number(self, day: date) -> int:
        return (day - self.first).days

    def kinds(self) -> Iterable[Kind]:
        """Minutes are those worked, so rests are told as forbidden successions."""
        rest = max(limits.rules.least_rest_minutes for limits in self.limits.values())
        # Standby at home is no work: it counts no minutes.
        for code, shift in self.shifts.items():
            tired = frozenset(
                after.code
                for after in self.shifts.values()
                if MINUTES_OF_A_DAY + after.start_minute - shift.start_minute - shift.minutes < rest
            )
            yield Kind(
                code=code,
                minutes=shift.worked_minutes,
                not_next_day=tired,
                night=shift.is_night,
                channel=shift.channel,
            )

    def shares(
        self,
        needs: Mapping[tuple[date, int], Wanted],
        past: Mapping[int, Tally],
        ids: Iterable[int],
    ) -> dict[int, Share]:
        """What these days ask for, dealt out by weight, and by what each has borne in six months."""
        code_of = {shift.id: code for code, shift in self.shifts.items()}
        nights = {code: 0 for code, shift in self.shifts.items() if shift.is_night}
        off_days = minutes = 0
        for (day, shift_id), wanted in needs.items():
            shift = self.shifts[code_of[shift_id]]
            minutes += wanted.people * shift.worked_minutes
            off_days += wanted.people * self.is_off(day)
            if shift.is_night:
                nights[shift.code] += wanted.people
        weights = {one: self._weight(one) for one in ids}
        awake = {one: 0.0 if self.limits[one].no_nights else w for one, w in weights.items()}
        of_nights = fair_shares(nights, awake, {one: past[one].nights for one in weights})
        of_off_days = fair_shares(
            {"off": off_days},
            weights,
            {one: past[one].weekend_days + past[one].holidays for one in weights},
        )
        longest = max((shift.worked_minutes for shift in self.shifts.values()), default=0)
        whole = sum(weights.values()) or 1.0
        return {
            one: Share(
                nights=of_nights[one],
                off_days=of_off_days[one]["off"] + ONE_MORE,
                minutes=round(minutes * weight / whole) + longest,
            )
            for one, weight in weights.items()
        }

    def is_off(self, day: date) -> bool:
        """A day on which officials do not work."""
        return day.weekday() >= _SATURDAY or day in self.off

    def people(
        self, people: Iterable[User], before: Lines, shares: Mapping[int, Share]
    ) -> Iterable[Person]:
        for user in people:
            limits = self.limits[user.id]
            yield Person(
                id=str(user.id),
                contract=self._contract(user.id, shares[user.id]),
                leave=self._leave(limits),
                never=frozenset(self._never(limits, before[user.id])),
                experienced=self.terms[user.id].experienced,
                certificates=tuple(self._certificates(limits)),
                history=tuple(
                    shift.code if (shift := before[user.id].get(day)) else None
                    for day in (self.first - timedelta(days=back) for back in range(HISTORY, 0, -1))
                )
                if before[user.id]
                else (),
            )

    def _leave(self, limits: Limits) -> frozenset[int]:
        away = set(limits.absences) | set(limits.unwanted)
        return frozenset(self.number(day) for day in away if self.first <= day <= self.last)

    def _never(self, limits: Limits, before: Mapping[date, ShiftType]) -> Iterable[tuple[int, str]]:
        """Closed shifts, nights for who works none, shifts across midnight into leave, one weekend too many."""
        full = self._weekend_too_many(limits, before)
        for number in range(self.days):
            day = self.first + timedelta(days=number)
            after = day + timedelta(days=1)
            for code, shift in self.shifts.items():
                into_leave = shift.ends_next_day and (
                    after in limits.absences or not limits.certified(shift.channel, after, after)
                )
                no_night = shift.is_night and limits.no_nights
                if not shift.active or no_night or into_leave or day in full:
                    yield number, code

    def _weekend_too_many(
        self, limits: Limits, before: Mapping[date, ShiftType]
    ) -> tuple[date, ...]:
        """The first weekend, if with those before it there would be one too many in four weeks."""
        saturday = self.first + timedelta(days=(_SATURDAY - self.first.weekday()) % 7)
        first = (saturday, saturday + timedelta(days=1))
        worked = sum(
            any(day - timedelta(weeks=back) in before for day in first) for back in range(1, 4)
        )
        return first if worked >= limits.rules.most_weekends_in_four_weeks else ()

    def _weight(self, user_id: int) -> float:
        """A fair share goes by hours of contract, and by days that are not leave and within a certificate."""
        limits = self.limits[user_id]
        channels = {shift.channel for shift in self.shifts.values() if shift.active}
        away = self._leave(limits)
        days = (self.first + timedelta(days=one) for one in range(self.days) if one not in away)
        there = sum(any(limits.certified(one, day, day) for one in channels) for day in days)
        return self.terms[user_id].week_minutes / (40 * 60) * there / self.days

    def contract_minutes(self, user_id: int) -> int:
        terms = self.terms[user_id]
        most = terms.week_minutes * self.days // 7
        if terms.month_minutes is not None:
            most = min(most, terms.month_minutes * -(-self.days // 28))
        return most

    def _contract(self, user_id: int, share: Share) -> Contract:
        rules = self.limits[user_id].rules
        off = frozenset(
            number
            for number in range(self.days)
            if self.is_off(self.first + timedelta(days=number))
        )
        return Contract(
            most_minutes=min(self.contract_minutes(user_id), share.minutes),
            most_minutes_in_seven_days=rules.most_week_minutes,
            most_days_in_row=rules.most_days_in_row,
            least_days_off_in_row=rules.least_days_off_in_row,
            most_weekends=max(1, rules.most_weekends_in_four_weeks * self.days // 28)
            if rules.most_weekends_in_four_weeks < 4
            else None,
            most_nights_in_row=rules.most_nights_in_row,
            most_of_shift=share.nights,
            caps=(Cap(share.off_days, frozenset(self.shifts), off),) if off else (),
        )

    def _certificates(self, limits: Limits) -> Iterable[Certificate]:
        """Days on which each channel may be worked, in one piece where certificates follow each other."""
        for channel in {shift.channel for shift in self.shifts.values()}:
            begins: int | None = None
            for number in range(self.days + 1):
                day = self.first + timedelta(days=number)
                holds = number < self.days and limits.certified(channel, day, day)
                if holds and begins is None:
                    begins = number
                elif not holds and begins is not None:
                    yield Certificate(channel, begins, number - 1)
                    begins = None

    def needs(self, needs: Mapping[tuple[date, int], Wanted]) -> Iterable[Need]:
        for number in range(self.days):
            day = self.first + timedelta(days=number)
            for code, shift in self.shifts.items():
                wanted = needs.get((day, shift.id), NOBODY)
                yield Need(
                    number, code, wanted.people, weight_short=SHORT, weight_over=OVER,
                    experienced=wanted.experienced, weight_unled=UNLED,
                )  # fmt: skip

    def wishes(self, wishes: Iterable[Asked], ids: Iterable[int]) -> Iterable[Wish]:
        """Fixed wishes bind like leave, and stand there."""
        known, code_of = set(ids), {shift.id: code for code, shift in self.shifts.items()}
        for asked in wishes:
            if asked.user_id not in known or asked.level == int(WishLevel.FIXED):
                continue
            person, number = str(asked.user_id), self.number(asked.day)
            if asked.shift_type_id in code_of:
                code = code_of[asked.shift_type_id]
                yield Wish(person, number, code, asked.level, asked.wanted)
            elif asked.shift_type_id is None and not asked.wanted:
                for code in self.shifts:
                    yield Wish(person, number, code, asked.level, wanted=False)

    def keep(self, around: Lines) -> Iterable[Wish]:
        """That what is published does not move."""
        for user_id, limits in self.limits.items():
            for number in range(self.days):
                day = self.first + timedelta(days=number)
                soon = number <= limits.rules.notice_days
                weight, shift = MOVED_SOON if soon else MOVED, around[user_id].get(day)
                if shift is not None:
                    yield Wish(str(user_id), number, shift.code, weight)
                else:
                    for code in self.shifts:
                        yield Wish(str(user_id), number, code, weight, wanted=False)


def _without_breaches(
    line: dict[date, ShiftType], before: Mapping[date, ShiftType], limits: Limits
) -> dict[date, ShiftType]:
    kept = dict(line)
    while True:
        found = breaches_of_line({**before, **kept}, kept, limits)
        if not found:
            return kept
        del kept[found[-1].day]
