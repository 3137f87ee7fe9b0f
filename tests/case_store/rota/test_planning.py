"""From what a centre has to a draft, and from a draft to what counts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.roster.search import Result, solve
from case_store.rotation.rota.breaches import breaches_now
from case_store.rotation.rota.editing import RotaChanged, RuleBroken, put_duty
from case_store.rotation.rota.fair_shares import fair_shares
from case_store.rotation.rota.jobs import (
    SILENT,
    BadPlan,
    ask_for_plan,
    ask_to_stop,
    beat,
    claim_job,
    fail,
    finish,
    give_back,
)
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    CoverNeed,
    PlanningJob,
    PlanState,
    RequestState,
    Rota,
    RotaState,
    ShiftType,
)
from case_store.rotation.rota.planning import NothingToPlan, Plan, plan_of
from case_store.rotation.rota.publishing import (
    Overlaps,
    WrongState,
    draft_rota,
    drop_draft,
    lock,
    publish,
    unlock,
)
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule, rota_schedule
from case_store.rotation.rota.search_job import search
from case_store.rotation.training.models import Certificate
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")


def a_centre(session: Session, people: int = 12, heads: int = 2) -> list[User]:
    shifts = kit.three_shifts(session)
    for shift in shifts:
        for weekday in range(7):
            session.add(CoverNeed(shift_type_id=shift.id, weekday=weekday, people=heads))
    team = [person(session, f"agent{number:02d}") for number in range(people)]
    session.flush()
    return team


def a_job(session: Session, seconds: int = 5) -> PlanningJob:
    return ask_for_plan(session, "50", FIRST, LAST, seconds=seconds, by=WICHAI, at=NOON)


# ── A search ──────────────────────────────────────────────────────────────────────────────────


def test_a_search_makes_a_draft_that_keeps_every_rule_and_shares_nights(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("case_store.rotation.rota.search_job.now", lambda: NOON)
    with database.transaction() as session:
        team = a_centre(session)
        away = team[0]
        session.add(
            Absence(
                user_id=away.id, kind=AbsenceKind.ANNUAL, first_day=FIRST,
                last_day=FIRST + timedelta(days=6), state=RequestState.APPROVED,
                asked_at=NOON, asked_by="x",
            )
        )  # fmt: skip
        job_id = a_job(session).id
        assert claim_job(session, at=NOON) == job_id
    search(database, job_id, workers=2)
    with database.transaction() as session:
        job = session.get_one(PlanningJob, job_id)
        assert (job.state, job.reasons) == (PlanState.DONE, [])
        assert job.rota_id is not None
        rota = session.get_one(Rota, job.rota_id)
        assert rota.state is RotaState.DRAFT
        assert rota.solved["bound"] <= rota.solved["objective"]
        publish(session, rota, by=WICHAI, at=NOON)
        duties = final_schedule(session, FIRST, LAST, centre_code="50")
        assert len(duties) == 28 * 3 * 2
        assert not [
            duty
            for duty in duties
            if duty.user_id == away.id and duty.day < FIRST + timedelta(days=7)
        ]
        assert breaches_now(session, "50", team, FIRST, LAST) == {}
        nights = [
            sum(duty.shift_type.is_night for duty in duties if duty.user_id == user.id)
            for user in team[1:]
        ]
        assert max(nights) - min(nights) <= 1
        told = session.scalars(select(Notice).where(Notice.kind == "rota_published")).all()
        assert {notice.user_id for notice in told} == {duty.user_id for duty in duties}


def test_where_somebody_is_missing_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("case_store.rotation.rota.search_job.now", lambda: NOON)
    with database.transaction() as session:
        a_centre(session, people=3, heads=1)
        job_id = a_job(session).id
        claim_job(session, at=NOON)
    search(database, job_id, workers=1)
    with database.reading() as session:
        job = session.get_one(PlanningJob, job_id)
        assert job.state is PlanState.DONE
        assert job.reasons
        assert {reason["kind"] for reason in job.reasons} == {"short"}
        assert all(reason["there"] < reason["wanted"] for reason in job.reasons)


def test_a_replan_moves_little(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("case_store.rotation.rota.search_job.now", lambda: NOON)
    with database.transaction() as session:
        team = a_centre(session)
        first_id = a_job(session).id
        claim_job(session, at=NOON)
    search(database, first_id)
    with database.transaction() as session:
        rota = session.get_one(Rota, session.get_one(PlanningJob, first_id).rota_id)
        publish(session, rota, by=WICHAI, at=NOON)
        before = {(d.user_id, d.day): d.shift_type.code for d in rota_duties(session)}
        ill = {(d.user_id, d.day) for d in rota_duties(session) if d.user_id == team[3].id}
        session.add(
            Absence(
                user_id=team[3].id, kind=AbsenceKind.SICK, first_day=FIRST, last_day=FIRST + timedelta(days=4),
                state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
            )
        )  # fmt: skip
        lost = {one for one in ill if one[1] <= FIRST + timedelta(days=4)}
        again = ask_for_plan(
            session, "50", FIRST, LAST, seconds=8, by=WICHAI, at=NOON, replans=rota
        )
        again_id = again.id
        claim_job(session, at=NOON)
    search(database, again_id)
    with database.reading() as session:
        job = session.get_one(PlanningJob, again_id)
        assert job.rota_id is not None
        draft = session.get_one(Rota, job.rota_id)
        after = {(d.user_id, d.day): d.shift_type.code for d in rota_schedule(session, draft)}
    moved = [one for one in before.keys() | after.keys() if before.get(one) != after.get(one)]
    assert lost <= set(moved)
    assert len(moved) <= 6 * max(1, len(lost))


def rota_duties(session: Session) -> list[ScheduledDuty]:
    return final_schedule(session, FIRST, LAST, centre_code="50")


def test_nothing_to_plan_is_said_at_once(database: Database) -> None:
    with database.transaction() as session:
        for field in ("people", "shifts", "needs"):
            with pytest.raises(NothingToPlan, match=field):
                plan_of(session, "50", FIRST, LAST)
            if field == "people":
                person(session, "kanya")
            elif field == "shifts":
                kit.three_shifts(session)


# ── The life of a job ─────────────────────────────────────────────────────────────────────────


def test_one_search_at_a_time_and_each_worker_another(database: Database) -> None:
    with database.transaction() as session:
        a_centre(session, people=2)
        job_id = a_job(session).id
        with pytest.raises(BadPlan, match="running"):
            a_job(session)
    with database.transaction() as session:
        assert claim_job(session, at=NOON) == job_id
        assert claim_job(session, at=NOON) is None
        assert claim_job(session, at=NOON + SILENT / 2) is None
        assert claim_job(session, at=NOON + SILENT * 1.5) == job_id  # the first worker died
        give_back(session, job_id)
        assert claim_job(session, at=NOON) == job_id


def test_a_stop_is_heard_at_the_next_beat(database: Database) -> None:
    with database.transaction() as session:
        a_centre(session, people=2)
        job = a_job(session)
        claim_job(session, at=NOON)
        assert beat(session, job.id, None, at=NOON)
        ask_to_stop(session, job, by=WICHAI, at=NOON)
        assert not beat(session, job.id, None, at=NOON)
        assert finish(session, job.id, {}, reasons=[], solved={}, at=NOON) is not None
        assert job.state is PlanState.STOPPED
        assert finish(session, job.id, {}, reasons=[], solved={}, at=NOON) is None
        fail(session, job.id, PlanState.FAILED, at=NOON)
        assert job.state is PlanState.STOPPED


@pytest.mark.parametrize(
    ("first", "last", "seconds", "field"),
    [
        (FIRST, FIRST - timedelta(days=1), 5, "days"),
        (FIRST, FIRST + timedelta(days=92), 5, "days"),
        (date(2026, 1, 1), date(2026, 1, 2), 5, "days"),
        (FIRST, LAST, 4, "seconds"),
        (FIRST, LAST, 601, "seconds"),
    ],
)
def test_bounds(database: Database, first: date, last: date, seconds: int, field: str) -> None:
    with database.transaction() as session, pytest.raises(BadPlan, match=field):
        ask_for_plan(session, "50", first, last, seconds=seconds, by=WICHAI, at=NOON)


# ── From draft to what counts ─────────────────────────────────────────────────────────────────


def test_a_draft_that_breaks_a_rule_is_not_published(database: Database) -> None:
    with database.transaction() as session:
        morning, evening, _ = kit.three_shifts(session)
        kanya = person(session, "kanya")
        lines = {kanya.id: {FIRST: evening, FIRST + timedelta(days=1): morning}}
        rota = draft_rota(session, "50", FIRST, LAST, by=WICHAI, at=NOON, lines=lines)
        with pytest.raises(RuleBroken):
            publish(session, rota, by=WICHAI, at=NOON)
        put_duty(session, rota, kanya, FIRST + timedelta(days=1), None, by=WICHAI, at=NOON)
        put_duty(
            session, rota, kanya, FIRST + timedelta(days=1), morning, by=WICHAI, at=NOON,
            insist=True, reason="น้ำท่วม",
        )  # fmt: skip
        publish(session, rota, by=WICHAI, at=NOON)


def test_no_two_rotas_count_on_one_day_and_the_second_editor_is_told(database: Database) -> None:
    with database.transaction() as session:
        morning, *_ = kit.three_shifts(session)
        kanya = person(session, "kanya")
        one = draft_rota(session, "50", FIRST, LAST, by=WICHAI, at=NOON)
        other = draft_rota(session, "50", LAST, LAST + timedelta(days=7), by=WICHAI, at=NOON)
        version = one.version
        put_duty(session, one, kanya, FIRST, morning, by=WICHAI, at=NOON)
        with pytest.raises(RotaChanged):
            publish(session, one, by=WICHAI, at=NOON, expected_version=version)
        publish(session, one, by=WICHAI, at=NOON, expected_version=one.version)
        with pytest.raises(Overlaps):
            publish(session, other, by=WICHAI, at=NOON)
        with pytest.raises(WrongState):
            publish(session, one, by=WICHAI, at=NOON)
        with pytest.raises(WrongState):
            drop_draft(session, one, by=WICHAI, at=NOON)
        drop_draft(session, other, by=WICHAI, at=NOON)
        lock(session, one, by=WICHAI, at=NOON)
        with pytest.raises(WrongState):
            lock(session, one, by=WICHAI, at=NOON)
        unlock(session, one, by=WICHAI, at=NOON)
        with pytest.raises(NotAllowed):
            lock(session, one, by=Actor("x", Role.SUPERVISOR, "10"), at=NOON)


# ── What the solver is told ───────────────────────────────────────────────────────────────────


def solved(plan: Plan, seconds: float = 60) -> Result:
    result = solve(plan.problem, seconds=seconds, workers=2, seed=1)
    assert isinstance(result, Result)
    return result


def test_nothing_that_the_solver_chose_has_to_be_taken_out(database: Database) -> None:
    """Leave and certificates that end at a midnight within a shift, and who works no nights."""
    with database.transaction() as session:
        team = a_centre(session, people=10, heads=1)
        late = kit.shift_type(session, "X", 22)
        session.add(CoverNeed(shift_type_id=late.id, weekday=2, people=2))
        for number, user in enumerate(team[:5]):
            day = FIRST + timedelta(days=3 + 4 * number)
            session.add(
                Absence(
                    user_id=user.id, kind=AbsenceKind.ANNUAL, first_day=day, last_day=day,
                    state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
                )
            )  # fmt: skip
        ends = session.scalars(select(Certificate).where(Certificate.user_id == team[5].id)).one()
        ends.last_day = FIRST + timedelta(days=9)
        terms = start_terms(team[6].id)
        terms.no_nights = True
        session.add(terms)
        session.flush()
        plan = plan_of(session, "50", FIRST, LAST)
    result = solved(plan)

    chosen = sum(code is not None for row in result.roster for code in row)
    assert sum(len(line) for line in plan.lines(result.roster).values()) == chosen > 80


def test_a_rule_that_the_solver_does_not_know_leaves_nobody_missing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four weekends in a row, some of them before the plan: others come on the one too many."""
    monkeypatch.setattr("case_store.rotation.rota.search_job.now", lambda: NOON)
    before = (date(2026, 11, 21), date(2026, 11, 28), date(2026, 12, 5))
    first, second = date(2026, 12, 12), date(2026, 12, 19)
    with database.transaction() as session:
        team = a_centre(session, people=8, heads=1)
        past = kit.rota(session, first=date(2026, 11, 16), last=date(2026, 12, 6))
        morning = session.scalars(select(ShiftType).where(ShiftType.code == "M")).one()
        for number, user in enumerate(team[:5]):
            for saturday in before[number % 2 :]:
                kit.duty(session, past, user, saturday, morning)
        job_id = a_job(session, seconds=20).id
        claim_job(session, at=NOON)
    search(database, job_id, workers=2)
    with database.reading() as session:
        job = session.get_one(PlanningJob, job_id)
        assert (job.state, job.reasons) == (PlanState.DONE, [])
        duties = rota_schedule(session, session.get_one(Rota, job.rota_id))
        days = {(duty.user_id, duty.day) for duty in duties}
        for number, user in enumerate(team[:5]):
            weekends = [
                {(user.id, saturday), (user.id, saturday + timedelta(days=1))} & days
                for saturday in (first, second)
            ]
            assert not all(weekends) if number % 2 else not weekends[0]


def test_somebody_experienced_is_on_every_shift_that_asks_for_one(database: Database) -> None:
    with database.transaction() as session:
        team = a_centre(session, people=12, heads=2)
        for row in session.scalars(select(CoverNeed)):
            row.experienced = 1
        for user in team[6:]:
            terms = start_terms(user.id)
            terms.experienced = False
            session.add(terms)
        session.flush()
        plan = plan_of(session, "50", FIRST, LAST)
    result = solved(plan)

    assert result.objective == 0  # nobody missing, nobody led by nobody, each new one paired
    old = {str(user.id) for user in team[:6]}
    for need in plan.problem.needs:
        there = {
            person.id
            for person, row in zip(plan.problem.people, result.roster, strict=True)
            if row[need.day] == need.shift
        }
        assert len(there) == 2
        assert there & old


def test_days_off_and_hours_are_shared_too(database: Database) -> None:
    with database.transaction() as session:
        team = a_centre(session)
        plan = plan_of(session, "50", FIRST, LAST)
    lines = plan.lines(solved(plan).roster)

    off = [sum(day.weekday() >= 5 for day in lines[user.id]) for user in team]
    hours = [sum(one.worked_minutes for one in lines[user.id].values()) / 60 for user in team]
    fair = sum(hours) / len(hours)
    assert max(off) <= sum(off) / len(off) + 3  # public holidays are days off as well
    assert max(hours) <= fair + 8


def test_who_had_more_weekends_gets_fewer(database: Database) -> None:
    with database.transaction() as session:
        team = a_centre(session)
        past = kit.rota(session, first=date(2026, 11, 2), last=date(2026, 11, 29))
        morning = session.scalars(select(ShiftType).where(ShiftType.code == "M")).one()
        for number in range(28):
            day = past.first_day + timedelta(days=number)
            if day.weekday() >= 5:
                kit.duty(session, past, team[0], day, morning)
        session.flush()
        plan = plan_of(session, "50", FIRST, LAST)
    [his], [others] = (
        {cap.most for person in some for cap in person.contract.caps}
        for some in (plan.problem.people[:1], plan.problem.people[1:2])
    )

    assert his < others


# ── Fair shares ───────────────────────────────────────────────────────────────────────────────


def test_equal_people_get_shares_that_differ_by_one() -> None:
    shares = fair_shares({"N": 56, "E": 57}, dict.fromkeys(range(10), 1.0), {})
    totals = [sum(kinds.values()) for kinds in shares.values()]
    assert sum(totals) == 113
    assert max(totals) - min(totals) <= 1


def test_half_the_hours_half_the_nights_and_none_for_who_may_not() -> None:
    shares = fair_shares({"N": 50}, {1: 1.0, 2: 1.0, 3: 0.5, 4: 0.0}, {})
    assert [shares[one]["N"] for one in (1, 2, 3, 4)] == [20, 20, 10, 0]


def test_the_past_is_made_up_for_little_by_little() -> None:
    shares = fair_shares({"N": 30}, dict.fromkeys((1, 2, 3), 1.0), {1: 20, 2: 10, 3: 0})
    assert [shares[one]["N"] for one in (1, 2, 3)] == [8, 10, 12]
