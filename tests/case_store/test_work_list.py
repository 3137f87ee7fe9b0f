"""What somebody must do today, against a count by hand."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from case_store.cases.models import Case, CaseState
from case_store.cases.referral_models import ReferralState
from case_store.cases.referrals import give_back
from case_store.cases.steps import begin_screening, wait_for_complainant
from case_store.cases.work_list import WorkKind, work_list
from case_store.deadlines.due import DueState, due_state
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, may
from case_store.people.sign_in import actor_of
from tests.case_store.casework import (
    NOTHING,
    OFFICER,
    agency_officer,
    in_state,
    later,
    officer,
    referred,
)
from tests.case_store.kit import NATIONAL, NOON, case, person


def groups(session: Session, by: Actor, at: datetime = NOON, **more: int) -> dict[str, list[Case]]:
    session.flush()
    return {group.kind: group.cases for group in work_list(session, by=by, at=at, **more)}


def test_each_case_stands_in_its_group(session: Session) -> None:
    malee = officer(session)
    me = actor_of(malee)
    new = case(session)
    reopened = in_state(session, CaseState.REOPENED)
    screened, returned = case(session), case(session)
    for one in (screened, returned):
        begin_screening(session, one, by=me, at=NOON)
    referral = referred(session, returned)
    give_back(session, referral, "ไม่ใช่", by=agency_officer(referral.agency), at=NOON)
    review = in_state(session, CaseState.REVIEW)
    waiting = in_state(session, CaseState.HANDLING)
    wait_for_complainant(session, waiting, "ขอพิกัด", by=me, at=NOON)
    mine = in_state(session, CaseState.HANDLING)
    mine.officer_id = malee.id
    overdue, near = in_state(session, CaseState.REFERRED), in_state(session, CaseState.HANDLING)
    overdue.due_at, near.due_at = later(-1), later(1)
    in_state(session, CaseState.CLOSED)

    assert groups(session, me) == {
        WorkKind.TO_SCREEN: [new, reopened, screened],
        WorkKind.OVERDUE: [overdue],
        WorkKind.NEAR_DUE: [near],
        WorkKind.TO_REVIEW: [review],
        WorkKind.RETURNED: [returned],
        WorkKind.WAITING: [waiting],
        WorkKind.MINE: [mine],
    }


def test_an_officer_sees_theirs_and_what_is_nobodys_and_a_supervisor_all(
    session: Session,
) -> None:
    malee, dao = officer(session), officer(session, "dao")
    hers, his, nobodys = case(session), case(session), case(session)
    hers.officer_id, his.officer_id = malee.id, dao.id
    elsewhere = case(session, province_code="83")
    wichai = actor_of(person(session, "wichai", Role.SUPERVISOR))

    assert groups(session, actor_of(malee)) == {WorkKind.TO_SCREEN: [hers, nobodys]}
    assert groups(session, wichai) == {WorkKind.TO_SCREEN: [hers, his, nobodys]}
    assert groups(session, OFFICER) == groups(session, wichai), "OFFICER is a program"
    assert elsewhere not in groups(session, wichai)[WorkKind.TO_SCREEN]
    assert groups(session, NATIONAL) == {}, "the ministry's centre has its own work to do"


@pytest.mark.parametrize(
    ("by", "late"),
    [
        (Actor("anan", Role.GOVERNOR, "50"), True),
        (Actor("orathai", Role.DEPUTY_GOVERNOR, "50"), True),
        (Actor("pranee", Role.INSPECTOR, "00", inspection_region="15"), True),
        (Actor("pranee", Role.INSPECTOR, "00", inspection_region="6"), False),
        (Actor("kanya", Role.AGENT, "50"), False),
        (NOTHING, False),
    ],
)
def test_those_who_oversee_see_what_is_late(session: Session, by: Actor, late: bool) -> None:
    one = in_state(session, CaseState.HANDLING)
    one.due_at = later(-1)
    case(session)

    assert groups(session, by) == ({WorkKind.OVERDUE: [one]} if late else {})


def test_a_group_is_bounded_and_says_so(session: Session) -> None:
    cases = [case(session) for _ in range(4)]

    [group] = work_list(session, by=OFFICER, at=NOON, limit=3)

    assert (group.cases, group.more) == (cases[:3], True)


def test_a_case_that_is_listed_once_is_not_listed_again(session: Session) -> None:
    malee = officer(session)
    one = case(session)
    one.officer_id, one.due_at = malee.id, later(-1)

    assert groups(session, actor_of(malee)) == {WorkKind.TO_SCREEN: [one]}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_open_of_ones_own_is_forgotten(session: Session, seed: int) -> None:
    dice = random.Random(seed)
    malee = officer(session)
    cases = [_any_case(session, dice, malee) for _ in range(25)]
    at = later(dice.choice((0, 5, 20)))

    listed = groups(session, actor_of(malee), at)

    shown = [one.id for group in listed.values() for one in group]
    assert len(shown) == len(set(shown))
    assert set(shown) >= {c.id for c in cases if not c.is_ended and c.officer_id == malee.id}
    assert not set(shown) & {c.id for c in cases if c.is_ended}
    assert {c.id for c in cases if due_state(c, at) is DueState.OVERDUE} <= set(shown)
    assert all(due_state(c, at) is DueState.OVERDUE for c in listed.get(WorkKind.OVERDUE, []))
    for group in listed.values():
        assert all(may(OFFICER, Action.SEE_CASES, one) for one in group)


def _any_case(session: Session, dice: random.Random, malee: User) -> Case:
    one = in_state(session, dice.choice(list(CaseState)))
    one.officer_id = dice.choice((malee.id, None))
    if one.due_at is not None:
        one.due_at += timedelta(days=dice.choice((-20, 0, 3)))
    if one.referrals and dice.random() < 0.5:
        one.referrals[0].state = ReferralState.SENT
    return one


def test_it_takes_a_handful_of_statements_however_much_there_is(session: Session) -> None:
    for _ in range(8):
        in_state(session, CaseState.HANDLING).officer_id = officer(session).id
    session.flush()
    session.expire_all()
    statements: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        for group in work_list(session, by=OFFICER, at=later(30)):
            for one in group.cases:
                assert one.category_row.name_th
                assert one.officer is None or one.officer.display_name
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) < 16
