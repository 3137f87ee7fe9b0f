"""The rota as a spreadsheet and back; the list for approval."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.calendar.approval import Outside, approval_xlsx, outside_hours
from case_store.rotation.calendar.changes import Why, change_days
from case_store.rotation.calendar.sheet import sheet_of
from case_store.rotation.calendar.sheet_import import DryRun, NotARota, SheetTrouble, dry_run
from case_store.rotation.calendar.workbook import FIRST_DAY_COLUMN, HEADER_ROW, workbook_of
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    Attendance,
    DutyCause,
    RequestState,
)
from case_store.rotation.rota.schedule import final_schedule
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
KANYA = Actor("kanya", Role.AGENT, "50")
WEEK = FIRST + timedelta(days=6)
FIRST_PERSON = HEADER_ROW + 2


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _exported(session: Session, language: str = "th") -> bytes:
    return workbook_of(sheet_of(session, "50", FIRST, WEEK, by=WICHAI), language=language)


def _edited(content: bytes, **cells: str | None) -> io.BytesIO:
    """The same spreadsheet with other words in some cells: `_edited(book, D6="N")`."""
    book = load_workbook(io.BytesIO(content))
    for place, words in cells.items():
        book.worksheets[0][place] = words
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def _read(session: Session, source: io.BytesIO) -> DryRun:
    return dry_run(session, source, "50", by=WICHAI, at=NOON)


def _two_people(session: Session) -> dict[str, Any]:
    anong, boon = person(session, "anong"), person(session, "boon")
    morning, evening, night = kit.three_shifts(session)
    rota = kit.rota(session)
    for number in range(4):
        kit.duty(session, rota, anong, day(number), morning)
        kit.duty(session, rota, boon, day(number), evening)
    return {"anong": anong, "boon": boon, "rota": rota, "night": night}


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_was_exported_is_read_back_as_it_is(database: Database, language: str) -> None:
    with database.transaction() as session:
        _two_people(session)
        found = _read(session, io.BytesIO(_exported(session, language)))

        assert (found.cells, found.refused, found.same) == ((), {}, 14)
        assert (found.first_day, found.last_day) == (FIRST, WEEK)


def test_a_sheet_is_people_by_days_with_totals(database: Database) -> None:
    with database.transaction() as session:
        _two_people(session)
        paper = load_workbook(io.BytesIO(_exported(session))).worksheets[0]

        row = [cell.value for cell in paper[FIRST_PERSON]]
        assert row == [1, "anong", "Anong", "M", "M", "M", "M", None, None, None, 0, 0, 28]
        header = paper.cell(HEADER_ROW, FIRST_DAY_COLUMN).value
        assert isinstance(header, datetime) and header.date() == FIRST
        assert paper.page_setup.orientation == "landscape"


def test_no_name_becomes_a_formula(database: Database) -> None:
    with database.transaction() as session:
        person(session, "anong").display_name = "=HYPERLINK(1)"
        kit.rota(session)
        session.flush()
        paper = load_workbook(io.BytesIO(_exported(session))).worksheets[0]

        cell = paper.cell(FIRST_PERSON, 3)
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_a_dry_run_shows_each_cell_that_changes_and_confirming_writes_them(
    database: Database,
) -> None:
    with database.transaction() as session:
        there = _two_people(session)
        found = _read(session, _edited(_exported(session), G6=None, H6="m"))

        changes = [(cell.person, cell.day, cell.before, cell.after) for cell in found.cells]
        assert changes == [("Anong", day(3), "M", None), ("Anong", day(4), None, "M")]
        assert found.refused == {}
        assert len(final_schedule(session, day(4), day(4))) == 0
        change_days(
            session, "50", found.wanted, by=WICHAI, at=NOON, versions=found.versions, cause=DutyCause.IMPORT
        )  # fmt: skip
        [duty] = final_schedule(session, day(4), day(4))
        assert (duty.user_id, duty.cause) == (there["anong"].id, DutyCause.IMPORT)


def test_a_dry_run_says_of_each_refused_cell_why(database: Database) -> None:
    with database.transaction() as session:
        there = _two_people(session)
        session.add(
            Absence(
                user_id=there["boon"].id, kind=AbsenceKind.ANNUAL, first_day=day(5), last_day=day(5),
                state=RequestState.APPROVED, asked_at=NOON, asked_by="boon",
            )
        )  # fmt: skip
        session.flush()
        edited = _edited(_exported(session), I6="Q", I7="M", B8="nobody", C8="Nobody", D8="M")
        found = _read(session, edited)

        whys = {key: one.why for key, one in found.refused.items()}
        assert whys[6, day(5)] is Why.UNKNOWN_SHIFT
        assert whys[8, day(0)] is Why.UNKNOWN_PERSON
        [breach] = found.refused[7, day(5)].breaches
        assert breach.rule is BreachRule.ABSENCE
        assert not found.may_insist


def test_days_outside_every_rota_and_past_days_are_refused(database: Database) -> None:
    with database.transaction() as session:
        there = _two_people(session)
        there["rota"].last_day = day(5)
        session.flush()
        later = NOON + timedelta(days=16)
        source = _edited(_exported(session), D6=None, J6="M")
        found = dry_run(session, source, "50", by=WICHAI, at=later)

        assert {key: one.why for key, one in found.refused.items()} == {
            (6, day(0)): Why.LOCKED, (6, day(6)): Why.NO_ROTA,
        }  # fmt: skip


def test_a_sheet_without_days_or_people_is_no_rota(database: Database) -> None:
    with database.transaction() as session:
        _two_people(session)
        content = _exported(session)
        blank = {f"{letter}{HEADER_ROW}": None for letter in "DEFGHIJ"}
        nameless = {f"{letter}{HEADER_ROW}": "?" for letter in "BC"}
        twice = {f"D{HEADER_ROW}": None}
        for cells, trouble in ((blank, SheetTrouble.NO_DAYS), (nameless, SheetTrouble.NO_PEOPLE)):
            with pytest.raises(NotARota) as refused:
                _read(session, _edited(content, **cells))
            assert refused.value.trouble is trouble
        assert _read(session, _edited(content, **twice)).first_day == day(1)
        with pytest.raises(NotAllowed):
            dry_run(session, io.BytesIO(content), "50", by=KANYA, at=NOON)


def bangkok(number: int, hour: int, minute: int = 0) -> datetime:
    at = datetime(2026, 12, 7, tzinfo=UTC) + timedelta(days=number, hours=hour, minutes=minute)
    return at - timedelta(hours=7)


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        (bangkok(0, 8, 30), bangkok(0, 16, 30), Outside(0, 0)),
        (bangkok(0, 8), bangkok(0, 16), Outside(0, 0)),  # half an hour is dropped
        (bangkok(0, 16), bangkok(0, 24), Outside(7, 0)),
        (bangkok(4, 20), bangkok(5, 4), Outside(4, 4)),  # from Friday into Saturday
        (bangkok(5, 8), bangkok(5, 16), Outside(0, 8)),
        (bangkok(3, 8, 30), bangkok(3, 16, 30), Outside(0, 8)),  # a public holiday
    ],
)
def test_hours_outside_official_time(begins: datetime, ends: datetime, hours: Outside) -> None:
    assert outside_hours(begins, ends, {day(3)}) == hours


def test_the_list_for_approval_and_the_proof_of_who_came(database: Database) -> None:
    with database.transaction() as session:
        there = _two_people(session)
        evening = final_schedule(session, FIRST, FIRST, user_ids=[there["boon"].id])[0].shift_type
        session.add(
            Attendance(
                centre_code="50", user_id=there["boon"].id, day=FIRST, shift_type_id=evening.id,
                came_at=bangkok(0, 15, 50), left_at=bangkok(0, 23, 10),
            )
        )  # fmt: skip
        session.flush()

        book = load_workbook(io.BytesIO(approval_xlsx(session, "50", FIRST, WEEK, by=WICHAI)))
        planned, worked = book.worksheets

        rows = [[cell.value for cell in row] for row in planned.iter_rows(min_row=2)]
        assert [row[1] for row in rows] == ["Boon"] * 4
        assert rows[0][2:7] == ["07/12/2569", "เวร E", "16:00–00:00", 7, 0]
        [proof] = [[cell.value for cell in row] for row in worked.iter_rows(min_row=2)]
        assert proof[5:9] == ["15:50", "23:10", 6, 0]
        with pytest.raises(NotAllowed):
            approval_xlsx(session, "50", FIRST, WEEK, by=KANYA)
