"""The supervisor's week of calls and people: by keyboard, at both sizes, in both languages, with calls to show."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, insert

from bench.made_calls import Habits, made_calls
from case_store.calls.models import Call, CallOutcome
from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.windows import WIDE, Windows
from tests.services.installation import Installation

DAYS = 56
REASON = "งานประเพณีทดสอบ"


@pytest.fixture
def eight_weeks(system: Installation) -> Iterator[None]:
    """Calls of eight weeks in Chiang Mai; gone afterwards, for other tests count calls, too."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    first = now().astimezone(BANGKOK).date() - timedelta(days=DAYS)
    counts = made_calls(Habits(120), first, DAYS, seed=11).history.counts
    begins = datetime.combine(first, time(), BANGKOK)
    rows = [
        {
            "pbx_id": f"made-{slot}-{number}", "province_code": "50", "started_at": at,
            "queued_at": at, "answered_at": at, "ended_at": at + timedelta(seconds=210),
            "outcome": CallOutcome.ANSWERED,
        }
        for slot, count in enumerate(counts.ravel())
        for number in range(int(count))
        for at in [begins + timedelta(minutes=30 * slot, seconds=7 * number)]
    ]  # fmt: skip
    with database.transaction() as session:
        session.execute(insert(Call), rows)
    yield
    with database.transaction() as session:
        session.execute(delete(Call).where(Call.pbx_id.like("made-%")))
    database.close()


def test_a_supervisor_sees_the_week_and_overrules_it_by_keyboard(
    eight_weeks: None, windows: Windows, system: Installation
) -> None:
    desk = Desk(windows.open(WIDE)).sign_in("wichai", system.password, path="/board")
    page = desk.page
    speak_signed_in(page, "th")
    page.get_by_role("link", name="ปริมาณสายและจำนวนคนที่ต้องใช้").click()
    expect(page.locator("svg.demand path.area")).to_have_count(1)
    expect(page.get_by_text("วันที่ผ่านมาของศูนย์นี้")).to_be_visible()
    page.locator("summary", has_text="ตาราง").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".demand-table tbody tr")).to_have_count(48)

    page.get_by_label("คนที่ต้องใช้", exact=True).focus()
    page.keyboard.type("9")
    page.keyboard.press("Tab")
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")

    expect(page.get_by_role("cell", name=REASON)).to_be_visible()
    expect(page.get_by_role("button", name="ยกเลิก: 08:30–16:30")).to_be_visible()
    known = [*typed(system), REASON]
    found = look(page, "th", known)
    speak_signed_in(page, "en")
    page.goto("/rotation/demand")
    found += look(page, "en", known)
    assert not found, "\n".join(found)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.get_by_role("button", name="Take back: 08:30–16:30").click()
    expect(page.get_by_text(REASON)).to_have_count(0)
