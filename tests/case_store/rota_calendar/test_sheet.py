"""People by days: what counts, drafts, marks, cover, totals, and who may look."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.calendar.sheet import Sheet, TooLong, sheet_of
from case_store.rotation.rota.cover_needs import want_on
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    CoverNeed,
    DutyCause,
    Layer,
    RequestState,
    RotaState,
    ShiftPlace,
    StaffClass,
    StaffHoliday,
)
from case_store.rotation.rota.rules import start_terms
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST

WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
KANYA = Actor("kanya", Role.AGENT, "50")
WEEK = FIRST + timedelta(days=6)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def codes(sheet: Sheet) -> dict[str, str]:
    """Each person's days as a word: a shift's code, or a dot."""
    return {
        line.user.username: "".join(
            square.duty.shift_type.code if square.duty else "." for square in line.squares
        )
        for line in sheet.lines
    }


def _week(session: Session, by: Actor = WICHAI) -> Sheet:
    return sheet_of(session, "50", FIRST, WEEK, by=by)


def test_a_sheet_has_everybody_who_takes_turns_and_their_final_duties(database: Database) -> None:
    with database.transaction() as session:
        anong, boon, chai = (person(session, name) for name in ("anong", "boon", "chai"))
        person(session, "prapai", Role.CASE_OFFICER)
        person(session, "elsewhere", centre="57")
        terms = start_terms(chai.id)
        terms.in_rota = False
        session.add(terms)
        morning, evening, night = kit.three_shifts(session)
        rota = kit.rota(session)
        for number in range(3):
            kit.duty(session, rota, anong, day(number), morning)
        kit.duty(session, rota, anong, day(1), evening, Layer.EDITED, DutyCause.EDIT)
        kit.duty(session, rota, boon, day(5), night)

        assert codes(_week(session)) == {"anong": "MEM....", "boon": ".....N."}


def test_totals_count_nights_weekends_and_hours_and_no_standby(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, _, night = kit.three_shifts(session)
        home = kit.shift_type(session, "H", 16, 16, place=ShiftPlace.STANDBY)
        rota = kit.rota(session)
        for number, shift in ((0, night), (1, morning), (4, home), (5, morning), (6, morning)):
            kit.duty(session, rota, anong, day(number), shift)

        [line] = _week(session).lines

        assert (line.nights, line.weekends, line.minutes) == (1, 1, 4 * 7 * 60)


def test_cover_counts_who_is_missing_and_a_public_holiday_has_a_need_of_its_own(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning = kit.shift_type(session, "M", 8)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(0), morning)
        kit.duty(session, rota, anong, day(3), morning)
        needs = {0: 2, 1: 1, 3: 2, 7: 1}
        session.add_all(
            CoverNeed(shift_type_id=morning.id, weekday=weekday, people=people, experienced=0)
            for weekday, people in needs.items()
        )
        session.add(
            StaffHoliday(
                staff_class=StaffClass.OFFICIAL, day=day(3), name_th="วันรัฐธรรมนูญ",
                name_en="Constitution Day", source="x", source_date=FIRST, made_by="x",
            )
        )  # fmt: skip
        session.flush()

        [cover] = _week(session).covers

        assert cover.need == (2, 1, 0, 1, 0, 0, 0)
        assert cover.missing == (1, 1, 0, 0, 0, 0, 0)


def test_what_changed_since_it_was_published_is_marked_and_what_was_before_is_not(
    database: Database,
) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, evening, _ = kit.three_shifts(session)
        rota = kit.rota(session)
        kit.duty(session, rota, anong, day(0), morning)
        kit.duty(session, rota, anong, day(0), evening, Layer.EDITED, DutyCause.EDIT)
        kit.duty(session, rota, anong, day(1), morning)
        sick = kit.duty(session, rota, anong, day(1), None, Layer.OVERRIDDEN, DutyCause.SICK)
        sick.made_at = NOON + timedelta(hours=1)
        sick.reason = "ไข้"
        session.flush()

        [line] = _week(session).lines

        assert line.squares[0].change is None
        change = line.squares[1].change
        assert change and (change.cause, change.reason) == (DutyCause.SICK, "ไข้")
        assert line.squares[1].duty is None


def test_approved_leave_is_shown_and_what_is_only_asked_for_is_not(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        for first, state in ((1, RequestState.APPROVED), (4, RequestState.ASKED)):
            session.add(
                Absence(
                    user_id=anong.id, kind=AbsenceKind.ANNUAL, first_day=day(first),
                    last_day=day(first + 1), state=state, asked_at=NOON, asked_by="anong",
                )
            )  # fmt: skip
        session.flush()

        [line] = _week(session).lines

        assert [square.day for square in line.squares if square.absence] == [day(1), day(2)]


def test_a_planner_sees_a_draft_over_what_counts_and_nobody_else_does(database: Database) -> None:
    with database.transaction() as session:
        anong = person(session, "anong")
        morning, evening, _ = kit.three_shifts(session)
        kit.duty(session, kit.rota(session), anong, day(0), morning)
        kit.duty(session, kit.rota(session), anong, day(3), morning)
        draft = kit.rota(session, first=day(2), last=day(20), state=RotaState.DRAFT)
        kit.duty(session, draft, anong, day(4), evening)

        shown = sheet_of(session, "50", FIRST, WEEK, by=WICHAI, draft=draft)

        assert codes(shown) == {"anong": "M...E.."}
        assert shown.rotas[day(1)].state is RotaState.PUBLISHED
        assert shown.rotas[day(2)] is draft
        assert codes(_week(session, KANYA)) == {"anong": "M..M..."}
        with pytest.raises(NotAllowed):
            sheet_of(session, "50", FIRST, WEEK, by=KANYA, draft=draft)


def test_another_centre_and_too_many_days_are_refused(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(NotAllowed):
            sheet_of(session, "57", FIRST, WEEK, by=KANYA)
        with pytest.raises(TooLong):
            sheet_of(session, "50", FIRST, FIRST + timedelta(days=62), by=KANYA)
        with pytest.raises(TooLong):
            sheet_of(session, "50", FIRST, FIRST - timedelta(days=1), by=KANYA)


def test_what_was_said_of_one_day_is_its_need(database: Database) -> None:
    with database.transaction() as session:
        morning = kit.shift_type(session, "M", 8)
        session.add(CoverNeed(shift_type_id=morning.id, weekday=1, people=3, experienced=0))
        session.flush()
        want_on(session, morning, day(1), 1, reason="น้ำท่วม", by=WICHAI, at=NOON)
        [cover] = _week(session).covers
        assert cover.need == (0, 1, 0, 0, 0, 0, 0)
