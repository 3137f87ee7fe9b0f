"""A spreadsheet of people by days, read back: what it would change, cell by cell, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.exchange.sheets import Cell, Row, read_sheets
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.calendar.changes import Refused, Wanted, Why, check_days
from case_store.rotation.calendar.sheet import LONGEST, people_of, sheet_of
from case_store.rotation.calendar.workbook import LEAVE, NAME, USERNAME
from case_store.rotation.rota.models import Rota

_OFF: Final = frozenset({"", "-", "–", "x", "off", "หยุด", *(word.lower() for word in LEAVE)})
"""What people write where somebody has no duty."""


class SheetTrouble(StrEnum):
    """Why a spreadsheet is no rota at all."""

    NO_DAYS = "no_days"
    """No row with dates above the columns."""
    NO_PEOPLE = "no_people"
    """No column of user names or names."""
    DAYS_TWICE = "days_twice"
    TOO_LONG = "too_long"


class NotARota(Exception):
    """The spreadsheet is none that a rota can be read from; `trouble` says why."""

    def __init__(self, trouble: SheetTrouble) -> None:
        super().__init__(f"no rota: {trouble}")
        self.trouble = trouble


@dataclass(frozen=True)
class ReadCell:
    """A cell that differs from what stands in the rota."""

    row: int
    person: str
    user_id: int | None
    day: date
    before: str | None
    after: str | None
    """The code as it was written; None: off."""


@dataclass(frozen=True)
class DryRun:
    """What an import would do. `same`: cells that are so already."""

    first_day: date
    last_day: date
    cells: tuple[ReadCell, ...]
    refused: Mapping[tuple[int, date], Refused]
    """By row of the sheet and day."""
    same: int
    versions: Mapping[int, int]

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(
            Wanted(cell.user_id, cell.day, cell.after) for cell in self.cells if cell.user_id
        )

    @property
    def may_insist(self) -> bool:
        """Whether a written reason is enough for all that is refused."""
        return all(one.may_insist for one in self.refused.values())


@dataclass(frozen=True)
class _Header:
    row: int
    days: Mapping[int, date]
    username: int | None
    name: int | None


def dry_run(
    session: Session,
    source: BinaryIO,
    centre_code: str,
    *,
    by: Actor,
    at: datetime,
    draft: Rota | None = None,
) -> DryRun:
    """Reads a spreadsheet and compares it with the rota. Nothing is changed.

    Raises `NotAllowed`, `NotImportable` (the file), `NotARota` (what is in it).
    """
    require(by, Action.PLAN_ROTA, centre_code)
    rows, header = _found(read_sheets(source))
    first, last = min(header.days.values()), max(header.days.values())
    if (last - first).days >= LONGEST:
        raise NotARota(SheetTrouble.TOO_LONG)
    sheet = sheet_of(session, centre_code, first, last, by=by, draft=draft)
    standing = {
        (line.user.id, square.day): square.duty.shift_type.code if square.duty else None
        for line in sheet.lines
        for square in line.squares
    }
    people = _People(session, centre_code)
    codes = {shift.code.lower(): shift.code for shift in sheet.shift_types if shift.active}
    found = list(_cells(rows, header, people, codes, standing))
    cells = tuple(cell for cell in found if cell.before != cell.after)
    return DryRun(
        first,
        last,
        cells,
        _refused(session, centre_code, cells, by=by, at=at, draft=draft),
        len(found) - len(cells),
        sheet.versions,
    )


def _refused(
    session: Session,
    centre_code: str,
    cells: Iterable[ReadCell],
    *,
    by: Actor,
    at: datetime,
    draft: Rota | None,
) -> dict[tuple[int, date], Refused]:
    found: dict[tuple[int, date], Refused] = {}
    rows: dict[tuple[int, date], int] = {}
    wanted = []
    for cell in cells:
        one = Wanted(cell.user_id or 0, cell.day, cell.after)
        if cell.user_id is None or (cell.user_id, cell.day) in rows:
            # A person whom nobody knows, or who stands there twice with different words.
            found[cell.row, cell.day] = Refused(one, Why.UNKNOWN_PERSON)
            continue
        rows[cell.user_id, cell.day] = cell.row
        wanted.append(one)
    for refused in check_days(session, centre_code, wanted, by=by, at=at, draft=draft):
        key = refused.wanted.user_id, refused.wanted.day
        found[rows[key], refused.wanted.day] = refused
    return found


def _found(sheets: Iterable[list[Row]]) -> tuple[list[Row], _Header]:
    """The first sheet with a row of dates, and the rows below it."""
    trouble = SheetTrouble.NO_DAYS
    for rows in sheets:
        for place, (number, cells) in enumerate(rows[:30]):
            days = {column: cell for column, cell in enumerate(cells) if isinstance(cell, date)}
            if not days:
                continue
            if len(set(days.values())) != len(days):
                raise NotARota(SheetTrouble.DAYS_TWICE)
            header = _Header(number, days, _column(cells, USERNAME), _column(cells, NAME))
            if header.username is not None or header.name is not None:
                return rows[place + 1 :], header
            trouble = SheetTrouble.NO_PEOPLE
    raise NotARota(trouble)


def _column(cells: list[Cell], words: tuple[str, str]) -> int | None:
    wanted = {word.lower() for word in words}
    places = (
        place
        for place, cell in enumerate(cells)
        if isinstance(cell, str) and cell.strip().lower() in wanted
    )
    return next(places, None)


class _People:
    """Those whom a row may name: by user name, or by a name that only one of them has."""

    def __init__(self, session: Session, centre_code: str) -> None:
        users = session.scalars(select(User).where(User.centre_code == centre_code))
        rostered = {one.id for one in people_of(session, centre_code)}
        self._by_username = {one.username: one.id for one in users}
        names: dict[str, list[int]] = {}
        for one in session.scalars(select(User).where(User.id.in_(rostered))):
            names.setdefault(one.display_name.strip(), []).append(one.id)
        self._by_name = {name: ids[0] for name, ids in names.items() if len(ids) == 1}

    def find(self, username: str, name: str) -> int | None:
        if username:
            return self._by_username.get(username.lower())
        return self._by_name.get(name)


def _cells(
    rows: list[Row],
    header: _Header,
    people: _People,
    codes: Mapping[str, str],
    standing: Mapping[tuple[int, date], str | None],
) -> Iterable[ReadCell]:
    for number, cells in rows:
        username, name = _at(cells, header.username), _at(cells, header.name)
        user_id = people.find(username, name)
        texts = {day: _at(cells, column) for column, day in header.days.items()}
        written = {day: text for day, text in texts.items() if text.lower() not in _OFF}
        if user_id is None and (
            not written or not (username or name) or _is_legend(username, codes)
        ):
            continue  # the names of the weekdays, the legend, the lines to sign on
        for day, text in texts.items():
            after = codes.get(text.lower(), text) if day in written else None
            before = standing.get((user_id, day)) if user_id else None
            yield ReadCell(number, name or username, user_id, day, before, after)


def _is_legend(username: str, codes: Mapping[str, str]) -> bool:
    return username.lower() in codes


def _at(cells: list[Cell], column: int | None) -> str:
    if column is None or column >= len(cells):
        return ""
    cell = cells[column]
    return cell.strip() if isinstance(cell, str) else ""
