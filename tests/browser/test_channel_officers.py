"""Officers of channels: the gap is seen by the deputy governor, filled by keyboard, and the matrix looked at."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from case_store.database import Database
from case_store.rotation.rota.models import ChannelOfficer
from case_store.settings import Settings
from damrong.demo_rota import OFFICERS, WITHOUT_OFFICER
from tests.browser.desk import Desk
from tests.browser.looking import look, speak_signed_in, typed, wrong
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

PAGE, MATRIX = "/rotation/channels", "/rotation/channels/centres"
ORDER = "ชม 0017/1567"
NEW_ORDER = "ชม 99/2569"
ROW = f"#channel-{WITHOUT_OFFICER}"


@pytest.fixture
def gap(system: Installation) -> Iterator[None]:
    """As the demo has it before and after: nobody answers for one channel."""
    _take_back(system)
    yield
    _take_back(system)


def _take_back(system: Installation) -> None:
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.transaction() as session:
        of_it = ChannelOfficer.channel == WITHOUT_OFFICER
        session.execute(delete(ChannelOfficer).where(of_it))
    database.close()


@pytest.mark.usefixtures("gap")
@pytest.mark.parametrize("language", ["th", "en"])
def test_a_deputy_governor_sees_the_gap_and_fills_it_by_keyboard(
    windows: Windows, system: Installation, language: str
) -> None:
    known = [*typed(system), ORDER, NEW_ORDER]
    desk = Desk(windows.open(WIDE)).sign_in("orathai", system.password, path="/notices")
    page = desk.page
    speak_signed_in(page, language)
    alert = page.locator(".notice-row").filter(has=page.locator(f'a[href^="{PAGE}"]')).first
    expect(alert).to_be_visible()
    alert.locator(f'a[href^="{PAGE}"]').click()

    expect(page.locator(f'{ROW} tr[data-level="bad"]')).to_be_visible()
    found = look(page, language, known)
    page.locator(f"{ROW} summary").focus()
    page.keyboard.press("Enter")
    person = page.locator(f"#a-{WITHOUT_OFFICER}-user")
    desk.tab_to(person)
    page.keyboard.press("Tab")
    for number, text in enumerate(("", "", NEW_ORDER)):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    windows.expect_trouble("422")
    page.keyboard.press("Enter")  # without a name
    expect(person).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"#a-{WITHOUT_OFFICER}-order")).to_have_value(NEW_ORDER)
    found += look(page, language, known)
    person.select_option(label="กัญญา ใจดี")
    desk.tab_to(page.locator(f"#a-{WITHOUT_OFFICER}-order"))
    page.keyboard.press("Enter")

    expect(page.locator(f'{ROW} tr[data-level="warn"]')).to_contain_text("กัญญา")
    expect(page.locator('tr[data-level="bad"]')).to_have_count(0)
    found += look(page, language, known)
    # the worker measures the telephone of this very system; letters it does not
    phone = page.locator("#channel-phone_1567")
    expect(phone.locator("svg[role=img] rect:not(.none)").first).to_be_attached()
    expect(page.locator(f"{ROW} svg[role=img]")).to_have_count(0)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["th", "en"])
def test_all_centres_on_a_telephone_and_at_a_desk(
    windows: Windows, system: Installation, language: str
) -> None:
    page = Desk(windows.open(NARROW)).sign_in("naree", system.password, path="/notices").page
    speak_signed_in(page, language)
    known = [*typed(system), ORDER, NEW_ORDER]
    found = wrong(page, language, known, MATRIX, f"{PAGE}?centre=83", f"{PAGE}?centre=50")
    page.goto(MATRIX)
    expect(page.locator("tbody tr")).to_have_count(20)
    assert not found, "\n".join(found)


def test_an_agent_reads_who_answers_and_changes_nothing(
    windows: Windows, system: Installation
) -> None:
    page = Desk(windows.open(NARROW)).sign_in("kanya", system.password, path=PAGE).page
    expect(page.locator("#channel-phone_1567")).to_contain_text("วิชัย")
    assert OFFICERS[0][0] == "wichai"
    expect(page.locator("details.fold")).to_have_count(0)
