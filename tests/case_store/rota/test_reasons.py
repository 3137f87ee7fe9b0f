"""Why a draft has gaps, and the ways out of them: true reasons, none too many, and no way around a hard rule."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.roster.problem import Pin, Rule
from case_store.rotation.rota.cover_needs import BadDatedNeed, Wanted, needs_on, set_needs
from case_store.rotation.rota.editing import BadChange, RotaChanged, RuleBroken
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    PlanningJob,
    PlanState,
    RequestState,
    Rota,
    RotaChange,
    ShiftPlace,
    ShiftType,
)
from case_store.rotation.rota.planning import Lines, plan_of
from case_store.rotation.rota.publishing import WrongState, draft_rota, publish
from case_store.rotation.rota.reasons import explained_again
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import rota_schedule
from case_store.rotation.rota.shortages import WayOut
from case_store.rotation.rota.span_reasons import explained, without_any
from case_store.rotation.rota.ways_out import Gap, ask_governors, put_in, want_fewer
from case_store.rotation.training.models import Certificate
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
SUNDAY = FIRST + timedelta(days=6)
MONTH = FIRST + timedelta(days=27)


def wants(session: Session, shift: ShiftType, people: int, days: Sequence[int] = range(7)) -> None:
    set_needs(session, shift, {day: Wanted(people) for day in days}, by=WICHAI, at=NOON)


def away(session: Session, user: User, first: date, last: date) -> None:
    session.add(
        Absence(
            user_id=user.id, kind=AbsenceKind.ANNUAL, first_day=first, last_day=last,
            state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
        )
    )  # fmt: skip
    session.flush()


def told(session: Session, last: date = SUNDAY, lines: Lines | None = None) -> list[dict[str, Any]]:
    plan = plan_of(session, "50", FIRST, last)
    return explained(plan, lines or {user.id: {} for user in plan.people})


# ── Reasons ───────────────────────────────────────────────────────────────────────────────────


def test_the_night_for_which_only_one_is_free(session: Session) -> None:
    """The certificate of one ends two days before, another has leave: that, and no more, is said."""
    night = kit.shift_type(session, "N", 0)
    wants(session, night, 2, days=[3])
    anong, boon, chai = (person(session, name) for name in ("anong", "boon", "chai"))
    away(session, chai, FIRST, FIRST + timedelta(days=3))
    for held in session.scalars(select(Certificate).where(Certificate.user_id == boon.id)):
        held.last_day = FIRST + timedelta(days=1)
    session.flush()
    (gap,) = told(session)
    assert gap["because"]["kind"] == "day"
    assert gap["because"]["free"] == [anong.id]
    assert {one["user"]: one["why"] for one in gap["because"]["people"]} == {
        boon.id: "certificate", chai.id: "absence",
    }  # fmt: skip
    until = [one["values"].get("until") for one in gap["because"]["people"]]
    assert (FIRST + timedelta(days=1)).isoformat() in until


def test_no_more_people_are_named_than_it_takes(session: Session) -> None:
    """Three of five are away, and four are wanted: two of the three are reason enough."""
    morning = kit.shift_type(session, "M", 8)
    wants(session, morning, 4, days=[1])
    team = [person(session, f"agent{number}") for number in range(5)]
    for user in team[:3]:
        away(session, user, FIRST, SUNDAY)
    (gap,) = told(session)
    assert len(gap["because"]["people"]) == 2


def test_hours_that_contracts_do_not_have_are_told_once_with_numbers(session: Session) -> None:
    for shift in kit.three_shifts(session):
        wants(session, shift, 1)
    for name in ("anong", "boon"):
        person(session, name)
    found = told(session, MONTH)
    causes = [gap["because"] for gap in found]
    assert causes[0]["kind"] == "hours"
    assert all(cause == causes[0] for cause in causes)
    assert causes[0]["needed"] == 28 * 3 * 7 * 60
    assert causes[0]["most"] == 2 * 4 * 40 * 60


def test_nights_of_the_only_one_who_may_are_limited_in_a_row(session: Session) -> None:
    night = kit.shift_type(session, "N", 0)
    wants(session, night, 1)
    anong, boon, chai = (person(session, name) for name in ("anong", "boon", "chai"))
    for user in (boon, chai):
        terms = start_terms(user.id)
        terms.no_nights = True
        session.add(terms)
    session.flush()
    worked = {FIRST + timedelta(days=day): night for day in (0, 1, 2, 4, 5)}
    found = told(session, lines={anong.id: worked, boon.id: {}, chai.id: {}})
    assert [gap["day"] for gap in found] == ["2026-12-10", "2026-12-13"]
    cause = found[0]["because"]
    assert cause["kind"] == "span"
    assert found[1]["because"] != cause  # with Thursday as it is, that is another matter
    bounds = {one["rule"]: one for one in cause["bounds"]}
    assert bounds["most_nights_in_row"] == {
        "rule": "most_nights_in_row", "users": [anong.id], "values": {"number": 3},
    }  # fmt: skip
    others = bounds.get("never") or bounds["most_of_shift"]
    assert others["users"] == [boon.id, chai.id]
    assert len(cause["needs"]) == 4


def test_where_no_rule_is_in_the_way_that_is_said(session: Session) -> None:
    morning = kit.shift_type(session, "M", 8)
    wants(session, morning, 1)
    for name in ("anong", "boon", "chai"):
        person(session, name)
    found = told(session)
    assert [gap["because"] for gap in found] == [{"kind": "open"}] * 7


def test_without_time_nothing_is_claimed(session: Session) -> None:
    morning = kit.shift_type(session, "M", 8)
    wants(session, morning, 1)
    for name in ("anong", "boon"):
        person(session, name)
    plan = plan_of(session, "50", FIRST, SUNDAY)
    found = explained(plan, {user.id: {} for user in plan.people}, seconds=0)
    assert {gap["because"]["kind"] for gap in found} == {"unclear"}


def test_somebody_without_any_line_is_told_with_days(session: Session) -> None:
    """Nothing in a plan forbids days off; so a fixed duty on leave is put into the problem by hand."""
    morning = kit.shift_type(session, "M", 8)
    wants(session, morning, 1)
    anong = person(session, "anong")
    away(session, anong, FIRST, FIRST + timedelta(days=1))
    plan = plan_of(session, "50", FIRST, SUNDAY)
    pins = (Pin(str(anong.id), 1, "M"), Pin(str(anong.id), 4, "M"))
    plan = replace(plan, problem=replace(plan.problem, pins=pins))
    clash = without_any(plan, str(anong.id), [Rule.LEAVE, Rule.PINS])
    days = {one["rule"]: one["values"]["days"] for one in clash["because"]}
    assert days["leave"] == [FIRST.isoformat(), (FIRST + timedelta(days=1)).isoformat()]
    assert len(days["pins"]) == 2
    assert set(days) == {"leave", "pins"}


# ── Ways out ──────────────────────────────────────────────────────────────────────────────────


def a_gap(
    session: Session, lines: Callable[[User, ShiftType, ShiftType], dict[date, ShiftType]]
) -> tuple[Rota, User, Gap, PlanningJob]:
    """A draft in which nobody has the morning of Tuesday."""
    morning = kit.shift_type(session, "M", 8)
    standby = kit.shift_type(session, "S", 8, place=ShiftPlace.STANDBY)
    wants(session, morning, 1, days=[1])
    anong = person(session, "anong")
    made = {anong.id: lines(anong, morning, standby)}
    draft = draft_rota(session, "50", FIRST, SUNDAY, by=WICHAI, at=NOON, lines=made)
    plan = plan_of(session, "50", FIRST, SUNDAY)
    job = PlanningJob(
        centre_code="50", first_day=FIRST, last_day=SUNDAY, seconds=5, state=PlanState.DONE,
        asked_by="wichai", asked_at=NOON, progress=[], best=None, rota_id=draft.id,
        reasons=explained_again(plan, made, ()),
    )  # fmt: skip
    session.add(job)
    session.flush()
    assert len(job.reasons) == 1
    return draft, anong, Gap(FIRST + timedelta(days=1), morning, draft.version), job


def duties(session: Session, draft: Rota) -> list[tuple[date, str]]:
    return [(one.day, one.shift_type.code) for one in rota_schedule(session, draft)]


def history(session: Session) -> list[RotaChange]:
    return list(session.scalars(select(RotaChange).order_by(RotaChange.id)))


def test_somebody_is_asked_beyond_the_fair_share(session: Session) -> None:
    draft, anong, gap, job = a_gap(session, lambda *_: {})
    put_in(session, draft, gap, anong, WayOut.ASK, by=WICHAI, at=NOON)
    assert duties(session, draft) == [(gap.day, "M")]
    assert job.reasons == []
    assert history(session)[-1].facts["way"] == "ask"
    with pytest.raises(RotaChanged):  # pressed twice
        put_in(session, draft, gap, anong, WayOut.ASK, by=WICHAI, at=NOON)


def test_standby_is_called_in_and_nobody_who_is_not_on_it(session: Session) -> None:
    draft, anong, gap, job = a_gap(
        session, lambda _user, _morning, standby: {FIRST + timedelta(days=1): standby}
    )
    assert {"kind": "standby", "user": anong.id} in job.reasons[0]["ways"]
    put_in(session, draft, gap, anong, WayOut.STANDBY, by=WICHAI, at=NOON)
    assert duties(session, draft) == [(gap.day, "M")]
    assert history(session)[-1].facts["instead_of"] == "S"


def test_no_standby_no_calling_in(session: Session) -> None:
    draft, anong, gap, _ = a_gap(session, lambda *_: {})
    with pytest.raises(BadChange, match="standby"):
        put_in(session, draft, gap, anong, WayOut.STANDBY, by=WICHAI, at=NOON)


def test_overtime_needs_a_dated_consent_which_the_history_keeps(session: Session) -> None:
    draft, anong, gap, _ = a_gap(session, lambda *_: {})
    terms = start_terms(anong.id)
    terms.week_minutes = 6 * 60
    session.add(terms)
    session.flush()
    with pytest.raises(BadChange, match="overtime"):
        put_in(session, draft, gap, anong, WayOut.ASK, by=WICHAI, at=NOON)
    tomorrow, long_ago = NOON.date() + timedelta(days=1), NOON.date() - timedelta(days=91)
    for wrong in (None, tomorrow, long_ago):
        with pytest.raises(BadChange, match="consent"):
            put_in(session, draft, gap, anong, WayOut.OVERTIME, by=WICHAI, at=NOON, agreed_on=wrong)
    assert duties(session, draft) == []
    put_in(session, draft, gap, anong, WayOut.OVERTIME, by=WICHAI, at=NOON, agreed_on=NOON.date())
    facts = history(session)[-1].facts
    assert facts["consent"] == {"agreed_on": NOON.date().isoformat(), "noted_by": "wichai"}
    assert facts["overtime_minutes"] == 60
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "rota.edit")).one()
    assert kept.facts["consent"] == facts["consent"]


@pytest.mark.parametrize("way", [WayOut.ASK, WayOut.OVERTIME, WayOut.STANDBY])
def test_no_way_goes_around_a_hard_rule(session: Session, way: WayOut) -> None:
    draft, anong, gap, _ = a_gap(
        session, lambda _user, _morning, standby: {FIRST + timedelta(days=1): standby}
        if way is WayOut.STANDBY
        else {},
    )  # fmt: skip
    away(session, anong, gap.day, gap.day)
    with pytest.raises(RuleBroken):
        put_in(session, draft, gap, anong, way, by=WICHAI, at=NOON, agreed_on=NOON.date())


def test_fewer_people_for_one_day_and_why(session: Session) -> None:
    draft, _, gap, job = a_gap(session, lambda *_: {})
    with pytest.raises(BadDatedNeed, match="reason"):
        want_fewer(session, draft, gap, reason=" ", by=WICHAI, at=NOON)
    want_fewer(session, draft, gap, reason="น้ำท่วม", by=WICHAI, at=NOON)
    assert needs_on(session, "50", FIRST, SUNDAY) == {}
    assert job.reasons == []
    assert (history(session)[-1].kind, history(session)[-1].reason) == ("need_lowered", "น้ำท่วม")
    with pytest.raises(RotaChanged):
        want_fewer(session, draft, gap, reason="x", by=WICHAI, at=NOON)


def test_only_planners_and_only_drafts(session: Session) -> None:
    draft, anong, gap, _ = a_gap(session, lambda *_: {})
    other = Actor("x", Role.SUPERVISOR, "10")
    with pytest.raises(NotAllowed):
        put_in(session, draft, gap, anong, WayOut.ASK, by=other, at=NOON)
    with pytest.raises(NotAllowed):
        want_fewer(session, draft, gap, reason="x", by=other, at=NOON)
    stranger = person(session, "elsewhere", centre="57")
    with pytest.raises(BadChange, match="user"):
        put_in(session, draft, gap, stranger, WayOut.ASK, by=WICHAI, at=NOON)
    with pytest.raises(BadChange, match="way"):
        put_in(session, draft, gap, anong, WayOut.LESS, by=WICHAI, at=NOON)
    publish(session, draft, by=WICHAI, at=NOON)
    with pytest.raises(WrongState):
        put_in(session, draft, gap, anong, WayOut.ASK, by=WICHAI, at=NOON)


def test_the_governor_is_told_of_a_night(session: Session) -> None:
    draft, _, gap, _ = a_gap(session, lambda *_: {})
    with pytest.raises(BadChange, match="way"):  # it is no night
        ask_governors(session, draft, gap, by=WICHAI, at=NOON)
    night = kit.shift_type(session, "N", 0)
    gap = replace(gap, shift=night)
    with pytest.raises(BadChange, match="nobody"):
        ask_governors(session, draft, gap, by=WICHAI, at=NOON)
    governor = person(session, "governor", Role.GOVERNOR)
    ask_governors(session, draft, gap, by=WICHAI, at=NOON)
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "neighbours_wanted"))
    assert (notice.user_id, notice.data["day"]) == (governor.id, gap.day.isoformat())
    assert history(session)[-1].kind == "neighbours_asked"
