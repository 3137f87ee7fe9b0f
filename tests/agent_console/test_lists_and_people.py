"""The pages on which words, agencies and members of staff are kept."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from case_store.agencies.models import Agency
from case_store.audit.models import AuditEntry
from case_store.cases.word_models import Category, Channel
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.people.passwords import matches
from tests.agent_console.kit import CASE, Visitor, agency_id, screened

Visit = Callable[..., Visitor]
NEW_CATEGORY = {
    "code": "land_flood", "name_th": "น้ำท่วมที่ดิน", "name_en": "Flooded land",
    "parent_code": "land", "days_to_settle": "",
}  # fmt: skip
PERSON = {
    "username": "suda.k", "display_name": "สุดา แก้วใส", "role": "case_officer", "centre_code": "50",
}  # fmt: skip


@pytest.fixture
def admin(visit: Visit) -> Visitor:
    return visit(Role.ADMINISTRATOR, "00", "admin")


def test_a_new_category_stands_below_its_first_level_and_can_be_chosen(
    admin: Visitor, agent: Visitor
) -> None:
    assert admin.post("/office/words/category", NEW_CATEGORY).status_code == 303

    names = re.findall(r'<th scope="row" lang="th"[^>]*>([^<]+)<', admin.get("/office/words").text)
    place = names.index("น้ำท่วมที่ดิน")
    assert "ที่ดิน/ที่สาธารณประโยชน์" in names[:place]
    assert "สิ่งแวดล้อม/มลพิษ" in names[place:]
    assert 'value="land_flood"' in agent.get("/cases/new").text


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"code": "Land Flood"}, "n-code"),
        ({"code": "land"}, "n-code"),
        ({"name_th": " "}, "n-name_th"),
        ({"name_en": "x" * 121}, "n-name_en"),
        ({"parent_code": "land_title"}, "n-parent"),
        ({"parent_code": "", "days_to_settle": "900"}, "n-days"),
    ],
)
def test_a_category_that_cannot_be_keeps_what_was_typed(
    admin: Visitor, change: dict[str, str], wrong: str
) -> None:
    answer = admin.post("/office/words/category", NEW_CATEGORY | change)

    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert f'value="{(NEW_CATEGORY | change)["code"]}"' in answer.text


@pytest.mark.parametrize("name", ["channel", "nature", "service_type"])
def test_a_new_word_of_each_list_can_be_chosen(admin: Visitor, agent: Visitor, name: str) -> None:
    page = admin.get(f"/office/words/{name}").text
    assert f'action="/office/words/{name}"' in page
    assert 'name="parent_code"' not in page

    fields = {"code": "brand_new", "name_th": "คำใหม่", "name_en": "New"}
    assert admin.post(f"/office/words/{name}", fields).status_code == 303

    assert "คำใหม่" in admin.get(f"/office/words/{name}").text
    assert 'value="brand_new"' in agent.get("/cases/new").text
    assert agent.post("/cases", CASE | {name: "brand_new"}).status_code == 303


def test_a_word_whose_code_is_taken_keeps_what_was_typed(admin: Visitor) -> None:
    fields = {"code": "sms", "name_th": "ข้อความสั้น", "name_en": "Text"}

    answer = admin.post("/office/words/channel", fields)

    assert answer.status_code == 422
    assert 'id="n-code-error"' in answer.text
    assert 'value="ข้อความสั้น"' in answer.text


def test_a_word_that_is_switched_off_is_kept_by_its_cases(
    admin: Visitor, agent: Visitor, database: Database
) -> None:
    agent.post("/cases", CASE | {"channel": "sms", "subject": "มาทางข้อความ"})

    assert admin.post("/office/words/channel/sms/switch", {"active": "0"}).status_code == 303

    assert 'value="sms"' not in agent.get("/cases/new").text
    assert "มาทางข้อความ" in agent.get("/cases?channel=sms").text
    with database.reading() as session:
        assert not session.get_one(Channel, "sms").active


def test_a_word_that_the_system_needs_stays_on_and_says_why(
    admin: Visitor, database: Database
) -> None:
    answer = admin.post("/office/words/channel/phone_1567/switch", {"active": "0"})

    assert answer.status_code == 422
    assert "ระบบจำเป็นต้องใช้คำนี้" in answer.text
    with database.reading() as session:
        assert session.get_one(Channel, "phone_1567").active


def test_a_word_is_renamed_in_both_languages(admin: Visitor, database: Database) -> None:
    fields = {"name_th": "ที่ดินและแนวเขต", "name_en": "Land and borders", "position": "5"}
    assert admin.post("/office/words/category/land", fields).status_code == 303

    with database.reading() as session:
        land = session.get_one(Category, "land")
    assert (land.name_th, land.name_en, land.position) == ("ที่ดินและแนวเขต", "Land and borders", 5)


def test_a_name_that_is_missing_leaves_the_word_and_the_form_as_they_were(
    admin: Visitor, database: Database
) -> None:
    answer = admin.post("/office/words/category/land", {"name_th": "", "name_en": "Earth"})

    assert answer.status_code == 422
    assert 'id="e-name_th-error"' in answer.text
    assert 'value="Earth"' in answer.text
    with database.reading() as session:
        assert session.get_one(Category, "land").name_en == "Land"


@pytest.mark.parametrize("path", ["category/no_such", "party/x", "channel/UPPER"])
def test_there_is_no_page_for_a_word_that_is_not_there(admin: Visitor, path: str) -> None:
    assert admin.get(f"/office/words/{path}").status_code in (404, 422)
    assert admin.post(f"/office/words/{path}/switch", {"active": "0"}).status_code in (404, 422)


def test_an_agency_is_added_renamed_and_switched_off(admin: Visitor, database: Database) -> None:
    fields = {
        "code": "pwa_50",
        "name_th": "ประปาเชียงใหม่",
        "name_en": "Waterworks",
        "centre_code": "50",
    }
    added = admin.post("/office/agencies", fields)
    assert added.headers["location"] == "/office/agencies?centre=50"
    with database.reading() as session:
        agency = session.scalars(select(Agency)).one()

    admin.post(f"/office/agencies/{agency.id}", {"name_th": "กปภ. เชียงใหม่", "name_en": "PWA"})

    assert "กปภ. เชียงใหม่" in admin.get("/office/agencies?centre=50").text
    assert "กปภ. เชียงใหม่" not in admin.get("/office/agencies?centre=10").text
    with database.reading() as session:
        assert not session.scalars(select(Agency)).one().active


def test_an_agency_that_cannot_be_keeps_what_was_typed(admin: Visitor) -> None:
    fields = {"code": "pwa_50", "name_th": "", "name_en": "Waterworks", "centre_code": "50"}

    answer = admin.post("/office/agencies", fields)

    assert answer.status_code == 422
    assert 'id="n-name_th-error"' in answer.text
    assert 'value="Waterworks"' in answer.text


def test_the_first_password_of_a_person_is_shown_once_and_works(
    admin: Visitor, database: Database
) -> None:
    shown = admin.post("/office/people", PERSON)

    password = re.search(r"<code>([^<]+)</code>", shown.text)
    assert shown.status_code == 200 and password
    with database.reading() as session:
        person = session.scalars(select(User).where(User.username == "suda.k")).one()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.added")).one()
    assert matches(password[1], person.password_hash)
    assert password[1] not in str(entry.facts)
    again = admin.get("/office/people").text
    assert "สุดา แก้วใส" in again
    assert password[1] not in again


def test_a_new_password_ends_the_old_one_and_every_sign_in(
    admin: Visitor, agent: Visitor, database: Database
) -> None:
    shown = admin.post(f"/office/people/{agent.user.id}/password")

    password = re.search(r"<code>([^<]+)</code>", shown.text)
    with database.reading() as session:
        assert password and matches(password[1], session.get_one(User, agent.user.id).password_hash)
    assert agent.get("/cases").status_code == 303


def test_who_retired_comes_in_no_more_and_nobody_retires_themselves(
    admin: Visitor, agent: Visitor, database: Database
) -> None:
    assert admin.post(f"/office/people/{agent.user.id}/retire").status_code == 303
    assert admin.post(f"/office/people/{admin.user.id}/retire").status_code == 422

    assert agent.get("/cases").status_code == 303
    with database.reading() as session:
        assert not session.get_one(User, agent.user.id).active
        assert session.get_one(User, admin.user.id).active


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"username": "S"}, "username"),
        ({"username": "admin"}, "username"),
        ({"display_name": ""}, "display_name"),
        ({"role": "king"}, "role"),
        ({"centre_code": "99"}, "centre_code"),
        ({"role": "agency_officer"}, "agency_id"),
        ({"role": "agency_officer", "agency_id": "99999"}, "agency_id"),
        ({"role": "inspector"}, "inspection_region"),
    ],
)
def test_a_person_who_cannot_be_keeps_what_was_typed(
    admin: Visitor, change: dict[str, str], wrong: str
) -> None:
    fields = PERSON | change
    answer = admin.post("/office/people", fields)

    assert answer.status_code == 422
    assert f'id="n-{wrong}-error"' in answer.text
    assert f'value="{fields["display_name"]}"' in answer.text


def test_an_agency_officer_is_found_with_the_agency(admin: Visitor, database: Database) -> None:
    agency = agency_id(database)
    offered = admin.get("/office/people/agencies?centre_code=50").text
    assert f'value="{agency}"' in offered

    admin.post("/office/people", PERSON | {"role": "agency_officer", "agency_id": str(agency)})

    page = admin.post("/office/people/search", {"q": "แก้วใส"}).text
    assert page.count("หน่วยงาน pea_50") == 1
    assert "Admin" not in re.findall(r"<tbody>.*</tbody>", page, re.DOTALL)[0]


def test_what_was_searched_for_among_people_stands_in_no_address(admin: Visitor) -> None:
    page = admin.post("/office/people/search", {"q": "แก้วใส"}).text

    assert not re.search(r'(href|hx-get|action)="[^"]*(แก้วใส|%E0%B9%81)', page)


POST = {"role": "supervisor", "centre_code": "10", "agency_id": "", "inspection_region": ""}


def test_somebody_gets_another_post_and_is_signed_out(
    admin: Visitor, agent: Visitor, database: Database
) -> None:
    path = f"/office/people/{agent.user.id}"
    assert '<option value="agent" selected>' in admin.get(path).text

    assert admin.post(path, POST).headers["location"] == f"{path}?changed=1"

    assert agent.get("/cases").status_code == 303
    assert "Kanya ถูกให้ออกจากระบบ" in admin.get(f"{path}?changed=1").text
    with database.reading() as session:
        user = session.get_one(User, agent.user.id)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.moved")).one()
    assert (user.role, user.centre_code) == (Role.SUPERVISOR, "10")
    assert entry.facts["before"]["role"] == "agent"
    assert "เปลี่ยนตำแหน่งเจ้าหน้าที่" in admin.get("/office/audit").text


def test_the_same_post_again_signs_nobody_out(admin: Visitor, agent: Visitor) -> None:
    path = f"/office/people/{agent.user.id}"

    same = admin.post(path, POST | {"role": "agent", "centre_code": "50"})

    assert same.headers["location"] == path
    assert agent.get("/cases").status_code == 200


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"role": "king"}, "role"),
        ({"centre_code": "99"}, "centre_code"),
        ({"role": "agency_officer"}, "agency_id"),
        ({"role": "inspector", "inspection_region": "99"}, "inspection_region"),
    ],
)
def test_a_post_that_cannot_be_changes_nothing(
    admin: Visitor, agent: Visitor, change: dict[str, str], wrong: str
) -> None:
    answer = admin.post(f"/office/people/{agent.user.id}", POST | change)

    assert answer.status_code == 422
    assert f'id="n-{wrong}-error"' in answer.text
    assert agent.get("/cases").status_code == 200


def test_the_last_administrator_stays_one(admin: Visitor, visit: Visit) -> None:
    own = f"/office/people/{admin.user.id}"

    refused = admin.post(own, POST)

    assert refused.status_code == 422
    assert "ต้องมีผู้ดูแลระบบอย่างน้อยหนึ่งคน" in refused.text
    visit(Role.ADMINISTRATOR, "00", "second")
    assert admin.post(own, POST).status_code == 303
    assert admin.get("/office/people").status_code == 303


def test_who_left_gets_no_post(admin: Visitor, agent: Visitor) -> None:
    path = f"/office/people/{agent.user.id}"
    admin.post(f"{path}/retire")

    assert 'name="role"' not in admin.get(path).text
    assert "ไม่มีตำแหน่งให้เปลี่ยน" in admin.post(path, POST).text
    assert admin.get("/office/people/999999").status_code == 404


def test_supervisors_are_led_to_the_cases_that_need_another_officer(
    admin: Visitor, officer: Visitor, visit: Visit
) -> None:
    supervisor = visit(Role.SUPERVISOR, "50", "wichai")
    screened(officer, subject="ไฟดับทั้งซอย")
    path = f"/office/people/{officer.user.id}"
    assert "เรื่องที่ยังไม่ยุติ 1 เรื่อง" in admin.get(path).text

    admin.post(path, POST)

    page = admin.get(path).text
    assert "ต้องมอบหมายผู้อื่น" in page
    assert "ไฟดับทั้งซอย" not in page
    notices = supervisor.get("/notices").text
    link = f"/cases?officer_id={officer.user.id}"
    assert f'href="{link}"' in notices
    cases = supervisor.get(link).text
    assert "ไฟดับทั้งซอย" in cases
    assert "Prapai" in cases
