"""Rules and holidays with their sources, and governors who agree about nights."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.rota.models import StaffClass
from case_store.rotation.rota.night_sharing import nights_answered_by
from case_store.rotation.rota.rules import START_RULES, rules_of
from case_store.rotation.rota.staff_holidays import holidays_of
from tests.agent_console.kit import Visitor

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
RULES, NIGHTS = "/rotation/rules", "/rotation/nights"
SOURCE = {"source": "ประกาศกระทรวงแรงงาน ฉบับที่ 12", "source_date": "2/11/2569"}
HOLIDAY = {
    "day": "28/12/2569",
    "name_th": "วันหยุดพิเศษ",
    "name_en": "Special holiday",
    "year": "2026",
}
VALUES = {
    name: f"{value // 60}:{value % 60:02d}" if name.endswith("_minutes") else str(value)
    for name, value in START_RULES[StaffClass.CONTRACTOR][0].model_dump().items()
}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def admin(visit: Visit) -> Visitor:
    return visit(Role.ADMINISTRATOR, "00", "admin")


def test_start_values_show_where_they_come_from(admin: Visitor) -> None:
    page = admin.get(RULES).text
    assert "พระราชบัญญัติคุ้มครองแรงงาน (ฉบับที่ 9) พ.ศ. 2568" in page
    assert "7 ธ.ค. 2568" in page
    assert "วันแรงงานแห่งชาติ" in page and "วันพืชมงคล" not in page
    officials = admin.get(f"{RULES}?class=official").text
    assert "วันพืชมงคล" in officials and "วันแรงงานแห่งชาติ" not in officials
    assert 'href="/office/closures?year=2026"' in officials
    assert admin.get(f"{RULES}?class=soldier").status_code == 422


def test_a_new_version_holds_from_its_day_on(admin: Visitor, database: Database) -> None:
    fields = VALUES | SOURCE | {"valid_from": "1/12/2569", "least_rest_minutes": "12"}
    assert admin.post(f"{RULES}/contractor", fields).status_code == 303
    with database.reading() as session:
        before = rules_of(session, StaffClass.CONTRACTOR, on=date(2026, 11, 30))
        after = rules_of(session, StaffClass.CONTRACTOR, on=date(2026, 12, 1))
    assert (before.least_rest_minutes, after.least_rest_minutes) == (660, 720)
    page = admin.get(RULES).text
    assert "ตั้งแต่ 1 ธ.ค. 2569" in page and SOURCE["source"] in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_from": "24/11/2569"}, "กรุณาเขียนวันตั้งแต่วันนี้"),
        ({"source": ""}, "กรุณาระบุที่มา"),
        ({"source_date": "26/11/2569"}, "กรุณาเขียนวันที่ของที่มา"),
        ({"most_day_minutes": "มาก"}, "กรุณาเขียนจำนวนที่เป็นไปได้"),
        ({"most_days_in_row": "99"}, "กรุณาเขียนจำนวนที่เป็นไปได้"),
    ],
)
def test_rules_that_cannot_be(admin: Visitor, change: dict[str, str], sentence: str) -> None:
    fields = VALUES | SOURCE | {"valid_from": "1/12/2569"} | change
    answer = admin.post(f"{RULES}/contractor", fields)
    assert answer.status_code == 422 and sentence in answer.text
    assert 'value="11:00"' in answer.text


def test_holidays_are_added_and_removed_with_a_source(admin: Visitor, database: Database) -> None:
    path = f"{RULES}/employee/holidays"
    assert admin.post(path, HOLIDAY | SOURCE).status_code == 303
    assert SOURCE["source"] in admin.get(f"{RULES}?class=employee&year=2026").text
    again = admin.post(path, HOLIDAY | SOURCE)
    assert again.status_code == 422 and "ที่ยังไม่เป็นวันหยุด" in again.text
    assert admin.post(path, HOLIDAY | SOURCE | {"name_en": ""}).status_code == 422
    assert admin.post(f"{path}/2026-05-01/drop").status_code == 303
    assert admin.post(f"{path}/2026-05-02/drop").status_code == 404
    with database.reading() as session:
        found = holidays_of(session, StaffClass.EMPLOYEE, date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 12, 28) in found and date(2026, 5, 1) not in found
    officials = admin.post(f"{RULES}/official/holidays", HOLIDAY | SOURCE)
    assert officials.status_code == 422 and "วันหยุดของข้าราชการกำหนดที่" in officials.text


def test_two_governors_agree_and_one_ends_it(visit: Visit, database: Database) -> None:
    chiang_mai, lamphun = visit(Role.GOVERNOR, "50"), visit(Role.DEPUTY_GOVERNOR, "51")
    assert "ยังไม่มีจังหวัดในเขตที่ตกลง" in lamphun.get(NIGHTS).text
    hand_over = {"by_centre_code": "50", "first_day": "25/11/2569"}
    refused = lamphun.post(NIGHTS, hand_over)
    assert refused.status_code == 422 and "ยังไม่ได้ตกลงรับสายแทน" in refused.text
    assert chiang_mai.post(NIGHTS, hand_over).status_code == 303
    assert "รับสายแทนจังหวัดอื่น" in chiang_mai.get(NIGHTS).text
    assert lamphun.post(NIGHTS, hand_over).status_code == 303
    page = lamphun.get(NIGHTS).text
    assert "เชียงใหม่ รับสายกลางคืนแทนท่าน ตั้งแต่คืนวันที่ 25 พ.ย. 2569" in page
    night = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    with database.reading() as session:
        assert nights_answered_by(session, night) == {"51": "50"}
    assert lamphun.post(f"{NIGHTS}/1/end").status_code == 403  # the offer is Chiang Mai's
    assert chiang_mai.post(f"{NIGHTS}/1/end").status_code == 303
    assert "ไม่รับสายแทนจังหวัดอื่นแล้ว" in lamphun.get(NIGHTS).text
    with database.reading() as session:
        assert nights_answered_by(session, night) == {}


def test_who_keeps_rules_and_who_agrees(visit: Visit) -> None:
    keepers = {Role.NATIONAL_OFFICER, Role.ADMINISTRATOR}
    governors = {Role.GOVERNOR, Role.DEPUTY_GOVERNOR}
    for role in (Role.AGENT, Role.SUPERVISOR, Role.CASE_OFFICER, *keepers, *governors):
        visitor = visit(role, "00" if role in keepers else "50")
        assert (visitor.get(RULES).status_code == 200) == (role in keepers), role
        assert (visitor.get(NIGHTS).status_code == 200) == (role in governors), role
        fields = VALUES | SOURCE | {"valid_from": "1/12/2569"}
        if role not in keepers:
            assert visitor.post(f"{RULES}/contractor", fields).status_code == 403
