"""Every page, in both languages and at two sizes: usable by everybody, whole, and in the reader's own words."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from case_store.cases.models import Case, CaseDraft
from case_store.database import Database
from case_store.identity.complainants import open_identity
from case_store.settings import Settings
from damrong.demo import PEOPLE
from damrong.provision.paths import CHECKOUT
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.windows import NARROW, WIDE, Windows
from tests.services.installation import Installation

THAI = re.compile("[\u0e00-\u0e7f]+")
SUBJECT = "ไฟถนนดับทั้งซอย"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WORDS_OF_OTHERS = re.compile(
    r"English|demo|Alt|Ctrl|Redis|SIP|JavaScript|1567|Walk|MOI|SMS|DAMRONG|fake|Fake|Default|Audio|Input|Output|device"
)
"""What stays as it is on a Thai page: the other language's name, keys, names of devices."""

EVERYTHING_SHOWN = """() => {
  const shown = [];
  for (const element of document.querySelectorAll("title, body, body *")) {
    if (element.closest("script, style, noscript, [lang]:not(html), svg, option")) continue;
    for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (element.hasAttribute(name)) shown.push(element.getAttribute(name));
    }
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim()) shown.push(node.data.trim());
    }
  }
  return shown;
}"""


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
    typed = _typed(system)
    page = windows.open()
    _speak(page, language, "/sign-in")
    wrong = _wrong(page, language, typed, "/sign-in", "/demo")
    Desk(page).sign_in("kanya", system.password)
    _speak_signed_in(page, language)
    wrong += _wrong(
        page, language, typed, "/", "/cases", "/cases/new", lived_in, "/callbacks", "/calls"
    )
    wrong += _wrong(page, language, typed, "/no-such-page")
    page.context.clear_cookies()
    Desk(page).sign_in("wichai", system.password, path="/board")
    _speak_signed_in(page, language)
    wrong += _wrong(page, language, typed, "/board")
    assert not wrong, "\n".join(wrong)


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
    typed = _typed(system)
    desk = desks("kanya")
    _speak_signed_in(desk.page, language)
    desk.expect_registered()
    handset.call_province(mobile, "50200")
    desk.answer()
    expect(desk.page.locator("#case-form")).to_be_visible()
    wrong = _look(desk.page, language, typed)
    desk.does("transfer")
    expect(desk.page.locator(".target-list label").first).to_be_visible()
    wrong += _look(desk.page, language, typed)
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("[aria-invalid]").first).to_be_visible()
    wrong += _look(desk.page, language, typed)
    desk.hang_up()
    assert not wrong, "\n".join(wrong)


def test_a_thai_reader_sees_years_of_the_buddhist_era(
    lived_in: str, windows: Windows, system: Installation
) -> None:
    page = windows.open()
    Desk(page).sign_in("naree", system.password, path="/cases")
    expect(page.locator("#case-list")).to_contain_text(re.compile(r"\d{1,2} [ก-๙.]+ 25\d\d"))
    for path in ("/cases", lived_in, "/callbacks", "/calls"):
        page.goto(path)
        assert not re.search(r"\b20\d\d\b", page.locator("main").inner_text())


def _speak(page: Page, language: str, path: str) -> None:
    page.goto(path)
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f'form[action="/language"] button[value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def _speak_signed_in(page: Page, language: str) -> None:
    if page.locator("html").get_attribute("lang") == language:
        return
    page.locator("details.menu summary").click()
    page.locator(f'form[action="/language"] button[value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def _wrong(page: Page, language: str, typed: list[str], *paths: str) -> list[str]:
    wrong = []
    for path in paths:
        page.goto(path)
        wrong += _look(page, language, typed)
    return wrong


def _look(page: Page, language: str, typed: list[str]) -> list[str]:
    """What is wrong with a page at both sizes."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    wrong = [f"words of another language: {word}" for word in _strange_words(page, language, typed)]
    for width, height in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        if by := _sideways(page):
            wrong.append(f"scrolls sideways by {by} at {width}")
        wrong += [f"{complaint} at {width}" for complaint in _complaints(page)]
    return [f"{page.url} in {language}: {what}" for what in wrong]


def _sideways(page: Page) -> int:
    return int(
        page.evaluate(
            "() => { const e = document.scrollingElement; return e.scrollWidth - e.clientWidth; }"
        )
    )


def _complaints(page: Page) -> list[str]:
    page.evaluate(_axe())
    result: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", AXE_RULES
    )
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


@cache
def _axe() -> str:
    folder = CHECKOUT / "agent_console" / "frontend" / "node_modules" / "axe-core"
    return (folder / "axe.min.js").read_text()


def _strange_words(page: Page, language: str, typed: list[str]) -> list[str]:
    """Words of the other language, but for what people typed and what they are called."""
    texts = "\n".join(page.evaluate(EVERYTHING_SHOWN))
    for data in typed:
        texts = texts.replace(data, "")
    if language == "en":
        return THAI.findall(texts)
    return [word for word in re.findall(r"[A-Za-z]{3,}", texts) if not WORDS_OF_OTHERS.search(word)]


def _typed(system: Installation) -> list[str]:
    """What people typed, and what they are called; longest first, as one may hold another."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.reading() as session:
        cases = session.scalars(select(Case)).all()
        drafts = session.scalars(select(CaseDraft)).all()
        typed = [word for case in cases for word in (case.subject, case.description)]
        typed += [str(word) for draft in drafts for word in draft.fields.values()]
        identities = [open_identity(session, case) for case in cases]
        typed += [identity.name or "" for identity in identities if identity]
    database.close()
    typed = [word for word in typed if THAI.search(word)]
    typed += [word for person in PEOPLE for word in (person.display_name, person.username)]
    return sorted(typed, key=len, reverse=True)
