"""What holds for every answer: headers, errors without secrets, health, figures, and the access log."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent_console.app import create_app
from agent_console.rendering import TEMPLATES
from case_store.database import Database
from case_store.settings import Settings
from tests.agent_console.kit import CASE, Visitor

SECRET_WORDS = "ความลับของผู้ร้อง"


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/cases", "/nothing", "/healthz", "/api/v1/cases", "/static/x.js"]
)
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path, headers={"Host": "console.example"}).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self' ws://console.example:8088" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "microphone=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize("host", ["evil.example; script-src *", "a'b", "[::1", "x" * 300])
def test_a_strange_host_does_not_get_into_the_policy(client: TestClient, host: str) -> None:
    policy = client.get("/sign-in", headers={"Host": host}).headers["content-security-policy"]

    # What cannot be a host's name is taken for none: the server's own is used.
    assert re.search(r"connect-src 'self' ws://(localhost|testserver):8088;", policy)


def test_pages_are_not_kept_and_hashed_files_are(client: TestClient, agent: Visitor) -> None:
    assert agent.get("/cases").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_needs_an_inline_script_or_style(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"\sstyle=|\son\w+=|hx-on|javascript:", text)
    assert all(
        "src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text)
    )


@pytest.fixture
def without_store(settings: Settings) -> Iterator[TestClient]:
    """A console whose database has no tables, which is as good as none."""
    store = Database(f"sqlite:///{settings.home}/empty.sqlite3")
    with TestClient(create_app(settings, store), follow_redirects=False) as client:
        client.cookies.set("damrong-session-8000", "x" * 43)
        yield client
    store.close()


def test_without_the_database_the_page_says_what_to_do(
    without_store: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = without_store.get("/cases")

    assert answer.status_code == 503
    assert "ติดต่อฐานข้อมูลไม่ได้" in answer.text
    assert answer.headers["retry-after"]
    assert "SELECT" not in answer.text + caplog.text


def test_without_the_database_programs_get_problem_details(without_store: TestClient) -> None:
    answer = without_store.get("/api/v1/calls", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 503


def test_readyz_says_what_is_missing(client: TestClient, without_store: TestClient) -> None:
    ready = client.get("/readyz").json()
    assert not [one for one in ready["missing"] if one.startswith("database")]
    assert ready["degraded"] == ["redis: cannot be reached; pages are not live"]

    lacking = without_store.get("/readyz")
    assert lacking.status_code == 503
    assert "database: run `damrong db upgrade`" in lacking.json()["missing"]
    assert without_store.get("/healthz").json() == {"status": "alive"}


def test_an_unforeseen_error_shows_and_logs_no_word_of_the_caller(
    agent: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(fields: dict[str, str]) -> None:
        raise RuntimeError(fields["subject"])

    monkeypatch.setattr("agent_console.pages.new_case.read_case", broken)

    answer = agent.post("/cases", CASE | {"subject": SECRET_WORDS})

    assert answer.status_code == 500
    assert "ระบบขัดข้อง" in answer.text
    assert "RuntimeError" in caplog.text
    assert SECRET_WORDS not in answer.text + caplog.text


def test_the_access_log_holds_no_query(agent: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "agent_console.access"):
        agent.get("/cases?q=0812345678")
        agent.post("/cases/search", {"q": "0898765432"})

    ours = [
        record.getMessage() for record in caplog.records if record.name.startswith("agent_console")
    ]
    assert any("GET /cases 200" in line for line in ours)
    assert not any("0812345678" in line or "0898765432" in line for line in ours)


@pytest.mark.parametrize(
    "path", ["/cases/081234567", "/nothing/081234567", "/x%0a2026-01-01 INFO forged 081234567"]
)
def test_the_access_log_holds_no_address_that_somebody_made_up(
    agent: Visitor, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.INFO, "agent_console.access"):
        agent.get(path)

    lines = [one.getMessage() for one in caplog.records if one.name.startswith("agent_console")]
    assert lines
    assert not any("081234567" in line or "\n" in line for line in lines)


def test_figures_have_templates_of_addresses_and_nothing_of_a_person(agent: Visitor) -> None:
    path = agent.post("/cases", CASE).headers["location"]
    agent.get(path)
    agent.get("/nothing/0812345678")
    agent.get("/api/v1/cases/690000015")

    figures = agent.get("/metrics").text

    assert 'route="/cases/{ref}"' in figures
    assert 'route="/api/v1/cases/{ref}",status="401"' in figures
    assert 'damrong_console_cases_total{channel="phone_1567"} 1.0' in figures
    assert "0812345678" not in figures
    assert path.split("/")[2].split("?")[0] not in figures


@pytest.mark.parametrize("size", [300_001, 5_000_000])
def test_a_body_that_is_too_large_is_refused(agent: Visitor, size: int) -> None:
    assert agent.post("/cases", {"description": "a" * size}).status_code == 413


def test_a_body_that_hides_its_size_is_refused(agent: Visitor) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b"a" * 10_000

    answer = agent.browser.post(
        "/cases",
        content=pieces(),
        headers={
            "X-CSRF-Token": agent.csrf_token,
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_may_ask_without_wanting_a_body(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == client.get(path).status_code
    assert client.head(path).content == b""


def test_an_address_that_is_not_there_is_told_in_the_reader_s_language(client: TestClient) -> None:
    assert "ไม่พบหน้านี้" in client.get("/nothing").text
    assert client.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_the_demo_is_there_in_a_demo_only(client: TestClient, settings: Settings) -> None:
    assert client.get("/demo").status_code == 404
    assert client.get("/demo/phone/credentials").status_code == 404

    settings.demo = True
    (settings.home / "secrets").mkdir()
    (settings.home / "secrets" / "demo-phone").write_text("s3cret")

    assert 'id="demo-phone"' in client.get("/demo").text
    credentials = client.get("/demo/phone/credentials").json()
    assert (credentials["extension"], credentials["secret"]) == ("demo-phone", "s3cret")


def test_without_set_up_the_demo_phone_says_so_in_the_log(
    client: TestClient, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.demo = True

    assert client.get("/demo/phone/credentials").status_code == 503
    assert "make run" in caplog.text
