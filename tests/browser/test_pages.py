"""Every page, in both languages and at two sizes: usable by everybody, whole, and in the reader's own words."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.looking import look, speak, speak_signed_in, typed, wrong
from tests.browser.windows import Windows
from tests.services.installation import Installation

SUBJECT = "ไฟถนนดับทั้งซอย"


@pytest.fixture(scope="module")
def lived_in(system: Installation, browser: Browser) -> str:
    """Something on every page: a case, a call, a request to be called back. Gives the case's address."""
    windows = Windows(browser, system.url)
    handset = Handset(windows.open()).open()
    handset.call_province("0899990001", "50200")
    handset.insist("1")
    desk = Desk(windows.open()).sign_in("naree", system.password, path="/cases/new")
    desk.write_case(SUBJECT, place="50200")
    desk.page.keyboard.press("Control+Enter")
    desk.page.locator('a[href^="/cases/"].button').click()
    expect(desk.page.locator("#case-history")).to_be_visible()
    address = desk.page.url.removeprefix(system.url).partition("?")[0]
    windows.close()
    return address


@pytest.mark.parametrize("language", ["th", "en"])
def test_pages_are_accessible_whole_and_in_one_language(
    language: str, lived_in: str, windows: Windows, system: Installation
) -> None:
    windows.expect_trouble("404 (Not Found)")
    known = typed(system)
    page = windows.open()
    speak(page, language, "/sign-in")
    found = wrong(page, language, known, "/sign-in", "/demo")
    Desk(page).sign_in("kanya", system.password)
    speak_signed_in(page, language)
    found += wrong(
        page, language, known, "/", "/cases", "/cases/new", lived_in, "/callbacks", "/calls"
    )
    found += wrong(page, language, known, "/no-such-page")
    page.context.clear_cookies()
    Desk(page).sign_in("wichai", system.password, path="/board")
    speak_signed_in(page, language)
    found += wrong(page, language, known, "/board")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_desk_in_a_call_is_accessible_whole_and_in_one_language(
    language: str,
    windows: Windows,
    system: Installation,
    desks: Callable[[str], Desk],
    handset: Handset,
    mobile: str,
) -> None:
    windows.expect_trouble("422 (Unprocessable Entity)")
    known = typed(system)
    desk = desks("kanya")
    speak_signed_in(desk.page, language)
    desk.expect_registered()
    handset.call_province(mobile, "50200")
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible()
    found = look(desk.page, language, known)
    desk.does("transfer")
    expect(desk.page.locator(".target-list label").first).to_be_visible()
    found += look(desk.page, language, known)
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("[aria-invalid]").first).to_be_visible()
    found += look(desk.page, language, known)
    desk.hang_up()
    assert not found, "\n".join(found)


def test_a_thai_reader_sees_years_of_the_buddhist_era(
    lived_in: str, windows: Windows, system: Installation
) -> None:
    page = windows.open()
    Desk(page).sign_in("naree", system.password, path="/cases")
    expect(page.locator("#case-list")).to_contain_text(re.compile(r"\d{1,2} [ก-๙.]+ 25\d\d"))
    for path in ("/cases", lived_in, "/callbacks", "/calls"):
        page.goto(path)
        assert not re.search(r"\b20\d\d\b", page.locator("main").inner_text())
