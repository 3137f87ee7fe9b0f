"""Import: a dry run that says row by row what would happen, then the cases, and nothing before."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from agent_console.pages import imports
from case_store.cases.models import Case
from case_store.database import Database
from case_store.exchange.models import ImportBatch
from case_store.people.models import Role
from tests.agent_console.kit import Visitor

Visit = Callable[..., Visitor]
HEADER = ["เลขที่เดิม", "เรื่อง", "จังหวัด", "โทรศัพท์", "วันที่รับเรื่อง"]
GOOD = ["1/2569", "ไฟถนนดับหน้าวัด", "เชียงใหม่", "0812345678", "1/10/2569"]
WRONG = ["2/2569", "ถนนชำรุด", "ภูเก็ต", "", "31/2/2569"]
WRONG_NUMBER = ["3/2569", "น้ำไม่ไหล", "เชียงใหม่", "12", ""]


def sheet(*rows: list[str]) -> bytes:
    book = Workbook()
    for row in (HEADER, *rows):
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def send(person: Visitor, content: bytes, name: str = "ทะเบียน.xlsx") -> str:
    """The address of the dry run."""
    answer = person.post("/office/imports", files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def cases(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def figures(page: str) -> list[str]:
    return re.findall(r'<p class="value">(\d+)</p>', page)


def test_a_dry_run_says_what_is_wrong_with_each_row_and_opens_nothing(
    officer: Visitor, database: Database
) -> None:
    page = officer.get(send(officer, sheet(GOOD, WRONG, GOOD, WRONG_NUMBER))).text

    assert figures(page) == ["1", "0", "1", "2"]
    assert "จังหวัด ไม่ใช่จังหวัดของศูนย์นี้" in page
    assert "วันที่รับเรื่อง ไม่ใช่วันที่" in page or "รับเรื่องเมื่อ ไม่ใช่วันที่" in page
    assert "โทรศัพท์ ไม่ใช่หมายเลขโทรศัพท์ที่ครบถ้วน" in page
    assert cases(database) == 0


def test_rows_become_cases_when_somebody_says_so_and_once_only(
    officer: Visitor, database: Database
) -> None:
    path = send(officer, sheet(GOOD, WRONG))

    done = officer.post(f"{path}/go")
    again = officer.post(f"{path}/go")

    assert "เปิดเรื่องแล้ว 1 เรื่อง" in done.text
    assert again.status_code == 200
    assert cases(database) == 1
    assert "ไฟถนนดับหน้าวัด" in officer.get("/cases").text
    assert 'href="/cases/' in officer.get(path).text


def test_a_long_sheet_goes_on_by_itself_and_shows_how_far_it_is(
    officer: Visitor, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 2)
    rows = [[f"{number}/2569", f"เรื่องที่ {number}", "", "", ""] for number in range(3)]
    path = send(officer, sheet(*rows))

    first = officer.post(f"{path}/go").text
    assert "เปิดเรื่องแล้ว 2 จาก 3 เรื่อง" in first
    assert re.search(r'hx-trigger="load', first)
    second = officer.post(f"{path}/go").text

    assert "hx-trigger" not in second.split('<main id="main"')[1].split("</main>")[0]
    assert cases(database) == 3


def test_the_same_register_a_second_time_is_known(officer: Visitor) -> None:
    officer.post(f"{send(officer, sheet(GOOD))}/go")

    assert figures(officer.get(send(officer, sheet(GOOD))).text) == ["0", "1", "0", "0"]


def test_what_is_discarded_is_gone(officer: Visitor, database: Database) -> None:
    path = send(officer, sheet(GOOD))

    assert officer.post(f"{path}/discard").status_code == 303

    assert officer.get(path).status_code == 404
    assert cases(database) == 0


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.xlsx", "ไฟล์ว่าง"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "a.xlsx", "ไม่ใช่ตารางข้อมูล"),
        ("ก,ข\n1,2\n".encode(), "a.csv", "ไม่พบแถวหัวตาราง"),
    ],
)
def test_what_is_no_register_is_told_in_words(
    officer: Visitor, database: Database, content: bytes, name: str, says: str
) -> None:
    answer = officer.post("/office/imports", files={"file": (name, content)})

    assert answer.status_code == 422
    assert 'id="i-file-error"' in answer.text
    assert says in answer.text
    with database.reading() as session:
        assert session.scalars(select(ImportBatch)).all() == []


def test_no_file_at_all_is_told(officer: Visitor) -> None:
    answer = officer.post("/office/imports", {})

    assert answer.status_code == 422
    assert "โปรดเลือกไฟล์ก่อน" in answer.text


def test_the_template_is_a_workbook_that_an_import_takes(officer: Visitor) -> None:
    content = officer.get("/office/imports/template").content
    book = load_workbook(io.BytesIO(content))
    place = [cell.value for cell in book.worksheets[0][1]].index("เรื่อง") + 1
    book.worksheets[0].cell(2, place, "เรื่องจากแบบฟอร์ม")
    filled = io.BytesIO()
    book.save(filled)

    assert figures(officer.get(send(officer, filled.getvalue())).text)[0] == "1"


def test_rows_can_be_looked_at_by_what_becomes_of_them(officer: Visitor) -> None:
    path = send(officer, sheet(GOOD, WRONG_NUMBER))

    page = officer.get(f"{path}?rows=wrong").text

    assert "โทรศัพท์ ไม่ใช่หมายเลขโทรศัพท์ที่ครบถ้วน" in page
    assert "ไฟถนนดับหน้าวัด" not in page
    assert officer.get(f"{path}?rows=x&page=9").status_code == 200


def test_a_register_is_closed_to_other_centres(officer: Visitor, visit: Visit) -> None:
    path = send(officer, sheet(GOOD))
    other = visit(Role.CASE_OFFICER, "10")

    assert other.get(path).status_code == 404
    assert other.post(f"{path}/go").status_code == 404
    assert other.post(f"{path}/discard").status_code == 404
    assert "ทะเบียน" not in other.get("/office/imports").text
    wrong_centre = {"centre": "50"}
    sent = other.post("/office/imports", wrong_centre, files={"file": ("a.xlsx", sheet(GOOD))})
    assert sent.status_code == 403
