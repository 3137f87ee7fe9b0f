"""The rota's calendar as a planner uses it, by mouse and by keyboard; a person's own page on a phone."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.rotation.rota.schedule import final_schedule
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.made_rota import REASON, MadeRota, made_rota
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation
from tests.telephony.line import eventually

PAGES = (
    "/rotation/calendar",
    "/rotation/calendar?view=week",
    "/rotation/mine",
    "/rotation/feeds",
    "/rotation/calendar/imports",
)


@pytest.fixture
def made(system: Installation) -> Iterator[MadeRota]:
    with made_rota(system) as made:
        yield made


@pytest.fixture
def page(windows: Windows, system: Installation) -> Page:
    """The supervisor's window."""
    return Desk(windows.open(WIDE)).sign_in("wichai", system.password, path="/board").page


def ahead(days: int) -> date:
    return now().astimezone(BANGKOK).date() + timedelta(days=days)


def week(page: Page, day: date) -> None:
    page.goto(f"/rotation/calendar?view=week&day={day.isoformat()}")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "live")


def square(page: Page, user_id: int, day: date) -> Locator:
    return page.locator(f'td[data-user="{user_id}"][data-day="{day.isoformat()}"]')


def stands(system: Installation, user_id: int, day: date) -> str | None:
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.reading() as session:
        duties = final_schedule(session, day, day, user_ids=[user_id])
        found = duties[0].shift_type.code if duties else None
    database.close()
    return found


def thai_key(page: Page, letter: str) -> None:
    """As a Thai keyboard presses it; Playwright itself knows the keys of an American one."""
    keys = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        pressed = {"type": kind, "key": letter, "code": "Equal"}
        keys.send("Input.dispatchKeyEvent", pressed)
    keys.detach()


def monday_ahead() -> date:
    """Of next week: a day and the one after it are in one week, and neither is over."""
    today = ahead(0)
    return today + timedelta(days=7 - today.weekday())


def drag(page: Page, chip: Locator, to: Locator) -> None:
    expect(chip).to_be_visible()
    # A refresh may put the grid in anew between two looks.
    boxes = eventually(
        lambda: both if all(both := (chip.bounding_box(), to.bounding_box())) else None
    )
    assert boxes, "there is nothing to drag"
    start, end = boxes
    assert start and end
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    expect(to).to_have_class(re.compile("drop-here"))
    page.mouse.up()


def test_by_keyboard_a_duty_is_put_moved_taken_back_and_taken_away(
    made: MadeRota, page: Page, system: Installation
) -> None:
    anong, boon, day = made.people[0], made.people[1], monday_ahead()
    week(page, day)
    square(page, anong, day).focus()

    thai_key(page, "ช")
    expect(square(page, anong, day)).to_have_attribute("data-code", "ช")
    expect(square(page, anong, day)).to_be_focused()
    expect(page.locator("#rota-says")).to_have_text("บันทึกแล้ว")

    page.keyboard.press("Control+x")
    expect(page.locator("#rota-says")).to_contain_text("กำลังย้าย")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+v")
    tomorrow = day + timedelta(days=1)
    expect(square(page, anong, tomorrow)).to_have_attribute("data-code", "ช")
    expect(square(page, anong, day)).to_have_attribute("data-code", "")
    expect(square(page, anong, tomorrow)).to_be_focused()

    page.keyboard.press("Control+z")
    expect(square(page, anong, day)).to_have_attribute("data-code", "ช")
    assert stands(system, anong, day) == "ช" and stands(system, anong, tomorrow) is None

    square(page, anong, day).focus()
    page.keyboard.press("Delete")
    expect(square(page, anong, day)).to_have_attribute("data-code", "")

    square(page, boon, day).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rota-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#rota-menu")).to_be_hidden()
    expect(square(page, boon, day)).to_be_focused()
    page.keyboard.press("Space")
    page.locator('#rota-menu [data-rota-put="บ"]').focus()
    page.keyboard.press("Enter")
    expect(square(page, boon, day)).to_have_attribute("data-code", "บ")
    assert stands(system, boon, day) == "บ"


def test_the_arrow_keys_walk_the_grid_and_others_turn_its_pages(made: MadeRota, page: Page) -> None:
    day = monday_ahead()
    week(page, day)
    first = square(page, made.people[4], day)
    first.focus()

    page.keyboard.press("End")
    expect(square(page, made.people[4], day + timedelta(days=6))).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(square(page, made.people[5], day)).to_be_focused()
    expect(page.locator('[data-rota] td[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("PageDown")
    expect(square(page, made.people[4], day + timedelta(days=7))).to_be_visible()
    expect(page.locator("[data-rota] td:focus")).to_have_count(1)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("table.rota.week")).to_have_count(0)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("table.rota.week").first).to_be_visible()


def test_a_duty_is_dragged_to_a_colleague_and_two_are_exchanged(
    made: MadeRota, page: Page, system: Installation
) -> None:
    anong, boon, day = made.people[0], made.people[1], monday_ahead()
    week(page, day)
    square(page, anong, day).focus()
    thai_key(page, "ช")
    expect(square(page, anong, day)).to_have_attribute("data-code", "ช")

    drag(page, square(page, anong, day).locator("[data-rota-drag]"), square(page, boon, day))

    expect(square(page, boon, day)).to_have_attribute("data-code", "ช")
    expect(square(page, anong, day)).to_have_attribute("data-code", "")
    square(page, anong, day).focus()
    thai_key(page, "บ")
    expect(square(page, anong, day)).to_have_attribute("data-code", "บ")
    drag(page, square(page, anong, day).locator("[data-rota-drag]"), square(page, boon, day))
    expect(square(page, boon, day)).to_have_attribute("data-code", "บ")
    assert (stands(system, anong, day), stands(system, boon, day)) == ("ช", "บ")


def test_a_finger_that_holds_still_first_drags_a_duty(
    made: MadeRota, page: Page, system: Installation
) -> None:
    anong, boon, day = made.people[0], made.people[1], monday_ahead()
    week(page, day)
    square(page, anong, day).focus()
    thai_key(page, "ช")
    chip = square(page, anong, day).locator("[data-rota-drag]")
    expect(chip).to_be_visible()
    start, end = chip.bounding_box(), square(page, boon, day).bounding_box()
    assert start and end
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *at: dict[str, float]) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(at)})

    touch("touchStart", {"x": start["x"] + 8, "y": start["y"] + 8})
    expect(page.locator(".rota-ghost")).to_be_visible()
    for step in (0.3, 0.7, 1.0):
        x = start["x"] + (end["x"] + 20 - start["x"]) * step
        touch("touchMove", {"x": x, "y": start["y"] + (end["y"] + 8 - start["y"]) * step})
    expect(square(page, boon, day)).to_have_class(re.compile("drop-here"))
    touch("touchEnd")

    expect(square(page, boon, day)).to_have_attribute("data-code", "ช")
    assert stands(system, boon, day) == "ช"


def test_a_refusal_stands_at_the_square_keeps_everything_and_gives_way_to_a_reason(
    made: MadeRota, page: Page, windows: Windows, system: Installation
) -> None:
    windows.expect_trouble("/rotation/calendar/duties: Failed to load resource")
    anong, day = made.people[0], monday_ahead()
    next_day = day + timedelta(days=1)
    week(page, day)
    square(page, anong, day).focus()
    thai_key(page, "บ")
    expect(square(page, anong, day)).to_have_attribute("data-code", "บ")
    square(page, anong, next_day).focus()
    thai_key(page, "ช")

    dialog = page.locator("#rota-refusal")
    expect(dialog).to_contain_text("พักระหว่างเวรเพียง 8 ชั่วโมง ต้องไม่น้อยกว่า 11 ชั่วโมง")
    expect(square(page, anong, next_day)).to_have_class(re.compile("refused"))
    page.keyboard.press("Escape")
    expect(square(page, anong, next_day)).to_be_focused()
    assert (stands(system, anong, day), stands(system, anong, next_day)) == ("บ", None)

    thai_key(page, "ช")
    dialog.locator("button[data-rota-insist]").click()
    expect(dialog.locator("[data-rota-reason-missing]")).to_be_visible()
    page.locator("#rota-reason").fill("ตกลงกันแล้ว")
    page.keyboard.press("Enter")
    expect(square(page, anong, next_day)).to_have_attribute("data-code", "ช")
    assert stands(system, anong, next_day) == "ช"


def test_a_second_editor_sees_at_once_what_the_first_one_did(
    made: MadeRota, page: Page, windows: Windows, system: Installation
) -> None:
    anong, day = made.people[0], monday_ahead()
    week(page, day)
    other = Desk(windows.open(WIDE)).sign_in("naree", system.password, path="/board").page
    other.goto(f"/rotation/calendar?centre=50&view=week&day={day.isoformat()}")
    expect(other.locator("#live-state")).to_have_attribute("data-state", "live")

    square(page, anong, day).focus()
    thai_key(page, "ช")

    expect(square(other, anong, day)).to_have_attribute("data-code", "ช")
    expect(other.locator("#toasts")).to_contain_text("มีผู้อื่นเปลี่ยนตารางเวร")
    expect(page.locator("#toasts")).not_to_contain_text("มีผู้อื่น")


def test_a_month_of_fourteen_people_fits_the_window(made: MadeRota, page: Page) -> None:
    page.goto("/rotation/calendar")

    rows = page.locator("table.rota[role=grid] tbody tr")
    assert rows.count() >= 14
    expect(rows.nth(13)).to_be_in_viewport(ratio=1)
    wrap = page.locator(".rota-wrap")
    assert wrap.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    sign = page.locator(f'td[title*="{REASON}"] .sign')
    expect(sign).to_have_text("+")


def test_the_own_page_on_a_phone_leads_to_a_link_that_works(
    made: MadeRota, windows: Windows, system: Installation
) -> None:
    page = Desk(windows.open(NARROW)).sign_in("kanya", system.password, path="/rotation/mine").page
    expect(page.locator(".next-times")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="แจ้งลาป่วย")).to_be_in_viewport(ratio=1)

    page.get_by_role("link", name="เพิ่มในปฏิทินของฉัน").click()
    page.get_by_role("button", name="เวรของฉันเอง").click()
    address = page.locator(".secret-once code").text_content()
    assert address
    read = page.request.get(address)
    assert read.ok and b"BEGIN:VEVENT" in read.body()
    page.get_by_role("button", name=re.compile("^ยกเลิก:")).click()
    expect(page.locator(".secret-once")).to_have_count(0)
    assert page.request.get(address).status == 404


@pytest.mark.parametrize("language", ["th", "en"])
def test_everybody_can_use_these_pages(
    made: MadeRota, page: Page, system: Installation, language: str
) -> None:
    speak_signed_in(page, language)
    known = [*typed(system), *made.words]
    found = []
    for path in PAGES:
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.goto(path)
        found += look(page, language, known)
    assert not found, "\n".join(found)
