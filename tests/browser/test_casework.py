"""Casework as the people of a centre and of an agency do it: from intake to the answer, by keyboard where one types."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed, wrong
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

AGENCY = "การไฟฟ้าส่วนภูมิภาคจังหวัดเชียงใหม่"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def signed_in(
    windows: Windows,
    system: Installation,
    username: str,
    path: str,
    size: tuple[int, int] = WIDE,
) -> Desk:
    """A window whose scripts have started; in Thai, whatever was read in it before."""
    desk = Desk(windows.open(size)).sign_in(username, system.password, path=path)
    speak_signed_in(desk.page, "th")
    expect(desk.live).to_have_attribute("data-state", "live")
    return desk


def officer(windows: Windows, system: Installation, path: str = "/work") -> Desk:
    return signed_in(windows, system, "prapai", path)


def shown(ref: str) -> str:
    return " ".join((ref[:3], ref[3:6], ref[6:]))


def step(page: Page, words: str) -> Locator:
    """Open a step of the case; its form."""
    details = page.locator("details.step").filter(has=page.get_by_text(words, exact=True)).first
    details.locator("summary").click()
    return details.locator("form")


def write(desk: Desk, subject: str) -> str:
    """A case written down by keyboard alone; its reference."""
    desk.page.goto("/cases/new")
    expect(desk.live).to_have_attribute("data-state", "live")
    desk.write_case(subject, place="50300")
    return desk.save_case()


def test_a_case_goes_from_the_work_list_by_an_agency_to_the_complainant_s_answer(
    windows: Windows, system: Installation
) -> None:
    windows.expect_trouble("422 (Unprocessable Entity)")
    desk = officer(windows, system)
    page = desk.page
    ref = write(desk, "ไฟถนนดับหน้าวัดเจ็ดยอด")
    expect(page.locator(".ref-large.pin")).to_have_text(re.compile(r"\d{4}"))

    desk.go("/work")
    page.locator("#work-groups").get_by_role("link", name=shown(ref)).click()
    page.get_by_role("button", name="เริ่มคัดกรอง").click()
    expect(page.locator(".case-head")).to_contain_text("กำลังคัดกรอง")

    agency = signed_in(windows, system, "suda", "/agency").page
    form = step(page, "ส่งต่อหน่วยงาน")
    expect(form.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("ไฟฟ้า")
    expect(form.locator("#agency-list label")).to_have_count(1)
    form.get_by_label(AGENCY).check()
    form.get_by_label("สิ่งที่ขอให้หน่วยงานดำเนินการ").fill("ขอให้ซ่อมไฟถนน 12 ต้น")
    form.get_by_label("เลขที่หนังสือ").fill("ชม 0017.1/ว 9")
    form.get_by_label("ลงวันที่").fill("31/2/2569")
    form.get_by_role("button", name="ส่งต่อหน่วยงาน").click()
    expect(form.get_by_label("ลงวันที่")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("สิ่งที่ขอให้หน่วยงานดำเนินการ")).to_have_value("ขอให้ซ่อมไฟถนน 12 ต้น")
    form.get_by_label(AGENCY).check()
    form.get_by_label("ลงวันที่").fill("5/1/2569")
    form.get_by_role("button", name="ส่งต่อหน่วยงาน").click()
    expect(page.locator(".case-head")).to_contain_text("ส่งต่อหน่วยงานแล้ว")

    expect(agency.locator("#agency-groups")).to_contain_text(shown(ref))  # by itself
    expect(agency.locator("#notice-count")).not_to_be_empty()
    agency.get_by_role("link", name=shown(ref)).click()
    agency.get_by_role("button", name="รับเรื่อง").click()
    expect(page.locator("#case-history")).to_contain_text("หน่วยงานรับเรื่อง")  # by itself
    agency.locator("input[type=file]").set_input_files(
        {"name": "after.png", "mimeType": "image/png", "buffer": PNG}
    )
    agency.get_by_role("button", name="ส่งไฟล์").click()
    expect(agency.locator(".file-list")).to_contain_text("after.png")
    form = step(agency, "รายงานผล")
    form.get_by_label("ข้อเท็จจริงที่พบและสิ่งที่ได้ดำเนินการ").fill("เปลี่ยนหลอดแล้ว 12 ต้น")
    form.get_by_role("button", name="รายงานผล").click()
    expect(agency.locator(".case-head")).to_contain_text("รายงานผลแล้ว")

    page.reload()
    expect(page.locator(".case-head")).to_contain_text("รอตรวจผล")
    expect(page.locator(".file-list")).to_contain_text("after.png")
    form = step(page, "แจ้งผลและยุติเรื่อง")
    expect(form.get_by_label("คำตอบถึงผู้ร้อง")).to_have_value("เปลี่ยนหลอดแล้ว 12 ต้น")
    form.get_by_label("ผลการยุติเรื่อง").select_option("settled")
    form.get_by_role("button", name="แจ้งผลและยุติเรื่อง").click()
    expect(page.locator(".case-head")).to_contain_text("ยุติเรื่องแล้ว")
    expect(page.get_by_role("status").filter(has_text="เรียบร้อย")).to_be_visible()


def test_two_officers_at_once_the_second_is_told_on_the_page_with_the_words_still_there(
    windows: Windows, system: Installation
) -> None:
    windows.expect_trouble("409 (Conflict)")
    desk = officer(windows, system)
    ref = write(desk, "น้ำท่วมขังหน้าโรงเรียน")
    desk.page.goto(f"/cases/{ref}")
    other = signed_in(windows, system, "wichai", f"/cases/{ref}").page
    form = step(desk.page, "ผู้ร้องถอนเรื่อง")
    form.get_by_label("สิ่งที่ผู้ร้องแจ้ง").fill("ตกลงกันได้แล้ว")
    other.get_by_role("button", name="เริ่มคัดกรอง").click()
    expect(other.locator(".case-head")).to_contain_text("กำลังคัดกรอง")

    form.get_by_role("button", name="ผู้ร้องถอนเรื่อง").click()

    expect(desk.page.get_by_role("alert")).to_contain_text("เพื่อนร่วมงานแก้ไขเรื่องนี้ไปแล้ว")
    expect(form.get_by_label("สิ่งที่ผู้ร้องแจ้ง")).to_have_value("ตกลงกันได้แล้ว")
    expect(desk.page).to_have_url(re.compile(f"/cases/{ref}$"))
    form.get_by_role("button", name="ผู้ร้องถอนเรื่อง").click()
    expect(desk.page.locator(".case-head")).to_contain_text("ผู้ร้องถอนเรื่อง")


def test_a_call_about_a_known_matter_joins_its_case(windows: Windows, system: Installation) -> None:
    desk = officer(windows, system)
    page = desk.page
    ref = write(desk, "ต้นไม้ล้มขวางถนน")

    page.goto("/cases/new")
    expect(desk.live).to_have_attribute("data-state", "live")
    desk.write_case("ต้นไม้ล้มขวางถนนอีก", place="50300")
    expect(page.locator("#likely-hint")).to_contain_text("มีเรื่องคล้ายกัน")
    found = page.locator(".likely-list li").filter(has_text=shown(ref))
    found.get_by_role("button", name="เพิ่มข้อความนี้เข้าเรื่องเดิม").click()

    expect(page.locator(".saved-case")).to_contain_text("เพิ่มเข้าเรื่องเดิมแล้ว")
    page.locator(".saved-case").get_by_role("link").click()
    expect(page.locator("#case-history")).to_contain_text("ต้นไม้ล้มขวางถนนอีก")


def test_an_identity_is_opened_for_a_reason_and_closed_again(
    windows: Windows, system: Installation
) -> None:
    windows.expect_trouble("422 (Unprocessable Entity)")
    desk = officer(windows, system, "/cases/new")
    page = desk.page
    desk.write_case("เรื่องที่ไม่อยากให้ใครรู้", place="50300")
    page.get_by_label("ไม่ให้ผู้ใดทราบ").check()
    page.goto(f"/cases/{desk.save_case()}")
    card = page.locator("section").filter(has=page.get_by_role("heading", name="ผู้ร้อง", exact=True))
    expect(card).not_to_contain_text("สมศรี")

    card.get_by_text("เปิดดูข้อมูลผู้ร้อง").click()
    card.get_by_role("button", name="เปิดดู").click()
    expect(card.get_by_label("เหตุผลที่จำเป็นต้องทราบ")).to_have_attribute("aria-invalid", "true")
    card.get_by_label("เหตุผลที่จำเป็นต้องทราบ").fill("โทรนัดผู้ร้องมาให้ข้อมูลเพิ่ม")
    card.get_by_role("button", name="เปิดดู").click()
    expect(card).to_contain_text("สมศรี ใจงาม")

    page.reload()
    expect(card).not_to_contain_text("สมศรี")
    expect(page.locator("#case-history")).to_contain_text("เปิดดูข้อมูลผู้ร้อง")


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_pages_of_casework_are_accessible_whole_and_in_one_language(
    language: str, windows: Windows, system: Installation
) -> None:
    desk = officer(windows, system)
    page = desk.page
    ref = write(desk, "ถนนทรุดหน้าตลาด")
    page.goto(f"/cases/{ref}")
    page.get_by_role("button", name="เริ่มคัดกรอง").click()
    expect(page.locator(".case-head")).to_contain_text("กำลังคัดกรอง")
    form = step(page, "ส่งต่อหน่วยงาน")
    form.get_by_label(AGENCY).check()
    form.get_by_label("สิ่งที่ขอให้หน่วยงานดำเนินการ").fill("ขอให้ตรวจสอบ")
    form.get_by_role("button", name="ส่งต่อหน่วยงาน").click()
    expect(page.locator(".case-head")).to_contain_text("ส่งต่อหน่วยงานแล้ว")
    known = typed(system)
    speak_signed_in(page, language)
    found = wrong(
        page, language, known,
        "/work", f"/cases/{ref}", f"/cases/{ref}/correct", "/cases/new", "/notices",
    )  # fmt: skip
    page.goto(f"/cases/{ref}")
    for summary in page.locator("details.step > summary").all():
        summary.click()
        found += look(page, language, known)
    agency = Desk(windows.open()).sign_in("suda", system.password, path="/agency").page
    speak_signed_in(agency, language)
    agency.goto("/agency")
    own = agency.locator("a.row-link").first.get_attribute("href") or ""
    found += wrong(agency, language, known, "/agency", own, "/notices")
    assert not found, "\n".join(found)


def test_a_case_can_be_worked_on_with_a_telephone_s_narrow_screen(
    windows: Windows, system: Installation
) -> None:
    desk = signed_in(windows, system, "prapai", "/cases/new", NARROW)
    page = desk.page
    desk.write_case("ท่อระบายน้ำตัน", place="50300")
    page.goto(f"/cases/{desk.save_case()}")

    page.get_by_role("button", name="เริ่มคัดกรอง").click()
    form = step(page, "ศูนย์ดำเนินการเอง")
    form.get_by_role("textbox").fill("ส่งหน่วยเคลื่อนที่เร็ว")
    form.get_by_role("button").click()

    expect(page.locator(".case-head")).to_contain_text("ศูนย์กำลังดำเนินการ")
