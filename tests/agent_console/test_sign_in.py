"""Signing in and out, wrong passwords, and forged requests."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from agent_console.console import Console
from agent_console.rate_limit import FailureLimit
from case_store.clock import frozen, now
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.people.passwords import matches
from case_store.people.staff import add_person
from tests.agent_console.kit import PASSWORD, Visitor


@pytest.fixture
def kanya(database: Database) -> None:
    with database.transaction() as session:
        add_person(
            session, username="kanya", display_name="กัญญา ใจดี", role=Role.AGENT,
            centre_code="50", password=PASSWORD, at=now(),
        )  # fmt: skip


def token_of(client: TestClient) -> str:
    client.get("/sign-in")
    console: Console = client.app.state.console  # type: ignore[attr-defined]
    return str(client.cookies[console.visitor_cookie])


def attempt(client: TestClient, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    fields = {"csrf_token": token_of(client), "username": "kanya", "password": password}
    answer = client.post("/sign-in", data=fields | more)
    return answer.status_code, answer.headers.get("location", answer.text)


@pytest.mark.usefixtures("kanya")
def test_a_right_password_leads_to_the_page_that_was_wanted(client: TestClient) -> None:
    assert client.get("/cases").headers["location"] == "/sign-in?next=%2Fcases"

    assert attempt(client, next="/cases") == (303, "/cases")

    assert client.get("/cases").status_code == 200


@pytest.mark.usefixtures("kanya")
@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", ""]
)
def test_a_sign_in_never_leads_to_another_site(client: TestClient, elsewhere: str) -> None:
    assert attempt(client, next=elsewhere) == (303, "/")


@pytest.mark.usefixtures("kanya")
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: TestClient) -> None:
    wrong, unknown = attempt(client, "wrong"), attempt(client, username="nobody")

    assert wrong[0] == unknown[0] == 401
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in wrong[1]
    assert "ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง" in unknown[1]


@pytest.mark.usefixtures("kanya")
def test_after_five_wrong_passwords_the_right_one_waits_five_minutes(client: TestClient) -> None:
    with frozen(now()) as advance:
        for _ in range(5):
            assert attempt(client, "wrong")[0] == 401
        assert attempt(client)[0] == 401

        advance(timedelta(minutes=5, seconds=1))

        assert attempt(client)[0] == 303


@pytest.mark.usefixtures("kanya")
def test_no_writer_waits_while_a_password_is_compared(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(password: str, known: str | None) -> bool:
        with database.transaction() as session:  # as the ledger would
            session.scalars(select(User)).all()
        return matches(password, known)

    monkeypatch.setattr("agent_console.pages.sign_in.matches", slowly)

    assert attempt(client)[0] == 303


@pytest.mark.usefixtures("kanya")
def test_an_address_that_fails_too_often_is_turned_away(client: TestClient) -> None:
    console: Console = client.app.state.console  # type: ignore[attr-defined]
    console.sign_in_failures = FailureLimit(console.settings.redis_address, failures=2)

    statuses = [attempt(client, username=name)[0] for name in ("a1", "a2", "a3")]

    assert statuses == [401, 401, 429]
    assert attempt(client)[0] == 429


@pytest.mark.store
def test_failures_are_counted_for_all_processes_in_redis(redis_url: str) -> None:
    one, other = FailureLimit(redis_url, failures=2), FailureLimit(redis_url, failures=2)
    one.count("192.0.2.7")
    one.count("192.0.2.7")

    assert 0 < other.seconds_blocked("192.0.2.7") <= 300
    assert other.seconds_blocked("192.0.2.8") == 0


def test_failures_are_counted_here_when_redis_is_away() -> None:
    limit = FailureLimit("unix:///nowhere/redis.sock", failures=2, window_seconds=60)
    limit.count("192.0.2.7")
    assert limit.seconds_blocked("192.0.2.7") == 0

    limit.count("192.0.2.7")

    assert 0 < limit.seconds_blocked("192.0.2.7") <= 60


@pytest.mark.usefixtures("kanya")
def test_the_session_cookie_is_for_this_site_only(client: TestClient) -> None:
    token = token_of(client)
    fields = {"csrf_token": token, "username": "kanya", "password": PASSWORD}

    cookie = client.post("/sign-in", data=fields).headers.get_list("set-cookie")[0]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_behind_tls_the_cookies_are_bound_to_the_host(client: TestClient) -> None:
    console: Console = client.app.state.console  # type: ignore[attr-defined]
    console.settings.secure_cookies = True

    cookie = client.get("/sign-in").headers["set-cookie"]

    assert cookie.startswith("__Host-")
    assert "Secure" in cookie


def test_signing_out_ends_the_sign_in_for_good(agent: Visitor) -> None:
    cookies = dict(agent.browser.cookies)

    assert agent.post("/sign-out").headers["location"] == "/sign-in"

    agent.browser.cookies.update(cookies)
    assert agent.get("/cases").status_code == 303


def test_a_sign_in_that_is_unused_ends(agent: Visitor) -> None:
    with frozen(now() + timedelta(minutes=61)):
        assert agent.get("/cases").status_code == 303


def test_using_the_console_keeps_a_sign_in_alive(agent: Visitor) -> None:
    with frozen(now()) as advance:
        for _ in range(3):
            advance(timedelta(minutes=40))
            assert agent.get("/cases").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "ก" * 43])
@pytest.mark.parametrize("path", ["/duty", "/cases", "/sign-out", "/language", "/duty/wrap-up/end"])
def test_a_forged_form_changes_nothing(agent: Visitor, path: str, token: str) -> None:
    assert agent.browser.post(path, data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_forged_script_changes_nothing(agent: Visitor, method: str) -> None:
    assert agent.browser.request(method, "/drafts/a", json={"fields": {}}).status_code == 403


def test_the_sign_in_form_cannot_be_sent_by_another_site(client: TestClient) -> None:
    fields = {"csrf_token": "x" * 43, "username": "kanya", "password": PASSWORD}

    assert client.post("/sign-in", data=fields).status_code == 403


def test_the_token_of_one_sign_in_is_worth_nothing_in_another(
    agent: Visitor, client: TestClient
) -> None:
    assert token_of(client) != agent.csrf_token
    stale = agent.browser.post("/duty", data={"csrf_token": token_of(client), "state": "ready"})

    assert stale.status_code == 403
    assert "กรุณาโหลดหน้านี้ใหม่" in stale.text


def test_htmx_and_scripts_are_told_that_they_are_signed_out(client: TestClient) -> None:
    assert client.get("/duty", headers={"HX-Request": "true"}).status_code == 401
    assert (
        client.get("/softphone/credentials", headers={"Accept": "application/json"}).status_code
        == 401
    )


def test_demo_people_are_shown_in_a_demo_only(client: TestClient, kanya: None) -> None:
    console: Console = client.app.state.console  # type: ignore[attr-defined]
    assert "กัญญา" not in client.get("/sign-in").text

    console.settings.demo = True
    (console.settings.home / "secrets").mkdir()
    (console.settings.home / "secrets" / "demo-password").write_text(PASSWORD)

    page = client.get("/sign-in").text
    assert "กัญญา" in page
    assert PASSWORD in page
