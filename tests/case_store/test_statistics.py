"""Statistics equal a naive recount of the same cases, on both databases."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from case_store.cases.models import Case, CaseEventKind, CaseState, Secrecy
from case_store.cases.word_models import Category
from case_store.clock import BANGKOK
from case_store.database import Database
from case_store.deadlines.due import DueState, due_state
from case_store.people.models import Role
from case_store.people.permissions import Action, Actor, NotAllowed, may
from case_store.statistics.overview import AGES, LONGER, Overview, Period, overview
from damrong.demo_cases.load import Loader
from tests.case_store.kit import NATIONAL, NOON, case

GOVERNOR = Actor("anan", Role.GOVERNOR, "50")
INSPECTOR = Actor("pranee", Role.INSPECTOR, "00", inspection_region="15")
ADMIN = Actor("root", Role.ADMINISTRATOR, "00")
COUNT = 900


def naive(
    session: Session, by: Actor, period: Period, centre: str | None, at: datetime
) -> Overview:
    """The same figures from loaded rows, one by one."""
    parents = {one.code: one.parent_code or one.code for one in session.scalars(select(Category))}
    options = selectinload(Case.events), selectinload(Case.referrals)
    seen = [
        one
        for one in session.scalars(select(Case).options(*options))
        if one.merged_into_id is None
        and may(by, Action.SEE_STATISTICS, one.centre_code)
        and (not one.is_secret or may(by, Action.SEE_SECRET_CASES, one.centre_code))
        and centre in (None, one.centre_code)
    ]

    def within(moment: datetime | None) -> bool:
        return moment is not None and period.begin <= moment < period.end

    came = [one for one in seen if within(one.created_at)]
    ended = [one for one in seen if within(one.closed_at)]
    months = {_month(one.created_at) for one in came} | {_month(one.closed_at) for one in ended}
    now_open = [one for one in seen if not one.is_ended]
    return Overview(
        received=len(came),
        closed=len(ended),
        open=len(now_open),
        overdue=sum(due_state(one, at) is DueState.OVERDUE for one in seen),
        reopened=sum(one.reopened > 0 for one in came),
        by_state=dict(Counter(one.state.value for one in came)),
        by_category=dict(Counter(parents[one.category] for one in came)),
        by_channel=dict(Counter(one.channel for one in came)),
        by_province=dict(Counter(one.province_code for one in came)),
        by_month={
            month: (
                sum(_month(one.created_at) == month for one in came),
                sum(_month(one.closed_at) == month for one in ended),
            )  # type: ignore[misc]
            for month in months
        },
        ages=_ages(now_open, at),
        step_times={
            "screening": _both(
                [
                    _days(one, one.screened_at)
                    for one in came
                    if one.screened_at and not one.reopened
                ]
            ),
            "first_referral": _both(
                [_days(one, min(r.sent_at for r in one.referrals)) for one in came if one.referrals]
            ),
            "first_acceptance": _both(
                [
                    _days(one, min(moments))
                    for one in came
                    if (moments := [r.accepted_at for r in one.referrals if r.accepted_at])
                ]
            ),
            "result": _both(
                [
                    _days(one, min(moments))
                    for one in came
                    if (moments := [e.at for e in one.events if e.kind in _RESULTS])
                ]
            ),
            "closing": _both([_days(one, one.closed_at) for one in came if one.closed_at]),
        },
        outcomes=dict(Counter(one.outcome.value for one in ended if one.outcome)),
    )


_RESULTS = {CaseEventKind.RESULT_REPORTED, CaseEventKind.REFERRAL_REPORTED}


def _month(moment: datetime | None) -> str:
    return moment.astimezone(BANGKOK).strftime("%Y-%m") if moment else ""


def _ages(now_open: list[Case], at: datetime) -> dict[str, int]:
    found = dict.fromkeys([*AGES, LONGER], 0)
    for one in now_open:
        name = next(
            (n for n, d in AGES.items() if at - one.created_at <= timedelta(days=d)), LONGER
        )
        found[name] += 1
    return found


def _days(one: Case, moment: datetime | None) -> float:
    assert moment is not None
    return (moment - one.created_at) / timedelta(days=1)


def _both(days: list[float]) -> Any:
    if not days:
        return None
    if len(days) == 1:
        return pytest.approx((days[0], days[0]), abs=1e-4)
    tenths = quantiles(days, n=10, method="inclusive")
    return pytest.approx((tenths[4], tenths[8]), abs=1e-4)


@pytest.fixture
def filled(database: Database) -> Database:
    Loader(database, NOON, seed=21).load(COUNT)
    with database.transaction() as session:
        newest = session.scalars(select(Case.id).order_by(Case.id.desc()).limit(8)).all()
        session.execute(
            update(Case).where(Case.id.in_(newest[:3])).values(merged_into_id=newest[7])
        )
        session.execute(update(Case).where(Case.id.in_(newest[3:5])).values(waiting_since=NOON))
    return database


class TestOverview:
    @given(
        first=st.integers(0, 130),
        length=st.integers(0, 130),
        by=st.sampled_from([NATIONAL, GOVERNOR, INSPECTOR, ADMIN]),
        centre=st.sampled_from([None, None, "50", "30"]),
        later=st.integers(-20, 40),
    )
    @settings(
        max_examples=25, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @pytest.mark.slow
    def test_it_equals_a_naive_recount(
        self, filled: Database, first: int, length: int, by: Actor, centre: str | None, later: int
    ) -> None:
        begin = NOON.date() - timedelta(days=first)
        period = Period(begin, begin + timedelta(days=length))
        at = NOON + timedelta(days=later)
        with filled.reading() as session:
            found = overview(session, by=by, period=period, centre_code=centre, at=at)

            assert found == naive(session, by, period, centre, at)

    def test_the_whole_of_it_has_something_of_everything(self, filled: Database) -> None:
        period = Period(NOON.date() - timedelta(days=200), NOON.date())
        with filled.reading() as session:
            found = overview(session, by=NATIONAL, period=period, at=NOON)

        assert found.received == COUNT - 3
        assert min(found.closed, found.open, found.overdue, found.reopened) > 0
        assert all(found.step_times.values())
        assert set(found.by_state) >= {CaseState.CLOSED, CaseState.REJECTED, CaseState.REFERRED}
        assert sum(month.received for month in found.by_month.values()) == found.received

    def test_a_day_ends_at_midnight_in_bangkok(self, session: Session) -> None:
        case(session, at=datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC))
        case(session, at=datetime(2026, 11, 22, 17, 0, tzinfo=UTC))
        day = Period(date(2026, 11, 23), date(2026, 11, 23))

        assert overview(session, by=NATIONAL, period=day, at=NOON).received == 1

    def test_secret_cases_are_counted_for_who_may_see_them(self, session: Session) -> None:
        case(session, secrecy=Secrecy.SECRET)
        today = Period(NOON.date(), NOON.date())

        assert overview(session, by=GOVERNOR, period=today, at=NOON).received == 1
        assert overview(session, by=ADMIN, period=today, at=NOON).received == 0

    def test_an_agent_sees_no_statistics(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            overview(
                session, by=Actor("kanya", Role.AGENT, "50"),
                period=Period(NOON.date(), NOON.date()), at=NOON,
            )  # fmt: skip

    def test_nothing_at_all(self, session: Session) -> None:
        found = overview(session, by=NATIONAL, period=Period(NOON.date(), NOON.date()), at=NOON)

        assert (found.received, found.open, found.by_month) == (0, 0, {})
        assert set(found.step_times.values()) == {None}
