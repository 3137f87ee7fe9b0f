"""Shift types and what they want: by hand, from the calls, and to begin with."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.cover_needs import (
    HOLIDAY,
    BadDatedNeed,
    BadNeed,
    Profile,
    Wanted,
    dated_needs,
    needs_of,
    needs_on,
    set_needs,
    suggest_needs,
    suggestion,
    want_on,
)
from case_store.rotation.rota.models import ShiftPlace, ShiftType
from case_store.rotation.rota.shift_types import (
    BadShift,
    NewShift,
    add_shift,
    change_shift,
    drop_shift,
    shift_types_of,
    switch_shift,
)
from case_store.rotation.rota.start_shifts import start_shifts
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit

WICHAI = Actor("wichai", Role.SUPERVISOR, "50", user_id=None)


def new(code: str = "M", start: int = 480, minutes: int = 480, rest: int = 60) -> NewShift:
    return NewShift(code, "เช้า", "Morning", start, minutes, rest)


def _refused(session: Session, shift: NewShift) -> str:
    with pytest.raises(BadShift) as refused:
        add_shift(session, "50", shift, by=WICHAI, at=NOON)
    return refused.value.field


def test_shifts_of_any_times_across_midnight_on_site_and_at_home(session: Session) -> None:
    night = add_shift(session, "50", new("N", 22 * 60 + 15, 465), by=WICHAI, at=NOON)
    home = NewShift("S", "บ้าน", "Home", 990, 960, 0, ShiftPlace.STANDBY)
    standby = add_shift(session, "50", home, by=WICHAI, at=NOON)
    assert night.ends_next_day
    assert standby.worked_minutes == 0
    assert shift_types_of(session, "50") == [standby, night]
    assert shift_types_of(session, "10") == []


def test_shifts_that_cannot_be(session: Session) -> None:
    add_shift(session, "50", new("M"), by=WICHAI, at=NOON)
    assert _refused(session, new("M")) == "code"
    assert _refused(session, new("no spaces")) == "code"
    assert _refused(session, new("A", start=1440)) == "start_minute"
    assert _refused(session, new("A", minutes=1441)) == "minutes"
    assert _refused(session, new("A", rest=30)) == "break_minutes"
    assert _refused(session, new("A", rest=480)) == "break_minutes"
    assert _refused(session, new("A", minutes=600)) == "overtime"
    assert _refused(session, NewShift("A", "", "A", 0, 60, 0)) == "name_th"
    assert (
        _refused(session, NewShift("A", "ก", "A", 0, 60, 0, channel="carrier_pigeon")) == "channel"
    )
    long = NewShift("L", "ยาว", "Long", 480, 720, 60, overtime=True)
    assert add_shift(session, "50", long, by=WICHAI, at=NOON).worked_minutes == 660
    with pytest.raises(NotAllowed):
        add_shift(session, "10", new("A"), by=WICHAI, at=NOON)


def test_a_used_shift_keeps_its_times_and_is_never_removed(session: Session) -> None:
    shift = add_shift(session, "50", new(), by=WICHAI, at=NOON)
    change_shift(session, shift, new(start=540), by=WICHAI, at=NOON)
    assert shift.start_minute == 540
    kit.duty(session, kit.rota(session), person(session, "kanya"), date(2026, 12, 7), shift)
    with pytest.raises(BadShift, match="times"):
        change_shift(session, shift, new(start=480), by=WICHAI, at=NOON)
    with pytest.raises(BadShift, match="used"):
        drop_shift(session, shift, by=WICHAI, at=NOON)
    renamed = NewShift("M", "เช้าใหม่", "Early", 540, 480, 60)
    assert change_shift(session, shift, renamed, by=WICHAI, at=NOON).name_en == "Early"
    switch_shift(session, shift, active=False, by=WICHAI, at=NOON)
    assert shift_types_of(session, "50") == []
    assert shift_types_of(session, "50", with_closed=True) == [shift]
    unused = add_shift(session, "50", new("U"), by=WICHAI, at=NOON)
    drop_shift(session, unused, by=WICHAI, at=NOON)
    assert unused not in shift_types_of(session, "50", with_closed=True)


def test_needs_by_weekday_and_on_holidays(session: Session) -> None:
    shift = add_shift(session, "50", new(), by=WICHAI, at=NOON)
    wanted = dict.fromkeys(range(5), Wanted(3, 1)) | {HOLIDAY: Wanted(1, 1)}
    set_needs(session, shift, wanted, by=WICHAI, at=NOON)
    set_needs(session, shift, {0: Wanted(4)}, by=WICHAI, at=NOON)
    assert needs_of(session, "50")[shift.id][0] == Wanted(4)
    found = needs_on(session, "50", date(2026, 12, 7), date(2026, 12, 14))
    by_day = {day.day: wanted.people for (day, _), wanted in found.items()}
    # 7 December is the day in lieu of the King's birthday, 10 December Constitution Day.
    assert by_day == {7: 1, 8: 3, 9: 3, 10: 1, 11: 3, 14: 4}
    for bad in (Wanted(1, 2), Wanted(-1), Wanted(201)):
        with pytest.raises(BadNeed):
            set_needs(session, shift, {2: bad}, by=WICHAI, at=NOON)


def test_a_holiday_without_a_word_is_as_its_weekday(session: Session) -> None:
    shift = add_shift(session, "50", new(), by=WICHAI, at=NOON)
    set_needs(session, shift, dict.fromkeys(range(7), Wanted(2)), by=WICHAI, at=NOON)
    holiday = date(2026, 12, 10)
    assert needs_on(session, "50", holiday, holiday) == {(holiday, shift.id): Wanted(2)}


def test_a_large_team_begins_with_three_shifts_a_small_one_with_standby(session: Session) -> None:
    person(session, "kanya")
    small = start_shifts(session, "50", by=WICHAI, at=NOON)
    assert [one.place for one in small].count(ShiftPlace.STANDBY) == 2
    assert start_shifts(session, "50", by=WICHAI, at=NOON) == []
    by = Actor("x", Role.SUPERVISOR, "10", user_id=None)
    for number in range(3):
        person(session, f"agent{number}", centre="10")
    large = start_shifts(session, "10", by=by, at=NOON)
    assert sorted(one.start_minute for one in large) == [0, 480, 960]
    assert all(one.place is ShiftPlace.ON_SITE for one in large)


def test_small_teams_are_covered_at_every_minute(session: Session) -> None:
    person(session, "kanya")
    shifts = {one.id: one for one in start_shifts(session, "50", by=WICHAI, at=NOON)}
    first, last = date(2026, 11, 30), date(2026, 12, 14)  # two holidays are in it
    found = needs_on(session, "50", first, last)
    covered = {
        (day - first).days * 1440 + minute
        for (day, shift_id), wanted in found.items()
        if wanted.people
        for minute in range(
            shifts[shift_id].start_minute,
            shifts[shift_id].start_minute + shifts[shift_id].minutes,
        )
    }
    assert set(range(510, 14 * 1440)) <= covered


def test_suggested_needs_follow_the_demand(session: Session) -> None:
    for number in range(4):
        person(session, f"agent{number}")
    shifts = start_shifts(session, "50", by=WICHAI, at=NOON)
    night = next(one for one in shifts if one.start_minute == 0)
    morning = next(one for one in shifts if one.start_minute == 480)
    found = suggest_needs(session, "50", by=WICHAI, at=NOON, wrap_up=30)
    assert found[night.id] == dict.fromkeys(range(8), 2)  # the floor of the night, no call yet
    assert found[morning.id] == dict.fromkeys(range(8), 1)


def _shift(number: int, start: int, minutes: int) -> ShiftType:
    return ShiftType(
        id=number, centre_code="50", code=str(number), name_th="", name_en="",
        start_minute=start, minutes=minutes, break_minutes=0, place=ShiftPlace.ON_SITE,
        channel="phone_1567", active=True,
    )  # fmt: skip


def test_the_night_before_covers_the_morning_once() -> None:
    shifts = [_shift(1, 20 * 60, 12 * 60), _shift(2, 8 * 60, 12 * 60)]
    flat = dict.fromkeys(range(8), [2] * 48)
    found = suggestion(Profile(flat, dict.fromkeys(range(8), [0] * 48)), shifts)
    assert found == {1: dict.fromkeys(range(8), 2), 2: dict.fromkeys(range(8), 2)}


@settings(max_examples=60, deadline=None)
@given(
    needs=st.lists(st.lists(st.integers(0, 5), min_size=6, max_size=6), min_size=7, max_size=7),
    more=st.lists(st.tuples(st.integers(0, 95), st.integers(12, 96)), max_size=4),
)
def test_suggestions_cover_every_half_hour_of_the_week(
    needs: list[list[int]], more: list[tuple[int, int]]
) -> None:
    shifts = [_shift(1, 0, 480), _shift(2, 480, 480), _shift(3, 960, 480)] + [
        _shift(10 + number, start * 15, minutes * 15)
        for number, (start, minutes) in enumerate(more)
    ]
    week = {day: [people for people in row for _ in range(8)] for day, row in enumerate(needs)}
    week[7] = week[6]
    found = suggestion(Profile(week, dict.fromkeys(range(8), [0] * 48)), shifts)
    there = [0] * (7 * 1440)
    for shift in shifts:
        for day in range(7):
            for minute in range(shift.minutes):
                place = (day * 1440 + shift.start_minute + minute) % len(there)
                there[place] += found[shift.id][day]
    for minute, people in enumerate(there):
        assert people >= week[minute // 1440][minute % 1440 // 30]


def test_one_day_may_want_others_than_its_weekday(session: Session) -> None:
    shift = kit.shift_type(session, "M", 8)
    set_needs(session, shift, dict.fromkeys(range(7), Wanted(3, experienced=2)), by=WICHAI, at=NOON)
    day = date(2026, 12, 8)
    want_on(session, shift, day, 1, reason="น้ำท่วม", by=WICHAI, at=NOON)
    found = needs_on(session, "50", day, date(2026, 12, 9))
    assert found == {
        (day, shift.id): Wanted(1, 1),
        (date(2026, 12, 9), shift.id): Wanted(3, experienced=2),
    }
    want_on(session, shift, day, 0, reason="น้ำท่วมหนัก", by=WICHAI, at=NOON)
    assert (day, shift.id) not in needs_on(session, "50", day, day)
    (kept,) = dated_needs(session, "50", day, day).values()
    assert (kept.reason, kept.made_by) == ("น้ำท่วมหนัก", "wichai")
    told = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "shift.dated_need_set")
        .order_by(AuditEntry.id)
    ).all()
    assert [one.facts["people"] for one in told] == [[3, 1], [1, 0]]


@pytest.mark.parametrize(
    ("day", "people", "reason", "field"),
    [
        (date(2026, 11, 1), 1, "x", "day"),
        (date(2028, 1, 1), 1, "x", "day"),
        (date(2026, 12, 8), -1, "x", "people"),
        (date(2026, 12, 8), 201, "x", "people"),
        (date(2026, 12, 8), 1, "  ", "reason"),
        (date(2026, 12, 8), 1, "x" * 301, "reason"),
    ],
)
def test_a_need_of_one_day_has_bounds_and_a_reason(
    session: Session, day: date, people: int, reason: str, field: str
) -> None:
    shift = kit.shift_type(session, "M", 8)
    with pytest.raises(BadDatedNeed, match=field):
        want_on(session, shift, day, people, reason=reason, by=WICHAI, at=NOON)


def test_only_who_plans_says_what_a_day_wants(session: Session) -> None:
    shift = kit.shift_type(session, "M", 8)
    for other in (Actor("x", Role.SUPERVISOR, "10"), Actor("x", Role.AGENT, "50")):
        with pytest.raises(NotAllowed):
            want_on(session, shift, date(2026, 12, 8), 1, reason="x", by=other, at=NOON)
