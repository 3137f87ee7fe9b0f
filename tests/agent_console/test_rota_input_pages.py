"""Working terms, shifts and their needs: pages of who plans the rota."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.rota.cover_needs import needs_of
from case_store.rotation.rota.models import ShiftType, WorkingTerms
from case_store.rotation.rota.shift_types import shift_types_of
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.rota import kit

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
STAFF, SHIFTS = "/rotation/staff", "/rotation/shifts"
TERMS = {
    "staff_class": "official", "week_minutes": "37:30", "month_minutes": "", "standby_phone": "081 234 5678",
    "in_rota": "yes", "no_nights": "yes",
}  # fmt: skip
SHIFT = {
    "code": "ด1", "name_th": "ดึกยาว", "name_en": "Late", "start_minute": "22:00", "minutes": "06:00",
    "break_minutes": "60", "place": "on_site", "channel": "phone_1567",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


def _kanya(database: Database) -> int:
    with database.transaction() as session:
        return add_user(session, "kanya", Role.AGENT, "50").id


def _shifts(database: Database) -> list[ShiftType]:
    with database.reading() as session:
        return shift_types_of(session, "50", with_closed=True)


def test_terms_are_changed_and_shown_without_the_whole_number(
    supervisor: Visitor, database: Database
) -> None:
    user_id = _kanya(database)
    assert f'href="{STAFF}/{user_id}"' in supervisor.get(STAFF).text
    assert supervisor.post(f"{STAFF}/{user_id}", TERMS).status_code == 303
    with database.reading() as session:
        terms = session.get_one(WorkingTerms, user_id)
    assert (terms.week_minutes, terms.standby_phone) == (2250, "+66812345678")
    assert (terms.no_nights, terms.experienced) == (True, False)
    page = supervisor.get(STAFF).text
    assert "ข้าราชการ" in page and "37:30" in page and "ไม่เข้าเวรกลางคืน" in page
    assert "812345678" not in page and "81 234 5678" not in page
    assert 'value="+66812345678"' in supervisor.get(f"{STAFF}/{user_id}").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"week_minutes": "49"}, "กรุณาเขียนจำนวนชั่วโมงตั้งแต่ 1"),
        ({"week_minutes": "มาก"}, "กรุณาเขียนจำนวนชั่วโมงตั้งแต่ 1"),
        ({"month_minutes": "745"}, "1 ถึง 744"),
        ({"standby_phone": "191"}, "กรุณาเขียนหมายเลขโทรศัพท์"),
        ({"staff_class": "king"}, "กรุณาเลือกจากรายการ"),
    ],
)
def test_terms_that_cannot_be(
    supervisor: Visitor, database: Database, change: dict[str, str], sentence: str
) -> None:
    answer = supervisor.post(f"{STAFF}/{_kanya(database)}", TERMS | change)
    assert answer.status_code == 422 and sentence in answer.text
    assert next(iter(change.values())) in answer.text or "staff_class" in change


def test_a_centre_begins_with_the_usual_shifts_and_sees_the_day(
    supervisor: Visitor, database: Database
) -> None:
    with database.transaction() as session:
        for number in range(4):
            add_user(session, f"team-{number}", Role.AGENT, "50")
    assert "ศูนย์นี้ยังไม่มีเวร" in supervisor.get(SHIFTS).text
    supervisor.post(f"{SHIFTS}/start", {"centre": "50"})
    page = supervisor.get(SHIFTS).text
    assert "เวรเช้า" in page and "08:00–16:00" in page and "16:00–24:00" in page
    assert "ทุกครึ่งชั่วโมงมีคนเพียงพอ" in page
    night = next(one for one in _shifts(database) if one.start_minute == 0)
    fields = {f"p-{one.id}-{day}": "3" for one in _shifts(database) for day in range(8)}
    fields[f"p-{night.id}-0"], fields[f"e-{night.id}-1"] = "0", "2"
    assert supervisor.post(f"{SHIFTS}/needs", fields | {"centre": "50"}).status_code == 303
    with database.reading() as session:
        assert needs_of(session, "50")[night.id][1].experienced == 2
    assert "มี 16 ช่วงครึ่งชั่วโมงที่คนน้อยกว่า" in supervisor.get(SHIFTS).text
    assert "ทุกครึ่งชั่วโมงมีคนเพียงพอ" in supervisor.get(f"{SHIFTS}?weekday=1").text
    proposed = supervisor.get(f"{SHIFTS}?suggest=true").text
    assert "จะมีผลเมื่อบันทึก" in proposed
    assert re.search(rf'name="p-{night.id}-0" value="2"', proposed)
    with database.reading() as session:
        assert needs_of(session, "50")[night.id][0].people == 0


def test_wrong_numbers_save_nothing(supervisor: Visitor, database: Database) -> None:
    supervisor.post(f"{SHIFTS}/start", {"centre": "50"})
    first, *_, last = _shifts(database)
    fields = {"centre": "50", f"p-{first.id}-0": "7", f"p-{last.id}-0": "1", f"e-{last.id}-0": "2"}
    answer = supervisor.post(f"{SHIFTS}/needs", fields)
    assert answer.status_code == 422 and "ต้องไม่มากกว่าจำนวนคน" in answer.text
    with database.reading() as session:
        assert needs_of(session, "50")[first.id][0].people != 7


def test_a_shift_is_added_changed_closed_and_removed(
    supervisor: Visitor, database: Database
) -> None:
    assert supervisor.post(SHIFTS, SHIFT | {"centre": "50"}).status_code == 303
    (shift,) = _shifts(database)
    assert (shift.start_minute, shift.minutes, shift.ends_next_day) == (1320, 480, True)
    page = f"{SHIFTS}/{shift.id}"
    assert 'value="22:00"' in supervisor.get(page).text
    supervisor.post(page, SHIFT | {"minutes": "05:00"})
    assert _shifts(database)[0].minutes == 420
    with database.transaction() as session:
        used = session.get_one(ShiftType, shift.id)
        user = add_user(session, "kanya", Role.AGENT, "50")
        kit.duty(session, kit.rota(session), user, date(2026, 12, 8), used)
    refused = supervisor.post(page, SHIFT)
    assert refused.status_code == 422 and "จึงเปลี่ยนเวลาไม่ได้" in refused.text
    assert supervisor.post(f"{page}/drop").status_code == 422
    supervisor.post(f"{page}/switch")
    assert not _shifts(database)[0].active
    assert "เวรที่ปิดใช้" in supervisor.get(SHIFTS).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": ""}, "กรุณาเขียนรหัสย่อ"),
        ({"start_minute": "25:00"}, "กรุณาเขียนเวลา เช่น 08:30"),
        ({"minutes": "x"}, "กรุณาเขียนเวลาสิ้นสุด"),
        ({"break_minutes": "30"}, "ต้องพักอย่างน้อย 60 นาที"),
        ({"minutes": "10:00"}, "ถ้าเป็นการทำล่วงเวลา"),
        ({"place": "moon"}, "กรุณาเลือกจากรายการ"),
        ({"channel": "pigeon"}, "กรุณาเลือกจากรายการ"),
        ({"name_th": "ก" * 61}, "ไม่เกิน 60"),
    ],
)
def test_shifts_that_cannot_be(supervisor: Visitor, change: dict[str, str], sentence: str) -> None:
    answer = supervisor.post(SHIFTS, SHIFT | {"centre": "50"} | change)
    assert answer.status_code == 422 and sentence in answer.text


def test_who_may_plan(visit: Visit, database: Database) -> None:
    user_id = _kanya(database)
    with database.transaction() as session:
        shift = kit.shift_type(session, "M", 8).id
    paths = [STAFF, f"{STAFF}/{user_id}", SHIFTS, f"{SHIFTS}/{shift}"]
    may = {Role.SUPERVISOR, Role.NATIONAL_OFFICER}
    for role in (Role.AGENT, Role.CASE_OFFICER, Role.GOVERNOR, Role.ADMINISTRATOR, *may):
        visitor = visit(role, "00" if role is Role.NATIONAL_OFFICER else "50")
        for path in paths:
            assert (visitor.get(path).status_code == 200) == (role in may), (role, path)
    other = visit(Role.SUPERVISOR, "10")
    assert other.get(f"{STAFF}/{user_id}").status_code == 403
    assert other.post(f"{SHIFTS}/{shift}/switch").status_code == 403
    with database.reading() as session:
        assert session.scalars(select(ShiftType)).one().active
