"""The office in a browser: every page usable by everybody in both languages, and a register brought in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.looking import speak_signed_in, typed, wrong
from tests.browser.windows import WIDE, Windows
from tests.services.installation import Installation

REGISTER = (
    "เลขที่เดิม,เรื่อง,จังหวัด,โทรศัพท์,วันที่รับเรื่อง\n"
    "11/2569,ท่อระบายน้ำอุดตันหน้าตลาดประตูก้อม,เชียงใหม่,,1/10/2569\n"
    "12/2569,สุนัขจรจัดหน้าโรงเรียนบ้านท่อ,เชียงใหม่,,2/10/2569\n"
    "13/2569,เสาไฟเอียงริมคลองแม่ข่า,ภูเก็ต,,3/10/2569\n"
)
SUBJECTS = ("ท่อระบายน้ำอุดตันหน้าตลาดประตูก้อม", "สุนัขจรจัดหน้าโรงเรียนบ้านท่อ", "เสาไฟเอียงริมคลองแม่ข่า")
WORDS = (
    *SUBJECTS, "ทะเบียนทดสอบ.csv", "ขอสำเนาข้อมูลของตน", "ใช้ในคดีที่ศาลจังหวัด", "น้ำท่วมศาลากลาง", "ไฟล์ทดสอบปลายทาง",
    "ค้นหาทดสอบ", "สุนีย์ ทดสอบ", "sunee",
)  # fmt: skip
"""What these tests type."""
AS_THEY_ARE = re.compile(r": (CSV|XLSX|Excel|AES|GCM|land|title|pea|line|praise|vulnerable)$")
"""Names of formats and ciphers, and examples of codes: the same in every language."""


def signed_in(
    windows: Windows, system: Installation, username: str, path: str, language: str = "th"
) -> Page:
    desk = Desk(windows.open(WIDE)).sign_in(username, system.password, path=path)
    speak_signed_in(desk.page, language)
    expect(desk.live).to_have_attribute("data-state", "live")
    return desk.page


def bring_in(page: Page, folder: Path) -> None:
    """The dry run of the register."""
    register = folder / "ทะเบียนทดสอบ.csv"
    register.write_text(REGISTER, encoding="utf-8-sig")
    page.get_by_label("ตารางข้อมูล XLSX หรือ CSV").set_input_files(register)
    page.get_by_role("button", name="ตรวจ", exact=True).click()
    expect(page.get_by_role("heading", name="ทะเบียนทดสอบ.csv")).to_be_visible()


def test_a_register_is_checked_row_by_row_and_then_becomes_cases_that_search_finds(
    windows: Windows, system: Installation, tmp_path: Path
) -> None:
    page = signed_in(windows, system, "prapai", "/office")
    page.get_by_role("link", name="นำเข้าเรื่อง").click()
    bring_in(page, tmp_path)

    rows = page.locator("section[aria-labelledby=rows-title] tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("จังหวัด ไม่ใช่จังหวัดของศูนย์นี้")
    page.get_by_role("button", name="นำเข้า", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="เปิดเรื่องแล้ว 2 เรื่อง")).to_be_visible()

    page.locator(".topnav").get_by_role("link", name="เรื่องร้องเรียน").click()
    page.get_by_role("searchbox", name="ค้นหา").fill("ตลาดประตูก้อม")
    page.keyboard.press("Enter")
    expect(page.locator("#case-count")).to_have_text("1 เรื่อง")
    expect(page.locator("mark").first).to_have_text("ตลาดประตูก้อม")
    assert "ตลาดประตู" not in page.url and "%E0" not in page.url

    page.get_by_text("บันทึกการค้นหานี้").click()
    page.get_by_label("ชื่อการค้นหา").fill("ค้นหาทดสอบ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="ค้นหาทดสอบ", exact=True)).to_be_visible()
    page.locator(".topnav").get_by_role("link", name="เรื่องร้องเรียน").click()
    page.get_by_role("button", name="ค้นหาทดสอบ", exact=True).click()
    expect(page.locator("#case-list tbody tr")).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="ไฟล์ Excel").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
    expect(page.locator("#case-list tbody tr")).to_have_count(1)


def test_a_person_of_an_agency_is_added_and_the_agencies_are_those_of_the_province(
    windows: Windows, system: Installation
) -> None:
    page = signed_in(windows, system, "admin", "/office/people")
    page.get_by_label("ชื่อ-สกุล").fill("สุนีย์ ทดสอบ")
    page.get_by_label("ชื่อผู้ใช้").fill("sunee")
    page.get_by_label("บทบาท").select_option("agency_officer")
    page.get_by_label("ศูนย์").select_option("50")
    agency = page.get_by_label(re.compile("หน่วยงาน \\(สำหรับ"))
    expect(agency.locator("option", has_text="จังหวัดเชียงใหม่").first).to_be_attached()
    agency.select_option(label="การไฟฟ้าส่วนภูมิภาคจังหวัดเชียงใหม่")
    page.get_by_role("button", name="เพิ่มและแสดงรหัสผ่าน").click()

    password = page.locator(".secret-once code").inner_text()
    page.reload()
    expect(page.locator(".secret-once")).to_have_count(0)
    newcomer = Desk(windows.open(WIDE)).sign_in("sunee", password, path="/agency")
    expect(newcomer.page.locator("main h1")).to_be_visible()


@pytest.fixture(scope="module")
def words() -> list[str]:
    return sorted(WORDS, key=len, reverse=True)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_office_s_pages_are_accessible_whole_and_in_one_language(
    language: str, words: list[str], windows: Windows, system: Installation, tmp_path: Path
) -> None:
    windows.expect_trouble("422 (Unprocessable Entity)")
    page = signed_in(windows, system, "naree", "/office/privacy")
    page.get_by_label("ประเภท").select_option("access")
    page.get_by_label("สิ่งที่ขอ หรือเหตุที่เกิด").fill("ขอสำเนาข้อมูลของตน")
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_text("ขอสำเนาข้อมูลของตน").first).to_be_visible()
    page.goto("/office/imports")
    bring_in(page, tmp_path)
    batch = page.url
    speak_signed_in(page, language)
    known = [*words, *typed(system)]
    found = wrong(
        page, language, known,
        "/cases", "/cases?state=received&channel=letter", "/statistics", "/office", "/office/privacy",
        "/office/privacy/all", "/office/retention", "/office/holds", "/office/processing",
        "/office/imports", batch, "/office/closures", "/rotation/demand",
    )  # fmt: skip
    page.close()
    page = signed_in(windows, system, "admin", "/office", language)
    found += wrong(
        page, language, known,
        "/office", "/office/words", "/office/words/channel", "/office/words/nature",
        "/office/words/service_type", "/office/words/category/land",
        "/office/agencies", "/office/agencies?centre=50", "/office/policies",
        "/office/policies/deadline/land", "/office/policies/retention/all", "/office/closures",
        "/office/policies/recordings/all", "/office/policies/calls/all",
        "/office/policies/staffing/all", "/rotation/demand",
        "/office/people", "/office/people/2", "/office/webhooks", "/office/audit", "/statistics",
    )  # fmt: skip
    found = [one for one in found if not AS_THEY_ARE.search(one)]
    assert not found, "\n".join(found)
