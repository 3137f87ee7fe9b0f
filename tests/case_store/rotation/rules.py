"""The hard rules once more, day by day, for whoever checks what the engine made."""

from itertools import pairwise

from case_store.rotation.roster.problem import Person, Problem, Roster, ShiftType
from tests.case_store.rotation.examiner import runs

Row = tuple[str | None, ...]


def breaches(problem: Problem, roster: Roster) -> list[str]:
    found = []
    for person, row in zip(problem.people, roster, strict=True):
        assert len(row) == problem.days
        found += [f"{person.id}: {breach}" for breach in breaches_of(problem, person, row)]
    return found


def breaches_of(problem: Problem, person: Person, row: Row) -> list[str]:
    shifts = {shift.code: shift for shift in problem.shifts}
    contract = person.contract
    found = []
    for day, code in enumerate(row):
        if code is not None and day in person.leave:
            found.append(f"works on leave, day {day}")
        if code is not None and (day, code) in person.never:
            found.append(f"never {code} on day {day}")
        if code is not None and not certified(person, shifts[code], day):
            found.append(f"no certificate for {code} on day {day}")
    found += [
        f"day {pin.day} is pinned"
        for pin in problem.pins
        if pin.person == person.id and row[pin.day] != pin.shift
    ]
    minutes = sum(shifts[code].minutes for code in row if code is not None)
    if not contract.least_minutes <= minutes <= contract.most_minutes:
        found.append(f"{minutes} minutes")
    found += [f"too many {c}" for c, most in contract.most_of_shift.items() if row.count(c) > most]
    for cap in contract.caps:
        days = range(problem.days) if cap.days is None else cap.days
        if sum(row[day] in cap.shifts for day in days) > cap.most:
            found.append(f"too many of {sorted(cap.shifts)}")
    weekends = {
        (problem.first_weekday + day) // 7
        for day, code in enumerate(row)
        if code is not None and (problem.first_weekday + day) % 7 in (5, 6)
    }
    if contract.most_weekends is not None and len(weekends) > contract.most_weekends:
        found.append("too many weekends")
    return found + _across_days(shifts, person, row)


def _across_days(shifts: dict[str, ShiftType], person: Person, row: Row) -> list[str]:
    """The rules for days in a row, for as far as they touch a day of the horizon."""
    past, days = len(person.history), [*person.history, *row]
    return [
        *_successions(shifts, person, days[max(0, past - 1) :]),
        *_runs(person, days, past),
        *_nights(shifts, person, days, past),
        *_weeks(shifts, person, days, past),
    ]


def _weeks(
    shifts: dict[str, ShiftType], person: Person, days: list[str | None], past: int
) -> list[str]:
    """Any seven days that end with one worked; days before the history are taken to be off."""
    most = person.contract.most_minutes_in_seven_days
    if most is None:
        return []
    minutes = [0 if code is None else shifts[code].minutes for code in days]
    return [
        f"{sum(minutes[max(0, end - 6) : end + 1])} minutes in seven days"
        for end in range(past, len(days))
        if minutes[end] and sum(minutes[max(0, end - 6) : end + 1]) > most
    ]


def _successions(shifts: dict[str, ShiftType], person: Person, days: list[str | None]) -> list[str]:
    found = []
    for before, after in pairwise(days):
        if before is None or after is None:
            continue
        first, second = shifts[before], shifts[after]
        rest = person.contract.least_rest
        if first.start is not None and second.start is not None:
            rest = 24 * 60 - first.start - first.minutes + second.start
        if after in first.not_next_day or rest < person.contract.least_rest:
            found.append(f"{after} after {before}")
    return found


def _runs(person: Person, days: list[str | None], past: int) -> list[str]:
    contract = person.contract
    found = []
    for works, first, end in runs(days):
        if end < past:
            continue  # over and done; a run that ends with the past shows its length on day 0
        length = end - first
        if works and end > past and length > contract.most_days_in_row:
            found.append(f"works {length} days")
        least = contract.least_days_in_row if works else contract.least_days_off_in_row
        if first > 0 and end < len(days) and length < least:
            found.append(f"a run of {length}")
    return found


def _nights(
    shifts: dict[str, ShiftType], person: Person, days: list[str | None], past: int
) -> list[str]:
    most = person.contract.most_nights_in_row
    if most is None:
        return []
    nights = [code is not None and shifts[code].night for code in days]
    ends = range(max(past, most) + 1, len(days) + 1)
    return ["too many nights" for end in ends if all(nights[end - most - 1 : end])]


def certified(person: Person, shift: ShiftType, day: int) -> bool:
    if shift.channel is None:
        return True
    days = {day}
    if shift.start is not None and shift.start + shift.minutes > 24 * 60:
        days.add(day + 1)
    return any(
        held.channel == shift.channel and days <= set(range(held.first_day, held.last_day + 1))
        for held in person.certificates
    )
