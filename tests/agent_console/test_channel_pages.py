"""Officers of channels on their pages: appointed, refused with what was typed, seen by those who may."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from agent_console.channel_availability import percent
from case_store.clock import frozen
from case_store.database import Database
from case_store.people.models import Role
from case_store.rotation.channels.alerts import alert_channels
from case_store.rotation.channels.answering import who_answers
from case_store.rotation.channels.watching import Measured, Why, watch
from case_store.rotation.rota.models import ChannelOfficer
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.kit import IDLE

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
PAGE, MATRIX = "/rotation/channels", "/rotation/channels/centres"


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def people(database: Database) -> list[str]:
    """Anong and Boon of Chiang Mai, and somebody of Lamphun."""
    with database.transaction() as session:
        found = [add_user(session, name, Role.AGENT, "50") for name in ("anong", "boon")]
        found.append(add_user(session, "lamphun", Role.AGENT, "51"))
        return [str(one.id) for one in found]


@pytest.fixture
def boss(visit: Visit) -> Visitor:
    return visit(Role.DEPUTY_GOVERNOR, "50", "orathai")


def form(user: str, **more: str) -> dict[str, str]:
    return {
        "centre": "50", "channel": "letter", "post": "officer", "user": user, "first_day": "25/11/2569",
        "last_day": "", "order": "ชม 12/2569",
    } | more  # fmt: skip


def letter(database: Database, on: date = date(2026, 11, 25)) -> list[str]:
    with database.reading() as session:
        found = who_answers(session, "50", "letter", on)
        return [one.username for one in (found.officer, found.deputy) if one]


def row(page: str, channel: str = "letter") -> str:
    found = re.search(rf'<tbody id="channel-{channel}">.*?</tbody>', page, re.DOTALL)
    assert found, page
    return found[0]


def test_gaps_stand_there_in_words_and_an_officer_and_a_deputy_fill_one(
    boss: Visitor, people: list[str], database: Database
) -> None:
    page = boss.get(PAGE).text
    assert "13 ช่องทางไม่มีผู้รับผิดชอบ" in page
    assert 'data-level="bad"' in row(page) and "ไม่มีผู้รับผิดชอบ" in row(page)
    answer = boss.post(PAGE, form(people[0]))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?centre=50#channel-letter"
    page = boss.get(PAGE).text
    assert "12 ช่องทางไม่มีผู้รับผิดชอบ" in page
    assert 'data-level="warn"' in row(page) and "ไม่มีรอง" in row(page)
    assert "Anong" in row(page) and "ตั้งแต่ 25 พ.ย. 2569" in row(page)
    assert "คำสั่งที่ ชม 12/2569" in row(page)
    assert boss.post(PAGE, form(people[1], post="deputy", last_day="1/12/2569")).status_code == 303
    page = boss.get(PAGE).text
    assert "รองผู้รับผิดชอบสิ้นสุดวันที่ 1 ธ.ค. 2569 ยังไม่มีผู้รับช่วงต่อ" in row(page)
    assert letter(database) == ["anong", "boon"]
    assert letter(database, date(2026, 12, 2)) == ["anong"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"user": ""}, "กรุณาเลือกผู้ที่ปฏิบัติงานในศูนย์นี้"),
        ({"user": "x" * 400}, "กรุณาเลือกผู้ที่ปฏิบัติงานในศูนย์นี้"),
        ({"first_day": ""}, "กรุณาเขียนวันที่เช่น 1/10/2569"),
        ({"first_day": "31/2/2569"}, "กรุณาเขียนวันที่เช่น 1/10/2569"),
        ({"first_day": "1/1/2580"}, "กรุณาเขียนวันที่เช่น 1/10/2569"),
        ({"last_day": "เมื่อไรก็ได้"}, "กรุณาเขียนวันสุดท้าย"),
        ({"last_day": "24/11/2569"}, "กรุณาเขียนวันสุดท้าย"),
        ({"order": "ก" * 121}, "กรุณาเขียนไม่เกิน 120 ตัวอักษร"),
    ],
)
def test_what_is_not_right_is_said_and_what_was_typed_stays(
    boss: Visitor, people: list[str], database: Database, change: dict[str, str], sentence: str
) -> None:
    answer = boss.post(PAGE, form(people[1], order="ที่พิมพ์ไว้") | change)
    assert answer.status_code == 422
    there = row(answer.text)
    assert sentence in there and "<details" in there and " open>" in there
    assert 'aria-invalid="true"' in there
    kept = change.get("order", "ที่พิมพ์ไว้")
    assert f'value="{kept}"' in there
    assert (f'value="{people[1]}" selected' in there) == ("user" not in change)
    assert letter(database) == []


def test_people_of_elsewhere_two_posts_and_overlaps_are_refused(
    boss: Visitor, people: list[str], database: Database
) -> None:
    assert "กรุณาเลือกผู้ที่ปฏิบัติงาน" in boss.post(PAGE, form(people[2])).text
    assert boss.post(PAGE, form(people[0], first_day="1/12/2569")).status_code == 303
    again = boss.post(PAGE, form(people[1]))
    assert again.status_code == 422 and "มีผู้ได้รับแต่งตั้งในบางวันของช่วงนี้แล้ว" in again.text
    both = boss.post(PAGE, form(people[0], first_day="5/12/2569", post="deputy"))
    assert both.status_code == 422 and "ต้องเป็นคนละคน" in both.text
    unknown = boss.post(PAGE, form(people[0], channel="telegraph"))
    assert unknown.status_code == 422
    assert boss.post(PAGE, {}).status_code == 403  # no centre: nobody's own
    assert letter(database, date(2026, 12, 1)) == ["anong"]


def test_days_are_changed_ended_and_taken_back(
    boss: Visitor, people: list[str], database: Database
) -> None:
    boss.post(PAGE, form(people[0], first_day="1/11/2569"))
    boss.post(PAGE, form(people[1], first_day="10/12/2569"))
    page = row(boss.get(PAGE).text)
    assert "Boon" in page and "ตั้งแต่วันที่ 10 ธ.ค. 2569" in page
    with database.reading() as session:
        first, second = (one.id for one in session.scalars(select(ChannelOfficer)))
    fields = {"first_day": "2026-11-01", "last_day": "30/11/2569"}
    refused = boss.post(f"{PAGE}/{first}/days", fields | {"last_day": "1/11/2569"})
    assert refused.status_code == 422 and 'value="1/11/2569"' in row(refused.text)
    assert boss.post(f"{PAGE}/{first}/days", fields).status_code == 303
    assert "ผู้รับผิดชอบสิ้นสุดวันที่ 30 พ.ย. 2569" in row(boss.get(PAGE).text)
    begun = boss.post(f"{PAGE}/{first}/take-back")
    assert begun.status_code == 422 and "เริ่มหรือสิ้นสุดไปแล้ว" in begun.text
    assert boss.post(f"{PAGE}/{second}/take-back").status_code == 303
    assert boss.post(f"{PAGE}/{second}/take-back").status_code == 404
    for wrong in ("0", "x", "9" * 30):
        assert boss.post(f"{PAGE}/{wrong}/days", fields).status_code == 422
    assert letter(database, date(2026, 12, 10)) == []
    history = boss.get(PAGE).text.split('id="history"')[1]
    assert "Anong" in history and "Boon" not in history and "Orathai" in history


def test_the_history_is_paged(boss: Visitor, people: list[str]) -> None:
    for number in range(21):
        new = form(people[number % 2], first_day=f"{number + 1}/11/2569", order=f"คำสั่ง/{number}.")
        assert boss.post(PAGE, new).status_code == 303
    first = boss.get(PAGE).text.split('id="history"')[1]
    assert "คำสั่ง/20." in first and "คำสั่ง/0." not in first
    link = re.search(r'href="(/rotation/channels\?[^"]*cursor=[^"]*)"', first)
    assert link
    second = boss.get(link[1].replace("&amp;", "&").split("#")[0])
    assert "คำสั่ง/0." in second.text.split('id="history"')[1]
    assert boss.get(f"{PAGE}?cursor=nonsense").status_code == 422


def test_all_centres_by_channels_paged(visit: Visit, boss: Visitor, people: list[str]) -> None:
    boss.post(PAGE, form(people[0]))
    national = visit(Role.NATIONAL_OFFICER, "00", "naree")
    pages, path = [], MATRIX
    for _ in range(4):
        pages.append(national.get(path).text)
        link = re.search(r'href="(/rotation/channels/centres\?cursor=[^"]*)"', pages[-1])
        path = link[1] if link else ""
    assert path == ""
    shown = [re.findall(r'<th scope="row"><a href="[^"]*centre=([0-9]{2})"', one) for one in pages]
    assert [len(one) for one in shown] == [20, 20, 20, 18]
    assert len({code for one in shown for code in one}) == 78
    [mine] = [one for one in pages if "centre=50" in one]
    chiang_mai = mine.split("centre=50")[1].split("</tr>")[0]
    assert chiang_mai.count("ไม่มีรอง") == 1 and ">12<" in chiang_mai
    assert "ยังไม่มีเจ้าหน้าที่" not in chiang_mai and "badge bad" in chiang_mai
    empty = mine.split("centre=49")[1].split("</tr>")[0]  # nobody works there: no alarm
    assert "ยังไม่มีเจ้าหน้าที่" in empty and "badge bad" not in empty and ">13<" in empty
    inspector = visit(Role.INSPECTOR, "00", "pranee", region="15")
    assert inspector.get(PAGE).headers["location"] == MATRIX
    assert re.findall(r'<th scope="row"><a href="[^"]*centre=([0-9]{2})"', inspector.get(MATRIX).text) == [
        "50", "51", "52", "58",
    ]  # fmt: skip


def test_who_sees_and_who_appoints(visit: Visit, people: list[str], database: Database) -> None:
    appointing = {Role.SUPERVISOR, Role.DEPUTY_GOVERNOR, Role.NATIONAL_OFFICER}
    seeing = appointing | {Role.AGENT, Role.CASE_OFFICER, Role.GOVERNOR, Role.INSPECTOR}
    central = {Role.NATIONAL_OFFICER, Role.ADMINISTRATOR, Role.INSPECTOR}
    for role in set(Role) - {Role.AGENCY_OFFICER}:
        more = {"region": "15"} if role is Role.INSPECTOR else {}
        visitor = visit(role, "00" if role in central else "50", **more)
        page = visitor.get(f"{PAGE}?centre=50")
        assert (page.status_code == 200) == (role in seeing), role
        assert (visitor.get(MATRIX).status_code == 200) == (role in seeing), role
        assert ('action="/rotation/channels"' in page.text.replace('get" action', "")) == (
            role in appointing
        ), role
        fields = form(people[0], first_day="26/11/2569", last_day="26/11/2569")
        status = visitor.post(PAGE, fields).status_code
        assert status == (403 if role not in appointing else status), role
        if role not in appointing:
            assert visitor.post(f"{PAGE}/1/days", fields).status_code == 403, role
            assert visitor.post(f"{PAGE}/1/take-back").status_code == 403, role
    elsewhere = visit(Role.SUPERVISOR, "51")
    assert elsewhere.post(PAGE, form(people[0])).status_code == 403
    with database.transaction() as session:
        first = session.scalars(select(ChannelOfficer.id)).first()
    assert first and elsewhere.post(f"{PAGE}/{first}/days", form("1")).status_code == 403
    assert elsewhere.get(f"{PAGE}?centre=50").text.count("ลำพูน")  # shown their own instead


def test_strangers_and_forgers(client: TestClient, boss: Visitor, people: list[str]) -> None:
    assert client.get(PAGE).headers["location"].startswith("/sign-in")
    assert boss.browser.post(PAGE, data=form(people[0])).status_code == 403


def test_the_alert_is_a_notice_with_a_way_to_the_page(
    boss: Visitor, people: list[str], database: Database
) -> None:
    with database.transaction() as session:
        alert_channels(session, at=NOON, limit=50)
    page = boss.get("/notices").text
    assert "เชียงใหม่: มี 13 ช่องทางที่ยังไม่มีผู้รับผิดชอบ ได้แก่ สายด่วน 1567, Walk In, จดหมาย" in page
    assert f'href="{PAGE}?centre=50"' in page
    assert f'href="{PAGE}"' in boss.get("/office").text
    assert "ผู้รับการแจ้งเตือนเมื่อช่องทางไม่มีผู้รับผิดชอบ: Orathai" in boss.get(PAGE).text


def test_a_centre_without_people_says_what_to_do(visit: Visit) -> None:
    page = visit(Role.NATIONAL_OFFICER, "00", "naree").get(f"{PAGE}?centre=83").text
    assert "ศูนย์นี้ยังไม่มีเจ้าหน้าที่ ผู้ดูแลระบบเพิ่มได้" in page
    assert '<details class="fold"' not in page


def test_what_is_typed_is_no_markup(boss: Visitor, people: list[str]) -> None:
    boss.post(PAGE, form(people[0], order="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in boss.get(PAGE).text


def test_the_strip_of_thirty_days_and_the_outage_stand_there(
    boss: Visitor, people: list[str], database: Database
) -> None:
    assert people
    page = boss.get(PAGE).text
    assert page.count("ไม่ได้วัด</small>") == 13  # every channel
    with database.transaction() as session:
        for minute in range(-40, 1):
            why = Why.TELEPHONE if minute > -20 else ""
            at = NOON - timedelta(days=1) + timedelta(minutes=minute)
            measured = Measured(telephone=why)
            watch(session, measured, at=at, told_after=timedelta(minutes=10), idle=IDLE)
    page = boss.get(PAGE).text
    assert page.count("ไม่ได้วัด</small>") == 12
    there = page[page.index('id="channel-phone_1567"') :]
    assert there.count("<title>") == 30
    assert 'class="down"' in there and "24 พ.ย. 2569" in there
    outages = page[page.index('id="outages"') : page.index('id="history"')]
    assert "ระบบโทรศัพท์ไม่ตอบสนอง" in outages
    told = boss.get("/notices").text  # there is no officer: the deputy governor hears of it
    assert "ใช้งานไม่ได้ตั้งแต่ 24 พ.ย. 2569" in told and f'href="{PAGE}?centre=50"' in told


def test_percentages_never_claim_more_than_was_measured() -> None:
    assert [percent(one) for one in (1, 0.99999, 0.5, 0.00001, 0)] == [
        "100.0", "99.9", "50.0", "0.1", "0.0",
    ]  # fmt: skip
