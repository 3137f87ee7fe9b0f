"""The page of planning: asking, stopping, reasons with ways out, publishing, applying, locking."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from agent_console.notice_words import notice_lines
from case_store.clock import frozen
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.rotation.rota.editing import MOST_TOLD
from case_store.rotation.rota.jobs import claim_job
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    CoverNeed,
    PlanningJob,
    PlanState,
    RequestState,
    Rota,
    RotaChange,
    RotaState,
    WorkingTerms,
)
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.rota.search_job import search
from case_store.rotation.rota.shift_types import shift_types_of
from tests.agent_console.kit import Visitor, add_user
from tests.case_store.rota import kit

Visit = Callable[..., Visitor]
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
PATH = "/rotation/plans"
ASKED = {"centre": "50", "first": "7/12/2569", "last": "13/12/2569", "seconds": "5"}


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with frozen(NOON):
        yield


@pytest.fixture
def supervisor(visit: Visit) -> Visitor:
    return visit(Role.SUPERVISOR, "50", "wichai")


def a_centre(database: Database, people: int, heads: int = 1) -> list[int]:
    with database.transaction() as session:
        for shift in kit.three_shifts(session):
            for weekday in range(7):
                session.add(CoverNeed(shift_type_id=shift.id, weekday=weekday, people=heads))
        return [add_user(session, f"agent{n}", Role.AGENT, "50").id for n in range(people)]


def searched(database: Database) -> None:
    with database.transaction() as session:
        job_id = claim_job(session, at=NOON)
    assert job_id is not None
    search(database, job_id, workers=1)


def rotas(database: Database) -> list[Rota]:
    with database.reading() as session:
        return list(session.scalars(select(Rota).order_by(Rota.id)))


def test_ask_look_publish_lock(supervisor: Visitor, database: Database) -> None:
    a_centre(database, people=7)
    assert "ยังไม่เคยค้นหา" in supervisor.get(PATH).text
    assert supervisor.post(PATH, ASKED).status_code == 303
    assert "รอคิว" in supervisor.get(PATH).text
    assert supervisor.post(PATH, ASKED).status_code == 422  # one at a time
    searched(database)
    page = supervisor.get(PATH).text
    assert "ดูร่างตารางเวร" in page
    (draft,) = rotas(database)
    assert supervisor.post(f"{PATH}/{draft.id}/publish").status_code == 303
    assert supervisor.post(f"{PATH}/{draft.id}/drop").status_code == 422
    assert supervisor.post(f"{PATH}/{draft.id}/lock").status_code == 303
    assert rotas(database)[0].state is RotaState.LOCKED
    assert supervisor.post(f"{PATH}/{draft.id}/unlock").status_code == 303

    assert supervisor.post(PATH, ASKED | {"replan": "yes"}).status_code == 303
    searched(database)
    published, again = rotas(database)
    assert supervisor.post(f"{PATH}/{again.id}/publish").status_code == 422  # overlaps
    assert supervisor.post(f"{PATH}/{again.id}/apply").status_code == 303
    assert [rota.state for rota in rotas(database)] == [RotaState.PUBLISHED, RotaState.DROPPED]
    with database.reading() as session:
        kept = final_schedule(session, published.first_day, published.last_day, centre_code="50")
        assert len(kept) == 21


def test_what_a_replan_changes_is_seen_before_it_is_applied(
    supervisor: Visitor, database: Database
) -> None:
    ids = a_centre(database, people=3)
    first = date(2026, 12, 7)
    with database.transaction() as session:
        shifts = {one.code: one for one in shift_types_of(session, "50")}
        counts = kit.rota(session, first=first, last=first + timedelta(days=69))
        draft = kit.rota(
            session, first=first, last=first + timedelta(days=69), state=RotaState.DRAFT
        )
        people = [session.get_one(User, one) for one in ids]
        codes = sorted(shifts)
        workdays = [
            day for number in range(70) if (day := first + timedelta(days=number)).weekday() < 5
        ]
        for number, day in enumerate(workdays):
            kit.duty(session, counts, people[0], day, shifts[codes[0]])
            kit.duty(session, draft, people[number % 2], day, shifts[codes[0]])
        draft_id, counts_id = draft.id, counts.id
        name = shifts[codes[0]].name_th
    page = supervisor.get(PATH).text
    assert f'href="{PATH}/{draft_id}/moves"' in page and "50 วัน" in page
    moves = f"{PATH}/{draft_id}/moves"
    page = supervisor.get(moves).text
    assert page.count("<tr>") == 41 and "1 ถึง 40 จาก 50" in page  # with the head of the table
    there = page[page.index("8 ธ.ค. 2569") : page.index("10 ธ.ค. 2569")]
    assert there.index("Agent0") < there.index(name) < there.index("ไม่มีเวร")
    assert "Agent1" in there
    assert supervisor.get(f"{moves}?page=2").text.count("<tr>") == 11
    assert supervisor.get(f"{moves}?page=99").status_code == 200
    seen = re.search(r'name="seen" value="([0-9.]+)"', page)
    assert seen is not None

    with database.transaction() as session:  # somebody else is quicker
        session.get_one(Rota, counts_id).version += 1
    late = supervisor.post(f"{PATH}/{draft_id}/apply", {"seen": seen[1]})
    assert late.status_code == 422 and "มีผู้อื่นแก้ไขตารางนี้พร้อมกัน โปรดดูใหม่อีกครั้ง" in late.text
    again = re.search(r'name="seen" value="([0-9.]+)"', supervisor.get(moves).text)
    assert again is not None
    applied = supervisor.post(f"{PATH}/{draft_id}/apply", {"seen": again[1]})
    assert applied.status_code == 303, re.findall('role="alert">.*?</div>', applied.text, re.S)
    assert supervisor.get(moves).status_code == 404
    with database.reading() as session:
        query = select(Notice).where(Notice.kind == "duty_changed", Notice.user_id == ids[0])
        (notice,) = session.scalars(query)
        assert notice.data["days"] == 25 and len(notice.data["changes"]) == MOST_TOLD
        one = notice.data["changes"][0]
        assert (one["day"], one["before_th"], one["after_th"]) == ("2026-12-08", name, None)
        assert notice_lines(notice)[0].startswith("8 ธ.ค. 2569 จาก" + name)


def test_another_centres_changes_are_not_shown(
    supervisor: Visitor, visit: Visit, database: Database
) -> None:
    with database.transaction() as session:
        kit.rota(session)
        draft_id = kit.rota(session, state=RotaState.DRAFT).id
    elsewhere = visit(Role.SUPERVISOR, "10", "other")
    assert elsewhere.get(f"{PATH}/{draft_id}/moves").status_code == 403
    assert "ไม่มีการเปลี่ยนแปลง" in supervisor.get(f"{PATH}/{draft_id}/moves").text
    assert supervisor.get(f"{PATH}/{draft_id + 5}/moves").status_code == 404


def test_what_is_missing_is_told_with_names_and_ways_out(
    supervisor: Visitor, database: Database
) -> None:
    ids = a_centre(database, people=2)
    with database.transaction() as session:
        terms = start_terms(ids[0])
        terms.overtime_consent = True
        terms.week_minutes = 14 * 60
        session.add(terms)
        busy: WorkingTerms = start_terms(ids[1])
        busy.no_nights = True
        session.add(busy)
    supervisor.post(PATH, ASKED)
    searched(database)
    page = supervisor.get(PATH).text
    assert "ต้องการ 1 คน มาได้ 0 คน" in page
    assert "Agent0" in page
    assert "ให้ Agent0 ทำล่วงเวลา" in page
    assert "22.00" in page  # why the other cannot
    assert "จังหวัดข้างเคียง" in page


def test_a_search_can_be_stopped(supervisor: Visitor, database: Database) -> None:
    a_centre(database, people=3)
    supervisor.post(PATH, ASKED)
    assert supervisor.post(f"{PATH}/jobs/1/stop").status_code == 303
    with database.reading() as session:
        assert session.get_one(PlanningJob, 1).state is PlanState.STOPPED


@pytest.mark.parametrize(
    "wrong",
    [{"first": "32/12/2569"}, {"first": ""}, {"last": "6/12/2569"}, {"seconds": "4"},
     {"seconds": "x"}, {"first": "1/1/2560"}, {"replan": "yes"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_kept(
    supervisor: Visitor, database: Database, wrong: dict[str, str]
) -> None:
    a_centre(database, people=3)
    answer = supervisor.post(PATH, ASKED | wrong)
    assert answer.status_code == 422
    assert 'value="13/12/2569"' in answer.text or "last" in wrong


def test_a_centre_without_shifts_is_told_what_to_do(supervisor: Visitor) -> None:
    answer = supervisor.post(PATH, ASKED)
    assert answer.status_code == 422
    assert "ยังไม่มีเวร" in answer.text


def test_a_broken_draft_says_which_rule(supervisor: Visitor, database: Database) -> None:
    (kanya, *_) = a_centre(database, people=1)
    with database.transaction() as session:
        rota = kit.rota(session, state=RotaState.DRAFT)
        late, early = kit.shift_type(session, "L", 14), kit.shift_type(session, "D", 6)
        user = session.get_one(User, kanya)
        kit.duty(session, rota, user, date(2026, 12, 7), late)
        kit.duty(session, rota, user, date(2026, 12, 8), early)
        rota_id = rota.id
    answer = supervisor.post(f"{PATH}/{rota_id}/publish")
    assert answer.status_code == 422
    assert "Agent0" in answer.text


def test_only_planners_of_the_centre(visit: Visit, database: Database) -> None:
    a_centre(database, people=3)
    for role, centre in ((Role.AGENT, "50"), (Role.GOVERNOR, "50"), (Role.SUPERVISOR, "10")):
        other = visit(role, centre)
        assert other.post(PATH, ASKED).status_code == 403


def a_short_draft(supervisor: Visitor, database: Database, **terms: object) -> tuple[Rota, int]:
    """One person for three shifts of a week."""
    (agent,) = a_centre(database, people=1)
    if terms:
        with database.transaction() as session:
            kept = start_terms(agent)
            for name, value in terms.items():
                setattr(kept, name, value)
            session.add(kept)
    supervisor.post(PATH, ASKED)
    searched(database)
    (draft,) = rotas(database)
    return draft, agent


def a_gap(database: Database, shift: str) -> dict[str, str]:
    """The first gap of the shift, as its form sends it."""
    with database.reading() as session:
        (job,) = session.scalars(select(PlanningJob))
        gap = next(one for one in job.reasons if one["shift"] == shift)
        return {"day": gap["day"], "shift": shift}


def take(supervisor: Visitor, draft: Rota, **fields: object) -> Any:
    sent = {"version": draft.version, "day": "2026-12-13", "shift": "M"} | fields
    return supervisor.post(
        f"{PATH}/{draft.id}/ways/take", {name: str(value) for name, value in sent.items()}
    )


def test_fewer_people_by_a_button_and_the_gap_is_gone(
    supervisor: Visitor, database: Database
) -> None:
    draft, _ = a_short_draft(supervisor, database, week_minutes=60)
    gap = a_gap(database, "M")
    page = supervisor.get(PATH).text
    # The supervisor takes turns, too. It is said once, however many gaps come of it.
    assert page.count("ต้องใช้ 147 ชั่วโมง แต่สัญญาของ 2 คนรวมกันได้ 41 ชั่วโมง") == 1
    here = f"-{gap['day']}-M-less"
    assert here in page

    refused = take(supervisor, draft, way="less", reason=" ", **gap)
    assert refused.status_code == 422
    assert "โปรดระบุเหตุที่ลดจำนวนคน" in refused.text
    assert take(supervisor, draft, way="less", reason="น้ำท่วม", **gap).status_code == 303
    assert here not in supervisor.get(PATH).text
    assert take(supervisor, draft, way="less", reason="x", **gap).status_code == 422  # an old page


def test_overtime_by_a_button_needs_the_day_of_consent(
    supervisor: Visitor, database: Database
) -> None:
    draft, agent = a_short_draft(supervisor, database, week_minutes=60)
    refused = take(supervisor, draft, way="overtime", user=agent, agreed_on="31/2/2569")
    assert refused.status_code == 422
    assert "ยินยอมทำล่วงเวลา" in refused.text
    assert 'value="31/2/2569"' in refused.text
    done = take(supervisor, draft, way="overtime", user=agent, agreed_on="24/11/2569")
    assert done.status_code == 303
    with database.reading() as session:
        change = session.scalars(select(RotaChange).order_by(RotaChange.id.desc())).first()
        assert change is not None
        assert change.facts["consent"] == {"agreed_on": "2026-11-24", "noted_by": "wichai"}


def test_a_way_that_would_break_a_rule_says_which(supervisor: Visitor, database: Database) -> None:
    draft, agent = a_short_draft(supervisor, database, week_minutes=60)
    with database.transaction() as session:
        session.add(
            Absence(
                user_id=agent, kind=AbsenceKind.ANNUAL, first_day=date(2026, 12, 13),
                last_day=date(2026, 12, 13), state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
            )
        )  # fmt: skip
    refused = take(supervisor, draft, way="overtime", user=agent, agreed_on="24/11/2569")
    assert refused.status_code == 422
    assert "Agent0" in refused.text
    assert "ลาพักผ่อน" in refused.text


@pytest.mark.parametrize(
    "fields",
    [{"way": "nothing"}, {"way": "ask", "user": "x"}, {"way": "ask", "user": 10**8}, {"way": "less", "day": "x"},
     {"way": "less", "shift": "Z"}, {"way": "less", "version": "x"}, {"way": "standby"}, {"way": "neighbours"}],
)  # fmt: skip
def test_what_no_button_sends_is_refused(
    supervisor: Visitor, database: Database, fields: dict[str, object]
) -> None:
    draft, _ = a_short_draft(supervisor, database, week_minutes=60)
    assert take(supervisor, draft, **fields).status_code == 422


def test_only_planners_take_ways_out(supervisor: Visitor, visit: Visit, database: Database) -> None:
    draft, _ = a_short_draft(supervisor, database, week_minutes=60)
    for role, centre in ((Role.AGENT, "50"), (Role.GOVERNOR, "50"), (Role.SUPERVISOR, "10")):
        assert take(visit(role, centre), draft, way="less", reason="x").status_code == 403
    assert supervisor.post(f"{PATH}/999/ways/take", {}).status_code == 404


def test_the_governor_hears_of_a_night_and_finds_the_day_filled_in(
    supervisor: Visitor, visit: Visit, database: Database
) -> None:
    draft, _ = a_short_draft(supervisor, database, week_minutes=60)
    governor = visit(Role.GOVERNOR, "50", "governor")
    gap = a_gap(database, "N")
    assert take(supervisor, draft, way="neighbours", **gap).status_code == 303
    assert "แจ้งผู้ว่าราชการจังหวัดแล้ว" in supervisor.get(PATH).text
    assert f"/rotation/nights?first_day={gap['day']}" in governor.get("/notices").text
    nights = governor.get(f"/rotation/nights?first_day={gap['day']}")
    assert nights.status_code == 200
    assert governor.get("/rotation/nights?first_day=x").status_code == 200
