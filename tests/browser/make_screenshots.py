"""Makes docs/images from the running program: `make screenshots`. Whoever runs it looks at what came out."""

import re
import sys
from typing import Final

from playwright.sync_api import Page, expect

from damrong.provision.paths import CHECKOUT
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import Windows, chromium
from tests.services.installation import Installation, running_installation
from tests.telephony.line import SOUNDS_HOME

IMAGES: Final = CHECKOUT / "docs" / "images"
SIZE: Final = (1366, 768)
TALL: Final = (1366, 1180)
"""High enough for the whole form."""
EARLIER: Final = (
    ("0812340101", "น้ำประปาไหลอ่อนทั้งหมู่บ้าน", "50300"),
    ("0812340102", "ร้านอาหารส่งเสียงดังหลังเที่ยงคืน", "50100"),
)


DEMO_CASES: Final = "120"


def main() -> None:
    """Two earlier calls, one request to be called back, one call that goes on; then casework."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    sounds = SOUNDS_HOME / "sounds"
    with (
        running_installation(
            sounds if sounds.exists() else None, DAMRONG_WRAP_UP_SECONDS="2"
        ) as system,
        chromium() as browser,
    ):
        windows = Windows(browser, system.url)
        _take_pictures(windows, system)
        _take_pictures_of_casework(windows, system)
        windows.close()
        windows.expect_no_surprises()


def _take_pictures(windows: Windows, system: Installation) -> None:
    handset = Handset(windows.open(SIZE)).open()
    handset.call_province("0812340100", "50200")
    handset.insist("1")
    desk = Desk(windows.open(SIZE)).take_calls("kanya", system.password)
    for number, subject, place in EARLIER:
        _one_case(desk, handset, number, subject, place)

    handset.call_province("0812340101", "50200")
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible()
    desk.write_case("ถนนชำรุดหน้าวัด", place="50200")
    desk.expect_draft_saved()
    handset.page.locator("#demo-caller").blur()
    _picture(handset.page, "demo-phone.png")
    desk.page.evaluate("() => window.scrollTo(0, 0)")
    desk.page.set_viewport_size({"width": TALL[0], "height": TALL[1]})
    _picture(desk.page, "desk.png")
    desk.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})

    board = windows.open(SIZE)
    Desk(board).sign_in("wichai", system.password, path="/board")
    expect(board.locator("#live-state")).to_have_attribute("data-state", "live")
    Desk(board).expect_registered()
    _picture(board, "board.png")

    ref = desk.save_case()
    desk.page.evaluate("() => window.scrollTo(0, 0)")
    _picture(desk.page, "case-number.png")
    desk.page.locator(f'#main a[href="/cases/{ref}"].button').click()
    expect(desk.page.locator("#case-history")).to_be_visible()
    _picture(desk.page, "case.png")
    desk.hang_up()


def _take_pictures_of_casework(windows: Windows, system: Installation) -> None:
    """A case that an agency works on, the work list, and the agency's own view."""
    made = system.run("demo", "cases", "--count", DEMO_CASES, "--province", "50")
    assert made.returncode == 0, made.stderr
    desk = Desk(windows.open(SIZE)).sign_in("prapai", system.password, path="/cases/new")
    expect(desk.live).to_have_attribute("data-state", "live")
    desk.write_case("ไฟถนนดับหน้าวัด", place="50300")
    desk.save_case()
    page = desk.page
    page.goto("/cases/new")
    expect(desk.live).to_have_attribute("data-state", "live")
    desk.write_case("ไฟถนนดับทั้งซอยหน้าวัดเจ็ดยอด", place="50300")
    page.locator("#f-name").blur()
    expect(page.locator("#likely-hint a")).to_be_visible()
    page.locator("#likely").scroll_into_view_if_needed()
    _picture(page, "likely.png")
    ref = desk.save_case()
    page.goto(f"/cases/{ref}")
    page.get_by_role("button", name="เริ่มคัดกรอง").click()
    expect(page.locator(".case-head")).to_contain_text("กำลังคัดกรอง")
    page.locator("details.step").filter(has_text="ส่งต่อหน่วยงาน").locator("summary").first.click()
    form = page.get_by_role("form", name="ส่งต่อหน่วยงาน")
    form.get_by_label("การไฟฟ้าส่วนภูมิภาคจังหวัดเชียงใหม่").check()
    form.get_by_label("สิ่งที่ขอให้หน่วยงานดำเนินการ").fill("ขอให้ตรวจสอบและซ่อมไฟถนน แล้วรายงานผล")
    _picture(page, "referral.png")
    form.get_by_role("button", name="ส่งต่อหน่วยงาน").click()
    expect(page.locator(".case-head")).to_contain_text("ส่งต่อหน่วยงานแล้ว")

    agency = Desk(windows.open(SIZE)).sign_in("suda", system.password, path="/agency").page
    _picture(agency, "agency.png")
    agency.get_by_role("link", name=re.compile(f"{ref[:3]} {ref[3:6]} {ref[6:]}")).click()
    agency.get_by_role("button", name="รับเรื่อง").click()
    expect(agency.locator(".case-head")).to_contain_text("รับเรื่องแล้ว")
    _picture(agency, "agency-case.png")

    page.reload()
    _picture(page, "case-steps.png")
    page.goto("/work")
    _picture(page, "work.png")


def _one_case(desk: Desk, handset: Handset, number: str, subject: str, place: str) -> None:
    handset.call_province(number, "50200")
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible()
    desk.write_case(subject, place=place)
    desk.save_case()
    desk.hang_up()
    handset.expect_state("ended")
    desk.expect_duty("ready")


def _picture(page: Page, name: str) -> None:
    page.mouse.move(1, 1)
    page.screenshot(path=IMAGES / name, animations="disabled")
    sys.stdout.write(f"{(IMAGES / name).relative_to(CHECKOUT)}\n")


if __name__ == "__main__":
    main()
