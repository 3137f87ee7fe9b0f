"""Who may open what: every role at every address, and one centre's things from another."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from case_store.calls.callbacks import request_callback
from case_store.calls.models import CallbackKind
from case_store.clock import now
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import CASE, Visitor, agency_id, opened, referred, waiting_call

STAFF = {Role.AGENT, Role.SUPERVISOR, Role.NATIONAL_OFFICER}
"""Those who take calls."""
OFFICERS = {Role.CASE_OFFICER, Role.SUPERVISOR, Role.NATIONAL_OFFICER}
"""Those who handle cases."""
ANSWERING = STAFF | {Role.CASE_OFFICER}
OVERSIGHT = {Role.DEPUTY_GOVERNOR, Role.GOVERNOR, Role.INSPECTOR}
SEEING = ANSWERING | OVERSIGHT | {Role.AGENCY_OFFICER}
BOARD = OVERSIGHT | {Role.SUPERVISOR, Role.NATIONAL_OFFICER, Role.ADMINISTRATOR}
PAGES = {
    "/": STAFF,
    "/duty": STAFF,
    "/queues": STAFF,
    "/softphone/credentials": STAFF,
    "/softphone/targets": STAFF,
    "/calls/by-pbx/nowhere/pop": STAFF,
    "/calls/by-pbx/nowhere/caller": STAFF,
    "/calls": ANSWERING,
    "/cases": SEEING,
    "/cases/new": ANSWERING,
    "/callbacks": ANSWERING,
    "/callbacks/count": ANSWERING,
    "/board": BOARD,
    "/rotation/demand": BOARD,
    "/work": OFFICERS | OVERSIGHT,
    "/agency": {Role.AGENCY_OFFICER},
    "/notices": set(Role),
    "/notices/count": set(Role),
}
API = {
    "/api/v1/calls": ANSWERING,
    "/api/v1/cases": SEEING,
    "/api/v1/callbacks": ANSWERING,
    "/api/v1/queues": BOARD,
}
NOTING = ANSWERING | OVERSIGHT
CHANGES = {
    "/notes": NOTING,
    "/additions": NOTING,
    "/attachments": ANSWERING,
    "/steps/begin_screening": OFFICERS,
    "/steps/wait": OFFICERS,
    "/steps/close": OFFICERS,
    "/steps/assign": OFFICERS | {Role.DEPUTY_GOVERNOR},
    "/correct": OFFICERS,
    "/checklist": OFFICERS,
    "/referrals": OFFICERS,
    "/merge": OFFICERS,
    "/identity": OFFICERS | OVERSIGHT,
    "/pin": OFFICERS,
}
"""What can be sent about a case, and by whom."""
Visit = Callable[..., Visitor]


def somebody(visit: Visit, database: Database, role: Role, centre: str = "50") -> Visitor:
    """A person of this role for whom the case of Chiang Mai is within reach, if for anybody of it."""
    if role is Role.AGENCY_OFFICER:
        return visit(role, centre, agency_id=agency_id(database))
    if role is Role.INSPECTOR:
        return visit(role, "00", region="15")
    return visit(role, "00" if role is Role.NATIONAL_OFFICER else centre)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_others(
    visit: Visit, database: Database, role: Role
) -> None:
    person = somebody(visit, database, role)

    opened = {path for path in PAGES if person.send("GET", path).status_code == 200}

    assert opened == {path for path, roles in PAGES.items() if role in roles}


@pytest.mark.parametrize("path", [*PAGES, "/events", "/places/search", "/drafts/a"])
def test_nothing_is_shown_to_the_signed_out(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 303
    assert client.get(path, headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_each_role_of_a_program_reads_its_lists_and_no_others(
    program: Callable[..., TestClient], database: Database, role: Role
) -> None:
    theirs = {"agency_id": agency_id(database)} if role is Role.AGENCY_OFFICER else {}
    client = program(role, "50", **theirs)

    opened = {path for path in API if client.get(path).status_code == 200}

    assert opened == {path for path, roles in API.items() if role in roles}


@pytest.fixture
def case_of_chiang_mai(agent: Visitor) -> str:
    return str(agent.post("/cases", CASE | {"draft_key": "a"}).headers["location"].split("?")[0])


@pytest.mark.parametrize("role", list(Role))
def test_each_role_changes_of_a_case_what_it_may_and_nothing_else(
    visit: Visit, database: Database, case_of_chiang_mai: str, role: Role
) -> None:
    person = somebody(visit, database, role)

    allowed = {
        change
        for change in CHANGES
        if person.post(f"{case_of_chiang_mai}{change}").status_code != 403
    }

    assert allowed == {change for change, roles in CHANGES.items() if role in roles}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NATIONAL_OFFICER])
def test_nobody_changes_a_case_of_another_province(
    visit: Visit, database: Database, case_of_chiang_mai: str, role: Role
) -> None:
    more: dict[str, Any] = {"agency_id": agency_id(database)} if role is Role.AGENCY_OFFICER else {}
    more |= {"region": "1"} if role is Role.INSPECTOR else {}
    stranger = visit(role, "10", **more)

    for change in CHANGES:
        assert stranger.post(f"{case_of_chiang_mai}{change}").status_code == 403, change
    assert stranger.get(case_of_chiang_mai).status_code == 403


def test_a_secret_case_is_closed_to_those_who_only_take_calls(
    visit: Visit, officer: Visitor, agent: Visitor
) -> None:
    path = opened(officer, secrecy="secret", subject="เรื่องลับมาก")

    assert officer.get(path).status_code == 200
    assert agent.get(path).status_code == 403
    assert "เรื่องลับมาก" not in agent.get("/cases").text
    assert "เรื่องลับมาก" not in agent.post("/cases/likely", CASE).text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_where_its_work_is(visit: Visit, database: Database, role: Role) -> None:
    person = somebody(visit, database, role)
    begins = {
        Role.CASE_OFFICER: "/work", Role.AGENCY_OFFICER: "/agency", Role.ADMINISTRATOR: "/board",
    } | dict.fromkeys(OVERSIGHT, "/statistics")  # fmt: skip

    answer = person.get("/")

    assert answer.headers.get("location") == begins.get(role)
    assert answer.status_code == (303 if role in begins else 200)


def test_the_agency_s_pages_are_closed_to_the_centre(
    officer: Visitor, agent: Visitor, database: Database
) -> None:
    referred(officer, agency_id(database))

    for person in (officer, agent):
        assert person.get("/agency/referrals/1").status_code == 403
        assert person.post("/agency/referrals/1/accept").status_code == 403


def test_a_case_is_open_to_its_centre_and_the_national_one(
    visit: Visit, case_of_chiang_mai: str
) -> None:
    assert visit(Role.AGENT, "50").get(case_of_chiang_mai).status_code == 200
    assert visit(Role.AGENT, "00", "nok").get(case_of_chiang_mai).status_code == 200


@pytest.mark.parametrize(
    ("role", "centre"), [(Role.AGENT, "10"), (Role.SUPERVISOR, "41"), (Role.ADMINISTRATOR, "00")]
)
def test_a_case_is_closed_to_others(
    visit: Visit, case_of_chiang_mai: str, role: Role, centre: str
) -> None:
    other = visit(role, centre)

    assert other.get(case_of_chiang_mai).status_code == 403
    assert other.post(f"{case_of_chiang_mai}/notes", {"note": "x"}).status_code == 403
    assert "ไฟถนนดับ" not in other.get("/cases").text


def test_lists_hold_only_what_is_of_the_own_centre(visit: Visit, database: Database) -> None:
    waiting_call(database, "1.1", "053211234", "50")
    waiting_call(database, "1.2", "021234567", "10")
    agent = visit(Role.AGENT, "10")

    page = agent.get("/calls").text

    assert "02 123 4567" in page
    assert "053 211 234" not in page


def test_a_callback_and_its_message_are_closed_to_other_centres(
    visit: Visit, database: Database
) -> None:
    call = waiting_call(database)
    with database.transaction() as session:
        wish = request_callback(
            session,
            session.merge(call),
            kind=CallbackKind.MESSAGE,
            number=None,
            at=now(),
            recording="a.wav",
        )
    other = visit(Role.AGENT, "10")

    assert other.get(f"/callbacks/{wish.id}/recording").status_code == 403
    assert other.post(f"/callbacks/{wish.id}/settle", {"state": "done"}).status_code == 403
    assert other.get(f"/?callback={wish.id}").status_code == 403


def test_an_administrator_is_led_to_the_board(visit: Visit) -> None:
    assert visit(Role.ADMINISTRATOR, "00").get("/").headers["location"] == "/board"


def test_the_menu_offers_only_what_may_be_opened(visit: Visit) -> None:
    assert 'href="/board"' not in visit(Role.AGENT).get("/").text
    assert 'href="/cases"' not in visit(Role.ADMINISTRATOR, "00").get("/board").text
