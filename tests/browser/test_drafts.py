"""What an agent has typed outlives the tab, the browser and the console."""

import os
import signal
from collections.abc import Callable

import httpx
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import Windows
from tests.services.installation import Installation

SUBJECT = "น้ำประปาไม่ไหลสามวัน"
STORY = "ทั้งซอยไม่มีน้ำใช้ ผู้สูงอายุต้องซื้อน้ำ"


def test_a_killed_browser_loses_neither_the_text_nor_the_caller(
    windows: Windows, desks: Callable[[str], Desk], handset: Handset, mobile: str
) -> None:
    windows.expect_trouble("ERR_FAILED")
    lost = desks("kanya")
    handset.call_province(mobile, "50200")
    lost.answer()
    lost.page.locator("#f-subject").fill(SUBJECT)
    lost.expect_draft_saved()
    lost.page.route("**/drafts/**", lambda route: route.abort())
    lost.page.locator("#f-description").fill(STORY)
    expect(lost.page.locator("[data-draft-state]")).to_have_attribute("data-state", "local")
    on_disk = lost.page.context.storage_state()
    lost.page.context.close()

    desk = Desk(windows.open(remembers=on_disk))
    desk.page.goto("/")
    desk.answer()
    expect(desk.page.locator("#f-subject")).to_have_value(SUBJECT)
    expect(desk.page.locator("#f-description")).to_have_value(STORY)
    desk.expect_to_hear()
    handset.expect_to_hear()
    desk.hang_up()
    handset.expect_state("ended")


def test_a_killed_console_loses_neither_the_text_nor_the_call(
    windows: Windows,
    desks: Callable[[str], Desk],
    system: Installation,
    handset: Handset,
    mobile: str,
    api: httpx.Client,
) -> None:
    windows.expect_trouble(
        "ERR_CONNECTION_", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE", "htmx:"
    )
    desk = desks("kanya")
    _kill_console(system)
    handset.call_province(mobile, "50200")
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible(timeout=15_000)

    _kill_console(system)
    desk.write_words(SUBJECT)
    desk.expect_to_hear()
    handset.expect_to_hear()
    desk.expect_draft_saved()
    expect(desk.live).to_have_attribute("data-state", "live")

    desk.page.locator("#f-subject").fill("")
    desk.write_case(SUBJECT, place="50200")
    ref = desk.save_case()
    assert api.get(f"/cases/{ref}").json()["subject"] == SUBJECT
    desk.hang_up()
    handset.expect_state("ended")


def _kill_console(system: Installation) -> None:
    os.kill(system.service_pid("damrong console"), signal.SIGKILL)
