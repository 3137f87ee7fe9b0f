"""From what a centre has (people, terms, leave, wishes, certificates, needs) to a `Problem`, and back to duties.

What the solver's model does not know exactly (leave or a certificate that ends within a shift across midnight, hours of
any seven days, weekends of any four weeks) costs so much there that it is hardly ever chosen, and is taken out
afterwards by the very rules that hold for every change (`breaches`): a plan never breaks one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from case_store.people.models import User
from case_store.rotation.roster.problem import (
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
from case_store.rotation.rota.ledger import ledger
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    ShiftType,
    WishLevel,
    WorkingTerms,
)
from case_store.rotation.rota.models import Wish as Asked
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.terms import rota_people, terms_of
from case_store.rotation.rota.wishes import wishes_at

HISTORY: Final = 14
"""Days before the first that are looked back on."""
LONGEST: Final = 92
SHORT: Final = 100
"""What one person short costs; wishes cost what their level says."""
OVER: Final = 20
HARDLY_EVER: Final = 1_000
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
    replanning: bool = False
    overtime: frozenset[int] = frozenset()
    """Who agreed to work more than the contract says."""

    def agrees_to_overtime(self, user: User) -> bool:
        return user.id in self.overtime

    def most_minutes(self, user: User) -> int:
        """The hours of the contract, in these days."""
        return self.problem.people[self.people.index(user)].contract.most_minutes

    def loosened(self, more: int | None) -> Problem:
        """The problem with so many more nights of each kind for everybody; None: without fair shares at all.

        Who must not work nights still has none, and nobody a shift that is closed.
        """
        people = []
        for user, person in zip(self.people, self.problem.people, strict=True):
            caps = {
                code: most + (more or 0)
                for code, most in person.contract.most_of_shift.items()
                if more is not None
            }
            for code, shift in self.shifts.items():
                if not shift.active or (shift.is_night and self.limits[user.id].no_nights):
                    caps[code] = 0
            people.append(replace(person, contract=replace(person.contract, most_of_shift=caps)))
        return replace(self.problem, people=tuple(people))

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
    past = {
        user_id: tally.nights
        for user_id, tally in ledger(session, centre_code, until=first).items()
    }
    planner = _Planner(first, last, shifts, limits, terms)
    return Plan(
        problem=Problem(
            days=planner.days,
            shifts=tuple(planner.kinds()),
            people=tuple(planner.people(people, before, needs_by_shift(needs, shifts), past)),
            needs=tuple(planner.needs(needs)),
            wishes=(
                *planner.wishes(wishes_at(session, centre_code, first, last), ids),
                *planner.edges(ids),
                *(planner.keep(around) if replanning else ()),
            ),
            first_weekday=first.weekday(),
        ),
        first_day=first,
        people=people,
        shifts=shifts,
        limits=limits,
        before=before,
        replanning=replanning,
        overtime=frozenset(one for one in ids if terms[one].overtime_consent),
    )


def needs_by_shift(
    needs: Mapping[tuple[date, int], Wanted], shifts: Mapping[str, ShiftType]
) -> dict[str, int]:
    """Duties of each shift in the whole time."""
    code_of = {shift.id: code for code, shift in shifts.items()}
    total = dict.fromkeys(shifts, 0)
    for (_, shift_id), wanted in needs.items():
        total[code_of[shift_id]] += wanted.people
    return total


@dataclass(frozen=True)
class _Planner:
    """Turns what the store holds into the solver's words."""

    first: date
    last: date
    shifts: Mapping[str, ShiftType]
    limits: Mapping[int, Limits]
    terms: Mapping[int, WorkingTerms]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def number(self, day: date) -> int:
        return (day - self.first).days

    def kinds(self) -> Iterable[Kind]:
        """Minutes are those worked, so rests are told as forbidden successions."""
        rest = max(limits.rules.least_rest_minutes for limits in self.limits.values())
        for code, shift in self.shifts.items():
            tired = frozenset(
                after.code
                for after in self.shifts.values()
                if MINUTES_OF_A_DAY + after.start_minute - shift.start_minute - shift.minutes < rest
            )
            yield Kind(
                code=code,
                minutes=max(1, shift.worked_minutes),
                not_next_day=tired,
                night=shift.is_night,
                channel=shift.channel,
            )

    def people(
        self,
        people: Iterable[User],
        before: Lines,
        wanted: Mapping[str, int],
        past_nights: Mapping[int, int],
    ) -> Iterable[Person]:
        everybody = list(people)
        nights = [code for code, shift in self.shifts.items() if shift.is_night]
        shares = fair_shares(
            {code: wanted[code] for code in nights},
            {user.id: self._weight(user.id) for user in everybody},
            past_nights,
        )
        for user in everybody:
            limits = self.limits[user.id]
            yield Person(
                id=str(user.id),
                contract=self._contract(user.id, shares[user.id]),
                leave=self._leave(limits),
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

    def _weight(self, user_id: int) -> float:
        """A fair share of the nights goes by hours of contract, and by days that are not leave."""
        limits = self.limits[user_id]
        if limits.no_nights:
            return 0.0
        there = self.days - len(self._leave(limits))
        return self.terms[user_id].week_minutes / (40 * 60) * there / self.days

    def _contract(self, user_id: int, shares: Mapping[str, int]) -> Contract:
        limits, terms = self.limits[user_id], self.terms[user_id]
        rules = limits.rules
        most = terms.week_minutes * self.days // 7
        if terms.month_minutes is not None:
            most = min(most, terms.month_minutes * -(-self.days // 28))
        closed = {code: 0 for code, shift in self.shifts.items() if not shift.active}
        nights = {code: 0 if limits.no_nights else share for code, share in shares.items()}
        return Contract(
            most_minutes=most,
            most_days_in_row=rules.most_days_in_row,
            least_days_off_in_row=rules.least_days_off_in_row,
            most_weekends=max(1, rules.most_weekends_in_four_weeks * self.days // 28)
            if rules.most_weekends_in_four_weeks < 4
            else None,
            most_nights_in_row=rules.most_nights_in_row,
            most_of_shift=nights | closed,
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
                people = needs.get((day, shift.id), NOBODY).people
                yield Need(number, code, people, weight_short=SHORT, weight_over=OVER)

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

    def edges(self, ids: Iterable[int]) -> Iterable[Wish]:
        """A shift across midnight into leave, or beyond the certificate."""
        late = [code for code, shift in self.shifts.items() if shift.ends_next_day]
        for user_id in ids if late else ():
            limits = self.limits[user_id]
            for number in range(self.days):
                after = self.first + timedelta(days=number + 1)
                for code in late:
                    channel = self.shifts[code].channel
                    if after in limits.absences or not limits.certified(channel, after, after):
                        yield Wish(str(user_id), number, code, HARDLY_EVER, wanted=False)

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
