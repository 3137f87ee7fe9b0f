"""Leave: asked for on a telephone's screen, approved by keyboard; and the pages that a rota is made from."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from case_store.clock import BANGKOK, now
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed, wrong
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

NOTE = "งานบวชน้องชายทดสอบ"
SOURCES = ["holidays", "ไลบรารี", "ประเทศไทย", "ค่าเริ่มต้น"]


def test_an_agent_asks_for_leave_on_a_phone_and_the_supervisor_approves_by_keyboard(
    windows: Windows, system: Installation
) -> None:
    day = now().astimezone(BANGKOK).date() + timedelta(days=20)
    page = (
        Desk(windows.open(NARROW))
        .sign_in("kanya", system.password, path="/rotation/leave/own")
        .page
    )
    speak_signed_in(page, "th")
    page.get_by_label("ประเภท").select_option("personal")
    page.get_by_label("วันแรก").fill(f"{day.day}/{day.month}/{day.year + 543}")
    page.get_by_label("หมายเหตุถึงหัวหน้าเวร").fill(NOTE)
    page.get_by_role("button", name="ส่งคำขอ").click()
    expect(page.get_by_text("รอหัวหน้าเวรพิจารณา")).to_be_visible()
    expect(page.locator("td.own-asked")).to_have_count(1)
    known = [*typed(system), NOTE]
    found = look(page, "th", known)

    desk = Desk(windows.open(WIDE)).sign_in("wichai", system.password, path="/rotation/leave")
    speak_signed_in(desk.page, "th")
    expect(desk.page.get_by_text(NOTE)).to_be_visible()
    desk.press(desk.page.get_by_role("button", name="อนุมัติ: กัญญา ใจดี", exact=True))
    expect(desk.page.get_by_text("ไม่มีคำขอรอพิจารณา")).to_be_visible()
    found += look(desk.page, "th", known)

    page.reload()
    expect(page.get_by_text("อนุมัติการลาแล้ว")).to_be_visible()
    expect(page.locator("td.own-leave")).to_have_count(1)
    page.get_by_role("button", name="ยกเลิก:").click()
    expect(page.get_by_text("ยกเลิกแล้ว").first).to_be_visible()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(
    ("username", "paths"),
    [
        ("kanya", ["/rotation/leave/own"]),
        ("wichai", ["/rotation/leave", "/rotation/staff", "/rotation/shifts"]),
        ("anan", ["/rotation/nights"]),
        ("admin", ["/rotation/rules", "/rotation/rules?class=official"]),
    ],
)
def test_the_pages_that_a_rota_is_made_from(
    windows: Windows, system: Installation, username: str, paths: list[str], language: str
) -> None:
    page = Desk(windows.open(WIDE)).sign_in(username, system.password, path="/notices").page
    speak_signed_in(page, language)
    found = wrong(page, language, [*typed(system), NOTE, *SOURCES], *paths)
    assert not found, "\n".join(found)
