"""Demand on both databases: what is counted, what is needed, and what a supervisor says by hand."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.calls.models import Call, CallOutcome
from case_store.clock import BANGKOK
from case_store.deadlines.calendar import WorkingCalendar
from case_store.deadlines.closures import add_closure
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import StaffingValues, change_policy
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.demand.forecast import Basis
from case_store.rotation.demand.history import SLOTS, handling, history
from case_store.rotation.demand.models import DemandOverride
from case_store.rotation.demand.need import Demand, Rules, Why, demand, overruled, slot_times
from case_store.rotation.demand.overrides import (
    BadOverride,
    NewOverride,
    add_override,
    drop_override,
    overrides_of,
)
from tests.case_store.kit import NATIONAL, NOON, person

TODAY = date(2026, 11, 23)
"""A Monday."""
SUPERVISOR = Actor("wichai", Role.SUPERVISOR, "50")
CALENDAR = WorkingCalendar()
BY_HAND = NewOverride(TODAY, TODAY + timedelta(days=6), 16, 20, 5, "งานประจำปี")


def calls(
    session: Session,
    when: list[datetime],
    province: str | None = "50",
    *,
    talk: int | None = 200,
    queued: bool = True,
) -> None:
    """Calls that began at these moments, written down at once."""
    began = len(session.scalars(select(Call.id)).all())
    rows = [
        {
            "pbx_id": f"made-{began + number}", "province_code": province, "started_at": at,
            "queued_at": at if queued else None, "outcome": CallOutcome.ANSWERED,
            "answered_at": at if talk else None,
            "ended_at": at + timedelta(seconds=talk) if talk else None,
        }
        for number, at in enumerate(when)
    ]  # fmt: skip
    session.execute(insert(Call), rows)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), BANGKOK)


def days_back(count: int) -> list[date]:
    return [TODAY - timedelta(days=number) for number in range(1, count + 1)]


def needed(session: Session, by: Actor = SUPERVISOR, centre: str = "50") -> Demand:
    return demand(session, centre, TODAY, 7, by=by, at=NOON, wrap_up=30)


def team(session: Session, people: int, centre: str = "50") -> None:
    for number in range(people):
        person(session, f"p{centre}{number}", Role.AGENT, centre)


def test_calls_are_counted_by_the_half_hours_of_bangkok(session: Session) -> None:
    yesterday = TODAY - timedelta(days=1)
    calls(
        session, [at(yesterday, "00:00:00"), at(yesterday, "09:29:59.999"), at(yesterday, "09:30")]
    )
    calls(session, [at(yesterday, "23:59:59"), at(TODAY, "00:00"), at(yesterday, "09:40")])
    calls(session, [at(yesterday, "09:45")], province="51")
    calls(session, [at(yesterday, "09:45")], queued=False)

    found = history(session, ["50"], calendar=CALENDAR, at=NOON)

    assert (found.first_day, found.days) == (yesterday, 1)
    assert {slot: int(n) for slot, n in enumerate(found.counts[0]) if n} == {
        0: 1,
        18: 1,
        19: 2,
        47: 1,
    }


def test_a_history_begins_with_the_first_call_and_is_bounded(session: Session) -> None:
    calls(session, [at(TODAY - timedelta(days=back), "10:00") for back in (3, 10, 400)])

    found = history(session, ["50"], calendar=CALENDAR, at=NOON)

    assert (found.first_day, found.days, found.calls) == (TODAY - timedelta(days=10), 10, 2)
    assert history(session, ["83"], calendar=CALENDAR, at=NOON).days == 0


def test_the_ministry_has_those_of_no_province_and_everybody_has_all(session: Session) -> None:
    day = TODAY - timedelta(days=1)
    for province in ("50", "51", "00", None):
        calls(session, [at(day, "10:00")], province=province)

    for codes, count in [(["00"], 2), (["50", "51"], 2), (None, 4)]:
        assert history(session, codes, calendar=CALENDAR, at=NOON).calls == count


def test_holidays_and_closures_are_marked(session: Session) -> None:
    add_closure(session, "50", TODAY - timedelta(days=4), "น้ำท่วม", by=SUPERVISOR, at=NOON)
    calls(session, [at(date(2026, 10, 20), "10:00")])

    found = history(session, ["50"], calendar=WorkingCalendar.of(session, "50"), at=NOON)

    marked = {found.first_day + timedelta(days=place) for place in found.special}
    assert marked == {date(2026, 10, 23), TODAY - timedelta(days=4)}


def test_how_long_talks_took(session: Session) -> None:
    day = TODAY - timedelta(days=1)
    calls(session, [at(day, "10:00")] * 3, talk=100)
    calls(session, [at(day, "10:00")], talk=500)
    calls(session, [at(day, "11:00")], talk=None)
    calls(session, [at(day, "12:00")], talk=80_000)

    found = handling(session, ["50"], at=NOON)

    assert (found.talk, found.talks) == (200.0, 4)
    assert handling(session, ["51"], at=NOON).talks == 0


def test_the_need_of_a_busy_centre_goes_by_the_promise_and_by_the_floors(session: Session) -> None:
    team(session, 20)
    for day in days_back(28):
        calls(session, [at(day, "10:10")] * 50)

    found = needed(session)

    assert found.forecast.basis is Basis.OWN
    assert not found.is_small
    busy, night = found.days[1][20], found.days[1][4]
    assert busy.why is Why.TARGET and busy.agents > 5
    assert (night.agents, night.why) == (2, Why.FLOOR)
    assert found.days[1][30].agents == 1
    assert {need.standby for day in found.days for need in day} == {0}


def test_two_officers_in_all_have_a_cover_and_a_standby(session: Session) -> None:
    team(session, 2)
    calls(session, [at(day, "10:10") for day in days_back(28)])

    found = needed(session)

    assert found.is_small
    assert {(n.agents, n.standby) for n in found.days[0][17:33]} == {(1, 0)}
    assert {(n.agents, n.standby) for n in found.days[0][:17]} == {(0, 1)}
    assert {(n.agents, n.standby) for n in found.days[6]} == {(0, 1)}, "a Sunday"
    assert {n.why for day in found.days for n in day} == {Why.SMALL_TEAM}


def test_a_new_province_borrows_from_its_region(session: Session) -> None:
    """Lamphun has eight calls; Chiang Mai, of the same inspection region, has enough to lend a shape."""
    for day in days_back(28):
        calls(session, [at(day, "10:10")] * 15 + [at(day, "14:40")] * 5, province="50")
    calls(session, [at(day, "10:10") for day in days_back(8)], province="51")

    found = needed(session, by=NATIONAL, centre="51")

    assert found.forecast.basis is Basis.BORROWED
    assert found.forecast.counted == 8
    assert found.forecast.calls[0][20] > found.forecast.calls[0][29] > 0
    assert found.forecast.calls[:5].sum() == pytest.approx(5, rel=0.5)


def test_a_centre_without_calls_has_its_floors(session: Session) -> None:
    team(session, 9)
    found = needed(session)
    assert found.forecast.basis is Basis.NONE
    assert found.days[0][20].agents == 1 and found.days[0][4].agents == 2


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_silence_of_the_whole_country_is_the_line_s(session: Session, elsewhere: bool) -> None:
    """Twelve calls a day: a day without any may be chance, unless nobody else got through, either."""
    team(session, 9)
    for day in days_back(28):
        if day != TODAY - timedelta(days=10):
            calls(session, [at(day, f"{hour:02d}:10") for hour in range(9, 15)] * 2)
        elif elsewhere:
            calls(session, [at(day, "11:00")], province="83")

    found = needed(session).forecast

    assert (found.silences > 0) == (not elsewhere)


def test_promise_and_floors_are_a_policy(session: Session) -> None:
    team(session, 9)
    values = {"night_floor": 4, "day_floor": 3, "night_begins": 22, "small_team": 0}
    by = Actor("admin", Role.ADMINISTRATOR, "00")
    change_policy(session, PolicyKind.STAFFING, None, values, by=by, at=NOON)

    found = needed(session)

    assert [found.days[0][slot].agents for slot in (42, 44, 11, 12)] == [3, 4, 4, 3]


@pytest.mark.parametrize(
    ("begins", "ends", "night"), [(20, 6, {0, 5, 20, 23}), (0, 5, {0, 4}), (6, 6, set())]
)
def test_a_night_may_go_over_midnight(begins: int, ends: int, night: set[int]) -> None:
    values = StaffingValues(night_begins=begins, night_ends=ends, night_floor=9, day_floor=1)
    rules = Rules(values, 240, is_small=False)
    found = {h for h in range(24) if rules.need(0, h * 2 + 1, is_working=True).agents == 9}
    assert night <= found
    assert len(found) == (ends - begins) % 24


def test_a_supervisor_s_word_counts_and_is_in_the_audit_trail(session: Session) -> None:
    team(session, 9)
    first = add_override(session, "50", BY_HAND, by=SUPERVISOR, at=NOON)
    newer = replace(BY_HAND, weekday=2, agents=0, reason="ปิดถนน")
    second = add_override(session, "50", newer, by=SUPERVISOR, at=NOON)

    found = needed(session)

    assert [day[16].agents for day in found.days] == [5, 5, 0, 5, 5, 5, 5]
    assert found.days[0][16].why is Why.BY_HAND and found.days[2][16].override_id == second.id
    assert [found.days[0][slot].agents for slot in (15, 19, 20)] == [1, 5, 1]
    assert drop_override(session, second.id, by=SUPERVISOR, at=NOON)
    assert needed(session).days[2][16].override_id == first.id
    assert not drop_override(session, second.id, by=SUPERVISOR, at=NOON)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.chain == "50")).all()
    assert [one.action for one in entries] == ["demand.overridden"] * 2 + ["demand.restored"]
    assert entries[0].facts["agents"] == 5
    assert entries[0].detail is not None and entries[0].detail.text == "งานประจำปี"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("weekday", {"weekday": 7}),
        ("first_day", {"first_day": date(1999, 1, 1)}),
        ("until", {"until": TODAY - timedelta(days=1)}),
        ("until", {"until": TODAY + timedelta(days=500)}),
        ("slots", {"before_slot": 16}),
        ("slots", {"before_slot": SLOTS + 1}),
        ("agents", {"agents": -1}),
        ("agents", {"agents": 501}),
        ("reason", {"reason": "  "}),
        ("reason", {"reason": "ก" * 301}),
    ],
)
def test_what_cannot_hold_is_refused(
    session: Session, field: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(BadOverride) as refused:
        add_override(session, "50", replace(BY_HAND, **wrong), by=SUPERVISOR, at=NOON)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_only_those_who_plan_a_centre_overrule_it(session: Session) -> None:
    made = add_override(session, "50", BY_HAND, by=SUPERVISOR, at=NOON)
    for role, centre in [(Role.AGENT, "50"), (Role.SUPERVISOR, "51"), (Role.GOVERNOR, "50")]:
        other = Actor("other", role, centre)
        with pytest.raises(NotAllowed):
            add_override(session, "50", BY_HAND, by=other, at=NOON)
        with pytest.raises(NotAllowed):
            drop_override(session, made.id, by=other, at=NOON)
    with pytest.raises(NotAllowed):
        needed(session, by=Actor("other", Role.SUPERVISOR, "51"))
    assert needed(session, by=Actor("phuwa", Role.GOVERNOR, "50")).overrides == [made]
    later = TODAY + timedelta(days=7)
    assert overrides_of(session, "50", first=later, last=later) == []


def test_an_override_covers_its_half_hours_only() -> None:
    one = DemandOverride(
        first_day=TODAY, until=TODAY, weekday=None, from_slot=47, before_slot=48, agents=3
    )
    rules = Rules(StaffingValues(), 240, is_small=False)
    plain = rules.need(1, 46, is_working=True)
    assert overruled(plain, [one], TODAY, 46) == plain
    assert overruled(plain, [one], TODAY, 47).agents == 3
    assert overruled(plain, [one], TODAY + timedelta(days=1), 47) == plain
    assert (slot_times(0), slot_times(17), slot_times(48)) == ("00:00", "08:30", "24:00")
