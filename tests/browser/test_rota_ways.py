"""Reasons and ways out in a real browser, by keyboard: a gap is read, a way is refused, then taken, and it is gone."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select

from case_store.clock import now
from case_store.database import Database
from case_store.rotation.rota.models import DatedNeed, ShiftPlace, ShiftType
from case_store.settings import Settings
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

DAY = date(2027, 2, 3)
WHY = "ซ้อมแผนอพยพ"
LONG = 120_000


@pytest.fixture
def too_many_wanted(system: Installation) -> Iterator[str]:
    """Far more people are wanted on one day than the centre has; the code of the shift."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.transaction() as session:
        of_centre = ShiftType.centre_code == "50", ShiftType.active
        shift = session.scalars(
            select(ShiftType).where(*of_centre, ShiftType.place == ShiftPlace.ON_SITE)
        ).first()
        assert shift is not None
        code = shift.code
        session.add(
            DatedNeed(
                shift_type_id=shift.id, day=DAY, people=90, experienced=0, reason=WHY,
                made_by="wichai", made_at=now(),
            )
        )  # fmt: skip
    yield code
    with database.transaction() as session:
        session.execute(delete(DatedNeed).where(DatedNeed.day == DAY))
    database.close()


def unfold(page: Page) -> None:
    """Opens every fold, by keyboard; one may hold others."""
    folds = page.locator("#searched details.fold:not([open]) > summary:visible")
    while folds.count():
        summary = folds.first.element_handle()
        summary.press("Enter")
        page.wait_for_function("summary => summary.parentElement.open", arg=summary)


def pictured(page: Page, name: str) -> None:
    """For whoever wants to look: DAMRONG_PICTURES names a folder."""
    if folder := os.environ.get("DAMRONG_PICTURES"):
        for width, height in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_gap_is_explained_and_a_way_out_taken_by_keyboard(
    windows: Windows, system: Installation, too_many_wanted: str
) -> None:
    page = Desk(windows.open()).sign_in("wichai", system.password, path="/rotation/plans").page
    windows.expect_trouble("422 (Unprocessable Entity)")
    known = [WHY, *typed(system)]
    page.locator("#p-first").fill("1/2/2570")
    page.locator("#p-last").fill("7/2/2570")
    page.locator("#p-seconds").fill("5")
    page.get_by_role("button", name="ค้นหาตารางเวร", exact=True).press("Enter")
    # The page may show an older search until this one is asked for.
    expect(page.locator("#searched")).to_contain_text("1 ก.พ. 2570 – 7 ก.พ. 2570")
    expect(page.get_by_role("link", name="ดูร่างตารางเวร")).to_be_visible(timeout=LONG)

    found = []
    for language in ("en", "th"):
        speak_signed_in(page, language)
        page.goto("/rotation/plans")
        unfold(page)
        found += look(page, language, known)
        pictured(page, f"ways-{language}")
    assert not found, "\n".join(found)

    reason = page.locator(f'[id="w-{DAY}-{too_many_wanted}-less-0"]')
    button = reason.locator("xpath=ancestor::form").get_by_role("button")
    button.press("Enter")  # without a reason
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(reason).to_be_visible()
    pictured(page, "ways-refused")
    assert not (wrong := look(page, "th", known)), "\n".join(wrong)
    reason.focus()
    page.keyboard.type(WHY)
    page.keyboard.press("Enter")
    expect(reason).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)

    page.get_by_role("button", name="ทิ้งร่าง 1 ก.พ. 2570").press("Enter")
    expect(page.get_by_role("button", name="ทิ้งร่าง 1 ก.พ. 2570")).to_have_count(0)
