"""What a dry run found, row by row. Stored without personal data; the subjects come from the sealed rows."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from case_store.exchange.import_rows import Fault


class RowState(StrEnum):
    NEW = "new"
    """It will be a case, or has become one: then with its reference."""
    KNOWN = "known"
    """It is a case already."""
    REPEATED = "repeated"
    """It stands in the same sheet above."""
    WRONG = "wrong"


@dataclass(frozen=True)
class RowReport:
    """`number`: the row's number in the sheet. `faults`: columns and what is wrong with them, as codes."""

    number: int
    state: RowState
    faults: tuple[Fault, ...] = ()
    ref: str | None = None
    subject: str | None = None

    @property
    def stored(self) -> list[Any]:
        return [self.number, self.state.value, [list(fault) for fault in self.faults], self.ref]


@dataclass(frozen=True)
class ImportReport:
    """`columns`: the fields that were found, by the sheet's letters; `unknown_columns`: letters that are left out.

    `to_open`: how many rows were new at the dry run; `opened`: how many of them are through.
    """

    rows: tuple[RowReport, ...]
    columns: dict[str, str]
    unknown_columns: tuple[str, ...]
    to_open: int
    opened: int

    @property
    def counts(self) -> dict[RowState, int]:
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in RowState}

    @property
    def stored(self) -> dict[str, Any]:
        return {
            "columns": self.columns,
            "unknown_columns": list(self.unknown_columns),
            "to_open": self.to_open,
            "opened": self.opened,
            "rows": [row.stored for row in self.rows],
        }


def report_of(stored: dict[str, Any], subjects: dict[int, str] | None = None) -> ImportReport:
    """The report as it was stored, with the subjects of those rows that still wait."""
    return ImportReport(
        tuple(
            RowReport(
                number, RowState(state), tuple((column, code) for column, code in faults), ref,
                (subjects or {}).get(number),
            )
            for number, state, faults, ref in stored["rows"]
        ),
        stored["columns"],
        tuple(stored["unknown_columns"]),
        stored["to_open"],
        stored["opened"],
    )  # fmt: skip
