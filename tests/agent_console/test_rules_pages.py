"""The office's pages of lists and rules: closures, policies, webhooks."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from case_store.audit.models import AuditEntry
from case_store.database import Database
from case_store.deadlines.models import Closure, Policy, PolicyKind
from case_store.outbox.models import Webhook
from case_store.people.models import Role
from tests.agent_console.kit import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def admin(visit: Visit) -> Visitor:
    return visit(Role.ADMINISTRATOR, "00", "admin")


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


def test_a_closure_is_seen_in_the_year_and_can_be_taken_back(
    supervisor: Visitor, database: Database
) -> None:
    added = supervisor.post(
        "/office/closures", {"day": "24/12/2569", "name": "น้ำท่วมศาลากลาง", "year": "2026"}
    )

    assert added.status_code == 303
    page = supervisor.get(added.headers["location"]).text
    assert 'class="closed" lang="th" title="น้ำท่วมศาลากลาง">24' in page
    with database.reading() as session:
        closure = session.scalars(select(Closure)).one()
    assert (closure.centre_code, closure.day) == ("50", date(2026, 12, 24))

    assert supervisor.post(f"/office/closures/{closure.id}/drop").status_code == 303
    assert 'class="closed"' not in supervisor.get(added.headers["location"]).text


HOLIDAY = {"holiday": "2026-12-10", "reason": "มติคณะรัฐมนตรียกเลิก", "year": "2026"}


def test_a_cancelled_holiday_is_a_working_day_until_it_holds_again(
    admin: Visitor, supervisor: Visitor
) -> None:
    year = "/office/closures?year=2026"
    assert 'class="holiday" lang="th" title="วันรัฐธรรมนูญ">10' in supervisor.get(year).text
    days = _working_days(admin, year)

    assert admin.post("/office/closures/holidays", HOLIDAY).headers["location"] == year

    page = supervisor.get(year).text
    assert 'title="วันรัฐธรรมนูญ"' not in page
    assert "มติคณะรัฐมนตรียกเลิก" in page
    assert "/restore" not in page
    assert 'name="holiday"' not in page
    assert _working_days(admin, year) == days + 1

    restore = "/office/closures/holidays/2026-12-10/restore"
    assert f'action="{restore}"' in admin.get(year).text
    assert admin.post(restore).status_code == 303
    assert admin.post(restore).status_code == 404
    assert _working_days(admin, year) == days


def _working_days(person: Visitor, year: str) -> int:
    found = re.search(r"([0-9]+) วันทำการ", person.get(year).text)
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"holiday": ""}, "c-holiday"),
        ({"holiday": "2026-12-09"}, "c-holiday"),
        ({"holiday": "yesterday"}, "c-holiday"),
        ({"reason": " "}, "c-reason"),
    ],
)
def test_a_cancellation_that_is_not_right_says_so(
    admin: Visitor, change: dict[str, str], wrong: str
) -> None:
    answer = admin.post("/office/closures/holidays", HOLIDAY | change)

    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text


def test_a_supervisor_cancels_no_holiday(supervisor: Visitor) -> None:
    assert supervisor.post("/office/closures/holidays", HOLIDAY).status_code == 403


def test_a_supervisor_closes_only_the_own_centre(supervisor: Visitor, database: Database) -> None:
    supervisor.post("/office/closures", {"centre": "10", "day": "24/12/2569", "name": "x"})

    with database.reading() as session:
        assert session.scalars(select(Closure.centre_code)).all() == ["50"]


def test_a_closure_of_every_centre_is_not_for_a_supervisor_to_drop(
    admin: Visitor, supervisor: Visitor, database: Database
) -> None:
    admin.post("/office/closures", {"day": "24/12/2569", "name": "หยุดพิเศษ"})
    with database.reading() as session:
        closure = session.scalars(select(Closure)).one()

    assert closure.centre_code is None
    assert "หยุดพิเศษ" in supervisor.get("/office/closures?year=2026").text
    assert supervisor.post(f"/office/closures/{closure.id}/drop").status_code == 403


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"day": "32/12/2569", "name": "น้ำท่วม"}, "day"),
        ({"day": "", "name": "น้ำท่วม"}, "day"),
        ({"day": "24/12/2569", "name": " "}, "name"),
        ({"day": "24/12/2669", "name": "น้ำท่วม"}, "day"),
    ],
)
def test_a_closure_that_is_not_right_keeps_what_was_typed(
    supervisor: Visitor, fields: dict[str, str], wrong: str
) -> None:
    answer = supervisor.post("/office/closures", fields)

    assert answer.status_code == 422
    assert f'id="c-{wrong}-error"' in answer.text
    assert f'value="{fields["day"]}"' in answer.text


@pytest.mark.parametrize("year", ["0", "99999", "x", "-5"])
def test_a_year_that_is_not_in_the_calendar_is_this_year_or_refused(
    supervisor: Visitor, year: str
) -> None:
    assert supervisor.get("/office/closures", params={"year": year}).status_code in (200, 422)


def test_a_policy_changes_by_a_new_version_that_leaves_the_old_one(
    admin: Visitor, database: Database
) -> None:
    path = "/office/policies/deadline/land"
    for days in ("20", "25"):
        fields = {"days": days, "screening_days": "1", "warn_days": "3", "note": "มติที่ประชุม"}
        assert admin.post(path, fields).status_code == 303

    page = admin.get(path).text
    assert "25 วันทำการ" in page
    assert "20 วันทำการ" in page
    assert "มติที่ประชุม" in page
    assert "25 วันทำการ" in admin.get("/office/policies").text
    with database.reading() as session:
        kept = session.scalars(
            select(Policy).where(Policy.kind == PolicyKind.DEADLINE, Policy.category == "land")
        ).all()
        assert {one.values["days"] for one in kept} >= {20, 25}
        assert session.scalars(
            select(AuditEntry).where(AuditEntry.action == "policy.changed")
        ).all()


@pytest.mark.parametrize(
    ("path", "fields", "wrong"),
    [
        ("deadline/land", {"days": "0"}, "days"),
        ("deadline/land", {"days": "fast"}, "days"),
        ("reminder/all", {"first_days": "9999"}, "first_days"),
        ("retention/all", {"years": "10", "action": "sell"}, "action"),
        ("recordings/all", {"months": "0"}, "months"),
        ("calls/all", {"years": "long"}, "years"),
    ],
)
def test_a_policy_that_cannot_be_keeps_what_was_typed(
    admin: Visitor, path: str, fields: dict[str, str], wrong: str
) -> None:
    answer = admin.post(f"/office/policies/{path}", fields | {"note": "ลองดู"})

    assert answer.status_code == 422
    assert f'id="v-{wrong}-error"' in answer.text
    assert 'value="ลองดู"' in answer.text


def test_calls_have_one_policy_for_their_sound_and_one_for_who_called(admin: Visitor) -> None:
    assert admin.post("/office/policies/recordings/all", {"months": "6"}).status_code == 303
    assert admin.post("/office/policies/calls/all", {"years": "3"}).status_code == 303
    assert admin.post("/office/policies/calls/land", {"years": "3"}).status_code == 404

    page = admin.get("/office/policies").text
    assert "ทำลายเสียงเมื่อครบ 6 เดือนหลังสาย" in page
    assert "ลบข้อมูลผู้โทรเมื่อครบ 3 ปีหลังสาย" in page
    assert "/office/policies/recordings/land" not in page


@pytest.mark.parametrize(
    "path", ["deadline/no_such", "party/all", "deadline/UPPER", "recordings/land"]
)
def test_there_is_no_page_for_a_policy_of_nothing(admin: Visitor, path: str) -> None:
    assert admin.get(f"/office/policies/{path}").status_code in (404, 422)


def test_the_secret_of_a_webhook_is_shown_once(admin: Visitor, database: Database) -> None:
    fields = {"name": "ศูนย์ข้อมูลจังหวัด", "url": "https://example.go.th/hook", "everything": "1"}

    shown = admin.post("/office/webhooks", fields)

    secret = re.search(r"<code>(whsec_[^<]+)</code>", shown.text)
    assert shown.status_code == 200 and secret
    again = admin.get("/office/webhooks").text
    assert "ศูนย์ข้อมูลจังหวัด" in again
    assert secret[1] not in again
    with database.reading() as session:
        assert session.scalars(select(Webhook)).one().events == ["*"]


def test_a_webhook_hears_only_what_was_chosen_and_can_be_switched_off(
    admin: Visitor, database: Database
) -> None:
    fields = {"name": "a", "url": "https://example.go.th/hook", "case.closed": "1"}
    admin.post("/office/webhooks", fields)
    with database.reading() as session:
        webhook = session.scalars(select(Webhook)).one()
    assert webhook.events == ["case.closed"]

    admin.post(f"/office/webhooks/{webhook.id}/switch", {"active": "0"})

    with database.reading() as session:
        assert not session.scalars(select(Webhook)).one().active


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "url": "https://example.go.th", "everything": "1"}, "w-name"),
        ({"name": "a", "url": "ftp://example.go.th", "everything": "1"}, "w-url"),
        ({"name": "a", "url": "https://u:p@example.go.th", "everything": "1"}, "w-url"),
        ({"name": "a", "url": "https://example.go.th"}, "w-events"),
    ],
)
def test_a_webhook_that_is_not_right_keeps_what_was_typed(
    admin: Visitor, fields: dict[str, str], wrong: str
) -> None:
    answer = admin.post("/office/webhooks", fields)

    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert f'value="{fields["url"]}"' in answer.text


def test_nobody_but_an_administrator_keeps_webhooks(supervisor: Visitor) -> None:
    fields = {"name": "a", "url": "https://example.go.th/hook", "everything": "1"}

    assert supervisor.post("/office/webhooks", fields).status_code == 403
    assert supervisor.post("/office/webhooks/1/switch", {"active": "0"}).status_code == 403
