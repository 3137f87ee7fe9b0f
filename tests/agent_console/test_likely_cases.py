"""Likely duplicates at intake: offered before saving, joined to the earlier case, or saved as a repeat."""

from collections.abc import Callable

from sqlalchemy import func, select

from case_store.cases.models import Case
from case_store.database import Database
from case_store.people.models import Role
from tests.agent_console.kit import CASE, Visitor, opened, waiting_call

Visit = Callable[..., Visitor]
HTMX = {"HX-Request": "true"}
PLACE = {"district_code": "5001", "subdistrict_code": "500107"}
PHONE = {"complainant_phone": "0812345678"}


def test_a_case_of_the_same_caller_or_place_is_offered_with_the_reason(agent: Visitor) -> None:
    path = opened(agent, subject="ไฟดับหน้าวัด", **PLACE, **PHONE)

    by_phone = agent.post("/cases/likely", {"complainant_phone": "081 234 5678"}).text
    by_place = agent.post("/cases/likely", CASE | PLACE | {"description": ""}).text

    assert f'href="{path}"' in by_phone
    assert "หมายเลขโทรศัพท์เดียวกัน" in by_phone
    assert "สถานที่และประเภทเดียวกัน" in by_place
    assert "หมายเลขโทรศัพท์เดียวกัน" not in by_place


def test_nothing_is_offered_for_a_matter_of_its_own(agent: Visitor) -> None:
    opened(agent, **PLACE)

    answer = agent.post(
        "/cases/likely", CASE | {"category": "land", "subject": "", "description": ""}
    )

    assert "likely-list" not in answer.text
    assert "badge" not in answer.text


def test_what_another_centre_has_is_not_offered(agent: Visitor, visit: Visit) -> None:
    opened(agent, subject="ไฟดับหน้าวัด", **PHONE)
    other = visit(Role.AGENT, "10")

    assert "ไฟดับหน้าวัด" not in other.post("/cases/likely", PHONE).text


def test_half_typed_fields_are_no_trouble(agent: Visitor) -> None:
    opened(agent, **PLACE)

    for typed in ({}, {"complainant_phone": "08"}, {"province_code": "zz", "category": "'"}):
        assert agent.post("/cases/likely", typed).status_code == 200


def test_what_was_written_joins_the_earlier_case_with_its_call(
    agent: Visitor, database: Database
) -> None:
    path = opened(agent)
    call = waiting_call(database)
    agent.send("PUT", "/drafts/call-1764.1-1", json={"fields": {"subject": "x"}})

    answer = agent.post(
        f"{path}/additions",
        CASE
        | {"description": "โทรมาอีก ยังไม่ซ่อม", "draft_key": "call-1764.1-1", "pbx_id": call.pbx_id},
        headers=HTMX,
    )

    assert "เพิ่มเข้าเรื่องเดิมแล้ว" in answer.text
    assert 'data-draft-done="call-1764.1-1"' in answer.text
    page = agent.get(path).text
    assert "โทรมาอีก ยังไม่ซ่อม" in page
    assert "มีสายเกี่ยวกับเรื่องนี้" in page
    assert agent.get("/drafts/call-1764.1-1").status_code == 404
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_an_empty_form_joins_nothing_and_stays(agent: Visitor) -> None:
    path = opened(agent)
    typed = CASE | {"subject": "", "description": " ", "place_note": "หลังตลาด"}

    answer = agent.post(f"{path}/additions", typed, headers=HTMX)

    assert answer.status_code == 422
    assert "หลังตลาด" in answer.text


def test_nothing_joins_a_case_of_another_centre(agent: Visitor, visit: Visit) -> None:
    path = opened(agent)

    assert visit(Role.AGENT, "10").post(f"{path}/additions", CASE).status_code == 403


def test_a_repeat_knows_the_case_that_it_repeats(agent: Visitor, database: Database) -> None:
    first = opened(agent)
    ref = first.rpartition("/")[2]

    again = opened(agent, repeat_of=ref, draft_key="new-9")
    assert opened(agent, repeat_of=ref, draft_key="new-9") == again

    with database.reading() as session:
        cases = {case.ref: case for case in session.scalars(select(Case))}
        assert cases[again.rpartition("/")[2]].parent_id == cases[ref].id
        assert len(cases) == 2


def test_saving_shows_the_reference_and_a_pin_with_a_sentence_to_read_out(agent: Visitor) -> None:
    answer = agent.post("/cases", CASE | {"draft_key": "new-1"}, headers=HTMX).text

    assert answer.count("ref-large") == 2
    assert "รหัสติดตามคือ" in answer
