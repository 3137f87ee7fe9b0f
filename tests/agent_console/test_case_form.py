"""Opening a case: what is wrong is said beside its field, nothing typed is lost, and nothing is saved twice."""

import pytest
from sqlalchemy import func, select

from case_store.calls.record_call import find_call
from case_store.cases.models import Case, CaseDraft
from case_store.database import Database
from tests.agent_console.kit import CASE, Visitor, waiting_call

HTMX = {"HX-Request": "true"}


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_saving_shows_the_reference_in_groups(agent: Visitor) -> None:
    answer = agent.post("/cases", CASE | {"draft_key": "new-1"}, headers=HTMX)

    assert answer.status_code == 200
    assert 'role="status"' in answer.text
    assert 'data-draft-done="new-1"' in answer.text
    assert "<span>690</span> <span>000</span> <span>0" in answer.text


def test_without_scripts_saving_leads_to_the_case(agent: Visitor) -> None:
    answer = agent.post("/cases", CASE)

    assert answer.status_code == 303
    assert "ref-large" in agent.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "", "กรุณากรอกหัวข้อ"),
        ("subject", "ก" * 201, "ไม่เกิน 200 ตัวอักษร"),
        ("description", "  ", "กรุณาบันทึกว่าเกิดอะไรขึ้น"),
        ("description", "a\0b c", "มีอักขระที่เก็บไม่ได้"),
        ("category", "", "กรุณาเลือกจากรายการ"),
        ("category", "no_such", "กรุณาเลือกจากรายการ"),
        ("province_code", "", "กรุณาเลือกจังหวัด"),
        ("province_code", "99", "กรุณาเลือกจังหวัด"),
        ("district_code", "1001", "อำเภอนี้ไม่อยู่ในจังหวัดที่เลือก"),
        ("postcode", "123", "รหัสไปรษณีย์มีห้าหลัก"),
        ("complainant_phone", "12", "หมายเลขโทรศัพท์ไม่ครบ"),
        ("urgency", "yesterday", "กรุณาเลือกจากรายการ"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    agent: Visitor, database: Database, field: str, value: str, sentence: str
) -> None:
    answer = agent.post("/cases", CASE | {"place_note": "หลังตลาด", field: value}, headers=HTMX)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "หลังตลาด" in answer.text
    assert count(database) == 0


def test_what_is_wrong_is_said_in_the_reader_s_language(agent: Visitor) -> None:
    agent.post("/language", {"language": "en", "back": "/cases/new"})

    answer = agent.post("/cases", CASE | {"subject": ""}, headers=HTMX)

    assert "Please say in a few words what it is about." in answer.text


def test_a_chosen_district_stays_chosen_when_the_form_comes_back(agent: Visitor) -> None:
    typed = CASE | {"subject": "", "district_code": "5001", "subdistrict_code": "500107"}

    answer = agent.post("/cases", typed, headers=HTMX)

    assert '<option value="5001" selected>' in answer.text
    assert "ช้างเผือก" in answer.text


def test_what_is_typed_cannot_become_part_of_the_page(agent: Visitor) -> None:
    attack = '"><script>alert(1)</script>'

    answer = agent.post("/cases", CASE | {"subject": attack, "category": ""}, headers=HTMX)

    assert "<script>" not in answer.text


def test_a_form_sent_twice_opens_one_case(agent: Visitor, database: Database) -> None:
    first = agent.post("/cases", CASE | {"draft_key": "call-1-1"})
    second = agent.post("/cases", CASE | {"draft_key": "call-1-1"})

    assert first.headers["location"] == second.headers["location"]
    assert count(database) == 1


def test_the_same_draft_of_two_people_opens_two_cases(
    agent: Visitor, visit: object, database: Database
) -> None:
    assert callable(visit)
    other: Visitor = visit(username="somchai")

    agent.post("/cases", CASE | {"draft_key": "call-1-1"})
    other.post("/cases", CASE | {"draft_key": "call-1-1"})

    assert count(database) == 2


def test_a_case_from_a_call_is_linked_to_it_and_the_next_form_is_a_new_one(
    agent: Visitor, database: Database
) -> None:
    waiting_call(database)
    agent.post("/cases", CASE | {"draft_key": "call-1764.1-1", "pbx_id": "1764.1"})

    with database.reading() as session:
        call = find_call(session, "1764.1")
        assert call
        assert [case.ref[:2] for case in call.cases] == ["69"]
    assert 'data-draft-key="call-1764.1-2"' in agent.get("/calls/by-pbx/1764.1/pop").text


@pytest.mark.parametrize(
    ("anonymity", "seen"), [("named", True), ("to_agency", True), ("to_all", False)]
)
def test_who_complains_is_masked_from_everybody_only_when_that_was_wished(
    agent: Visitor, anonymity: str, seen: bool
) -> None:
    typed = CASE | {
        "anonymity": anonymity,
        "complainant_name": "สมศรี",
        "complainant_phone": "0812345678",
    }

    page = agent.get(agent.post("/cases", typed).headers["location"]).text

    assert ("สมศรี" in page, "081 234 5678" in page) == (seen, seen)
    assert ("•••• ••••••" in page) != seen


def test_a_draft_comes_back_in_the_form_and_goes_when_the_case_is_saved(
    agent: Visitor, database: Database
) -> None:
    fields = {"subject": "ค้างไว้", "csrf_token": "secret", "province_code": "50"}
    kept = agent.send(
        "PUT", "/drafts/call-1764.1-1", json={"fields": fields, "edited_at": "2026-11-23T05:00:00Z"}
    )
    assert kept.status_code == 200
    assert kept.json()["saved_at"].endswith(("Z", "+00:00"))

    pop = agent.get("/calls/by-pbx/1764.1/pop").text
    assert 'value="ค้างไว้"' in pop
    assert 'data-draft-saved-at="20' in pop
    assert "ค้างไว้" in agent.get("/").text
    assert 'value="ค้างไว้"' in agent.get("/?draft=call-1764.1-1").text
    with database.reading() as session:
        assert "csrf_token" not in session.scalars(select(CaseDraft)).one().fields

    agent.post("/cases", CASE | {"draft_key": "call-1764.1-1"})
    assert agent.get("/drafts/call-1764.1-1").status_code == 404


def test_a_late_draft_of_a_saved_case_is_refused(agent: Visitor) -> None:
    agent.post("/cases", CASE | {"draft_key": "new-1"})

    late = agent.send("PUT", "/drafts/new-1", json={"fields": {"subject": "x"}})

    assert late.status_code == 409


def test_a_draft_is_only_its_writer_s(agent: Visitor, visit: object) -> None:
    assert callable(visit)
    other: Visitor = visit(username="somchai")
    agent.send("PUT", "/drafts/new-1", json={"fields": {"subject": "x"}})

    assert other.get("/drafts/new-1").status_code == 404
    assert other.send("DELETE", "/drafts/new-1").status_code == 204
    assert agent.get("/drafts/new-1").json()["fields"] == {"subject": "x"}
    assert agent.send("DELETE", "/drafts/new-1").status_code == 204
    assert agent.get("/drafts/new-1").status_code == 404


def test_a_draft_larger_than_any_form_is_refused(agent: Visitor) -> None:
    large = agent.send("PUT", "/drafts/new-1", json={"fields": {"description": "ก" * 60_000}})
    huge = agent.send("PUT", "/drafts/new-1", json={"fields": {"description": "a" * 400_000}})

    assert (large.status_code, huge.status_code) == (413, 413)


@pytest.mark.parametrize("key", ["a b", "a" * 65, "%22", "..%2Fx"])
def test_a_draft_has_a_plain_name(agent: Visitor, key: str) -> None:
    assert agent.send("PUT", f"/drafts/{key}", json={"fields": {}}).status_code in (404, 422)


def test_places_are_found_by_name_and_postcode_those_of_the_own_province_first(
    agent: Visitor,
) -> None:
    found = agent.get("/places/search?q=ช้างเผือก").json()

    assert found[0]["province_code"] == "50"
    assert found[0]["postcode"] == "50300"
    assert found[0]["label"] == "ต.ช้างเผือก อ.เมืองเชียงใหม่ จ.เชียงใหม่"
    assert {place["province_code"] for place in agent.get("/places/postcode/50300").json()} == {
        "50"
    }
    assert agent.get("/places/search?q=").json() == []


def test_districts_and_subdistricts_follow_what_was_chosen(agent: Visitor) -> None:
    districts = agent.get("/places/districts?province=50").json()
    subdistricts = agent.get("/places/subdistricts?district=5001").json()

    assert districts[0] == {"code": "5001", "name": "เมืองเชียงใหม่", "postcode": None}
    assert {"code": "500107", "name": "ช้างเผือก", "postcode": "50300"} in subdistricts
    assert agent.get("/places/districts?province=99").json() == []
