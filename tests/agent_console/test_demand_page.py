"""The page of calls and people needed: who sees which week, the picture with its table, and the word by hand."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from case_store.calls.models import Call, CallOutcome
from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role, User
from case_store.rotation.demand.models import DemandOverride
from case_store.rotation.rota.models import RotaState
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.rota import kit

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
"""Noon of a Wednesday in Bangkok."""
PATH = "/rotation/demand"
BY_HAND = {
    "centre": "50", "week": "2026-11-23", "first_day": "25/11/2569", "until": "29/11/2569",
    "weekday": "", "from": "16", "before": "20", "agents": "7", "reason": "งานยี่เป็ง",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


def calls_came(database: Database, days: int, a_day: int = 30, province: str = "50") -> None:
    """Calls at ten in the morning, of the days before today."""
    when = [NOON - timedelta(days=back, hours=2) for back in range(1, days + 1)]
    with database.transaction() as session:
        session.execute(
            insert(Call),
            [
                {
                    "pbx_id": f"{province}-{at:%j}-{number}", "province_code": province,
                    "started_at": at, "queued_at": at, "answered_at": at,
                    "ended_at": at + timedelta(seconds=200), "outcome": CallOutcome.ANSWERED,
                }
                for at in when
                for number in range(a_day)
            ],
        )  # fmt: skip


def a_team(database: Database, people: int = 8, centre: str = "50") -> None:
    with database.transaction() as session:
        for number in range(people):
            add_user(session, f"team-{centre}-{number}", Role.AGENT, centre)


def test_a_week_as_a_picture_and_as_a_table(supervisor: Visitor, database: Database) -> None:
    a_team(database)
    calls_came(database, 28)

    page = supervisor.get(PATH).text

    assert "เชียงใหม่ · 23 พ.ย. 2569 – 29 พ.ย. 2569" in page
    assert page.count('<path class="area"') == 1
    assert page.count('viewBox="0 0 336 110"') == 2, "calls above, people below"
    assert page.count('<path class="step step-0"') == 2, "in the picture and in its legend"
    assert "คาดการณ์จาก 840 สายใน 28 วันที่ผ่านมา" in page
    row = re.search(r"10:00–10:30</th>(.*?)</tr>", page, re.DOTALL)
    assert row and len(re.findall(r"→ <strong>\d+</strong>", row[1])) == 7
    assert int(re.findall(r"<strong>(\d+)", row[1])[3]) > 2
    assert page.count('scope="row" class="nowrap"') == 48
    assert "<style" not in page and 'style="' not in page


def test_without_calls_it_says_what_to_do(supervisor: Visitor, visit: Visit) -> None:
    page = supervisor.get(PATH).text
    assert "ศูนย์นี้ยังไม่มีสายให้นับ" in page
    assert 'href="#overrule"' in page and 'id="overrule"' in page
    governor = visit(Role.GOVERNOR, "50").get(PATH).text
    assert 'id="overrule"' not in governor and 'href="#overrule"' not in governor


def test_a_small_team_is_told_so(supervisor: Visitor, database: Database) -> None:
    calls_came(database, 28)
    page = supervisor.get(PATH).text
    assert "ศูนย์นี้มีผู้รับสาย 1 คน" in page
    assert "ผู้เตรียมพร้อม" in page


def test_a_new_centre_is_told_whose_week_it_borrows(visit: Visit, database: Database) -> None:
    calls_came(database, 28)
    calls_came(database, 3, 2, province="51")
    page = visit(Role.SUPERVISOR, "51").get(PATH).text
    assert "ศูนย์นี้มีเพียง 6 สายใน 3 วัน" in page


def test_the_need_is_set_by_hand_and_taken_back(supervisor: Visitor, database: Database) -> None:
    a_team(database)
    answer = supervisor.post(f"{PATH}/overrides", BY_HAND)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PATH}?centre=50&week=2026-11-23"

    page = supervisor.get(answer.headers["location"]).text

    assert "งานยี่เป็ง" in page and "Wichai" in page
    row = re.search(r"08:00–08:30</th>(.*?)</tr>", page, re.DOTALL)
    assert row and re.findall(r"<strong>(\d+)</strong>(\*?)", row[1])[1:3] == [
        ("1", ""),
        ("7", "*"),
    ]
    with database.reading() as session:
        made = session.scalars(select(DemandOverride)).one()
    back = supervisor.post(f"{PATH}/overrides/{made.id}/drop", {"week": "2026-11-23"})
    assert back.headers["location"] == answer.headers["location"]
    assert "งานยี่เป็ง" not in supervisor.get(PATH).text
    assert supervisor.post(f"{PATH}/overrides/{made.id}/drop").status_code == 404


@pytest.mark.parametrize(
    ("field", "typed", "marked"),
    [
        ("reason", "", "d-reason"),
        ("agents", "", "d-agents"),
        ("agents", "9999", "d-agents"),
        ("first_day", "พรุ่งนี้", "d-first_day"),
        ("until", "24/11/2569", "d-until"),
        ("before", "16", "d-from"),
        ("weekday", "9", "d-weekday"),
    ],
)
def test_what_was_typed_stays_with_a_sentence_beside_it(
    supervisor: Visitor, field: str, typed: str, marked: str
) -> None:
    answer = supervisor.post(f"{PATH}/overrides", BY_HAND | {field: typed})
    assert answer.status_code == 422
    assert f'id="{marked}-error"' in answer.text
    if field != "reason":
        assert "งานยี่เป็ง" in answer.text


def test_weeks_go_from_this_one_on(supervisor: Visitor) -> None:
    this = supervisor.get(PATH).text
    assert "week=2026-11-30" in this and "week=2026-11-16" not in this
    following = supervisor.get(f"{PATH}?week=2026-12-03").text
    assert "30 พ.ย. 2569 – 6 ธ.ค. 2569" in following and "week=2026-11-23" in following
    assert "หยุด" in supervisor.get(f"{PATH}?week=2026-12-10").text, "Constitution Day"
    for far in ("2040-01-01", "2020-01-01", "0001-01-01", "9999-12-31", "soon"):
        assert "23 พ.ย. 2569 – 29 พ.ย. 2569" in supervisor.get(f"{PATH}?week={far}").text


def test_each_sees_the_centres_that_they_watch(supervisor: Visitor, visit: Visit) -> None:
    assert "เชียงใหม่ ·" in supervisor.get(f"{PATH}?centre=10").text
    assert 'id="w-centre"' not in supervisor.get(PATH).text
    inspector = visit(Role.INSPECTOR, "00", region="15").get(f"{PATH}?centre=51").text
    assert "ลำพูน ·" in inspector and 'id="w-centre"' in inspector
    assert visit(Role.AGENT, "50").get(PATH).status_code == 403


def test_only_the_own_supervisor_overrules(
    supervisor: Visitor, visit: Visit, database: Database
) -> None:
    supervisor.post(f"{PATH}/overrides", BY_HAND)
    with database.reading() as session:
        made = session.scalars(select(DemandOverride)).one()
    for role, centre in [(Role.SUPERVISOR, "51"), (Role.GOVERNOR, "50"), (Role.AGENT, "50")]:
        other = visit(role, centre)
        assert other.post(f"{PATH}/overrides/{made.id}/drop").status_code == 403
        assert other.post(f"{PATH}/overrides", BY_HAND).status_code == 403
    officer = visit(Role.NATIONAL_OFFICER, "00")
    assert officer.post(f"{PATH}/overrides", BY_HAND).status_code == 303
    assert officer.post(f"{PATH}/overrides", BY_HAND | {"centre": "zz"}).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(DemandOverride.centre_code)).all() == ["50", "50"]


def test_the_promise_is_a_policy_with_its_page(visit: Visit) -> None:
    admin = visit(Role.ADMINISTRATOR, "00", "admin")
    assert "รับสาย 80% ภายใน 20 วินาที" in admin.get("/office/policies").text
    page = admin.get("/office/policies/staffing/all").text
    assert 'name="night_floor" value="2"' in page
    changed = admin.post("/office/policies/staffing/all", {"night_floor": "3", "note": "ฤดูฝน"})
    assert changed.status_code == 303
    assert "กลางคืน 3 คน" in admin.get("/office/policies/staffing/all").text
    assert admin.post("/office/policies/staffing/all", {"night_floor": "900"}).status_code == 422


def test_the_rota_is_a_line_beside_the_need(
    supervisor: Visitor, visit: Visit, database: Database
) -> None:
    calls_came(database, 60)
    a_team(database)
    assert "ตามตารางเวร" not in supervisor.get(PATH).text
    with database.transaction() as session:
        morning, _, _ = kit.three_shifts(session)
        kanya = session.scalars(select(User).where(User.username == "team-50-0")).one()
        wednesday = date(2026, 11, 25)
        for state in (RotaState.PUBLISHED, RotaState.DRAFT):
            rota = kit.rota(session, first=wednesday, last=wednesday, state=state)
            kit.duty(session, rota, kanya, wednesday, morning)
    page = supervisor.get(PATH).text
    assert "ผู้เข้าเวรตามตารางเวร" in page
    assert "ผู้เข้าเวรตามร่างตารางเวร" in page
    inspector = visit(Role.INSPECTOR, "00", region="15").get(f"{PATH}?centre=50").text
    assert "ผู้เข้าเวรตามตารางเวร" in inspector
    assert "ร่างตารางเวร" not in inspector, "drafts are for who plans"
