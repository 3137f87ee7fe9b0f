"""The list of cases: limits that combine, counts, marks, order, saved searches, and the list as a file."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from case_store.audit.models import AuditEntry
from case_store.cases.models import Case
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from case_store.search.models import SavedSearch
from tests.agent_console.kit import Visitor, agency_id, opened, referred, screened

Visit = Callable[..., Visitor]


def shown(page: str) -> list[str]:
    """The subjects of the list, in their order."""
    rows = re.findall(r'<td class="subject"[^>]*><span>(.*?)</td>', page, re.DOTALL)
    return [
        re.sub("<[^>]+>", "", re.split('<span class="(?:badge|excerpt)', row)[0]).strip()
        for row in rows
    ]


def chosen_option(page: str, name: str) -> str:
    select_of = re.search(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    found = re.search(r'value="([^"]*)" selected', select_of[0]) if select_of else None
    return found[1] if found else ""


def test_limits_combine_with_the_words_and_with_each_other(officer: Visitor) -> None:
    opened(officer, subject="ไฟถนนดับหน้าวัด", channel="letter")
    opened(officer, subject="ไฟถนนดับหน้าตลาด", channel="walk_in")
    opened(officer, subject="ถนนชำรุด", description="เป็นหลุมลึก", channel="letter")

    page = officer.post("/cases/search", {"q": "ไฟถนน", "channel": "letter"}).text

    assert shown(page) == ["ไฟถนนดับหน้าวัด"]
    assert chosen_option(page, "channel") == "letter"
    assert 'value="ไฟถนน"' in page


def test_every_limit_is_understood(officer: Visitor, database: Database) -> None:
    agency = agency_id(database)
    referred(officer, agency, subject="เรื่องที่หา", urgency="urgent", nature="advice")
    opened(officer, subject="อีกเรื่อง", category="land")
    with database.reading() as session:
        person = session.scalar(select(Case.officer_id).where(Case.subject == "เรื่องที่หา"))
    today = now().astimezone().strftime("%d/%m/%Y")
    limits = {
        "province_code": "50", "state": "referred", "category": "utilities", "nature": "advice",
        "service_type": "general", "urgency": "urgent", "agency_id": str(agency),
        "received_from": today, "sort": "oldest",
    }  # fmt: skip
    if person is not None:
        limits["officer_id"] = str(person)

    for name, value in limits.items():
        found = shown(officer.post("/cases/search", {name: value}).text)
        assert "เรื่องที่หา" in found, name
    assert shown(officer.post("/cases/search", limits).text) == ["เรื่องที่หา"]


def test_only_what_is_overdue(officer: Visitor, database: Database) -> None:
    opened(officer, subject="ทันกำหนด")
    opened(officer, subject="เกินกำหนดแล้ว")
    with database.transaction() as session:
        late = Case.subject == "เกินกำหนดแล้ว"
        session.execute(update(Case).where(late).values(due_at=now() - timedelta(days=9)))

    page = officer.get("/cases?overdue=1").text

    assert shown(page) == ["เกินกำหนดแล้ว"]
    assert re.search(r'badge bad">.*?เกินกำหนด \d+ วันทำการ', page, re.DOTALL)


@pytest.mark.parametrize(
    "limits",
    [
        {"state": "overdue"},
        {"urgency": "x"},
        {"sort": "random"},
        {"officer_id": "1; drop"},
        {"agency_id": "9" * 30},
        {"category": "no_such"},
        {"province_code": "\0"},
        {"overdue": "yes"},
    ],
)
def test_a_limit_that_is_in_no_list_breaks_nothing(
    officer: Visitor, limits: dict[str, str]
) -> None:
    opened(officer)

    assert officer.post("/cases/search", limits).status_code == 200


def test_a_day_that_is_none_is_told_and_stays_in_its_field(officer: Visitor) -> None:
    answer = officer.post("/cases/search", {"received_from": "เมื่อวาน"})

    assert answer.status_code == 422
    assert 'id="s-received_from-error"' in answer.text
    assert 'value="เมื่อวาน"' in answer.text
    assert "<details open>" in answer.text


def test_choices_say_how_many_cases_they_leave(officer: Visitor) -> None:
    for _ in range(3):
        opened(officer, category="land")
    opened(officer, category="utilities")

    page = officer.get("/cases").text

    assert "4 เรื่อง" in page
    assert re.search(r'<option value="land">[^<]*\(3\)', page)
    assert re.search(r'<option value="utilities">[^<]*\(1\)', page)


def test_what_was_found_is_marked_and_never_as_markup(officer: Visitor) -> None:
    opened(officer, subject="<b>ไฟดับ</b>", description="หน้าวัดไฟดับ <script>alert(1)</script>")

    page = officer.post("/cases/search", {"q": "ไฟดับ"}).text

    assert "&lt;b&gt;<mark>ไฟดับ</mark>&lt;/b&gt;" in page
    assert "หน้าวัด<mark>ไฟดับ</mark>" in page
    assert "<script>alert" not in page


def test_a_limit_is_removed_by_its_chip(officer: Visitor) -> None:
    opened(officer, subject="เรื่องที่ดิน", category="land")
    opened(officer, subject="เรื่องไฟฟ้า")
    limits = {"category": "land", "province_code": "50"}
    assert 'name="drop" value="category"' in officer.post("/cases/search", limits).text

    page = officer.post("/cases/search", limits | {"drop": "category"}).text

    assert len(shown(page)) == 2
    assert chosen_option(page, "province_code") == "50"


def test_the_order_is_the_reader_s(officer: Visitor) -> None:
    for subject in ("หนึ่ง", "สอง", "สาม"):
        opened(officer, subject=subject)

    assert shown(officer.get("/cases").text) == ["สาม", "สอง", "หนึ่ง"]
    assert shown(officer.get("/cases?sort=oldest").text) == ["หนึ่ง", "สอง", "สาม"]


def test_pages_follow_each_other_in_every_order(officer: Visitor) -> None:
    for number in range(41):
        opened(officer, subject=f"เรื่อง {number:02d}")

    for sort in ("oldest", "due", "stalled", "updated"):
        first = officer.post("/cases/search", {"sort": sort}).text
        cursor = re.search(r'name="cursor" value="([^"]+)"', first)
        assert cursor, sort
        second = officer.post("/cases/search", {"sort": sort, "cursor": cursor[1]}).text
        assert len({*shown(first), *shown(second)}) == 41, sort


def test_words_never_come_from_an_address(officer: Visitor) -> None:
    opened(officer, subject="ไฟถนนดับ")

    assert 'name="q" value=""' in officer.get("/cases?q=ลับ").text


def test_a_search_is_saved_opened_and_deleted(officer: Visitor, database: Database) -> None:
    opened(officer, subject="ไฟถนนดับหน้าวัด", channel="letter")
    opened(officer, subject="ถนนชำรุด")
    search = {"q": "ไฟถนน", "channel": "letter", "name": "ไฟถนนทางจดหมาย"}

    saved = officer.post("/cases/searches", search)
    assert "ไฟถนนทางจดหมาย" in saved.text
    with database.reading() as session:
        kept = session.scalars(select(SavedSearch)).one()
    page = officer.post(f"/cases/searches/{kept.id}/open").text

    assert shown(page) == ["ไฟถนนดับหน้าวัด"]
    assert 'value="ไฟถนน"' in page
    assert officer.post(f"/cases/searches/{kept.id}/drop").status_code == 303
    assert "ไฟถนนทางจดหมาย" not in officer.get("/cases").text


def test_a_search_without_a_name_is_not_saved_and_stays(officer: Visitor) -> None:
    answer = officer.post("/cases/searches", {"q": "ไฟถนน", "name": " "})

    assert answer.status_code == 422
    assert 'id="search-name-error"' in answer.text
    assert 'value="ไฟถนน"' in answer.text


def test_saved_searches_are_one_person_s_own(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    officer.post("/cases/searches", {"q": "ความลับของฉัน", "name": "ส่วนตัว"})
    with database.reading() as session:
        kept = session.scalars(select(SavedSearch)).one()
    other = visit(Role.SUPERVISOR, "50")

    assert "ส่วนตัว" not in other.get("/cases").text
    assert other.post(f"/cases/searches/{kept.id}/open").status_code == 404
    assert other.post(f"/cases/searches/{kept.id}/drop").status_code == 404


def test_no_name_and_no_number_stands_in_an_address(officer: Visitor) -> None:
    opened(officer, complainant_phone="0812345678")
    page = officer.post("/cases/search", {"q": "0812345678", "category": "utilities"}).text

    assert not re.search(r'(href|hx-get|action)="[^"]*0812345678', page)


def test_the_list_leaves_as_csv_with_its_limits_and_is_written_down(
    officer: Visitor, database: Database
) -> None:
    opened(officer, subject="=ไฟดับ", channel="letter")
    opened(officer, subject="ถนนชำรุด")

    answer = officer.post("/cases/export", {"format": "csv", "channel": "letter"})

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "ไฟดับ" in answer.text and "ถนนชำรุด" not in answer.text
    assert ",=ไฟดับ" not in answer.text
    assert 'attachment; filename="cases-' in answer.headers["content-disposition"]
    with database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == "cases.exported")
        assert session.scalars(query).one().facts["format"] == "csv"


def test_the_list_leaves_as_a_workbook_that_opens(officer: Visitor) -> None:
    opened(officer, subject="ไฟถนนดับหน้าวัด")

    answer = officer.post("/cases/export", {"format": "xlsx", "q": "ไฟถนน"})

    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert any("ไฟถนนดับหน้าวัด" in row for row in sheet.iter_rows(values_only=True))


def test_officers_of_agencies_see_only_what_is_theirs(
    officer: Visitor, visit: Visit, database: Database
) -> None:
    agency = agency_id(database)
    referred(officer, agency, subject="ส่งต่อแล้ว")
    screened(officer, subject="ของศูนย์เอง")
    other = visit(Role.AGENCY_OFFICER, "50", agency_id=agency)

    page = other.get("/cases").text

    assert shown(page) == ["ส่งต่อแล้ว"]
    assert 'name="officer_id"' not in page
    assert 'action="/cases/export"' not in page
