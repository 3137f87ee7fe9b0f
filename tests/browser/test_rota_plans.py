"""Planning in a real browser: ask, watch, look, publish; and the pages of training and of the day, for everybody."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.looking import speak_signed_in, typed, wrong
from tests.browser.windows import Windows
from tests.services.installation import Installation

SUPERVISORS = ("/rotation/plans", "/rotation/training", "/rotation/now", "/rotation/ledger")
OWN = ("/rotation/training/mine", "/rotation/now", "/rotation/ledger")
LONG = 120_000


@pytest.mark.parametrize("language", ["th", "en"])
def test_pages_are_accessible_whole_and_in_one_language(
    language: str, windows: Windows, system: Installation
) -> None:
    known = typed(system)
    page = windows.open()
    Desk(page).sign_in("wichai", system.password, path="/rotation/plans")
    speak_signed_in(page, language)
    found = wrong(page, language, known, *SUPERVISORS)
    page.context.clear_cookies()
    Desk(page).sign_in("kanya", system.password)
    speak_signed_in(page, language)
    found += wrong(page, language, known, *OWN)
    assert not found, "\n".join(found)


def test_a_rota_is_asked_for_watched_and_dropped(windows: Windows, system: Installation) -> None:
    page = Desk(windows.open()).sign_in("wichai", system.password, path="/rotation/plans").page
    page.locator("#p-first").fill("4/1/2570")
    page.locator("#p-last").fill("17/1/2570")
    page.locator("#p-seconds").fill("5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="ค้นหาตารางเวร").press("Enter")
    # The page refreshes itself: nobody loads it anew.
    look = page.get_by_role("link", name="ดูร่างตารางเวร")
    expect(look).to_be_visible(timeout=LONG)
    drop = page.get_by_role("button", name="ทิ้งร่าง 4 ม.ค. 2570")
    expect(drop).to_be_visible()
    look.press("Enter")
    expect(page.locator("[role=grid]")).to_be_visible()
    page.go_back()
    drop.press("Enter")
    expect(drop).to_have_count(0)
