"""The rows of a checked spreadsheet, while they wait: sealed, since they name complainants."""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from case_store.cases.intake import NewCase
from case_store.cases.models import Outcome
from case_store.exchange.import_rows import Ending, ReadRow
from case_store.exchange.models import ImportBatch
from case_store.identity.keyring import Keyring, Sealed


@dataclass(frozen=True)
class WaitingRow:
    """A row that will be a case; `key` keeps it from becoming two."""

    number: int
    key: str
    row: ReadRow


def key_of_row(ring: Keyring, centre_code: str, row: ReadRow) -> str:
    """The same for the same matter in the next spreadsheet too: by its own number, else by all that it says."""
    says = row.number or json.dumps(_plain(row), ensure_ascii=False, sort_keys=True)
    return f"import:{ring.digest('import', f'{centre_code}|{says}')}"


def seal_rows(ring: Keyring, batch: ImportBatch, rows: list[WaitingRow]) -> None:
    """Puts the rows into the batch, which has its id already."""
    plain = [[one.number, one.key, _plain(one.row)] for one in rows]
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode())
    sealed = ring.seal(packed, bound_to=batch.place)
    batch.key_id, batch.sealed = sealed.key_id, sealed.data


def open_rows(ring: Keyring, batch: ImportBatch, part: slice) -> list[WaitingRow]:
    """Some of the rows that a batch holds; none once they are cases. Raises `CannotUnseal`."""
    rows = _opened(ring, batch)[part]
    return [WaitingRow(number, key, _read(row)) for number, key, row in rows]


def subjects_of(ring: Keyring, batch: ImportBatch) -> dict[int, str]:
    """What the rows that wait are about, by their numbers."""
    return {number: row["new"]["subject"] for number, _, row in _opened(ring, batch)}


def _opened(ring: Keyring, batch: ImportBatch) -> list[tuple[int, str, dict[str, Any]]]:
    if batch.sealed is None:
        return []
    packed = ring.unseal(Sealed(batch.key_id, batch.sealed), bound_to=batch.place)
    rows: list[tuple[int, str, dict[str, Any]]] = json.loads(zlib.decompress(packed))
    return rows


def _plain(row: ReadRow) -> dict[str, Any]:
    return {
        "new": row.new.model_dump(mode="json", exclude_defaults=True),
        "number": row.number,
        "received": row.received.isoformat() if row.received else None,
        "ending": asdict(row.ending) | {"closed": _iso(row.ending.closed)} if row.ending else None,
    }


def _read(plain: dict[str, Any]) -> ReadRow:
    ending = plain["ending"]
    return ReadRow(
        NewCase.model_validate(plain["new"]),
        plain["number"],
        _day(plain["received"]),
        Ending(
            Outcome(ending["outcome"]), ending["result"], _day(ending["closed"]), ending["transferred_to"]
        )
        if ending
        else None,
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
