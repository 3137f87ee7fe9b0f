"""Working days, policies and the clocks of a case, against a calendar reckoned in another way."""

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.cases.correcting import correct
from case_store.cases.models import Case, CaseState, RejectReason
from case_store.cases.steps import (
    begin_screening,
    go_on,
    handle,
    reject,
    reopen,
    wait_for_complainant,
)
from case_store.cases.word_models import Category
from case_store.deadlines.calendar import (
    TooFar,
    WorkingCalendar,
    day_of,
    office_holidays,
)
from case_store.deadlines.cancelled_holidays import (
    BadCancellation,
    cancel_holiday,
    cancelled_holidays,
    restore_holiday,
)
from case_store.deadlines.clocks import start_missing_clocks
from case_store.deadlines.closures import (
    BadClosure,
    add_closure,
    drop_closure,
    list_closures,
)
from case_store.deadlines.due import (
    DueState,
    days_left,
    due_state,
    near_condition,
    overdue_condition,
    unscreened_condition,
)
from case_store.deadlines.models import Policy, PolicyKind
from case_store.deadlines.policies import (
    BadPolicy,
    change_policy,
    current_policy,
    list_policies,
    load_policies,
)
from case_store.people.models import Role
from case_store.people.permissions import Actor, NotAllowed
from tests.case_store.kit import NATIONAL, NOON, case

BANGKOK = timezone(timedelta(hours=7))
OFFICER = Actor("dao", Role.CASE_OFFICER, "50")
SUPERVISOR = Actor("wichai", Role.SUPERVISOR, "50")
ADMINISTRATOR = Actor("root", Role.ADMINISTRATOR, "00")

# Government offices in 2026: the nineteen holidays of the Prime Minister's Office's announcement of May B.E. 2562
# (Royal Gazette; listed by thaipost.net 36421 and thephuketnews.com 71506), with the full moons of 3 March, 31 May and
# 29 July, Ploughing Day as the Royal Household set it, days in lieu by the cabinet's rule of 3 February B.E. 2547, and
# 2 January, which the cabinet added on 12 November B.E. 2567 (prachachat.net, in excite.co.jp Thainews_16081).
OFFICES_CLOSED_IN_2026 = [
    date(2026, *day)
    for day in [
        (1, 1), (1, 2), (3, 3), (4, 6), (4, 13), (4, 14), (4, 15), (5, 4), (5, 13), (5, 31), (6, 1),
        (6, 3), (7, 28), (7, 29), (7, 30), (8, 12), (10, 13), (10, 23), (12, 5), (12, 7), (12, 10),
        (12, 31),
    ]
]  # fmt: skip


def counted_by_hand(start: date, number: int, closed: set[date]) -> date:
    """The Nth working day after a day: a list of all days, without what is no working day."""
    following = [start + timedelta(days=n) for n in range(1, number * 4 + 400)]
    holidays_of_years = {
        day for year in {d.year for d in following} for day in office_holidays(year)
    }
    open_days = [
        day
        for day in following
        if day.strftime("%a") not in ("Sat", "Sun")
        and day not in closed
        and day not in holidays_of_years
    ]
    return open_days[number - 1] if number else start


class TestCalendar:
    def test_the_holidays_of_2026_are_those_that_the_government_announced(self) -> None:
        assert sorted(office_holidays(2026)) == OFFICES_CLOSED_IN_2026

    def test_offices_work_on_labour_day(self) -> None:
        assert WorkingCalendar().is_working(date(2026, 5, 1))

    @given(
        start=st.dates(date(2024, 1, 1), date(2032, 12, 31)),
        number=st.integers(0, 120),
        gaps=st.lists(st.integers(0, 200), max_size=20),
    )
    @settings(max_examples=150, deadline=None)
    def test_days_are_counted_as_by_hand(self, start: date, number: int, gaps: list[int]) -> None:
        closed = {start + timedelta(days=gap) for gap in gaps}
        calendar = WorkingCalendar(frozenset(closed))

        end = calendar.add(start, number)

        assert end == counted_by_hand(start, number, closed)
        assert calendar.between(start, end) == number
        assert calendar.between(end, start) == -number

    def test_no_reckoning_runs_for_ever(self) -> None:
        with pytest.raises(TooFar):
            WorkingCalendar().add(NOON.date(), 100_000)
        with pytest.raises(TooFar):
            WorkingCalendar().between(date(1, 1, 1), NOON.date())

    def test_a_centre_has_its_own_closures_and_those_of_all(self, session: Session) -> None:
        add_closure(session, "50", date(2026, 11, 24), "ยี่เป็ง", by=SUPERVISOR, at=NOON)
        add_closure(session, None, date(2026, 11, 25), "วันหยุดพิเศษ", by=ADMINISTRATOR, at=NOON)

        here, elsewhere = (WorkingCalendar.of(session, code) for code in ("50", "83"))

        assert here.add(NOON.date(), 1) == date(2026, 11, 26)
        assert elsewhere.add(NOON.date(), 1) == date(2026, 11, 24)


class TestClosures:
    def test_a_supervisor_closes_their_own_centre_only(self, session: Session) -> None:
        for code in ("83", None):
            with pytest.raises(NotAllowed):
                add_closure(session, code, NOON.date(), "?", by=SUPERVISOR, at=NOON)
        with pytest.raises(NotAllowed):
            list_closures(session, by=OFFICER, year=2026)

    def test_they_are_listed_dropped_and_audited(self, session: Session) -> None:
        own = add_closure(session, "50", date(2026, 12, 1), "ย้ายสำนักงาน", by=SUPERVISOR, at=NOON)
        other = add_closure(session, "83", date(2026, 12, 1), "น้ำท่วม", by=NATIONAL, at=NOON)
        of_all = add_closure(session, None, date(2026, 12, 2), "วันหยุดพิเศษ", by=NATIONAL, at=NOON)

        assert list_closures(session, by=SUPERVISOR, year=2026) == [own, of_all]
        assert list_closures(session, by=NATIONAL, year=2026) == [own, other, of_all]
        with pytest.raises(NotAllowed):
            drop_closure(session, of_all.id, by=SUPERVISOR, at=NOON)
        assert drop_closure(session, own.id, by=SUPERVISOR, at=NOON)
        assert not drop_closure(session, own.id, by=SUPERVISOR, at=NOON)
        query = select(AuditEntry.chain, AuditEntry.action).where(
            AuditEntry.subject.like("closure:%")
        )
        assert sorted(tuple(row) for row in session.execute(query)) == [
            ("50", "closure.added"),
            ("50", "closure.dropped"),
            ("83", "closure.added"),
            ("system", "closure.added"),
        ]

    @pytest.mark.parametrize(
        ("code", "day", "name", "wrong"),
        [
            ("99", date(2026, 12, 1), "x", "centre_code"),
            ("50", date(1026, 12, 1), "x", "day"),
            ("50", date(2026, 12, 1), " ", "name"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, code: str, day: date, name: str, wrong: str
    ) -> None:
        with pytest.raises(BadClosure, match=wrong):
            add_closure(session, code, day, name, by=NATIONAL, at=NOON)

    @pytest.mark.parametrize("code", ["50", None])
    def test_a_day_is_closed_once(self, session: Session, code: str | None) -> None:
        add_closure(session, code, NOON.date(), "x", by=NATIONAL, at=NOON)
        with pytest.raises(BadClosure, match="day"):
            add_closure(session, code, NOON.date(), "y", by=NATIONAL, at=NOON)


CONSTITUTION_DAY = date(2026, 12, 10)
"""A Thursday."""


class TestCancelledHolidays:
    def test_every_centre_works_on_it(self, session: Session) -> None:
        before = WorkingCalendar.of(session, "50")

        cancel_holiday(session, CONSTITUTION_DAY, " มติ ครม. ", by=ADMINISTRATOR, at=NOON)

        for code in ("50", "83", "00"):
            assert WorkingCalendar.of(session, code).is_working(CONSTITUTION_DAY)
        assert not before.is_working(CONSTITUTION_DAY)
        assert not WorkingCalendar().is_working(CONSTITUTION_DAY)
        found = cancelled_holidays(session, 2026)
        assert {day: one.reason for day, one in found.items()} == {CONSTITUTION_DAY: "มติ ครม."}
        assert cancelled_holidays(session, 2027) == {}

    def test_a_centre_that_is_closed_stays_closed(self, session: Session) -> None:
        cancel_holiday(session, CONSTITUTION_DAY, "มติ ครม.", by=ADMINISTRATOR, at=NOON)
        add_closure(session, "50", CONSTITUTION_DAY, "น้ำท่วม", by=SUPERVISOR, at=NOON)

        assert not WorkingCalendar.of(session, "50").is_working(CONSTITUTION_DAY)

    def test_dates_that_stand_stay_and_later_ones_count_the_day(self, session: Session) -> None:
        standing = case(session, category="land")
        due = standing.due_at

        cancel_holiday(session, CONSTITUTION_DAY, "มติ ครม.", by=ADMINISTRATOR, at=NOON)
        start_missing_clocks(session)

        assert standing.due_at == due
        new = case(session, category="land")
        assert new.due_at is not None and due is not None and new.due_at < due

    def test_it_holds_again_and_all_is_written_down(self, session: Session) -> None:
        cancel_holiday(session, CONSTITUTION_DAY, "มติ ครม.", by=ADMINISTRATOR, at=NOON)

        assert restore_holiday(session, CONSTITUTION_DAY, by=NATIONAL, at=NOON)
        assert not restore_holiday(session, CONSTITUTION_DAY, by=NATIONAL, at=NOON)

        assert not WorkingCalendar.of(session, "50").is_working(CONSTITUTION_DAY)
        query = select(AuditEntry).where(AuditEntry.subject == "holiday:2026-12-10")
        entries = session.scalars(query.order_by(AuditEntry.id)).all()
        assert [(one.action, one.actor) for one in entries] == [
            ("holiday.cancelled", "root"),
            ("holiday.restored", "nok"),
        ]
        assert all(one.detail and one.detail.text == "มติ ครม." for one in entries)

    @pytest.mark.parametrize(
        ("day", "reason", "wrong"),
        [
            (date(2026, 12, 9), "x", "holiday"),
            (date(1026, 12, 10), "x", "holiday"),
            (date.min, "x", "holiday"),
            (CONSTITUTION_DAY, " ", "reason"),
            (CONSTITUTION_DAY, "x" * 201, "reason"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, session: Session, day: date, reason: str, wrong: str
    ) -> None:
        with pytest.raises(BadCancellation, match=wrong):
            cancel_holiday(session, day, reason, by=NATIONAL, at=NOON)

    def test_it_is_cancelled_once(self, session: Session) -> None:
        cancel_holiday(session, CONSTITUTION_DAY, "x", by=NATIONAL, at=NOON)
        with pytest.raises(BadCancellation, match="holiday"):
            cancel_holiday(session, CONSTITUTION_DAY, "y", by=NATIONAL, at=NOON)

    @pytest.mark.parametrize("by", [SUPERVISOR, OFFICER])
    def test_no_centre_cancels_one_by_itself(self, session: Session, by: Actor) -> None:
        with pytest.raises(NotAllowed):
            cancel_holiday(session, CONSTITUTION_DAY, "x", by=by, at=NOON)
        with pytest.raises(NotAllowed):
            restore_holiday(session, CONSTITUTION_DAY, by=by, at=NOON)


class TestPolicies:
    def test_the_start_values_are_those_of_two_systems_in_use(self, session: Session) -> None:
        days = {
            policy.category: policy.values["days"]
            for policy in list_policies(session, PolicyKind.DEADLINE)
        }

        assert days == {
            "land": 15, "environment": 7, "utilities": 10, "public_order": 7, "corruption": 30,
            "drugs": 15, "informal_debt": 15, "consumer": 15, "labour": 15, "assistance": 10,
            "general": 15, None: None,
        }  # fmt: skip
        reminders = current_policy(session, PolicyKind.REMINDER, "land", at=NOON)
        assert reminders and list(reminders.values.values()) == [30, 15, 7]
        retention = current_policy(session, PolicyKind.RETENTION, "util_road", at=NOON)
        assert retention and retention.values == {"years": 10, "action": "anonymise"}

    def test_loading_again_changes_nothing(self, session: Session) -> None:
        change_policy(session, PolicyKind.DEADLINE, "land", {"days": 5}, by=NATIONAL, at=NOON)
        before = {policy.id for policy in list_policies(session)}

        load_policies(session)

        assert {policy.id for policy in list_policies(session)} == before

    def test_a_change_holds_from_then_on_and_leaves_what_was_before(self, session: Session) -> None:
        old = current_policy(session, PolicyKind.DEADLINE, "land", at=NOON)
        later = NOON + timedelta(days=1)
        new = change_policy(
            session, PolicyKind.DEADLINE, "land", {"days": 5}, by=NATIONAL, at=later, note="เร่งรัด"
        )

        assert old and (old.version, old.values["days"]) == (1, 15)
        assert (new.version, new.values["days"], new.made_by) == (2, 5, "nok")
        assert current_policy(session, PolicyKind.DEADLINE, "land", at=NOON) is old
        assert current_policy(session, PolicyKind.DEADLINE, "land", at=later) is new
        assert list_policies(session, PolicyKind.DEADLINE, "land") == [new, old]

    def test_a_subcategory_goes_by_its_own_policy_or_its_parents(self, session: Session) -> None:
        def of(category: str) -> str | None:
            found = current_policy(session, PolicyKind.DEADLINE, category, at=NOON)
            return found.category if found else "none"

        assert of("util_road") == "utilities"
        change_policy(session, PolicyKind.DEADLINE, "util_road", {"days": 3}, by=NATIONAL, at=NOON)
        assert of("util_road") == "util_road"
        session.add(_category("brand_new", days=4))
        session.flush()
        assert of("brand_new") is None

    @pytest.mark.parametrize(
        ("kind", "values", "wrong"),
        [
            (PolicyKind.DEADLINE, {"days": 0}, "days"),
            (PolicyKind.DEADLINE, {"days": 10, "surprise": 1}, "surprise"),
            (PolicyKind.REMINDER, {"second_days": "soon"}, "second_days"),
            (PolicyKind.RETENTION, {"action": "burn"}, "action"),
        ],
    )
    def test_a_value_that_cannot_be_is_refused(
        self, session: Session, kind: PolicyKind, values: dict[str, object], wrong: str
    ) -> None:
        with pytest.raises(BadPolicy, match=wrong):
            change_policy(session, kind, "land", values, by=NATIONAL, at=NOON)

    def test_only_who_keeps_the_words_changes_a_policy(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            change_policy(session, PolicyKind.DEADLINE, None, {}, by=SUPERVISOR, at=NOON)


class TestClocks:
    def test_a_case_is_due_by_its_policy_and_keeps_naming_it(self, session: Session) -> None:
        opened = case(session, category="util_road")

        policy = session.get_one(Policy, opened.deadline_policy_id)
        assert (policy.category, policy.version) == ("utilities", 1)
        assert opened.screening_due_at == _closing(date(2026, 11, 24))
        # 23 November is a Monday; 5 and 6 December are a weekend, 7 and 10 December holidays.
        assert opened.due_at == _closing(date(2026, 12, 8))
        change_policy(session, PolicyKind.DEADLINE, "utilities", {"days": 1}, by=NATIONAL, at=NOON)
        assert opened.due_at == _closing(date(2026, 12, 8))

    def test_without_a_policy_the_list_of_categories_says_the_days(self, session: Session) -> None:
        session.add(_category("brand_new", days=2))
        session.flush()

        assert case(session, category="brand_new").due_at == _closing(date(2026, 11, 25))

    def test_the_evening_in_bangkok_is_still_the_same_day(self, session: Session) -> None:
        late = datetime(2026, 11, 23, 23, 59, tzinfo=BANGKOK)

        assert case(session, at=late).screening_due_at == _closing(date(2026, 11, 24))
        assert case(session, at=late + timedelta(minutes=1)).screening_due_at == _closing(
            date(2026, 11, 25)
        )

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @given(
        hours=st.integers(-15_000, 15_000),
        days=st.integers(1, 60),
        closed=st.sets(st.integers(0, 90), max_size=10),
        waits=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 30)), max_size=3),
    )
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @pytest.mark.slow
    def test_due_dates_equal_a_reckoning_by_hand(
        self,
        session: Session,
        hours: int,
        days: int,
        closed: set[int],
        waits: list[tuple[int, int]],
    ) -> None:
        with session.begin_nested() as undone:
            at = NOON + timedelta(hours=hours)
            day = at.astimezone(BANGKOK).date()
            closures = {day + timedelta(days=number) for number in closed}
            for one in closures:
                add_closure(session, "50", one, "x", by=SUPERVISOR, at=at)
            change_policy(session, PolicyKind.DEADLINE, "land", {"days": days}, by=NATIONAL, at=at)
            opened = case(session, category="land", at=at)
            begin_screening(session, opened, by=OFFICER, at=at)
            waited = 0
            for before, wait in waits:
                since = at + timedelta(days=before)
                at = since + timedelta(days=wait)
                wait_for_complainant(session, opened, "?", by=OFFICER, at=since)
                go_on(session, opened, "", by=OFFICER, at=at)
                waited += sum(
                    counted_by_hand(one - timedelta(days=1), 1, closures) == one
                    for one in _days_after(since, at)
                )

            assert opened.waited_days == waited
            assert opened.due_at == _closing(counted_by_hand(day, days + waited, closures))
            undone.rollback()

    def test_a_corrected_category_counts_from_the_receipt_and_keeps_the_waiting(
        self, session: Session
    ) -> None:
        opened = case(session)
        begin_screening(session, opened, by=OFFICER, at=NOON)
        wait_for_complainant(session, opened, "?", by=OFFICER, at=NOON)
        later = NOON + timedelta(days=2)
        go_on(session, opened, "", by=OFFICER, at=later)

        correct(session, opened, {"category": "environment"}, by=OFFICER, at=later)

        assert opened.due_at == _closing(counted_by_hand(NOON.date(), 7 + 2, set()))

    def test_a_reopened_case_starts_anew_also_when_it_is_corrected_later(
        self, session: Session
    ) -> None:
        opened = case(session)
        begin_screening(session, opened, by=OFFICER, at=NOON)
        reject(session, opened, RejectReason.IN_COURT, "ศาลรับฟ้อง", by=OFFICER, at=NOON)
        later = NOON + timedelta(days=100)
        assert opened.screened_at == NOON

        reopen(session, opened, "ศาลยกฟ้อง", by=OFFICER, at=later)

        assert opened.screened_at is None
        assert opened.due_at == _closing(counted_by_hand(day_of(later), 10, set()))
        correct(session, opened, {"category": "environment"}, by=OFFICER, at=later)
        assert opened.due_at == _closing(counted_by_hand(day_of(later), 7, set()))
        assert opened.screening_due_at == _closing(counted_by_hand(day_of(later), 1, set()))

    def test_cases_from_before_there_were_clocks_get_theirs(self, session: Session) -> None:
        old, ended = case(session), case(session)
        for one in (old, ended):
            one.due_at = one.screening_due_at = one.deadline_policy_id = None
        ended.state = CaseState.CLOSED
        session.flush()

        assert start_missing_clocks(session) == 1
        assert start_missing_clocks(session) == 0
        assert (old.due_at, ended.due_at) == (_closing(date(2026, 12, 8)), None)


class TestDue:
    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_words_for_one_case_and_conditions_for_many_agree(self, session: Session) -> None:
        cases = [
            case(session, at=NOON - timedelta(days=days), category=category)
            for days in range(0, 40, 3)
            for category in ("environment", "land", "utilities")
        ]
        cases[4].state = CaseState.WITHDRAWN
        cases[5].waiting_since = NOON
        cases[6].due_at = None
        cases[20].merged_into_id = cases[0].id
        handled = next(one for one in cases if due_state(one, NOON) is DueState.OVERDUE)
        handled.state = CaseState.SCREENING
        handle(session, handled, by=OFFICER, at=NOON)
        session.flush()
        states = {one.id: due_state(one, NOON) for one in cases}

        def found(condition: object) -> set[int]:
            return set(session.scalars(select(Case.id).where(condition)))  # type: ignore[arg-type]

        def reckoned(state: DueState) -> set[int]:
            return {one for one, its in states.items() if its is state}

        assert set(states.values()) == set(DueState)
        assert found(overdue_condition(NOON)) == reckoned(DueState.OVERDUE)
        assert found(near_condition(NOON)) == reckoned(DueState.NEAR)
        assert handled.id not in found(unscreened_condition(NOON))
        assert found(unscreened_condition(NOON))

    def test_the_days_left_are_working_days(self, session: Session) -> None:
        opened = case(session)  # due on Tuesday 8 December
        calendar = WorkingCalendar.of(session, "50")

        def left(day: int, hour: int = 12) -> tuple[DueState, int | None]:
            at = datetime(2026, 12, day, hour, tzinfo=BANGKOK)
            return due_state(opened, at), days_left(opened, at, calendar)

        assert left(1) == (DueState.ON_TIME, 4)
        assert left(2) == (DueState.NEAR, 3)
        assert left(8) == (DueState.NEAR, 0)
        assert left(8, 17) == (DueState.OVERDUE, 0)
        assert left(14) == (DueState.OVERDUE, -3)


def _closing(day: date) -> datetime:
    return datetime.combine(day, time(16, 30), BANGKOK)


def _days_after(since: datetime, until: datetime) -> list[date]:
    first, last = since.astimezone(BANGKOK).date(), until.astimezone(BANGKOK).date()
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def _category(code: str, *, days: int) -> Category:
    return Category(
        code=code, name_th=code, name_en=code, position=1, active=True, days_to_settle=days
    )
