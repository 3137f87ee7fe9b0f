"""A published rota through edits, swaps, sick calls, stand-ins and leave: every hard rule holds after every step.

A second opinion that shares nothing with the code under test says what is fine; nothing fine is refused either.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import User
from case_store.rotation.rota.editing import RuleBroken, put_duty
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    DutyCause,
    RequestState,
    ShiftPlace,
    Wish,
    WishLevel,
)
from case_store.rotation.rota.rules import start_terms
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.rota.sick import BadSickCall, call_sick, free_duties
from case_store.rotation.rota.stand_ins import put_stand_in, stand_ins
from case_store.rotation.rota.swaps import accept_swap, approve_swap, offer_swap
from case_store.rotation.training.courses import LINE_COURSE
from case_store.rotation.training.models import PHONE, Certificate
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.independent import Person, Shift, broken
from tests.case_store.rota.test_editing import WICHAI, day
from tests.case_store.rota.test_swaps import me

DAYS = 28
Line = dict[date, Shift]


class _Undo(Exception):
    pass


@contextmanager
def _trial(database: Database) -> Iterator[Session]:
    with pytest.raises(_Undo), database.transaction() as session:
        yield session
        raise _Undo


class Life:
    """The team, their rota, and what the rota ought to say after each step."""

    def __init__(self, session: Session, data: st.DataObject) -> None:
        self.session, self.data = session, data
        self.types = {
            one.code: one
            for one in (
                *kit.three_shifts(session),
                kit.shift_type(session, "L", 20, 11),
                kit.shift_type(session, "H", 9, 4),
                kit.shift_type(session, "S", 8, 12, place=ShiftPlace.STANDBY),
            )
        }
        self.rota = kit.rota(session)
        self.users = [
            person(session, f"p{number}") for number in range(data.draw(st.integers(2, 4)))
        ]
        self.people = {user.id: self._somebody(user) for user in self.users}
        self.lines: dict[int, Line] = {user.id: {} for user in self.users}
        for user in self.users:
            self._fill(user)

    def _somebody(self, user: User) -> Person:
        draw, session = self.data.draw, self.session
        ends = day(draw(st.sampled_from([5, 20, 400])))
        for one in session.query(Certificate).filter_by(user_id=user.id):
            one.last_day = ends
        trained = [(date(2000, 1, 1), ends)]
        if draw(st.booleans()):  # renewed, perhaps with a hole
            again = ends + timedelta(days=draw(st.integers(1, 2)))
            session.add(
                Certificate(
                    user_id=user.id, channel=PHONE, course_code=LINE_COURSE, first_day=again,
                    last_day=day(500), issued_by="x", issued_at=NOON,
                )
            )  # fmt: skip
            trained.append((again, day(500)))
        terms = start_terms(user.id)
        terms.no_nights = draw(st.integers(0, 4)) == 0
        terms.month_minutes = draw(st.sampled_from([None, None, 60 * 60]))
        terms.in_rota = draw(st.integers(0, 9)) > 0
        session.add(terms)
        found = Person(
            trained, month=terms.month_minutes, no_nights=terms.no_nights, in_rota=terms.in_rota
        )
        for number in draw(st.sets(st.integers(0, DAYS - 1), max_size=2)):
            session.add(
                Wish(
                    user_id=user.id, day=day(number), wanted=False, level=int(WishLevel.FIXED),
                    asked_at=NOON,
                )
            )  # fmt: skip
            found.unwanted.add(day(number))
        session.flush()
        return found

    def _fill(self, user: User) -> None:
        """A line that keeps the rules, so dense that the next duty often breaks one."""
        some = st.sampled_from(["", "M", "M", "M", "E", "N", "L", "S"])
        for number, code in enumerate(self.data.draw(st.lists(some, max_size=DAYS))):
            if code and not self.breaks(user, {day(number): code}):
                self.lines[user.id][day(number)] = self.shift(code)
                kit.duty(self.session, self.rota, user, day(number), self.types[code])

    def shift(self, code: str) -> Shift:
        one = self.types[code]
        return Shift(
            code, one.start_minute, one.minutes, one.break_minutes, one.place is ShiftPlace.STANDBY
        )

    def after(self, user: User, changes: dict[date, str | None]) -> Line:
        line = {one: shift for one, shift in self.lines[user.id].items() if one not in changes}
        return line | {one: self.shift(code) for one, code in changes.items() if code}

    def breaks(self, user: User, changes: dict[date, str | None]) -> set[str]:
        return broken(self.people[user.id], self.after(user, changes))

    def attempt(self, step: Callable[[], Any], changes: dict[int, dict[date, str | None]]) -> None:
        """Does it, or sees it refused; either must agree with the second opinion."""
        users = {user.id: user for user in self.users}
        bad = {one: self.breaks(users[one], days) for one, days in changes.items()}
        refused = any(found for one, found in bad.items() if any(changes[one].values()))
        savepoint = self.session.begin_nested()
        if refused:
            with pytest.raises(RuleBroken):
                step()
            savepoint.rollback()
            return
        step()  # what is fine is not refused
        savepoint.commit()
        for one, days in changes.items():
            self.lines[one] = self.after(users[one], days)

    def holds(self) -> None:
        """Every line keeps every rule, and the final schedule is what it ought to be."""
        found: dict[int, dict[date, str]] = {user.id: {} for user in self.users}
        for duty in final_schedule(self.session, day(-40), day(DAYS + 40)):
            found[duty.user_id][duty.day] = duty.shift_type.code
        for user in self.users:
            expected = {one: shift.code for one, shift in self.lines[user.id].items()}
            assert found[user.id] == expected
            assert broken(self.people[user.id], self.lines[user.id]) == set()


def _edit(life: Life) -> None:
    user, number = _user(life), _number(life)
    code = life.data.draw(st.sampled_from([None, *life.types]))
    shift = life.types[code] if code else None
    life.attempt(
        lambda: put_duty(life.session, life.rota, user, day(number), shift, by=WICHAI, at=NOON),
        {user.id: {day(number): code}},
    )


def _swap(life: Life) -> None:
    giver, taker = _user(life), _user(life)
    mine, theirs = life.lines[giver.id], life.lines[taker.id]
    if giver.id == taker.id or not mine:
        return
    given = life.data.draw(st.sampled_from(sorted(mine)))
    back = life.data.draw(st.sampled_from([None, *sorted(theirs)]))
    lost = (given in theirs and back != given) or (back and back != given and back in mine)
    changes: dict[int, dict[date, str | None]] = {
        giver.id: {given: None}, taker.id: {given: mine[given].code},
    }  # fmt: skip
    if back:
        changes[taker.id].setdefault(back, None)
        changes[giver.id][back] = theirs[back].code

    def step() -> None:
        swap = offer_swap(
            life.session, giver, given, taker=taker, return_day=back, by=me(giver), at=NOON
        )
        accept_swap(life.session, swap, taker, by=me(taker), at=NOON)
        approve_swap(life.session, swap, by=WICHAI, at=NOON)

    if lost:
        with pytest.raises(RuleBroken), life.session.begin_nested():
            step()
    else:
        life.attempt(step, changes)


def _sick(life: Life) -> None:
    user, number = _user(life), _number(life)
    days = [day(number + one) for one in range(life.data.draw(st.integers(1, 3)))]
    at = NOON + timedelta(days=13)
    freed = dict.fromkeys(_touching(life, user, days))
    try:
        call_sick(life.session, user, days[0], days[-1], by=me(user), at=at)
    except BadSickCall:
        return
    _away(life, user, days, freed)


def _leave(life: Life) -> None:
    """Leave that is approved after the rota was published: its duties are free."""
    user, number = _user(life), _number(life)
    freed = _touching(life, user, [day(number)])
    life.session.add(
        Absence(
            user_id=user.id, kind=AbsenceKind.ANNUAL, first_day=day(number), last_day=day(number),
            note="", state=RequestState.APPROVED, asked_at=NOON, asked_by="x",
        )
    )  # fmt: skip
    free_duties(
        life.session, user, day(number), day(number), by=WICHAI, at=NOON, cause=DutyCause.EDIT,
        reason="x",
    )  # fmt: skip
    _away(life, user, [day(number)], dict.fromkeys(freed))


def _stand_in(life: Life) -> None:
    code = life.data.draw(st.sampled_from(["M", "E", "N", "L", "H"]))
    number, shift = _number(life), life.types[code]
    ranked = stand_ins(life.session, "50", day(number), shift, by=WICHAI)
    fits = {one.user.id for one in ranked if one.fits}
    for user in life.users:
        has = life.lines[user.id].get(day(number))
        busy = has is not None and not has.standby
        fine = not busy and not life.breaks(user, {day(number): code})
        assert (user.id in fits) == fine, (user.username, code)
    if fits:
        user = next(one.user for one in ranked if one.fits)
        life.attempt(
            lambda: put_stand_in(
                life.session, "50", user, day(number), shift, consent=True, by=WICHAI, at=NOON
            ),
            {user.id: {day(number): code}},
        )


def _user(life: Life) -> User:
    return life.data.draw(st.sampled_from(life.users))


def _number(life: Life) -> int:
    return life.data.draw(st.integers(0, DAYS - 1))


def _touching(life: Life, user: User, days: list[date]) -> list[date]:
    line = life.lines[user.id]
    return [
        one
        for one, shift in line.items()
        if one in days or (shift.start + shift.length > 24 * 60 and one + timedelta(days=1) in days)
    ]


def _away(life: Life, user: User, days: list[date], freed: dict[date, None]) -> None:
    life.people[user.id].away |= set(days)
    life.lines[user.id] = {
        one: shift for one, shift in life.lines[user.id].items() if one not in freed
    }


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(st.data())
def test_every_hard_rule_holds_after_every_step(database: Database, data: st.DataObject) -> None:
    with _trial(database) as session:
        life = Life(session, data)
        life.holds()
        for _ in range(data.draw(st.integers(1, 12))):
            data.draw(st.sampled_from([_edit, _swap, _sick, _leave, _stand_in]))(life)
            life.holds()
