"""A rota goes out as a spreadsheet, is changed, and comes back: cell by cell before anything is written."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from case_store.clock import BANGKOK, now
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed
from tests.browser.made_rota import MadeRota, made_rota
from tests.browser.windows import WIDE, Windows
from tests.services.installation import Installation

IMPORTS = "/rotation/calendar/imports"


@pytest.fixture
def made(system: Installation) -> Iterator[MadeRota]:
    with made_rota(system) as made:
        yield made


def changed_sheet(page: Page, folder: Path, made: MadeRota) -> tuple[Path, str]:
    """The sheet as it was taken out, with a morning put in for the first person, soon, on no weekend."""
    today = now().astimezone(BANGKOK).date()
    day = next(day for ahead in range(2, 6) if (day := today + timedelta(days=ahead)).weekday() < 5)
    address = f"/rotation/calendar/files/rota.xlsx?centre=50&view=month&day={day.isoformat()}"
    book = load_workbook(io.BytesIO(page.request.get(address).body()))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, datetime) and cell.value.date() == day:
                column = cell.column
            if cell.value == "rota0":
                line = cell.row
    sheet.cell(line, column).value = "ช"
    path = folder / "changed.xlsx"
    book.save(path)
    return path, day.isoformat()


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_changed_sheet_is_looked_at_and_applied(
    windows: Windows, system: Installation, made: MadeRota, tmp_path: Path, language: str
) -> None:
    known = [*typed(system), *made.words]
    page = Desk(windows.open(WIDE)).sign_in("wichai", system.password, path="/notices").page
    speak_signed_in(page, language)
    path, day = changed_sheet(page, tmp_path, made)
    page.goto(f"{IMPORTS}?centre=50&view=month&day={day}")
    found = look(page, language, known)

    wrong = tmp_path / "letter.xlsx"
    wrong.write_bytes("จดหมาย".encode())
    windows.expect_trouble("422")
    page.locator("#i-file").set_input_files(wrong)
    check = page.locator('form[action="/rotation/calendar/imports"] button[type="submit"]')
    check.press("Enter")
    expect(page.locator("#i-file")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field.invalid .error")).to_be_visible()
    found += look(page, language, known)

    page.locator("#i-file").set_input_files(path)
    check.press("Enter")
    row = page.locator('section[aria-labelledby="found-title"] tbody tr')
    expect(row).to_have_count(1)
    expect(row).to_contain_text("ช")
    found += look(page, language, [*known, "changed.xlsx"])
    page.locator('form[action$="/imports/go"] button[type="submit"]').press("Enter")

    expect(page.locator("[role=grid]")).to_be_visible()
    cell = page.locator(f'[data-user="{made.people[0]}"][data-day="{day}"]')
    expect(cell).to_contain_text("ช")
    assert not found, "\n".join(found)
