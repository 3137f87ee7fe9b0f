"""The statistics page: the right people's figures over the right time, as numbers beside every picture."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from case_store.cases.models import Case
from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import Visitor, opened, screened

Visit = Callable[..., Visitor]


@pytest.fixture
def governor(visit: Visit) -> Visitor:
    return visit(Role.GOVERNOR, "50", "phuwa")


def figures(page: str) -> list[int]:
    """Received, closed, reopened, open now, overdue now."""
    return [int(one) for one in re.findall(r'<p class="value">(\d+)</p>', page)]


def received_on(database: Database, day: datetime) -> None:
    with database.transaction() as session:
        session.execute(update(Case).values(created_at=day))


def test_what_came_in_and_what_became_of_it(officer: Visitor, governor: Visitor) -> None:
    opened(officer)
    path = screened(officer)
    officer.post(f"{path}/steps/withdraw", {"note": "ผู้ร้องขอถอน"})

    page = governor.get("/statistics?period=month").text

    assert figures(page) == [2, 1, 0, 1, 0]
    assert re.search(r'สาธารณูปโภค</th><td class="number">2<', page)
    assert "เชียงใหม่ · 1 " in page


def test_a_time_is_from_one_day_to_another_with_both(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    opened(officer)
    received_on(database, datetime(2026, 3, 31, 23, 30, tzinfo=BANGKOK))

    for first, last, count in [
        ("31/3/2569", "31/3/2569", 1),
        ("1/4/2569", "30/4/2569", 0),
        ("1/3/2026", "31/3/2026", 1),
    ]:
        days = {"period": "custom", "from": first, "to": last}
        assert figures(governor.get("/statistics", params=days).text)[0] == count, first


def test_days_that_were_typed_count_whatever_is_chosen_beside_them(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    opened(officer)
    received_on(database, datetime(2026, 3, 31, tzinfo=BANGKOK))
    form = {"period": "month", "shown": "1/11/2569-25/11/2569"}

    untouched = {"from": "1/11/2569", "to": "25/11/2569"}
    typed = {"from": "1/3/2569", "to": "25/11/2569"}

    assert figures(governor.get("/statistics", params=form | untouched).text)[0] == 0
    page = governor.get("/statistics", params=form | typed).text
    assert figures(page)[0] == 1
    assert 'value="custom" selected' in page


def test_a_day_that_is_none_stays_in_its_field(governor: Visitor) -> None:
    days = {"period": "custom", "from": "เมื่อวาน", "to": "1/4/2569"}

    answer = governor.get("/statistics", params=days)

    assert answer.status_code == 422
    assert 'id="p-from-error"' in answer.text
    assert 'value="เมื่อวาน"' in answer.text


def test_each_sees_the_figures_of_the_own_provinces(
    visit: Visit, officer: Visitor, governor: Visitor
) -> None:
    opened(officer)
    other = visit(Role.GOVERNOR, "10")
    inspector = visit(Role.INSPECTOR, "00", region="15")
    elsewhere = visit(Role.INSPECTOR, "00", "anong", region="1")
    national = visit(Role.NATIONAL_OFFICER, "00")

    assert figures(other.get("/statistics").text)[0] == 0
    assert figures(other.get("/statistics?centre=50").text)[0] == 0
    assert figures(governor.get("/statistics").text)[0] == 1
    assert figures(inspector.get("/statistics").text)[0] == 1
    assert figures(elsewhere.get("/statistics").text)[0] == 0
    assert figures(national.get("/statistics?centre=10").text)[0] == 0
    assert figures(national.get("/statistics").text)[0] == 1
    assert "เขตตรวจราชการที่ 15" in inspector.get("/statistics").text


def test_what_is_overdue_and_what_nobody_moves_stands_on_top(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    opened(officer, subject="เรื่องที่ค้างนาน")
    with database.transaction() as session:
        long_ago = now() - timedelta(days=60)
        session.execute(update(Case).values(due_at=long_ago, progress_at=long_ago))

    page = governor.get("/statistics").text

    digest = page[page.index('id="digest-title"') : page.index('name="period"')]
    assert digest.count("เรื่องที่ค้างนาน") == 3
    assert "ไม่คืบหน้า 30 วันขึ้นไป" in digest


def test_an_administrator_sees_figures_and_no_word_of_a_case(
    visit: Visit, officer: Visitor
) -> None:
    opened(officer, subject="เรื่องที่ไม่ใช่ของผู้ดูแลระบบ")
    page = visit(Role.ADMINISTRATOR, "00").get("/statistics").text

    assert figures(page)[0] == 1
    assert "เรื่องที่ไม่ใช่ของผู้ดูแลระบบ" not in page


def test_every_picture_has_its_numbers_beside_it(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    opened(officer)
    with database.transaction() as session:
        session.execute(update(Case).values(created_at=now() - timedelta(days=40)))
    days = {"period": "custom", "from": "1/1/2569", "to": "31/12/2569"}

    page = governor.get("/statistics", params=days).text

    assert all("aria-hidden" in svg for svg in re.findall(r"<svg[^>]*chart[^>]*>", page))
    assert page.count('<tr><th scope="row">ม.ค. 69') == 1
    assert "ไม่เกิน 60 วัน <strong>1</strong>" in page
    assert "style=" not in page


def test_months_without_a_case_are_not_jumped_over(
    officer: Visitor, governor: Visitor, database: Database
) -> None:
    opened(officer)
    received_on(database, datetime(2026, 1, 15, tzinfo=BANGKOK))
    days = {"period": "custom", "from": "1/11/2568", "to": "28/2/2569"}

    page = governor.get("/statistics", params=days).text

    table = re.findall(r'<th scope="row">([^<]+)</th><td class="number">(\d+)</td>', page)
    months = [(name, count) for name, count in table if name[-2:] in ("68", "69")]
    assert [count for _, count in months] == ["0", "0", "1", "0"]
