"""Screens follow what happens without being reloaded, and say so when they cannot."""

import os
import signal
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import Windows
from tests.services.installation import Installation


def test_board_and_lists_follow_a_call_without_a_reload(
    windows: Windows,
    desks: Callable[[str], Desk],
    system: Installation,
    handset: Handset,
    mobile: str,
) -> None:
    board = _signed_in(windows, system, "wichai", "/board")
    cases = _signed_in(windows, system, "naree", "/cases")
    calls = _signed_in(windows, system, "somchai", "/calls")
    desk = desks("kanya")
    expect(board.locator('tr:has-text("กัญญา") .state-dot')).to_have_attribute("data-state", "ready")

    handset.call_province(mobile, "50200")
    desk.answer()
    expect(board.locator('tr:has-text("กัญญา") .state-dot')).to_have_attribute(
        "data-state", "on_call"
    )
    expect(calls.locator(f'tr:has-text("{_spoken(mobile)}")')).to_be_visible()

    subject = f"เสียงดังตอนกลางคืน {mobile}"
    desk.write_case(subject, place="50200")
    desk.save_case()
    expect(cases.locator("#case-list")).to_contain_text(subject)

    desk.hang_up()
    expect(board.locator('tr:has-text("กัญญา") .state-dot')).to_have_attribute(
        "data-state", "wrap_up"
    )
    # That the time for notes is over is told by no event: the board looks again by itself every ten seconds.
    expect(board.locator('tr:has-text("กัญญา") .state-dot')).to_have_attribute(
        "data-state", "ready", timeout=30_000
    )
    for page in (board, cases, calls):
        assert page.evaluate("() => window.notReloaded"), f"{page.url} was reloaded"


def test_without_redis_pages_work_and_say_that_they_are_not_live(
    windows: Windows, system: Installation
) -> None:
    page = _signed_in(windows, system, "naree", "/cases")
    os.kill(system.service_pid("redis-server"), signal.SIGKILL)
    page.wait_for_function("() => damrongSeen.live.includes('offline')")
    page.locator('.topnav a[href="/calls"]').click()
    expect(page.locator("#call-list")).to_be_visible()
    expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    assert page.evaluate("() => window.notReloaded")


def _signed_in(windows: Windows, system: Installation, username: str, path: str) -> Page:
    page = windows.open()
    Desk(page).sign_in(username, system.password, path=path)
    expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    page.evaluate("() => { window.notReloaded = true; }")
    return page


def _spoken(mobile: str) -> str:
    return f"{mobile[:3]} {mobile[3:6]} {mobile[6:]}"
