"""The best line of a person for given prices: dynamic programming over days.

Hard rules bind each person alone (cover is soft), so a roster is one valid line for each person.
People whose runs follow the same rules go through the days together, as one array.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import gcd, inf, prod

import numpy as np
import numpy.typing as npt

from case_store.rotation.roster.problem import Cap, Problem
from case_store.rotation.roster.states import Stepper, reachable
from case_store.rotation.roster.tables import OFF, Floats, Ints, Line, Tables, caps_of

# So many sums for one person are done in a fraction of a second; what is larger goes to CP-SAT.
MOST_SUMS = 20_000_000
_CELLS_AT_ONCE = 12_000_000
_FIRST_FEE, _RAISES, _NOISE = 10.0, 24, 2.0
Places = npt.NDArray[np.bool_]  # day, choice
_WEEKDAY, _SATURDAY, _SUNDAY, _SUNDAY_FIRST = range(4)


@dataclass(frozen=True)
class Priced:
    """The least price of any line, and the line; no line when there is none within the totals.

    When counting everything would take too long, the price is that without caps on shifts.
    """

    price: float
    line: Line | None


@dataclass(frozen=True)
class _Kind:
    """Days of one kind are stepped over alike: part of the week, and for each cap which choices count."""

    week_part: int
    capped: tuple[tuple[bool, ...], ...]


class NoLine(Exception):
    """A person cannot work any line."""


class LineMaker:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.steppers = [Stepper(tables.problem, person) for person in tables.problem.people]
        self.caps = [caps_of(person) for person in tables.problem.people]
        self._places: dict[Cap, Places] = {}
        self._trellises: dict[object, _Trellis] = {}
        self._of: dict[tuple[int, tuple[Cap, ...], bool, bool], _Trellis] = {}

    def fits(self, person: int) -> bool:
        return self._trellis(person, ()).sums <= MOST_SUMS

    def best(self, people: Sequence[int], prices: Sequence[Floats]) -> list[Priced]:
        """For each of the people the line with the least sum of their `prices[day, choice]` and wishes."""
        found: dict[int, Priced] = {}
        of = dict(zip(people, prices, strict=True))
        groups: dict[int, list[int]] = defaultdict(list)
        trellises = {id(t): t for t in (self._trellis(person, ()) for person in people)}
        for person in people:
            groups[id(self._trellis(person, ()))].append(person)
        for key, group in groups.items():
            priced = self._run(trellises[key], group, [of[person] for person in group])
            found.update(zip(group, priced, strict=True))
        for person in people:
            line = found[person].line
            if line is not None and (broken := self._broken_caps(person, line)):
                found[person] = self._within_caps(person, broken, found[person], of[person])
        return [found[person] for person in people]

    def near_best(self, person: int, prices: Floats) -> Line | None:
        """A good line within all totals where `best` would take too long; None if none is found.

        Totals are not counted but priced: what is broken becomes dearer until it is kept. Minutes,
        which have a floor and a ceiling, are counted when prices alone do not find the way between.
        """
        return self._by_fees(person, prices, count_minutes=False) or self._by_fees(
            person, prices, count_minutes=True
        )

    def _by_fees(self, person: int, prices: Floats, *, count_minutes: bool) -> Line | None:
        problem, contract = self.tables.problem, self.tables.problem.people[person].contract
        trellis = self._trellis(person, (), count_weekends=False, count_minutes=count_minutes)
        if trellis.sums > MOST_SUMS:
            return None
        minutes = np.array([0, *(shift.minutes for shift in problem.shifts)])
        weekend = np.array([problem.is_weekend(day) for day in range(problem.days)])
        # A little noise: where all days cost the same, a fee would move all of them at once.
        fees = np.random.default_rng(person).uniform(0, _NOISE, prices.shape)
        fee, step, towards = _FIRST_FEE, _FIRST_FEE / max(1, minutes.max()), 0
        for _ in range(_RAISES):
            [found] = self._run(trellis, [person], [prices + fees])
            if found.line is None:
                raise NoLine
            worked = int(minutes[list(found.line)].sum())
            wrong = (worked > contract.most_minutes) - (worked < contract.least_minutes)
            broken = self._broken_caps(person, found.line)
            too_many = contract.most_weekends is not None and (
                weekends_worked(problem, found.line) > contract.most_weekends
            )
            if not (broken or too_many or wrong):
                return found.line
            if broken or too_many:
                for cap in broken:
                    fees[self._places_of(cap)] += fee
                fees[weekend, 1:] += fee * too_many
                fee *= 2
            if wrong:
                step *= 2 if wrong == towards else 0.4
                towards = wrong
                fees += wrong * step * minutes
        return None

    def _within_caps(
        self, person: int, broken: tuple[Cap, ...], relaxed: Priced, prices: Floats
    ) -> Priced:
        """Caps that a line breaks become one more thing to count; most never are."""
        while True:
            trellis = self._trellis(person, broken)
            if trellis.sums > MOST_SUMS:
                return Priced(relaxed.price, None)
            [found] = self._run(trellis, [person], [prices])
            more = self._broken_caps(person, found.line) if found.line else ()
            if not more:
                return found
            relaxed = found
            broken = tuple(cap for cap in self.caps[person] if cap in broken or cap in more)

    def _broken_caps(self, person: int, line: Line) -> tuple[Cap, ...]:
        days = np.arange(len(line))
        return tuple(
            cap for cap in self.caps[person] if self._places_of(cap)[days, line].sum() > cap.most
        )

    def _places_of(self, cap: Cap) -> Places:
        if cap not in self._places:
            self._places[cap] = places_of(self.tables.problem, cap)
        return self._places[cap]

    def _trellis(
        self,
        person: int,
        capped: tuple[Cap, ...],
        *,
        count_weekends: bool = True,
        count_minutes: bool = True,
    ) -> "_Trellis":
        known = (person, capped, count_weekends, count_minutes)
        if known in self._of:
            return self._of[known]
        problem = self.tables.problem
        contract = problem.people[person].contract
        stepper = self.steppers[person]
        weekends = contract.most_weekends if count_weekends else None
        minutes = contract.most_minutes if count_minutes else None
        key = (stepper.key, stepper.start, minutes, weekends, capped)
        if key not in self._trellises:
            places = [self._places_of(cap) for cap in capped]
            most = [cap.most for cap in capped]
            self._trellises[key] = _Trellis(self.tables, stepper, minutes, weekends, places, most)
        self._of[known] = self._trellises[key]
        return self._of[known]

    def _run(
        self, trellis: "_Trellis", people: list[int], prices: Sequence[Floats]
    ) -> list[Priced]:
        tables = self.tables
        found: list[Priced] = []
        at_once = max(1, _CELLS_AT_ONCE // max(1, trellis.sums))
        for first in range(0, len(people), at_once):
            some = people[first : first + at_once]
            asked = np.array(prices[first : first + at_once])
            own = np.where(tables.allowed[some], tables.wish_cost[some] + asked, inf)
            least = [tables.problem.people[person].contract.least_minutes for person in some]
            found += trellis.best(own, least)
        return found


class _Trellis:
    """States and totals of one day, and the steps that lead to those of the next."""

    def __init__(
        self,
        tables: Tables,
        stepper: Stepper,
        most_minutes: int | None,
        weekends: int | None,
        capped: list[Places],
        caps: list[int],
    ) -> None:
        problem = tables.problem
        choices = tables.allowed.shape[2]
        self.states, self.sources, self.targets = reachable(stepper, choices, [stepper.start])
        self.unit = gcd(*(shift.minutes for shift in problem.shifts)) or 1
        self.counts_minutes = most_minutes is not None
        longest = problem.days * max(shift.minutes for shift in problem.shifts)
        most_minutes = min(most_minutes or 0, longest)
        # Totals: units of minutes, weekends, and how often each cap's shifts were worked.
        sizes = (most_minutes // self.unit + 1, (weekends or 0) + 1, *(cap + 1 for cap in caps))
        self.totals = prod(sizes)
        self.days = problem.days
        self.sums = len(self.sources) * self.totals * self.days
        self.minutes = np.repeat(np.arange(sizes[0]) * self.unit, self.totals // sizes[0])
        if self.sums > MOST_SUMS:
            return
        self.choice = np.array([state.choice for state in self.states])
        self.reached, self.firsts = np.unique(self.targets, return_index=True)
        self.kinds = [
            _Kind(
                self._week_part(tables, day),
                tuple(tuple(map(bool, places[day])) for places in capped),
            )
            for day in range(self.days)
        ]
        worked = [0, *(shift.minutes // self.unit for shift in problem.shifts)]

        @cache
        def before(choice: int, weekend: bool, capped: tuple[bool, ...]) -> Ints:
            minutes = worked[choice] if self.counts_minutes else 0
            return _shifted(sizes, (minutes, int(weekend and weekends is not None), *capped))

        self.steps = {kind: self._steps(kind, before) for kind in set(self.kinds)}

    def _week_part(self, tables: Tables, day: int) -> int:
        problem = tables.problem
        if not problem.is_weekend(day):
            return _WEEKDAY
        if (problem.first_weekday + day) % 7 == 5:
            return _SATURDAY
        return _SUNDAY if day else _SUNDAY_FIRST

    def _steps(self, kind: "_Kind", before: Callable[[int, bool, tuple[bool, ...]], Ints]) -> Ints:
        """For each step and total afterwards: where among (state, total) it came from."""
        rows = []
        for source, target in zip(self.sources, self.targets, strict=True):
            choice = self.states[target].choice
            # A weekend is counted by its Saturday, or by a Sunday after a Saturday off.
            weekend = choice != OFF and (
                kind.week_part in (_SATURDAY, _SUNDAY_FIRST)
                or (kind.week_part == _SUNDAY and self.states[source].choice == OFF)
            )
            capped = tuple(places[choice] for places in kind.capped)
            rows.append(source * (self.totals + 1) + before(choice, weekend, capped))
        return np.array(rows)

    def best(self, prices: Floats, least_minutes: list[int]) -> list[Priced]:
        people = len(prices)
        if not len(self.sources):
            return [Priced(inf, None)] * people
        width = self.totals + 1  # the last total of a state stands for "cannot be"
        value = np.full((people, len(self.states), width), inf)
        value[:, 0, 0] = 0.0
        days = [value]
        for day, kind in enumerate(self.kinds):
            came = days[-1].reshape(people, -1).take(self.steps[kind], axis=1)
            value = np.full((people, len(self.states), width), inf)
            value[:, self.reached, :-1] = np.minimum.reduceat(came, self.firsts, axis=1)
            value += prices[:, day, self.choice, None]
            days.append(value)
        return [
            self._back([value[person] for value in days], least)
            for person, least in enumerate(least_minutes)
        ]

    def _back(self, days: list[Floats], least_minutes: int) -> Priced:
        enough = self.minutes >= (least_minutes if self.counts_minutes else 0)
        last = np.where(enough, days[-1][:, :-1], inf)
        state, total = divmod(int(last.argmin()), self.totals)
        price = float(last[state, total])
        if price == inf:
            return Priced(inf, None)
        line: list[int] = []
        for day in range(self.days - 1, -1, -1):
            line.append(int(self.choice[state]))
            into = np.flatnonzero(self.targets == state)
            places = self.steps[self.kinds[day]][into, total]
            place = int(places[days[day].reshape(-1)[places].argmin()])
            state, total = divmod(place, self.totals + 1)
        return Priced(price, tuple(reversed(line)))


def weekends_worked(problem: Problem, line: Line) -> int:
    weekends = {
        (problem.first_weekday + day) // 7
        for day, choice in enumerate(line)
        if choice != OFF and problem.is_weekend(day)
    }
    return len(weekends)


def places_of(problem: Problem, cap: Cap) -> Places:
    """Which days and choices a cap counts."""
    choices = np.array([False, *(shift.code in cap.shifts for shift in problem.shifts)])
    days = np.array([cap.days is None or day in cap.days for day in range(problem.days)])
    return np.asarray(days[:, None] & choices)


def _shifted(sizes: tuple[int, ...], by: tuple[int, ...]) -> Ints:
    """For each total the one before a step that added `by`; the cell after the last for none."""
    totals = np.indices(sizes).reshape(len(sizes), -1) - np.array(by)[:, None]
    place = np.ravel_multi_index(tuple(np.maximum(totals, 0)), sizes)
    return np.where((totals < 0).any(axis=0), prod(sizes), place).astype(np.int64)
