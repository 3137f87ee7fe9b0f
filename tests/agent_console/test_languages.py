"""Two languages, Buddhist years, and not a word on a page that cannot be translated."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from fastapi.testclient import TestClient

import case_store
from agent_console import formats
from agent_console.i18n import gettext, reading_in
from agent_console.labels import LABELS
from agent_console.messages import found_messages, thai_catalogue
from agent_console.rendering import TEMPLATES
from agent_console.script_texts import TEXTS
from case_store.calls.models import CallOutcome
from case_store.cases.lifecycle import ReferralStep, Step
from case_store.cases.models import (
    CaseEventKind,
    CaseState,
    Outcome,
    RejectReason,
    Secrecy,
    Urgency,
)
from case_store.cases.referral_list import ReferralKind
from case_store.cases.referral_models import ReferralState
from case_store.cases.work_list import WorkKind
from case_store.deadlines.due import DueState
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.people.models import BreakReason, Role
from tests.agent_console.kit import Visitor

SOURCES = Path(TEMPLATES).parent / "frontend" / "src"
SHOWN = {"aria-label", "placeholder", "title", "alt"}
NEW_YEAR = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
"""Half past midnight of 1 January 2027 (B.E. 2570) in Bangkok."""


def test_every_message_has_a_thai_translation() -> None:
    thai = thai_catalogue()

    missing = [m.id for m in found_messages() if m.id and not _translated(thai.get(m.id))]

    assert missing == [], "run `python -m agent_console.messages` and fill the empty ones in"


def _translated(message: Message | None) -> bool:
    return message is not None and bool(message.string) and not message.fuzzy


def test_the_thai_catalogue_holds_nothing_that_is_not_used() -> None:
    used = {m.id for m in found_messages()}

    assert [m.id for m in thai_catalogue() if m.id and m.id not in used] == []


def test_translations_keep_their_gaps() -> None:
    gaps = re.compile(r"%\(\w+\)s|\{\w+\}")

    for message in thai_catalogue():
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            thai = message.string if isinstance(message.string, tuple) else (message.string,)
            for form in thai:
                assert sorted(gaps.findall(str(form))) == sorted(gaps.findall(str(forms[-1])))


class Words(HTMLParser):
    """Collects what a reader would see or hear of a template whose expressions were taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += re.findall(r"[^\W\d_]{2,}", data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SHOWN and value]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_a_word_outside_the_catalogue(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
    words = Words()
    words.feed(text)

    assert words.found == []


def test_every_text_that_the_scripts_ask_for_is_there() -> None:
    asked = set()
    for source in SOURCES.rglob("*.ts"):
        asked |= set(
            re.findall(r'"((?:phone|demo|draft|place|error)\.[a-z_.]+)"', source.read_text())
        )

    assert asked - set(TEXTS) == set()


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("case_state", CaseState),
        ("case_event", CaseEventKind),
        ("step", Step),
        ("referral_step", ReferralStep),
        ("referral_state", ReferralState),
        ("outcome_of_case", Outcome),
        ("reject_reason", RejectReason),
        ("urgency", Urgency),
        ("secrecy", Secrecy),
        ("anonymity", Anonymity),
        ("anonymity_means", Anonymity),
        ("complainant_kind", ComplainantKind),
        ("due", DueState),
        ("work_group", WorkKind),
        ("work_group_means", WorkKind),
        ("referral_group", ReferralKind),
        ("role", Role),
        ("outcome", CallOutcome),
        ("break_reason", BreakReason),
    ],
)
def test_every_code_has_a_word(kind: str, codes: type[StrEnum]) -> None:
    assert {code for code in codes if not LABELS[kind].get(code)} == set()


def test_every_notice_that_is_sent_has_a_sentence() -> None:
    told = re.compile(r"tell\w*\([^)]*?\"([a-z_]+)\"")
    sources = Path(case_store.__file__).parent.rglob("*.py")
    sent = {kind for source in sources for kind in told.findall(source.read_text())}

    assert {"assigned", "no_progress", "daily_digest"} <= sent
    assert sent - set(LABELS["notice"]) == set()


def test_thai_readers_have_buddhist_years_and_the_clock_of_bangkok() -> None:
    with reading_in("th"):
        assert formats.format_date(NEW_YEAR) == "1 ม.ค. 2570"
        assert formats.format_moment(NEW_YEAR) == "1 ม.ค. 2570 00:30"


def test_english_readers_have_christian_years() -> None:
    with reading_in("en"):
        assert formats.format_date(NEW_YEAR) == "1 Jan 2027"


def test_an_unknown_language_is_thai() -> None:
    with reading_in("xx"):
        assert gettext("Sign in") == "เข้าสู่ระบบ"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (65, "1:05"), (3725, "1:02:05"), (-3, "0:00"), (None, "")]
)
def test_durations_are_short(seconds: int | None, shown: str) -> None:
    assert formats.duration(seconds) == shown


def test_bangkok_has_khwaeng_and_khet_and_the_provinces_tambon_and_amphoe() -> None:
    with reading_in("th"):
        bangkok = formats.area_label("ตลาดยอด", "เขตพระนคร", "10", "10200", english=[])
        province = formats.area_label("ช้างเผือก", "เมืองเชียงใหม่", "50", None, english=[])

    assert bangkok == "แขวงตลาดยอด เขตพระนคร กรุงเทพมหานคร 10200"
    assert province == "ต.ช้างเผือก อ.เมืองเชียงใหม่ จ.เชียงใหม่"


def test_the_chosen_language_stays_and_is_written_to_the_person(agent: Visitor) -> None:
    assert '<html lang="th">' in agent.get("/cases").text

    assert (
        agent.post("/language", {"language": "en", "back": "/cases"}).headers["location"]
        == "/cases"
    )

    assert '<html lang="en">' in agent.get("/cases").text
    assert "No cases found" in agent.get("/cases").text


def test_a_visitor_chooses_before_signing_in(client: TestClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token

    client.post("/language", data={"csrf_token": token[1], "language": "en", "back": "/sign-in"})

    assert "User name" in client.get("/sign-in").text


def test_a_language_that_is_not_ours_changes_nothing(agent: Visitor) -> None:
    agent.post("/language", {"language": "xx", "back": "//evil.example"})

    assert '<html lang="th">' in agent.get("/cases").text
