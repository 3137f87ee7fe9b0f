"""A roster as a CSV file."""

import csv
from pathlib import Path

from case_store.rotation.roster.problem import Problem, Roster


def write_roster(path: Path, problem: Problem, roster: Roster) -> None:
    """One row `employee,day,shift` for each shift worked; days are numbered from 0."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("employee", "day", "shift"))
        for person, days in zip(problem.people, roster, strict=True):
            rows.writerows((person.id, day, shift) for day, shift in enumerate(days) if shift)
