"""What has to be remembered of the days so far, to know what a person may do on the next.

Runs of work, of nights and of days off, and the minutes of the last six days where they are limited, as a small
automaton: the part of the hard rules that looks from day to day. Totals (minutes, weekends, counts of a shift) are
counted beside it.
"""

from dataclasses import dataclass, replace

import numpy as np

from case_store.rotation.roster.problem import Person, Problem
from case_store.rotation.roster.tables import OFF, Ints


@dataclass(frozen=True)
class State:
    choice: int
    run: int  # days in a row, counted only as far as a rule looks
    touches_border: bool  # such a run is never too short
    nights: int
    recent: tuple[int, ...] = ()  # minutes of each of the last six days, where a rule looks there


START = State(choice=-1, run=0, touches_border=True, nights=0)


class Stepper:
    """The rules of one person as a step from state to state."""

    def __init__(self, problem: Problem, person: Person) -> None:
        self.contract = person.contract
        self.night = (False, *(shift.night for shift in problem.shifts))
        self.follows = {
            (one, two): problem.follows(person, before, after)
            for one, before in enumerate(problem.shifts, 1)
            for two, after in enumerate(problem.shifts, 1)
        }
        self.key = (
            self.night,
            tuple(sorted(self.follows.items())),
            self.contract.most_days_in_row,
            self.contract.least_days_in_row,
            self.contract.least_days_off_in_row,
            self.contract.most_nights_in_row,
            self.contract.most_minutes_in_seven_days,
        )
        self.minutes = (0, *(shift.minutes for shift in problem.shifts))
        self.week = week_limit(problem, person)
        choice_of = {shift.code: number for number, shift in enumerate(problem.shifts, 1)}
        self.start = START
        for code in person.history:
            choice = OFF if code is None else choice_of[code]
            self.start = self.step(self.start, choice) or self._forgiven(self.start, choice)

    def step(self, state: State, choice: int) -> State | None:
        """The state after one more day, or None when the rules forbid it."""
        if self.week is None:
            return self._step(state, choice)
        minutes = self.minutes[choice]
        if minutes and sum(state.recent) + minutes > self.week:
            return None
        after = self._step(state, choice)
        return None if after is None else replace(after, recent=_recent(state, minutes))

    def _step(self, state: State, choice: int) -> State | None:
        if state.choice == START.choice:
            return self._begun(choice, border=True)
        if choice == OFF:
            return self._off(state)
        nights = state.nights + 1 if self.night[choice] else 0
        if self.contract.most_nights_in_row is not None:
            if nights > self.contract.most_nights_in_row:
                return None
        else:
            nights = 0
        if state.choice == OFF:
            rested = state.touches_border or state.run >= self.contract.least_days_off_in_row
            return self._begun(choice) if rested else None
        run = state.run + 1
        if run > self.contract.most_days_in_row or not self.follows[state.choice, choice]:
            return None
        border = state.touches_border and run < self.contract.least_days_in_row
        return State(choice, run, border, nights)

    def _forgiven(self, state: State, choice: int) -> State:
        """What was worked was worked: a rule broken in the past only limits the days to come."""
        goes_on = OFF not in (state.choice, choice)
        run = state.run + 1 if goes_on else 1
        nights = state.nights + 1 if self.night[choice] else 0
        return State(
            choice,
            min(run, self.contract.most_days_in_row),
            touches_border=goes_on and state.touches_border,
            nights=min(nights, self.contract.most_nights_in_row or 0),
            recent=_recent(state, self.minutes[choice]) if self.week is not None else (),
        )

    def _off(self, state: State) -> State | None:
        contract = self.contract
        if state.choice != OFF:
            long_enough = state.touches_border or state.run >= contract.least_days_in_row
            return self._begun(OFF) if long_enough else None
        run = min(state.run + 1, contract.least_days_off_in_row)
        return State(OFF, run, state.touches_border and run < contract.least_days_off_in_row, 0)

    def _begun(self, choice: int, *, border: bool = False) -> State | None:
        contract = self.contract
        least = contract.least_days_off_in_row if choice == OFF else contract.least_days_in_row
        if choice != OFF and contract.most_days_in_row < 1:
            return None
        limit = contract.most_nights_in_row
        nights = 1 if self.night[choice] and limit is not None else 0
        if limit is not None and nights > limit:
            return None
        return State(choice, 1, border and least > 1, nights)


def week_limit(problem: Problem, person: Person) -> int | None:
    """Minutes in any seven days; None where days in a row allow no more anyway."""
    contract = person.contract
    longest = max(shift.minutes for shift in problem.shifts)
    worked = 7 if contract.most_days_in_row > 6 else 6  # of seven days, at the most
    limit = contract.most_minutes_in_seven_days
    return None if limit is None or worked * longest <= limit else limit


def _recent(state: State, minutes: int) -> tuple[int, ...]:
    return (*state.recent, minutes)[-6:]


def reachable(
    stepper: Stepper, choices: int, starts: list[State]
) -> tuple[tuple[State, ...], Ints, Ints]:
    """All states that can be reached from the starts, and the steps (source, target) by target."""
    numbers = {start: number for number, start in enumerate(dict.fromkeys(starts))}
    waiting = list(numbers)
    steps: list[tuple[int, int]] = []
    while waiting:
        state = waiting.pop()
        for choice in range(choices):
            after = stepper.step(state, choice)
            if after is None:
                continue
            if after not in numbers:
                numbers[after] = len(numbers)
                waiting.append(after)
            steps.append((numbers[state], numbers[after]))
    by_target = np.array(sorted(steps, key=lambda step: (step[1], step[0])), dtype=np.int64)
    by_target = by_target.reshape(-1, 2)
    return tuple(numbers), by_target[:, 0], by_target[:, 1]
