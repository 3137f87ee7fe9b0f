"""Working terms, versions of rules, and who has a holiday when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.deadlines.cancelled_holidays import cancel_holiday
from case_store.deadlines.closures import add_closure
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.keep_rules import (
    BadRules,
    Source,
    change_rules,
    load_rules,
    versions_of_rules,
)
from case_store.rotation.rota.models import RuleSet, StaffClass, StaffHoliday
from case_store.rotation.rota.rules import START_RULES, rules_of
from case_store.rotation.rota.staff_holidays import (
    BadHoliday,
    NewHoliday,
    add_holiday,
    drop_holiday,
    holidays_of,
    load_holidays,
)
from case_store.rotation.rota.terms import BadTerms, NewTerms, rota_people, set_terms, terms_of
from tests.case_store.kit import NATIONAL, NOON, person

WICHAI = Actor("wichai", Role.SUPERVISOR, "50", user_id=None)
ADMIN = Actor("admin", Role.ADMINISTRATOR, "00", user_id=None)
GAZETTE = Source("ราชกิจจานุเบกษา เล่ม 142", date(2026, 11, 2))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PLOUGHING, LABOUR, CHILDREN = date(2026, 5, 13), date(2026, 5, 1), date(2026, 1, 10)
TODAY = date(2026, 11, 23)


def test_terms_are_kept_with_the_phone_in_one_form(session: Session) -> None:
    kanya, somchai = person(session, "kanya"), person(session, "somchai")
    new = NewTerms(
        StaffClass.EMPLOYEE, 24 * 60, 96 * 60, no_nights=True, standby_phone="081-234 5678"
    )
    set_terms(session, kanya, new, by=WICHAI, at=NOON)
    found = terms_of(session, [kanya.id, somchai.id])
    assert found[kanya.id].standby_phone == "+66812345678"
    assert (found[kanya.id].week_minutes, found[kanya.id].no_nights) == (1440, True)
    assert found[somchai.id].staff_class is StaffClass.CONTRACTOR
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "terms.changed")).one()
    assert entry.facts["phone_changed"] is True
    assert "5678" not in str(entry.facts)


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewTerms(StaffClass.OFFICIAL, 49 * 60), "week_minutes"),
        (NewTerms(StaffClass.OFFICIAL, 0), "week_minutes"),
        (NewTerms(StaffClass.OFFICIAL, 2400, 30), "month_minutes"),
        (NewTerms(StaffClass.OFFICIAL, 2400, standby_phone="1567"), "standby_phone"),
        (NewTerms(StaffClass.OFFICIAL, 2400, standby_phone="+44 20 7946 0958"), "standby_phone"),
        (NewTerms(StaffClass.OFFICIAL, 2400, standby_phone="ไม่มี"), "standby_phone"),
    ],
)
def test_terms_that_cannot_be(session: Session, new: NewTerms, field: str) -> None:
    with pytest.raises(BadTerms) as refused:
        set_terms(session, person(session, "kanya"), new, by=WICHAI, at=NOON)
    assert refused.value.field == field


def test_hours_are_bound_by_the_rules_of_the_class(session: Session) -> None:
    values = START_RULES[StaffClass.OFFICIAL][0].model_dump() | {"most_week_minutes": 35 * 60}
    change_rules(
        session, StaffClass.OFFICIAL, values, valid_from=TODAY, source=GAZETTE, by=ADMIN, at=NOON
    )
    kanya = person(session, "kanya")
    set_terms(session, kanya, NewTerms(StaffClass.EMPLOYEE, 40 * 60), by=WICHAI, at=NOON)
    with pytest.raises(BadTerms):
        set_terms(session, kanya, NewTerms(StaffClass.OFFICIAL, 40 * 60), by=WICHAI, at=NOON)


def test_who_is_in_the_rota_and_who_plans_it(session: Session) -> None:
    kanya, wichai = person(session, "kanya"), person(session, "wichai", Role.SUPERVISOR)
    officer = person(session, "prapai", Role.CASE_OFFICER)
    person(session, "malee", centre="10")
    assert rota_people(session, "50") == [kanya, wichai]
    terms = NewTerms(StaffClass.OFFICIAL, 2400)
    with pytest.raises(BadTerms):
        set_terms(session, officer, terms, by=WICHAI, at=NOON)
    for other in (Actor("kanya", Role.AGENT, "50"), Actor("x", Role.SUPERVISOR, "10"), ADMIN):
        with pytest.raises(NotAllowed):
            set_terms(session, kanya, terms, by=other, at=NOON)


def test_rules_are_versions_from_a_day_on_with_a_source(session: Session) -> None:
    load_rules(session)
    load_rules(session)
    assert len(session.scalars(select(RuleSet)).all()) == 3
    start = START_RULES[StaffClass.CONTRACTOR][0]
    later = TODAY + timedelta(days=10)
    change_rules(
        session, StaffClass.CONTRACTOR, start.model_dump() | {"least_rest_minutes": 720},
        valid_from=later, source=GAZETTE, by=ADMIN, at=NOON,
    )  # fmt: skip
    before = rules_of(session, StaffClass.CONTRACTOR, on=later - timedelta(days=1))
    assert before.least_rest_minutes == 660
    assert rules_of(session, StaffClass.CONTRACTOR, on=later).least_rest_minutes == 720
    assert rules_of(session, StaffClass.EMPLOYEE, on=later).least_rest_minutes == 660
    newest, oldest = versions_of_rules(session, StaffClass.CONTRACTOR)
    assert (newest.source, newest.source_date) == (GAZETTE.text, GAZETTE.day)
    assert oldest.source_date == date(2025, 12, 7)


@pytest.mark.parametrize(
    ("change", "source", "valid_from", "field"),
    [
        ({"most_day_minutes": 59}, GAZETTE, TODAY, "most_day_minutes"),
        ({"most_week_minutes": 60}, GAZETTE, TODAY, "most_week_minutes"),
        ({"most_wishes": 3}, GAZETTE, TODAY, "most_wishes"),
        ({}, Source(" ", TODAY), TODAY, "source"),
        ({}, Source("x", TODAY + timedelta(days=1)), TODAY, "source_date"),
        ({}, GAZETTE, TODAY - timedelta(days=1), "valid_from"),
    ],
)
def test_rules_that_cannot_be(
    session: Session, change: dict[str, int], source: Source, valid_from: date, field: str
) -> None:
    values = START_RULES[StaffClass.EMPLOYEE][0].model_dump() | change
    with pytest.raises(BadRules) as refused:
        change_rules(
            session, StaffClass.EMPLOYEE, values, valid_from=valid_from, source=source,
            by=ADMIN, at=NOON,
        )  # fmt: skip
    assert refused.value.field == field


def test_only_who_keeps_the_lists_changes_rules_and_holidays(session: Session) -> None:
    values = START_RULES[StaffClass.EMPLOYEE][0].model_dump()
    with pytest.raises(NotAllowed):
        change_rules(
            session, StaffClass.EMPLOYEE, values, valid_from=TODAY, source=GAZETTE,
            by=WICHAI, at=NOON,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        drop_holiday(session, StaffClass.EMPLOYEE, LABOUR, by=WICHAI, at=NOON)


def test_each_class_has_its_own_holidays(session: Session) -> None:
    officials = holidays_of(session, StaffClass.OFFICIAL, *YEAR)
    contractors = holidays_of(session, StaffClass.CONTRACTOR, *YEAR)
    assert PLOUGHING in officials
    assert LABOUR not in officials
    assert LABOUR in contractors
    assert PLOUGHING not in contractors
    assert CHILDREN not in officials.keys() | contractors.keys()
    assert len(contractors) >= 13  # section 29 of the Labour Protection Act
    for one in (*officials.values(), *contractors.values()):
        assert one.source
        assert one.source_date
        assert one.name_th
        assert one.name_en != one.name_th


def test_holidays_are_loaded_once_and_what_was_decided_stays(session: Session) -> None:
    asked = holidays_of(session, StaffClass.EMPLOYEE, *YEAR)
    load_holidays(session, [2026])
    assert drop_holiday(session, StaffClass.EMPLOYEE, LABOUR, by=ADMIN, at=NOON)
    load_holidays(session, [2026])
    kept = holidays_of(session, StaffClass.EMPLOYEE, *YEAR)
    assert asked.keys() - kept.keys() == {LABOUR}
    assert LABOUR in holidays_of(session, StaffClass.CONTRACTOR, *YEAR)
    new = NewHoliday(date(2026, 12, 28), "วันหยุดพิเศษ", "Special holiday", GAZETTE)
    add_holiday(session, StaffClass.EMPLOYEE, new, by=NATIONAL, at=NOON)
    found = holidays_of(session, StaffClass.EMPLOYEE, new.day, new.day)[new.day]
    assert (found.source, found.source_date, found.made_by) == (GAZETTE.text, GAZETTE.day, "nok")
    with pytest.raises(BadHoliday, match="day"):
        add_holiday(session, StaffClass.EMPLOYEE, new, by=NATIONAL, at=NOON)


def test_a_year_that_nobody_loaded_is_loaded_before_it_is_changed(session: Session) -> None:
    labour = date(2029, 5, 1)
    assert drop_holiday(session, StaffClass.CONTRACTOR, labour, by=ADMIN, at=NOON)
    year = holidays_of(session, StaffClass.CONTRACTOR, date(2029, 1, 1), date(2029, 12, 31))
    assert labour not in year
    assert len(year) >= 12


def test_officials_have_the_calendar_of_working_days_and_no_second_one(session: Session) -> None:
    special, new_year = date(2026, 12, 28), date(2026, 12, 31)
    add_closure(session, None, special, "วันหยุดพิเศษตามมติ ครม.", by=ADMIN, at=NOON)
    add_closure(session, "50", special + timedelta(days=1), "ซ้อมแผน", by=ADMIN, at=NOON)
    cancel_holiday(session, new_year, "มติ ครม.", by=ADMIN, at=NOON)
    december = holidays_of(session, StaffClass.OFFICIAL, date(2026, 12, 1), new_year)
    assert special in december
    assert special + timedelta(days=1) not in december
    assert new_year not in december
    assert new_year in holidays_of(session, StaffClass.EMPLOYEE, date(2026, 12, 1), new_year)
    with pytest.raises(BadHoliday, match="staff_class"):
        add_holiday(
            session, StaffClass.OFFICIAL, NewHoliday(special, "ก", "A", GAZETTE), by=ADMIN, at=NOON
        )
    assert (
        session.scalars(select(StaffHoliday).where(StaffHoliday.staff_class == "official")).all()
        == []
    )
