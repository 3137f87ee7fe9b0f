"""Nobody is on duty: the caller asks to be called back, and is."""

import re

from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import Windows
from tests.services.installation import Installation


def asks_to_be_called_back(handset: Handset, mobile: str) -> None:
    """1: call me back; 1: yes, at this number."""
    handset.call_province(mobile, "50200")
    handset.insist("1")


def test_a_request_appears_by_itself_and_one_click_rings_the_citizen(
    windows: Windows, system: Installation, handset: Handset, mobile: str
) -> None:
    desk = Desk(windows.open()).sign_in("kanya", system.password)
    desk.expect_registered()
    desk.go("/callbacks")
    asks_to_be_called_back(handset, mobile)
    request = desk.page.locator("#callback-list article", has_text=_spoken(mobile))
    expect(request).to_be_visible()

    request.locator("[data-callback]").click()
    desk.expect_state("calling")
    handset.expect_state("ringing")
    handset.answer()
    desk.expect_state("talking")
    desk.expect_to_hear()
    handset.expect_to_hear()
    expect(desk.page.locator("#caller .caller-number")).to_have_text(_spoken(mobile))
    expect(desk.page.locator("#case-form")).to_be_visible()

    desk.hang_up()
    handset.expect_state("ended")
    desk.page.get_by_role("textbox", name=re.compile("หมายเหตุ|บันทึก")).first.fill("ตอบแล้ว")
    desk.page.locator('#workspace button[name="state"][value="done"]').click()
    expect(desk.page).to_have_url(re.compile("/callbacks$"))
    expect(request).to_have_count(0)


def _spoken(mobile: str) -> str:
    return f"{mobile[:3]} {mobile[3:6]} {mobile[6:]}"
