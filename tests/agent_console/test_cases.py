"""The list of cases with its search, and the page of one case."""

import re

import pytest

from case_store.database import Database
from tests.agent_console.kit import CASE, Visitor, waiting_call


def opened(agent: Visitor, **fields: str) -> str:
    return str(agent.post("/cases", CASE | fields).headers["location"].split("?")[0])


def test_an_empty_list_says_what_to_expect(agent: Visitor) -> None:
    assert "เรื่องที่เจ้าหน้าที่บันทึกจะแสดงที่นี่เอง" in agent.get("/cases").text


def test_a_search_finds_words_inside_words_numbers_and_references(agent: Visitor) -> None:
    path = opened(agent, subject="ถมดินปิดทางน้ำ", complainant_phone="0812345678")
    opened(agent, subject="ไฟถนนดับ")
    ref = path.removeprefix("/cases/")

    for q in ("ปิดทาง", "081 234 5678", ref, f"{ref[:3]} {ref[3:6]} {ref[6:]}"):
        page = re.sub("</?mark>", "", agent.post("/cases/search", {"q": q}).text)
        assert "ถมดินปิดทางน้ำ" in page
        assert 'href="' + path not in page.replace(path, "", 1)
        assert "ไฟถนนดับ" not in page


def test_a_search_that_finds_nothing_says_what_to_try(agent: Visitor) -> None:
    assert "ลองใช้คำน้อยลง" in agent.post("/cases/search", {"q": "ไม่มีคำนี้"}).text


def test_what_was_searched_for_stands_in_no_address(agent: Visitor) -> None:
    page = agent.post("/cases/search", {"q": "0812345678"}).text

    assert not re.search(r'(href|hx-get|action)="[^"]*0812345678', page)


def test_long_lists_come_in_pages(agent: Visitor) -> None:
    for number in range(42):
        opened(agent, subject=f"เรื่องที่ {number:02d}")

    first = agent.get("/cases").text
    cursor = re.search(r'name="cursor" value="([^"]+)"', first)
    assert cursor
    second = agent.post("/cases/search", {"cursor": cursor[1]}).text

    assert first.count("row-link") == 40
    assert second.count("row-link") == 2
    assert "เรื่องที่ 00" in second


@pytest.mark.parametrize("cursor", ["x", "ก", "ZGFtcm9uZzo", "a" * 100])
def test_a_broken_cursor_is_refused(agent: Visitor, cursor: str) -> None:
    assert agent.get("/cases", params={"cursor": cursor}).status_code == 422


def test_filters_limit_the_list(agent: Visitor) -> None:
    opened(agent, subject="เรื่องที่ดิน", category="land")
    opened(agent, subject="เรื่องไฟฟ้า")

    page = agent.get("/cases?category=land").text

    assert "เรื่องที่ดิน" in page
    assert "เรื่องไฟฟ้า" not in page


def test_a_note_joins_the_history(agent: Visitor) -> None:
    path = opened(agent)

    assert agent.post(f"{path}/notes", {"note": "โทรประสานแล้ว"}).status_code == 303

    page = agent.get(path).text
    assert "โทรประสานแล้ว" in page
    assert "Kanya" in page


@pytest.mark.parametrize("note", ["", "   ", "a\0b", "ก" * 10_001])
def test_a_note_that_cannot_be_kept_stays_in_its_field(agent: Visitor, note: str) -> None:
    answer = agent.post(f"{opened(agent)}/notes", {"note": note})

    assert answer.status_code == 422
    assert 'id="act-note-note-error"' in answer.text
    assert "ก" * 10_001 in answer.text or len(note) < 5


def test_a_call_is_linked_to_a_case_once(agent: Visitor, database: Database) -> None:
    path, call = opened(agent), waiting_call(database)

    for _ in range(2):
        assert agent.post(f"{path}/calls", {"call_id": str(call.id)}).status_code == 303

    assert agent.get(path).text.count("มีสายเกี่ยวกับเรื่องนี้") == 1


@pytest.mark.parametrize("call_id", ["", "x", "999", "-1", "9" * 30])
def test_a_call_that_is_not_there_is_linked_to_nothing(agent: Visitor, call_id: str) -> None:
    assert agent.post(f"{opened(agent)}/calls", {"call_id": call_id}).status_code == 404


@pytest.mark.parametrize("ref", ["123456789", "690000012"])
def test_a_reference_with_a_wrong_digit_is_no_case(agent: Visitor, ref: str) -> None:
    assert agent.get(f"/cases/{ref}").status_code == 404


def test_the_board_counts_the_day(visit: object, database: Database) -> None:
    assert callable(visit)
    waiting_call(database)
    supervisor: Visitor = visit("supervisor", "50")

    page = supervisor.get("/board").text

    assert '<p class="value">1</p>' in page
    assert "เชียงใหม่" in page


def test_the_list_of_calls_can_be_limited_to_how_they_went(
    agent: Visitor, database: Database
) -> None:
    waiting_call(database)

    assert "053 211 234" in agent.get("/calls?outcome=waiting").text
    assert "053 211 234" not in agent.get("/calls?outcome=answered").text
