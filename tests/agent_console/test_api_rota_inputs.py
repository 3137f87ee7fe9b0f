"""What a rota is made from, by the API."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from case_store.audit.models import AuditEntry
from case_store.clock import now
from case_store.database import Database
from case_store.deadlines.calendar import day_of
from case_store.people.models import Role
from case_store.people.permissions import Actor
from case_store.rotation.rota.absences import NewAbsence, ask_leave
from case_store.rotation.rota.models import AbsenceKind, StaffClass, WorkingTerms
from case_store.rotation.rota.start_shifts import start_shifts
from case_store.rotation.rota.terms import NewTerms, set_terms
from case_store.rotation.rota.wishes import MOST_IN_MONTH, first_open_day
from tests.agent_console.api_kit import Program
from tests.agent_console.kit import add_user
from tests.case_store.rota import kit

API = "/api/v1/rota"
WICHAI = Actor("wichai", Role.SUPERVISOR, "50")


def _day(later: int) -> date:
    return day_of(now()) + timedelta(days=later)


def test_leave_is_written_down_and_decided(program: Program, database: Database) -> None:
    with database.transaction() as session:
        kanya = add_user(session, "kanya", Role.AGENT, "50")
        morning = kit.shift_type(session, "M", 8)
        rota = kit.rota(session, first=_day(1), last=_day(20))
        kit.duty(session, rota, kanya, _day(5), morning)
        leave = NewAbsence(AbsenceKind.ANNUAL, _day(10), _day(11))
        own = Actor("kanya", Role.AGENT, "50", user_id=kanya.id)
        asked = ask_leave(session, kanya, leave, by=own, at=now()).id
    client = program(Role.SUPERVISOR, "50")
    duty = {
        "user": "kanya", "kind": "other_duty",
        "first_day": _day(4).isoformat(), "last_day": _day(5).isoformat(),
    }  # fmt: skip
    made = client.post(f"{API}/absences", json=duty)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["freed"]) == ("approved", [_day(5).isoformat()])
    twice = client.post(f"{API}/absences", json=duty)
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (422, "overlap")
    nobody = client.post(f"{API}/absences", json=duty | {"user": "nobody"})
    assert nobody.json()["errors"][0]["field"] == "user"
    decision = f"{API}/absences/{asked}/decision"
    assert program(Role.SUPERVISOR, "10").post(decision, json={"approve": True}).status_code == 403
    assert client.post(decision, json={"approve": True}).json()["state"] == "approved"
    assert client.post(decision, json={"approve": True}).status_code == 409
    found = client.get(f"{API}/absences").json()["items"]
    assert [one["kind"] for one in found] == ["other_duty", "annual"]


def test_shifts_terms_holidays_and_rules_are_read(program: Program, database: Database) -> None:
    with database.transaction() as session:
        add_user(session, "kanya", Role.AGENT, "50")
        start_shifts(session, "50", by=WICHAI, at=now())
    client = program(Role.SUPERVISOR, "50")
    shifts = client.get(f"{API}/shift-types").json()["items"]
    assert [one["code"] for one in shifts] == ["D", "H", "S"]
    assert shifts[0]["needs"][0] == {"weekday": 0, "people": 1, "experienced": 1}
    (terms,) = client.get(f"{API}/terms").json()["items"]
    assert (terms["user"], terms["staff_class"]) == ("kanya", "contractor")
    assert "standby_phone" not in terms
    year = {"from_day": "2026-01-01", "to_day": "2026-12-31"}
    days = client.get(f"{API}/holidays", params=year | {"staff_class": "employee"}).json()["items"]
    assert "2026-05-01" in [one["day"] for one in days] and all(one["source"] for one in days)
    assert (
        client.get(f"{API}/rules", params={"staff_class": "official"}).json()["most_week_minutes"]
        == 48 * 60
    )


def test_terms_are_written_and_the_telephone_stays(program: Program, database: Database) -> None:
    with database.transaction() as session:
        kanya = add_user(session, "kanya", Role.AGENT, "50")
        terms = NewTerms(StaffClass.OFFICIAL, 2400, standby_phone="081 234 5678")
        set_terms(session, kanya, terms, by=WICHAI, at=now())
        kanya_id = kanya.id
    client = program(Role.SUPERVISOR, "50")
    new = {"user": "kanya", "staff_class": "employee", "week_minutes": 1800, "no_nights": True}
    made = client.put(f"{API}/terms", json=new)
    assert made.status_code == 200
    assert (made.json()["week_minutes"], made.json()["no_nights"]) == (1800, True)
    assert "standby_phone" not in made.json()
    (item,) = client.get(f"{API}/terms").json()["items"]
    assert item == made.json()
    with database.reading() as session:
        assert session.get_one(WorkingTerms, kanya_id).standby_phone == "+66812345678"
    assert client.put(f"{API}/terms", json=new | {"standby_phone": ""}).status_code == 200
    with database.reading() as session:
        assert session.get_one(WorkingTerms, kanya_id).standby_phone is None
    for wrong, field in (({"standby_phone": "12"}, "standby_phone"), ({"user": "nobody"}, "user")):
        answer = client.put(f"{API}/terms", json=new | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert program(Role.SUPERVISOR, "10").put(f"{API}/terms", json=new).status_code == 403


def test_wishes_are_written_down_within_their_gates(program: Program, database: Database) -> None:
    open_day = first_open_day(now())
    with database.transaction() as session:
        add_user(session, "kanya", Role.AGENT, "50")
        start_shifts(session, "50", by=WICHAI, at=now())
    client = program(Role.SUPERVISOR, "50")
    new = {"user": "kanya", "day": open_day.isoformat(), "wanted": False}
    made = client.post(f"{API}/wishes", json=new)
    assert made.status_code == 201
    assert made.json() == new | {"id": made.json()["id"], "shift": None, "level": "much"}
    again = client.post(f"{API}/wishes", json=new | {"shift": "D", "level": "very_much"})
    assert again.json()["id"] == made.json()["id"]
    period = {"from_day": open_day.isoformat()}
    (found,) = client.get(f"{API}/wishes", params=period).json()["items"]
    assert (found["shift"], found["level"]) == ("D", "very_much")
    for wrong, field in (
        ({"user": "nobody"}, "user"),
        ({"shift": "Z"}, "shift"),
        ({"level": "fixed"}, "level"),
        ({"day": _day(1).isoformat()}, "late"),
        ({"day": _day(300).isoformat()}, "day"),
    ):
        answer = client.post(f"{API}/wishes", json=new | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    for number in range(1, MOST_IN_MONTH):
        day = (open_day + timedelta(days=number)).isoformat()
        assert client.post(f"{API}/wishes", json=new | {"day": day}).status_code == 201
    most = client.post(
        f"{API}/wishes", json=new | {"day": (open_day + timedelta(days=20)).isoformat()}
    )
    assert most.json()["errors"][0]["field"] == "most"
    elsewhere = program(Role.SUPERVISOR, "10")
    assert elsewhere.post(f"{API}/wishes", json=new).status_code == 403
    address = f"{API}/wishes/{found['id']}"
    assert elsewhere.delete(address).status_code == 403
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    with database.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.action.like("wish.%"))
        actions = list(session.scalars(query.order_by(AuditEntry.id)))
    assert actions == ["wish.entered"] * (MOST_IN_MONTH + 1) + ["wish.dropped"]


@pytest.mark.parametrize("days", [("2026-02-01", "2026-01-01"), ("2020-01-01", "2026-01-01")])
def test_times_that_cannot_be(program: Program, days: tuple[str, str]) -> None:
    asked = {"staff_class": "official", "from_day": days[0], "to_day": days[1]}
    assert program(Role.SUPERVISOR, "50").get(f"{API}/holidays", params=asked).status_code == 422
