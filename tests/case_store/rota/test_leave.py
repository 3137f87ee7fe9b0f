"""Leave, other work, wishes: who asks, who decides, what binds, and who is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.absences import (
    BadAbsence,
    NewAbsence,
    absences_between,
    absences_of,
    absences_to_decide,
    ask_leave,
    conflicts_of,
    decide_absence,
    enter_absence,
    withdraw_absence,
)
from case_store.rotation.rota.breaches import BreachRule, breaches
from case_store.rotation.rota.models import AbsenceKind, RequestState, WishLevel
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.rota.wishes import (
    MOST_IN_MONTH,
    BadWish,
    NewWish,
    drop_wish,
    first_open_day,
    fix_wish,
    make_wish,
    wishes_at,
    wishes_close,
    wishes_of,
)
from tests.case_store.kit import NATIONAL, NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST

TODAY = date(2026, 11, 23)
WEDDING = NewAbsence(AbsenceKind.PERSONAL, FIRST + timedelta(days=2), FIRST + timedelta(days=4))


def acting(user: User) -> Actor:
    return Actor(user.username, user.role, user.centre_code, user_id=user.id)


@pytest.fixture
def kanya(session: Session) -> User:
    return person(session, "kanya")


@pytest.fixture
def wichai(session: Session) -> User:
    return person(session, "wichai", Role.SUPERVISOR)


def _told(session: Session, user: User) -> list[str]:
    query = select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)
    return list(session.scalars(query))


def test_leave_is_asked_for_and_approved(session: Session, kanya: User, wichai: User) -> None:
    asked = ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)
    assert _told(session, wichai) == ["leave_asked"]
    assert absences_to_decide(session, by=acting(wichai)) == [asked]
    assert absences_between(session, "50", FIRST, LAST) == []
    decide_absence(session, asked, approve=True, by=acting(wichai), at=NOON)
    assert (asked.state, asked.decided_by) == (RequestState.APPROVED, "wichai")
    assert _told(session, kanya) == ["leave_approved"]
    assert absences_between(session, "50", FIRST, LAST) == [asked]
    assert absences_to_decide(session, by=acting(wichai)) == []
    with pytest.raises(BadAbsence, match="state"):
        decide_absence(session, asked, approve=False, by=acting(wichai), at=NOON)


def test_leave_that_is_refused_binds_nobody(session: Session, kanya: User, wichai: User) -> None:
    asked = ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)
    decide_absence(session, asked, approve=False, by=acting(wichai), at=NOON)
    assert _told(session, kanya) == ["leave_refused"]
    assert absences_between(session, "50", FIRST, LAST) == []
    ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)


def test_nobody_decides_their_own_leave(session: Session, kanya: User, wichai: User) -> None:
    own = ask_leave(session, wichai, WEDDING, by=acting(wichai), at=NOON)
    assert absences_to_decide(session, by=acting(wichai)) == []
    for by in (acting(wichai), acting(kanya), Actor("x", Role.SUPERVISOR, "10", user_id=99)):
        with pytest.raises(NotAllowed):
            decide_absence(session, own, approve=True, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        enter_absence(session, wichai, WEDDING, by=acting(wichai), at=NOON)
    with pytest.raises(NotAllowed):
        ask_leave(session, kanya, WEDDING, by=acting(wichai), at=NOON)
    assert decide_absence(session, own, approve=True, by=NATIONAL, at=NOON).absence is own


def test_approved_leave_takes_published_duties_off_at_once(
    session: Session, kanya: User, wichai: User
) -> None:
    _, evening, night = kit.three_shifts(session)
    late = kit.shift_type(session, "L", 20, 12)  # it ends on the first day of the leave
    rota, day = kit.rota(session), WEDDING.first_day
    kit.duty(session, rota, kanya, day - timedelta(days=2), evening)
    kit.duty(session, rota, kanya, day - timedelta(days=1), late)
    kit.duty(session, rota, kanya, day, evening)
    kit.duty(session, rota, kanya, WEDDING.last_day + timedelta(days=1), night)
    asked = ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)
    assert [one.shift_type.code for one in conflicts_of(session, asked)] == ["L", "E"]
    assert len(final_schedule(session, FIRST, LAST, user_ids=[kanya.id])) == 4
    decided = decide_absence(session, asked, approve=True, by=acting(wichai), at=NOON)
    assert [one.shift_type.code for one in decided.freed] == ["L", "E"]
    left = final_schedule(session, FIRST, LAST, user_ids=[kanya.id])
    assert [one.shift_type.code for one in left] == ["E", "N"]
    assert _told(session, kanya) == ["leave_approved", "duty_changed"]
    assert _told(session, wichai) == ["leave_asked", "leave_left_gaps"]
    gaps = session.scalars(select(Notice).where(Notice.kind == "leave_left_gaps")).one()
    assert gaps.data["duties"] == 2


def test_other_work_is_written_down_by_the_supervisor_and_binds(
    session: Session, kanya: User, wichai: User
) -> None:
    morning, *_ = kit.three_shifts(session)
    new = NewAbsence(AbsenceKind.OTHER_DUTY, FIRST, FIRST, "ประชุมที่กรุงเทพฯ")
    with pytest.raises(BadAbsence, match="kind"):
        ask_leave(session, kanya, new, by=acting(kanya), at=NOON)
    entered = enter_absence(session, kanya, new, by=acting(wichai), at=NOON).absence
    found = breaches(session, kanya, kit.rota(session), {FIRST: morning})
    assert [one.rule for one in found] == [BreachRule.ABSENCE]
    with pytest.raises(BadAbsence, match="state"):
        withdraw_absence(session, entered, by=acting(kanya), at=NOON)
    withdraw_absence(session, entered, by=acting(wichai), at=NOON)
    assert _told(session, kanya) == ["leave_approved", "leave_withdrawn"]


def test_leave_is_withdrawn_by_oneself_until_it_is_over(
    session: Session, kanya: User, wichai: User
) -> None:
    asked = ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)
    decide_absence(session, asked, approve=True, by=acting(wichai), at=NOON)
    with pytest.raises(NotAllowed):
        withdraw_absence(session, asked, by=acting(person(session, "somchai")), at=NOON)
    with pytest.raises(BadAbsence, match="state"):
        withdraw_absence(session, asked, by=acting(kanya), at=NOON + timedelta(days=60))
    withdraw_absence(session, asked, by=acting(kanya), at=NOON)
    assert _told(session, wichai) == ["leave_asked", "leave_withdrawn"]
    assert absences_of(session, kanya.id, since=TODAY) == [asked]
    assert absences_between(session, "50", FIRST, LAST) == []


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewAbsence(AbsenceKind.ANNUAL, TODAY - timedelta(days=1), TODAY), "first_day"),
        (NewAbsence(AbsenceKind.SICK, TODAY - timedelta(days=31), TODAY), "first_day"),
        (NewAbsence(AbsenceKind.ANNUAL, date(2028, 6, 1), date(2028, 6, 1)), "first_day"),
        (NewAbsence(AbsenceKind.ANNUAL, FIRST, FIRST - timedelta(days=1)), "last_day"),
        (NewAbsence(AbsenceKind.MATERNITY, FIRST, FIRST + timedelta(days=181)), "last_day"),
        (NewAbsence(AbsenceKind.ANNUAL, FIRST, FIRST, "ก" * 301), "note"),
        (NewAbsence(AbsenceKind.ANNUAL, WEDDING.last_day, LAST), "overlap"),
    ],
)
def test_leave_that_cannot_be(session: Session, kanya: User, new: NewAbsence, field: str) -> None:
    ask_leave(session, kanya, WEDDING, by=acting(kanya), at=NOON)
    with pytest.raises(BadAbsence) as refused:
        ask_leave(session, kanya, new, by=acting(kanya), at=NOON)
    assert refused.value.field == field


def test_who_was_ill_says_so_afterwards_and_what_was_worked_stays(
    session: Session, kanya: User, wichai: User
) -> None:
    morning, *_ = kit.three_shifts(session)
    rota = kit.rota(session, first=TODAY - timedelta(days=7), last=TODAY + timedelta(days=7))
    kit.duty(session, rota, kanya, TODAY - timedelta(days=1), morning)
    kit.duty(session, rota, kanya, TODAY, morning)
    ill = NewAbsence(AbsenceKind.SICK, TODAY - timedelta(days=1), TODAY)
    asked = ask_leave(session, kanya, ill, by=acting(kanya), at=NOON)
    freed = decide_absence(session, asked, approve=True, by=acting(wichai), at=NOON).freed
    assert [one.day for one in freed] == [TODAY]


def test_wishes_close_in_the_middle_of_the_month_before(session: Session, kanya: User) -> None:
    assert wishes_close(date(2027, 1, 31)) == date(2026, 12, 15)
    assert first_open_day(NOON) == date(2027, 1, 1)
    assert first_open_day(NOON + timedelta(days=22)) == date(2027, 1, 1)  # 15 December
    assert first_open_day(NOON + timedelta(days=23)) == date(2027, 2, 1)
    new = NewWish(date(2026, 12, 20), wanted=False)
    with pytest.raises(BadWish, match="late"):
        make_wish(session, kanya, new, by=acting(kanya), at=NOON)


def test_a_few_wishes_for_each_month(session: Session, kanya: User) -> None:
    first = date(2027, 1, 1)
    for number in range(MOST_IN_MONTH):
        new = NewWish(first + timedelta(days=number), wanted=False)
        make_wish(session, kanya, new, by=acting(kanya), at=NOON)
    with pytest.raises(BadWish, match="most"):
        make_wish(session, kanya, NewWish(date(2027, 1, 20), False), by=acting(kanya), at=NOON)
    again = NewWish(first, wanted=True, level=WishLevel.LITTLE)
    wish = make_wish(session, kanya, again, by=acting(kanya), at=NOON)
    assert (wish.wanted, wish.level) == (True, 1)
    assert len(wishes_of(session, kanya.id, first, date(2027, 1, 31))) == MOST_IN_MONTH
    drop_wish(session, wish, by=acting(kanya), at=NOON)
    make_wish(session, kanya, NewWish(date(2027, 1, 20), False), by=acting(kanya), at=NOON)
    make_wish(session, kanya, NewWish(date(2027, 2, 1), False), by=acting(kanya), at=NOON)


def test_binding_wishes_are_made_by_the_supervisor_alone(
    session: Session, kanya: User, wichai: User
) -> None:
    day = date(2027, 1, 5)
    fixed = NewWish(day, wanted=False, level=WishLevel.FIXED)
    with pytest.raises(BadWish, match="level"):
        make_wish(session, kanya, fixed, by=acting(kanya), at=NOON)
    wish = make_wish(session, kanya, NewWish(day, wanted=False), by=acting(kanya), at=NOON)
    with pytest.raises(NotAllowed):
        fix_wish(session, wish, fixed=True, by=acting(kanya), at=NOON)
    fix_wish(session, wish, fixed=True, by=acting(wichai), at=NOON)
    morning, *_ = kit.three_shifts(session)
    rota = kit.rota(session, first=day, last=day)
    assert [one.rule for one in breaches(session, kanya, rota, {day: morning})] == [
        BreachRule.FIXED_WISH
    ]
    with pytest.raises(BadWish):
        drop_wish(session, wish, by=acting(kanya), at=NOON)
    own = make_wish(session, wichai, NewWish(date(2027, 2, 5), False), by=acting(wichai), at=NOON)
    with pytest.raises(NotAllowed):
        fix_wish(session, own, fixed=True, by=acting(wichai), at=NOON)


def test_wishes_for_a_shift_are_for_ones_of_the_centre(session: Session, kanya: User) -> None:
    elsewhere = kit.shift_type(session, "X", 8, centre="10")
    here = kit.shift_type(session, "M", 8)
    day = date(2027, 1, 5)
    with pytest.raises(BadWish, match="shift"):
        make_wish(
            session, kanya, NewWish(day, True, shift_type=elsewhere), by=acting(kanya), at=NOON
        )
    wish = make_wish(session, kanya, NewWish(day, True, shift_type=here), by=acting(kanya), at=NOON)
    assert wishes_at(session, "50", day, day) == [wish]
    with pytest.raises(NotAllowed):
        make_wish(
            session, kanya, NewWish(day, True), by=acting(person(session, "somchai")), at=NOON
        )


def test_no_wishes_for_days_that_are_published(session: Session, kanya: User) -> None:
    day = date(2027, 1, 5)
    kit.rota(session, first=day, last=day)
    with pytest.raises(BadWish, match="late"):
        make_wish(session, kanya, NewWish(day, False), by=acting(kanya), at=NOON)
