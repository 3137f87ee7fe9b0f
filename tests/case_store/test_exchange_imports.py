"""A province's spreadsheet: what the dry run says, and what becomes of each row."""

import contextlib
import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases.find_cases import CaseFilter
from case_store.cases.models import Case, CaseEventKind, CaseState, Outcome
from case_store.cases.word_models import Category
from case_store.database import Database
from case_store.exchange import imports
from case_store.exchange.import_report import RowState
from case_store.exchange.import_values import Unreadable, read_day, read_phone
from case_store.exchange.imports import (
    check_import,
    discard_import,
    do_import,
    drop_stale_imports,
    find_import,
    import_all,
    list_imports,
    read_report,
    template_xlsx,
)
from case_store.exchange.lists import list_xlsx
from case_store.exchange.models import ImportBatch, ImportState
from case_store.exchange.sheets import NotImportable, SheetFault, read_sheets
from case_store.identity.complainants import Identity, open_identity
from case_store.identity.models import Anonymity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.files_kit import archive, xlsx, zipped
from tests.case_store.kit import NOON, case

OFFICER = Actor("malee", Role.CASE_OFFICER, "50")
HEADER = (
    "ลำดับ",
    "เลขรับ",
    "วันที่รับเรื่อง",
    "ช่องทาง",
    "ประเภทเรื่อง",
    "เรื่อง",
    "รายละเอียด",
    "อำเภอ",
    "ผู้ร้อง",
    "เบอร์โทร",
)
GOOD = (
    1,
    "ชม 12/2569",
    "20/11/2569",
    "โทรศัพท์",
    "สาธารณูปโภค",
    "ไฟดับ",
    "ไฟดับสามคืน",
    "อ.เมือง",
    "สมชาย ใจดี",
    812345678,
)


def _check(
    session: Session,
    *rows: tuple[object, ...],
    header: tuple[object, ...] = HEADER,
    by: Actor = OFFICER,
) -> ImportBatch:
    return _check_bytes(session, _csv(header, *rows), by=by)


def _csv(*rows: tuple[object, ...]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def _check_bytes(
    session: Session, content: bytes, by: Actor = OFFICER, centre: str = "50"
) -> ImportBatch:
    return check_import(session, io.BytesIO(content), "เรื่อง.xlsx", centre, by=by, at=NOON)


def _states(session: Session, batch: ImportBatch) -> list[RowState]:
    return [row.state for row in read_report(session, batch, by=OFFICER).rows]


def _faults(session: Session, batch: ImportBatch) -> set[tuple[str, str]]:
    (row,) = read_report(session, batch, by=OFFICER).rows
    assert row.state is RowState.WRONG
    return set(row.faults)


def _cases(session: Session) -> list[Case]:
    return list(session.scalars(select(Case).order_by(Case.id)))


def _import(session: Session, *rows: tuple[object, ...], **how: Any) -> list[Case]:
    do_import(session, _check(session, *rows, **how), by=OFFICER, at=NOON)
    return _cases(session)


class TestDryRun:
    def test_it_opens_nothing_and_says_what_it_would_open(self, session: Session) -> None:
        batch = _check(session, GOOD)
        report = read_report(session, batch, by=OFFICER)

        assert _cases(session) == []
        assert [(row.number, row.state, row.subject) for row in report.rows] == [
            (2, RowState.NEW, "ไฟดับ")
        ]
        assert report.columns["F"] == "subject" and report.unknown_columns == ("A",)
        assert report.counts[RowState.NEW] == 1

    def test_what_is_stored_names_nobody(self, session: Session) -> None:
        batch = _check(session, GOOD)
        session.expire(batch)

        assert "สมชาย" not in json.dumps(batch.report, ensure_ascii=False)
        assert batch.sealed is not None and "สมชาย".encode() not in batch.sealed

    @pytest.mark.slow
    def test_a_workbook_says_the_same_as_csv(self, session: Session) -> None:
        row = (*GOOD[:2], datetime(2026, 11, 20, 9), *GOOD[3:])  # noqa: DTZ001 (a cell has no zone)
        reports = [
            read_report(session, _check_bytes(session, content), by=OFFICER)
            for content in (xlsx(HEADER, row), _csv(HEADER, GOOD))
        ]
        assert reports[0] == reports[1]
        assert reports[0].counts[RowState.NEW] == 1

    def test_titles_above_the_header_are_passed_over(self, session: Session) -> None:
        content = _csv(("ทะเบียนเรื่องร้องเรียน",), ("จังหวัดเชียงใหม่",), HEADER, GOOD)

        (row,) = read_report(session, _check_bytes(session, content), by=OFFICER).rows
        assert (row.number, row.state) == (4, RowState.NEW)

    @pytest.mark.parametrize("coding", ["utf-8-sig", "utf-8", "cp874"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_csv_is_read_in_both_codings_of_thai(
        self, session: Session, coding: str, delimiter: str
    ) -> None:
        text = "\r\n".join(delimiter.join(map(str, row)) for row in (HEADER, GOOD))
        batch = _check_bytes(session, text.encode(coding))

        assert read_report(session, batch, by=OFFICER).rows[0].subject == "ไฟดับ"

    @pytest.mark.parametrize(
        ("column", "value", "fault"),
        [
            ("เรื่อง", None, ("subject", "too_short")),
            ("วันที่รับเรื่อง", "31/2/2569", ("received", "not_a_date")),
            ("วันที่รับเรื่อง", "24/11/2569", ("received", "future")),
            ("ช่องทาง", "นกพิราบ", ("channel", "unknown")),
            ("ประเภทเรื่อง", "จานบิน", ("category", "unknown")),
            ("อำเภอ", "ไม่มีจริง", ("district", "unknown")),
            ("เบอร์โทร", "12", ("complainant_phone", "telephone")),
            ("รายละเอียด", "ก" * 20_001, ("description", "too_long")),
        ],
    )
    def test_each_fault_is_named_with_its_column(
        self, session: Session, column: str, value: object, fault: tuple[str, str]
    ) -> None:
        row = list(GOOD)
        row[HEADER.index(column)] = value
        if column == "เรื่อง":
            row[HEADER.index("รายละเอียด")] = "รายละเอียดเท่านั้น"

        assert _faults(session, _check(session, tuple(row))) == {fault}

    def test_all_faults_of_a_row_are_told_at_once(self, session: Session) -> None:
        row = (1, "1", "x", "นกพิราบ", "จานบิน", "ไฟดับ", "", "", "", "12")

        assert _faults(session, _check(session, row)) == {
            ("received", "not_a_date"), ("channel", "unknown"), ("category", "unknown"),
            ("complainant_phone", "telephone"),
        }  # fmt: skip

    def test_a_row_of_another_province_is_not_this_centres(self, session: Session) -> None:
        batch = _check(session, ("ไฟดับ", "ภูเก็ต"), header=("เรื่อง", "จังหวัด"))
        assert _faults(session, batch) == {("province", "other_province")}

    def test_the_ministry_imports_for_every_province(self, session: Session) -> None:
        nok = Actor("nok", Role.NATIONAL_OFFICER, "00")
        content = _csv(("เรื่อง", "จังหวัด"), ("ไฟดับ", "จ.ภูเก็ต"), ("ไฟดับ", None))
        batch = _check_bytes(session, content, by=nok, centre="00")
        report = read_report(session, batch, by=nok)

        assert [row.state for row in report.rows] == [RowState.NEW, RowState.WRONG]
        assert report.rows[1].faults == (("province", "missing"),)

    def test_a_row_that_stands_twice_counts_once(self, session: Session) -> None:
        same_number = (*GOOD[:5], "อีกเรื่อง", *GOOD[6:])
        batch = _check(session, GOOD, same_number)
        assert _states(session, batch) == [RowState.NEW, RowState.REPEATED]

    def test_what_is_a_case_already_is_known(self, session: Session) -> None:
        (opened,) = _import(session, GOOD)
        changed = (*GOOD[:5], "แก้ชื่อเรื่องแล้ว", *GOOD[6:])
        (row,) = read_report(session, _check(session, changed), by=OFFICER).rows

        assert (row.state, row.ref) == (RowState.KNOWN, opened.ref)

    def test_without_numbers_the_same_words_are_the_same_matter(self, session: Session) -> None:
        header, row = ("เรื่อง", "รายละเอียด"), ("ไฟดับ", "สามคืน")
        _import(session, row, header=header)

        batch = _check(session, row, ("ไฟดับ", "สี่คืน"), header=header)
        assert _states(session, batch) == [RowState.KNOWN, RowState.NEW]

    @pytest.mark.slow
    def test_our_own_list_is_known_when_it_comes_back(self, session: Session) -> None:
        of = case(session)
        content = list_xlsx(session, CaseFilter(), by=OFFICER, at=NOON)
        (row,) = read_report(session, _check_bytes(session, content), by=OFFICER).rows

        assert (row.state, row.ref) == (RowState.KNOWN, of.ref)

    def test_nothing_is_told_of_another_centres_reference(self, session: Session) -> None:
        other = case(session, province_code="83")
        batch = _check(session, (other.ref, "ไฟดับ"), header=("เลขที่เรื่อง", "เรื่อง"))

        assert _states(session, batch) == [RowState.NEW]

    def test_it_is_not_for_everybody(self, session: Session) -> None:
        for actor in (Actor("a", Role.AGENT, "50"), Actor("b", Role.CASE_OFFICER, "83")):
            with pytest.raises(NotAllowed):
                _check(session, GOOD, by=actor)


class TestWhatIsNoSpreadsheet:
    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"", SheetFault.EMPTY),
            (b"PK\x03\x04broken", SheetFault.BROKEN),
            (archive(a=b"x"), SheetFault.BROKEN),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), SheetFault.NOT_A_SHEET),
            (b"\x89PNG\r\n\x1a\n\x00\x00", SheetFault.NOT_A_SHEET),
            ("ชื่อ,ที่อยู่\r\nก,ข".encode(), SheetFault.NO_HEADER),
            ("เรื่อง,รายละเอียด\r\n".encode(), SheetFault.EMPTY),
            (b"x" * 20_000_001, SheetFault.TOO_BIG),
            ("เรื่อง,รายละเอียด\r\n".encode() + "ไฟดับ,x\r\n".encode() * 10_001, SheetFault.TOO_MANY_ROWS),
        ],
    )  # fmt: skip
    def test_it_is_refused_as_a_whole(
        self, session: Session, content: bytes, fault: SheetFault
    ) -> None:
        with pytest.raises(NotImportable) as refused:
            _check_bytes(session, content)
        assert refused.value.reason is fault

    @pytest.mark.slow
    def test_a_workbook_that_unpacks_to_very_much_is_refused_unread(self, session: Session) -> None:
        names = zipped("[Content_Types].xml", "xl/workbook.xml", "xl/big.xml")
        bomb = archive(**dict.fromkeys(names[:2], b"<x/>"), **{names[2]: bytes(61_000_000)})

        with pytest.raises(NotImportable):
            _check_bytes(session, bomb)

    @pytest.mark.slow
    def test_entities_are_not_unfolded(self, session: Session) -> None:
        laughs = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>'
        content = _with_part(xlsx(HEADER, GOOD), "xl/worksheets/sheet1.xml", laughs)

        with pytest.raises(NotImportable) as refused:
            _check_bytes(session, content)
        assert refused.value.reason is SheetFault.BROKEN


def _with_part(book: bytes, name: str, before: bytes, *, instead: bool = False) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.namelist():
            after = b"" if instead and one == name else old.read(one)
            new.writestr(one, (before if one == name else b"") + after)
    return target.getvalue()


class TestImport:
    def test_a_row_becomes_a_case_as_old_as_it_is(self, session: Session) -> None:
        (opened,) = _import(session, GOOD)

        assert (opened.subject, opened.channel, opened.category) == (
            "ไฟดับ",
            "phone_1567",
            "utilities",
        )
        assert (opened.centre_code, opened.district_code) == ("50", "5001")
        assert opened.created_at == datetime(2026, 11, 19, 17, tzinfo=UTC)
        assert opened.progress_at == NOON and opened.state is CaseState.RECEIVED
        assert open_identity(session, opened) == Identity(name="สมชาย ใจดี", phone="+66812345678")

    def test_its_due_date_counts_from_the_day_it_came(self, session: Session) -> None:
        from case_store.deadlines.policies import load_policies

        load_policies(session)
        old, new = _import(session, GOOD, (2, "2", date(2026, 11, 23), *GOOD[3:]))

        assert old.due_at is not None and new.due_at is not None
        assert old.due_at < new.due_at

    def test_its_old_number_stays_in_the_history(self, session: Session) -> None:
        (opened,) = _import(session, GOOD)

        assert [(event.kind, event.note) for event in opened.events] == [
            (CaseEventKind.RECEIVED, ""),
            (
                CaseEventKind.NOTE,
                "นำเข้าจากทะเบียนเดิม เลขที่เดิม ชม 12/2569 รับเรื่อง ๒๐ พฤศจิกายน ๒๕๖๙",
            ),
        ]

    def test_what_has_ended_there_has_ended_here_on_that_day(self, session: Session) -> None:
        header = ("เรื่อง", "วันที่รับ", "สถานะ", "ผลการดำเนินการ", "วันที่ยุติ")
        settled, ended, open_still = _import(
            session,
            ("ไฟดับ", "1/10/2569", "ดำเนินการแล้วเสร็จ", "เปลี่ยนหลอดแล้ว", "15/10/2569"),
            ("น้ำท่วม", "1 ต.ค. 69", "ยุติ", None, None),
            ("ถนนพัง", "1 ตุลาคม 2569", "อยู่ระหว่างดำเนินการ", None, None),
            header=header,
        )  # fmt: skip

        assert (settled.state, settled.outcome) == (CaseState.CLOSED, Outcome.SETTLED)
        assert settled.result == "เปลี่ยนหลอดแล้ว" and settled.officer_id is None
        assert settled.closed_at == datetime(2026, 10, 14, 17, tzinfo=UTC)
        assert "ยุติเรื่อง ๑๕ ตุลาคม ๒๕๖๙" in settled.events[1].note
        assert (ended.state, ended.outcome) == (CaseState.CLOSED, Outcome.EXPLAINED)
        assert open_still.state is CaseState.RECEIVED

    @pytest.mark.parametrize(
        ("row", "fault"),
        [
            (("15/10/2569", "1/10/2569", ""), ("closed", "before_received")),
            (("1/10/2569", "2/10/2569", "ส่งหน่วยงานอื่นที่มีอำนาจหน้าที่"), ("transferred_to", "missing")),
        ],
    )  # fmt: skip
    def test_an_ending_that_cannot_be_is_a_fault(
        self, session: Session, row: tuple[str, ...], fault: tuple[str, str]
    ) -> None:
        header = ("เรื่อง", "วันที่รับ", "วันที่ยุติ", "การยุติเรื่อง", "สถานะ")
        batch = _check(session, ("ไฟดับ", *row, "ยุติเรื่อง"), header=header)
        assert _faults(session, batch) == {fault}

    def test_one_who_stays_unknown_stays_so(self, session: Session) -> None:
        header = ("เรื่อง", "ผู้ร้อง", "ประสงค์ปกปิด")
        (opened,) = _import(session, ("ไฟดับ", "สมชาย", "ปกปิด"), header=header)
        assert opened.anonymity is Anonymity.TO_ALL

    def test_wrong_rows_stay_out_and_the_others_come_in(self, session: Session) -> None:
        batch = _check(session, GOOD, (2, "2", "x", *GOOD[3:]), (3, "3", *GOOD[2:]))

        assert do_import(session, batch, by=OFFICER, at=NOON) == 2
        report = read_report(session, batch, by=OFFICER)
        assert [row.state for row in report.rows] == [RowState.NEW, RowState.WRONG, RowState.NEW]
        assert [row.ref for row in report.rows if row.ref] == [one.ref for one in _cases(session)]

    def test_once_done_its_rows_are_gone_and_doing_it_again_does_nothing(
        self, session: Session
    ) -> None:
        batch = _check(session, GOOD)
        do_import(session, batch, by=OFFICER, at=NOON)

        assert (batch.state, batch.done_at, batch.sealed) == (ImportState.DONE, NOON, None)
        assert do_import(session, batch, by=OFFICER, at=NOON) == 0
        assert len(_cases(session)) == 1

    def test_a_word_that_was_switched_off_meanwhile_keeps_its_row_out(
        self, session: Session
    ) -> None:
        batch = _check(session, GOOD)
        session.get_one(Category, "utilities").active = False
        session.flush()
        do_import(session, batch, by=OFFICER, at=NOON)
        session.get_one(Category, "utilities").active = True

        (row,) = read_report(session, batch, by=OFFICER).rows
        assert (row.state, row.faults) == (RowState.WRONG, (("category", "unknown"),))
        assert _cases(session) == []

    def test_it_is_in_the_audit_trail_without_names(self, session: Session) -> None:
        _import(session, GOOD)
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.subject.startswith("import:"))
        )

        found = {entry.action: entry.facts for entry in entries}
        assert found["import.checked"]["new"] == 1 and found["import.done"]["opened"] == 1
        assert "สมชาย" not in str(found)

    def test_another_centre_neither_finds_nor_does_it(self, session: Session) -> None:
        batch = _check(session, GOOD)
        phuket = Actor("x", Role.CASE_OFFICER, "83")

        assert find_import(session, batch.id, by=phuket) is None
        assert list_imports(session, by=phuket) == [] and list_imports(session, by=OFFICER) == [
            batch
        ]
        for refused in (do_import, discard_import):
            with pytest.raises(NotAllowed):
                refused(session, batch, by=phuket, at=NOON)

    def test_a_batch_of_which_nothing_is_new_is_done_at_once(self, session: Session) -> None:
        batch = _check(session, (1, "1", "x", *GOOD[3:]))

        assert do_import(session, batch, by=OFFICER, at=NOON) == 0
        assert batch.state is ImportState.DONE

    def test_forgotten_dry_runs_go(self, session: Session) -> None:
        _check(session, GOOD)
        drop_stale_imports(session, at=NOON + timedelta(days=6))
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1
        drop_stale_imports(session, at=NOON + timedelta(days=8))
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


class TestInChunks:
    def test_a_crash_between_two_chunks_loses_nothing_and_doubles_nothing(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "_CHUNK", 2)
        with database.transaction() as session:
            batch = _check(session, *[(n, f"no-{n}", *GOOD[2:]) for n in range(7)])
        with pytest.raises(RuntimeError), database.transaction() as session:
            again = session.get_one(ImportBatch, batch.id)
            do_import(session, again, by=OFFICER, at=NOON, limit=2)
            raise RuntimeError
        with database.transaction() as session:
            again = session.get_one(ImportBatch, batch.id)
            assert do_import(session, again, by=OFFICER, at=NOON, limit=3) == 3

        assert import_all(database, batch.id, by=OFFICER, at=NOON) == 4
        with database.transaction() as session:
            assert len({one.intake_key for one in _cases(session)}) == len(_cases(session)) == 7
            again = session.get_one(ImportBatch, batch.id)
            assert again.state is ImportState.DONE
            assert len({row.ref for row in read_report(session, again, by=OFFICER).rows}) == 7


@pytest.mark.slow
def test_a_workbook_that_fills_the_memory_of_its_reader_harms_nobody_else() -> None:
    name = "xl/worksheets/sheet1.xml"
    start = (
        b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    )
    wide = start + b"<row>" + b"<c><v>1</v></c>" * 3_500_000 + b"</row></sheetData></worksheet>"
    content = _with_part(xlsx(HEADER, GOOD), name, wide, instead=True)
    assert len(content) < 200_000

    with pytest.raises(NotImportable) as refused:
        list(read_sheets(io.BytesIO(content)))
    assert refused.value.reason is SheetFault.BROKEN


@pytest.mark.slow
@given(
    damage=st.lists(st.tuples(st.integers(4, 4_000), st.integers(0, 255)), min_size=1, max_size=20)
)
@settings(max_examples=10, deadline=None)
def test_no_damage_to_a_workbook_breaks_more_than_its_import(
    damage: list[tuple[int, int]],
) -> None:
    broken = bytearray(xlsx(HEADER, GOOD))
    for place, value in damage:
        broken[place % len(broken)] = value
    with contextlib.suppress(NotImportable):
        list(read_sheets(io.BytesIO(b"PK\x03\x04" + broken[4:])))


class TestTemplate:
    @pytest.mark.slow
    def test_every_column_of_it_is_known(self, session: Session) -> None:
        book = openpyxl.load_workbook(io.BytesIO(template_xlsx()))
        sheet = book.worksheets[0]
        names = [cell.value for cell in sheet[1]]
        sheet.append(["ไฟดับหน้าวัด" if name == "เรื่อง" else None for name in names])
        target = io.BytesIO()
        book.save(target)

        report = read_report(session, _check_bytes(session, target.getvalue()), by=OFFICER)
        assert report.unknown_columns == () and len(report.columns) == len(names)
        assert report.rows[0].state is RowState.NEW


class TestValues:
    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("25/11/2569", date(2026, 11, 25)),
            ("๒๕/๑๑/๒๕๖๙", date(2026, 11, 25)),
            ("25-11-2026", date(2026, 11, 25)),
            ("2026-11-25", date(2026, 11, 25)),
            ("2026-11-25T09:00:00", date(2026, 11, 25)),
            ("2569-11-25", date(2026, 11, 25)),
            ("25 พ.ย. 69", date(2026, 11, 25)),
            ("25 พฤศจิกายน พ.ศ. 2569", date(2026, 11, 25)),
            ("25 Nov 2026", date(2026, 11, 25)),
            ("25/11/2569 09:30", date(2026, 11, 25)),
            ("29/2/2567", date(2024, 2, 29)),
            (date(2569, 11, 25), date(2026, 11, 25)),
        ],
    )
    def test_days_of_both_eras(self, written: str | date, day: date) -> None:
        assert read_day(written) == day

    @pytest.mark.parametrize(
        "written", ["", "x", "32/1/2569", "29/2/2568", "1/13/2569", "1/1/1", "25 ฟหก 69"]
    )
    def test_what_is_no_day(self, written: str) -> None:
        with pytest.raises(Unreadable):
            read_day(written)

    @given(st.dates(date(1960, 1, 1), date(2190, 1, 1)))
    def test_every_day_is_read_back(self, day: date) -> None:
        assert read_day(f"{day.day}/{day.month}/{day.year + 543}") == day
        assert read_day(day.isoformat()) == day

    def test_a_number_gets_its_zero_back(self) -> None:
        assert read_phone("812345678") == "0812345678"
        assert read_phone("53211234") == "053211234"
        assert read_phone("081-234-5678") == "0812345678"
        assert read_phone("+66812345678") == "+66812345678"


@given(
    cells=st.lists(
        st.one_of(
            st.none(), st.text(max_size=30), st.integers(), st.floats(allow_nan=False), st.dates()
        ),
        min_size=9,
        max_size=9,
    )
)
@settings(max_examples=40, deadline=None)
def test_no_row_breaks_the_dry_run(cells: list[object]) -> None:
    from case_store.exchange.import_rows import RowReader
    from case_store.exchange.import_words import _FIXED
    from case_store.exchange.sheets import cell_of

    words = dict(_FIXED) | {
        name: {"other": ("อื่น ๆ",)} for name in ("channel", "nature", "service_type", "category")
    }
    fields = (
        "number",
        "received",
        "channel",
        "subject",
        "description",
        "district",
        "complainant_phone",
        "postcode",
        "state",
    )
    RowReader("50", NOON, words).read(
        {name: cell_of(cell) for name, cell in zip(fields, cells, strict=True)}
    )
