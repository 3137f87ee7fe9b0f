"""Looking at a page as everybody must be able to use it: axe, both sizes, one language."""

import re
from functools import cache
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from case_store.cases.models import Case, CaseDraft
from case_store.database import Database
from case_store.identity.complainants import open_identity
from case_store.people.models import User
from case_store.rotation.training.models import TrainingSession
from case_store.settings import Settings
from damrong.provision.paths import CHECKOUT
from tests.browser.windows import NARROW, WIDE
from tests.services.installation import Installation

THAI = re.compile("[\u0e00-\u0e7f]+")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WORDS_OF_OTHERS = re.compile(
    r"English|PDF|Office|svg|maps|demo|Alt|Ctrl|Redis|SIP|JavaScript|1567|Walk|MOI|SMS|DAMRONG|fake|Fake|Default|Audio|Input|Output|device|Excel|XLSX|Enter|Delete|Esc"
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


def speak(page: Page, language: str, path: str) -> None:
    """Open a page for visitors in a language."""
    page.goto(path)
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f'form[action="/language"] button[value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def speak_signed_in(page: Page, language: str) -> None:
    """Choose the language in the person's own menu."""
    if page.locator("html").get_attribute("lang") == language:
        return
    page.locator(".topbar details.menu summary").click()
    page.locator(f'form[action="/language"] button[value="{language}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def wrong(page: Page, language: str, known: list[str], *paths: str) -> list[str]:
    """What is wrong with these pages; `known` are words that people typed."""
    found = []
    for path in paths:
        page.goto(path)
        found += look(page, language, known)
    return found


def look(page: Page, language: str, known: list[str]) -> list[str]:
    """What is wrong with a page at both sizes."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    found = [f"words of another language: {word}" for word in _strange_words(page, language, known)]
    for width, height in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        if by := _sideways(page):
            found.append(f"scrolls sideways by {by} at {width}")
        found += [f"{complaint} at {width}" for complaint in _complaints(page)]
    return [f"{page.url} in {language}: {what}" for what in found]


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


def _words_of(case: Case) -> list[str]:
    """What was typed about a case and what was done with it."""
    words = [case.subject, case.description, case.respondent, case.place_note, case.result]
    words += [event.note for event in case.events]
    words += [text for one in case.referrals for text in (one.request, one.report)]
    words += [one.letter_out_number or "" for one in case.referrals]
    lines = [line for text in words for line in text.splitlines()]
    return [*lines, *(file.file_name for file in case.attachments)]


@cache
def _axe() -> str:
    folder = CHECKOUT / "agent_console" / "frontend" / "node_modules" / "axe-core"
    return (folder / "axe.min.js").read_text()


def _strange_words(page: Page, language: str, known: list[str]) -> list[str]:
    """Words of the other language, but for what people typed and what they are called."""
    texts = "\n".join(page.evaluate(EVERYTHING_SHOWN))
    for data in known:
        texts = texts.replace(data, "")
    if language == "en":
        return THAI.findall(texts)
    return [word for word in re.findall(r"[A-Za-z]{3,}", texts) if not WORDS_OF_OTHERS.search(word)]


def typed(system: Installation) -> list[str]:
    """What people typed, and what they are called; longest first, as one may hold another."""
    database = Database.of(Settings(home=system.home, _env_file=None))
    with database.reading() as session:
        cases = session.scalars(select(Case)).all()
        drafts = session.scalars(select(CaseDraft)).all()
        known = [word for case in cases for word in _words_of(case)]
        known += [str(word) for draft in drafts for word in draft.fields.values()]
        identities = [open_identity(session, case) for case in cases]
        known += [word for one in identities if one for word in (one.name, one.address) if word]
        people = session.scalars(select(User)).all()
        held = session.scalars(select(TrainingSession)).all()
        known += [word for one in held for word in (one.place, one.trainer)]
    database.close()
    known = [word for word in known if THAI.search(word)]
    known += [word for person in people for word in (person.display_name, person.username)]
    return sorted(known, key=len, reverse=True)
