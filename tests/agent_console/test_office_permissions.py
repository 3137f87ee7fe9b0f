"""Who may open which page of the office, and that its menu offers exactly those."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, agency_id

R = Role
OFFICERS = {R.CASE_OFFICER, R.SUPERVISOR, R.NATIONAL_OFFICER}
KEEPERS = {R.NATIONAL_OFFICER, R.ADMINISTRATOR}
OVERSIGHT = {R.DEPUTY_GOVERNOR, R.GOVERNOR, R.INSPECTOR}
PRIVACY = OFFICERS | {R.DEPUTY_GOVERNOR}
APPROVING = {R.DEPUTY_GOVERNOR, R.GOVERNOR, R.NATIONAL_OFFICER}
CLOSING = {R.SUPERVISOR} | KEEPERS
MENU = {
    "/office/words": KEEPERS,
    "/office/agencies": KEEPERS,
    "/office/policies": KEEPERS,
    "/office/closures": CLOSING,
    "/office/privacy": PRIVACY,
    "/office/retention": PRIVACY | APPROVING,
    "/office/holds": PRIVACY,
    "/office/processing": PRIVACY,
    "/office/audit": OVERSIGHT | KEEPERS,
    "/office/people": {R.ADMINISTRATOR},
    "/office/imports": OFFICERS,
    "/office/webhooks": {R.ADMINISTRATOR},
}
PAGES = MENU | {
    "/statistics": OFFICERS | OVERSIGHT | {R.ADMINISTRATOR},
    "/office": OFFICERS | OVERSIGHT | KEEPERS,
    "/rotation/courses": KEEPERS,
    "/rotation/courses/line_1567": KEEPERS,
    "/office/words/channel": KEEPERS,
    "/office/words/category/land": KEEPERS,
    "/office/policies/deadline/land": KEEPERS,
    "/office/privacy/all": PRIVACY,
    "/office/imports/template": OFFICERS,
    "/office/people/agencies": {R.ADMINISTRATOR},
    "/office/people/1": {R.ADMINISTRATOR},
}
CHANGES = {
    "/rotation/courses": KEEPERS,
    "/rotation/courses/line_1567": KEEPERS,
    "/office/words/category": KEEPERS,
    "/office/words/channel": KEEPERS,
    "/office/words/nature": KEEPERS,
    "/office/words/service_type": KEEPERS,
    "/office/words/category/land": KEEPERS,
    "/office/words/category/land/switch": KEEPERS,
    "/office/agencies": KEEPERS,
    "/office/policies/deadline/land": KEEPERS,
    "/office/closures": CLOSING,
    "/office/closures/holidays": KEEPERS,
    "/office/closures/holidays/2026-12-10/restore": KEEPERS,
    "/rotation/demand/overrides": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "/rotation/demand/overrides/1/drop": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "/rotation/plans/1/ways/take": {R.SUPERVISOR, R.NATIONAL_OFFICER},
    "/office/privacy": PRIVACY,
    "/office/holds": PRIVACY,
    "/office/people": {R.ADMINISTRATOR},
    "/office/people/1": {R.ADMINISTRATOR},
    "/office/people/1/retire": {R.ADMINISTRATOR},
    "/office/webhooks": {R.ADMINISTRATOR},
    "/office/imports": OFFICERS,
    "/cases/export": OFFICERS | OVERSIGHT,
}
Visit = Callable[..., Visitor]


def somebody(visit: Visit, database: Database, role: Role) -> Visitor:
    if role is Role.AGENCY_OFFICER:
        return visit(role, "50", agency_id=agency_id(database))
    if role is Role.INSPECTOR:
        return visit(role, "00", region="15")
    return visit(role, "00" if role in KEEPERS else "50")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_of_the_office_and_no_others(
    visit: Visit, database: Database, role: Role
) -> None:
    person = somebody(visit, database, role)

    opened = {path for path in PAGES if person.get(path).status_code == 200}

    assert opened == {path for path, roles in PAGES.items() if role in roles}


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_of_the_office_offers_exactly_those(
    visit: Visit, database: Database, role: Role
) -> None:
    person = somebody(visit, database, role)

    offered = set(re.findall(r'<a href="(/office/[a-z]+)"', person.get("/office").text))

    assert offered == {path for path, roles in MENU.items() if role in roles}
    in_topbar = 'href="/office"' in person.get("/notices").text
    assert in_topbar == (role in PAGES["/office"])


@pytest.mark.parametrize("role", list(Role))
def test_each_role_changes_what_it_may_and_nothing_else(
    visit: Visit, database: Database, role: Role
) -> None:
    person = somebody(visit, database, role)

    allowed = {path for path in CHANGES if person.post(path).status_code != 403}

    assert allowed == {path for path, roles in CHANGES.items() if role in roles}


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_the_office_is_shown_to_the_signed_out(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 303


@pytest.mark.parametrize("path", [*CHANGES, "/office/audit/verify", "/cases/searches"])
def test_nothing_of_the_office_changes_without_the_token(agent: Visitor, path: str) -> None:
    assert agent.browser.post(path).status_code == 403
