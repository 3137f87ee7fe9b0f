"""Checks rosters against the text of an instance. Shares nothing with the engine, on purpose."""

import csv
import io
from collections import Counter, defaultdict
from itertools import pairwise


class Instance:
    def __init__(self, text: str) -> None:
        sections: dict[str, list[list[str]]] = defaultdict(list)
        current = ""
        for raw in text.splitlines():
            line = raw.strip()
            if line.startswith("SECTION_"):
                current = line
            elif line and not line.startswith("#"):
                sections[current].append(line.split(","))
        self.days = int(sections["SECTION_HORIZON"][0][0])
        self.minutes = {row[0]: int(row[1]) for row in sections["SECTION_SHIFTS"]}
        self.banned = {
            (row[0], after)
            for row in sections["SECTION_SHIFTS"]
            for after in row[2].split("|")
            if after
        }
        self.staff = {row[0]: row[1:] for row in sections["SECTION_STAFF"]}
        self.off = {(row[0], int(d)) for row in sections["SECTION_DAYS_OFF"] for d in row[1:]}
        self.on_wishes = sections["SECTION_SHIFT_ON_REQUESTS"]
        self.off_wishes = sections["SECTION_SHIFT_OFF_REQUESTS"]
        self.cover = sections["SECTION_COVER"]

    def cost(self, roster: dict[tuple[str, int], str]) -> int:
        total = sum(int(w) for e, d, s, w in self.on_wishes if roster.get((e, int(d))) != s)
        total += sum(int(w) for e, d, s, w in self.off_wishes if roster.get((e, int(d))) == s)
        heads = Counter((day, shift) for (_, day), shift in roster.items())
        for day, shift, need, under, over in self.cover:
            gap = int(need) - heads[int(day), shift]
            total += gap * int(under) if gap > 0 else -gap * int(over)
        return total

    def faults(self, roster: dict[tuple[str, int], str]) -> list[str]:
        found = [f"{e} works on day {d} off" for e, d in roster if (e, d) in self.off]
        found += [f"unknown {key} {s}" for key, s in roster.items() if s not in self.minutes]
        found += [f"unknown {key}" for key in roster if not self._known(*key)]
        for employee in self.staff:
            found += [f"{employee}: {fault}" for fault in self._faults_of(employee, roster)]
        return found

    def _known(self, employee: str, day: int) -> bool:
        return employee in self.staff and 0 <= day < self.days

    def _faults_of(self, employee: str, roster: dict[tuple[str, int], str]) -> list[str]:
        caps, *limits = self.staff[employee]
        most, least, most_row, least_row, least_off, weekends = map(int, limits)
        days = [roster.get((employee, day)) for day in range(self.days)]
        found = []
        for before, after in pairwise(days):
            if (before, after) in self.banned:
                found.append(f"{after} after {before}")
        for cap in filter(None, caps.split("|")):
            shift, number = cap.split("=")
            if days.count(shift) > int(number):
                found.append(f"too many {shift}")
        minutes = sum(self.minutes[shift] for shift in days if shift)
        if not least <= minutes <= most:
            found.append(f"{minutes} minutes")
        if sum(any(days[day : day + 2]) for day in range(5, self.days, 7)) > weekends:
            found.append("too many weekends")
        for works, first, end in runs(days):
            inside = first > 0 and end < self.days
            if works and end - first > most_row:
                found.append(f"works {end - first} days from {first}")
            if inside and end - first < (least_row if works else least_off):
                found.append(f"short run from {first}")
        return found


def runs(days: list[str | None]) -> list[tuple[bool, int, int]]:
    """Runs of days worked or off: which, the first day, and the day after the last."""
    found: list[tuple[bool, int, int]] = []
    for day, shift in enumerate(days):
        works = shift is not None
        if found and found[-1][0] == works:
            found[-1] = (works, found[-1][1], day + 1)
        else:
            found.append((works, day, day + 1))
    return found


def read_csv(text: str) -> dict[tuple[str, int], str]:
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["employee", "day", "shift"]
    roster = {(employee, int(day)): shift for employee, day, shift in rows[1:]}
    assert len(roster) == len(rows) - 1, "two shifts on one day"
    return roster
