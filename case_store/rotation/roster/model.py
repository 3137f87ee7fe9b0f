"""The rules as a CP-SAT model over any part of a roster: some people, some days, the rest fixed."""

from collections.abc import Iterable, Sequence
from math import ceil

from ortools.sat.python import cp_model

from case_store.rotation.roster.lines import places_of
from case_store.rotation.roster.states import week_limit
from case_store.rotation.roster.tables import OFF, Floats, Line, Tables

Literal = cp_model.IntVar | bool
Expression = cp_model.LinearExprT


class LineModel:
    """One person's days in a model: a literal for each choice that is still open."""

    def __init__(
        self,
        model: cp_model.CpModel,
        tables: Tables,
        person: int,
        line: Line | None = None,
        open_days: Iterable[int] | None = None,
    ) -> None:
        self.model, self.tables = model, tables
        self.person = tables.problem.people[person]
        self.open_days = set(range(tables.problem.days) if open_days is None else open_days)
        self.cells: dict[tuple[int, int], Literal] = {}
        self.work: dict[int, Literal] = {}
        choice_of = {shift.code: number for number, shift in enumerate(tables.problem.shifts, 1)}
        for back, code in enumerate(reversed(self.person.history), 1):
            self._settle(-back, OFF if code is None else choice_of[code])
        for day in range(tables.problem.days):
            if line is not None and day not in self.open_days:
                self._settle(day, line[day])
            else:
                self._open(day, tables.allowed[person, day].nonzero()[0].tolist(), line)
        self._runs()
        self._successions()
        self._totals()

    def line(self, solver: "cp_model.CpSolver | cp_model.CpSolverSolutionCallback") -> Line:
        def holds(cell: Literal) -> bool:
            return cell if isinstance(cell, bool) else bool(solver.boolean_value(cell))

        return tuple(
            next((c for c in self._choices if holds(self.cells.get((day, c), False))), OFF)
            for day in range(self.tables.problem.days)
        )

    @property
    def _choices(self) -> range:
        return range(1, len(self.tables.problem.shifts) + 1)

    def _settle(self, day: int, choice: int) -> None:
        self.work[day] = choice != OFF
        if choice != OFF:
            self.cells[day, choice] = True

    def _open(self, day: int, choices: list[int], line: Line | None) -> None:
        shifts = [choice for choice in choices if choice != OFF]
        cells = [self.model.new_bool_var("") for _ in shifts]
        self.cells.update({(day, choice): cell for choice, cell in zip(shifts, cells, strict=True)})
        if OFF not in choices:
            self.model.add_exactly_one(cells)
            self.work[day] = True
        elif cells:
            work = self.model.new_bool_var("")
            self.model.add_exactly_one([*cells, ~work])
            self.work[day] = work
        else:
            self.work[day] = False
        if line is not None:
            for choice, cell in zip(shifts, cells, strict=True):
                self.model.add_hint(cell, line[day] == choice)

    def _forbid(self, together: Sequence[tuple[Literal, bool]]) -> None:
        """Not all of these at once: each a literal and the value that it would have."""
        clause: list[cp_model.LiteralT] = []
        for literal, value in together:
            if isinstance(literal, bool):
                if literal != value:
                    return
            else:
                clause.append(~literal if value else literal)
        self.model.add_bool_or(clause)

    def _runs(self) -> None:
        contract, days, work = self.person.contract, self.tables.problem.days, self.work
        first = -len(self.person.history)
        night = [c for c, shift in enumerate(self.tables.problem.shifts, 1) if shift.night]
        for end in range(days):
            begin = end - contract.most_days_in_row
            if begin >= first:
                self._forbid([(work[day], True) for day in range(begin, end + 1)])
            for value, least in (
                (True, contract.least_days_in_row),
                (False, contract.least_days_off_in_row),
            ):
                for length in range(1, least):
                    begin = end - length - 1
                    if begin >= first:
                        inner = [(work[day], value) for day in range(begin + 1, end)]
                        self._forbid([(work[begin], not value), *inner, (work[end], not value)])
            if contract.most_nights_in_row is not None:
                self._limit_nights(end, first, contract.most_nights_in_row, night)
            if (week := week_limit(self.tables.problem, self.person)) is not None:
                self._limit_week(end, week)

    def _limit_nights(self, end: int, first: int, most: int, night: list[int]) -> None:
        begin = end - most
        if begin >= first:
            window = [
                self.cells.get((day, choice), False)
                for day in range(begin, end + 1)
                for choice in night
            ]
            self._at_most(window, most)

    def _limit_week(self, end: int, most: int) -> None:
        """Minutes of the seven days up to this one. What was too much before it began is not held against anybody."""
        minutes = [shift.minutes for shift in self.tables.problem.shifts]
        settled, terms = 0, []
        for day in range(end - 6, end + 1):
            for choice in self._choices:
                cell = self.cells.get((day, choice), False)
                if cell is True:
                    settled += minutes[choice - 1]
                elif not isinstance(cell, bool):
                    terms.append(minutes[choice - 1] * cell)
        if terms:
            self.model.add_linear_constraint(sum(terms), 0, max(0, most - settled))

    def _successions(self) -> None:
        problem, person = self.tables.problem, self.person
        for one, before in enumerate(problem.shifts, 1):
            for two, after in enumerate(problem.shifts, 1):
                if problem.follows(person, before, after):
                    continue
                for day in range(-1 if person.history else 0, problem.days - 1):
                    cells = (
                        self.cells.get((day, one), False),
                        self.cells.get((day + 1, two), False),
                    )
                    if day + 1 in self.open_days or day in self.open_days:
                        self._forbid([(cell, True) for cell in cells])

    def _totals(self) -> None:
        problem, contract = self.tables.problem, self.person.contract
        minutes = [shift.minutes for shift in problem.shifts]
        within = [(day, choice) for day, choice in self.cells if day >= 0]
        worked = sum(minutes[choice - 1] * self.cells[day, choice] for day, choice in within)
        if isinstance(worked, int):
            self._settled(contract.least_minutes <= worked <= contract.most_minutes)
        else:
            self.model.add_linear_constraint(worked, contract.least_minutes, contract.most_minutes)
        for choice, shift in enumerate(problem.shifts, 1):
            cap = contract.most_of_shift.get(shift.code)
            if cap is not None:
                self._at_most([self.cells[place] for place in within if place[1] == choice], cap)
        for one in contract.caps:
            counted = places_of(problem, one)
            self._at_most([self.cells[place] for place in within if counted[place]], one.most)
        if contract.most_weekends is not None:
            self._limit_weekends(contract.most_weekends)

    def _limit_weekends(self, most: int) -> None:
        problem = self.tables.problem
        weekends: dict[int, list[Literal]] = {}
        for day in range(problem.days):
            if problem.is_weekend(day):
                weekends.setdefault((problem.first_weekday + day) // 7, []).append(self.work[day])
        worked: list[Literal] = []
        for halves in weekends.values():
            if any(half is True for half in halves):
                worked.append(True)
                continue
            weekend = self.model.new_bool_var("")
            for half in halves:
                self._forbid([(half, True), (weekend, False)])
            worked.append(weekend)
        self._at_most(worked, most)

    def _at_most(self, literals: list[Literal], most: int) -> None:
        settled = sum(1 for literal in literals if literal is True)
        still_open = [literal for literal in literals if not isinstance(literal, bool)]
        if still_open:
            self.model.add_linear_constraint(sum(still_open), 0, most - settled)
        else:
            self._settled(settled <= most)

    def _settled(self, holds: bool) -> None:
        if not holds:
            self.model.add_bool_or([])


class PartModel:
    """Several people's lines with their cover; whoever is not in it stays as they are."""

    def __init__(
        self,
        tables: Tables,
        lines: Sequence[Line],
        people: Sequence[int],
        open_days: Iterable[int] | None = None,
        bound: float | None = None,
    ) -> None:
        self.tables, self.model = tables, cp_model.CpModel()
        days = sorted(range(tables.problem.days) if open_days is None else open_days)
        self.lines = {
            person: LineModel(self.model, tables, person, lines[person], days) for person in people
        }
        heads = tables.heads({p: line for p, line in enumerate(lines) if p not in self.lines})
        costs: list[Expression] = []
        for person, line in self.lines.items():
            for (day, choice), cell in line.cells.items():
                if day >= 0 and not isinstance(cell, bool):
                    own = tables.wish_cost[person, day]
                    costs.append(int(own[choice] - own[OFF]) * cell)
                    # What the days off would cost is the same for all, and added at the end.
        constant = sum(
            int(tables.wish_cost[person, day, OFF]) for person in self.lines for day in days
        )
        opened = set(days)
        costs += [
            self._cover(place, int(heads[place]))
            for place in tables.weighed()
            if place[1] in opened
        ]
        total = sum(costs) + constant
        self.model.minimize(total)
        if bound is not None and len(self.lines) == tables.people and open_days is None:
            self.model.add(total >= ceil(bound - 1e-6))

    def _cover(self, place: tuple[int, int, int], there: int) -> Expression:
        """What a count of a day and shift costs, beside those who are not in the model."""
        tables = self.tables
        count, day, shift = place
        still_open: list[tuple[int, cp_model.IntVar]] = []
        for person, line in self.lines.items():
            cell, one = line.cells.get((day, shift + 1), False), int(tables.counted[count, person])
            if cell is True:
                there += one
            elif not isinstance(cell, bool) and one:
                still_open.append((one, cell))
        need = int(tables.need[place])
        fewest = there + sum(one for one, _ in still_open if one < 0)
        most = there + sum(one for one, _ in still_open if one > 0)
        short = self.model.new_int_var(0, max(0, need - fewest), "")
        over = self.model.new_int_var(0, max(0, most - need), "")
        self.model.add(there + sum(one * cell for one, cell in still_open) + short - over == need)
        return int(tables.short[place]) * short + int(tables.over[place]) * over


def line_model(tables: Tables, person: int, prices: Floats) -> tuple[cp_model.CpModel, LineModel]:
    """The cheapest line of one person, as a model."""
    model = cp_model.CpModel()
    line = LineModel(model, tables, person)
    own = prices + tables.wish_cost[person]
    model.minimize(
        sum(
            round(own[day, choice] - own[day, OFF]) * cell
            for (day, choice), cell in line.cells.items()
            if day >= 0 and not isinstance(cell, bool)
        )
    )
    return model, line


def choice_model(
    tables: Tables, candidates: Sequence[Sequence[Line]], hint: Sequence[Line], bound: float
) -> tuple[cp_model.CpModel, list[dict[Line, cp_model.IntVar]]]:
    """One of the candidate lines for each person, so that all together cost the least."""
    model = cp_model.CpModel()
    taken = [{line: model.new_bool_var("") for line in lines} for lines in candidates]
    heads: dict[tuple[int, int, int], list[cp_model.LinearExpr]] = {}
    costs: list[Expression] = []
    for person, literals in enumerate(taken):
        model.add_exactly_one(literals.values())
        for line, literal in literals.items():
            model.add_hint(literal, line == hint[person])
            costs.append(tables.wishes_of(person, line) * literal)
            for day, choice in enumerate(line):
                for count, one in enumerate(tables.counted[:, person].tolist()):
                    if choice != OFF and one:
                        heads.setdefault((count, day, choice - 1), []).append(one * literal)
    for place in tables.weighed():
        need = int(tables.need[place])
        short = model.new_int_var(0, need + tables.people, "")
        over = model.new_int_var(0, tables.people, "")
        model.add(sum(heads.get(place, [])) + short - over == need)
        costs.append(int(tables.short[place]) * short + int(tables.over[place]) * over)
    total = sum(costs)
    model.minimize(total)
    model.add(total >= ceil(bound - 1e-6))
    return model, taken
