"""Reminders, warnings and the digest: who is told what, when, and only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.agencies.models import Agency
from case_store.cases.history import add_note
from case_store.cases.models import Case, CaseEventKind, Outcome
from case_store.cases.referral_models import Referral, ReferralState
from case_store.cases.referrals import accept, recall, refer, report, tell_progress
from case_store.cases.steps import (
    begin_screening,
    close,
    go_on,
    handle,
    wait_for_complainant,
)
from case_store.database import Database
from case_store.deadlines.calendar import WorkingCalendar, end_of_office
from case_store.deadlines.closures import add_closure
from case_store.deadlines.daily import claim_day
from case_store.deadlines.digest import daily_digest, digest_counts
from case_store.deadlines.ladder import still_since
from case_store.deadlines.models import PolicyKind, ReferralReminder, Reminder
from case_store.deadlines.policies import change_policy
from case_store.deadlines.reminders import send_reminders, warn_of_deadlines
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor
from case_store.statistics.standstill import standstill
from tests.case_store.kit import NATIONAL, NOON, case, person

BANGKOK = timezone(timedelta(hours=7))
LADDER = ((1, 30), (2, 45), (3, 52))


@dataclass(frozen=True)
class Office:
    """The people of a province and of an agency there."""

    officer: User
    supervisor: User
    deputy: User
    agency: Agency
    clerk: User
    head: User

    @property
    def by(self) -> Actor:
        return Actor("dao", Role.CASE_OFFICER, "50", self.officer.id)

    @property
    def of_agency(self) -> Actor:
        return Actor("lek", Role.AGENCY_OFFICER, "50", self.clerk.id, self.agency.id)


@pytest.fixture
def office(session: Session) -> Office:
    agency = Agency(code="pwa", name_th="การประปา", name_en="Water", centre_code="50", active=True)
    session.add(agency)
    session.flush()
    clerk, head = (person(session, name, Role.AGENCY_OFFICER) for name in ("lek", "yai"))
    clerk.agency_id = head.agency_id = agency.id
    head.is_agency_head = True
    # The deputy governor of another province is told nothing.
    person(session, "other", Role.DEPUTY_GOVERNOR, "83")
    officer = person(session, "dao", Role.CASE_OFFICER)
    supervisor = person(session, "wichai", Role.SUPERVISOR)
    deputy = person(session, "rong", Role.DEPUTY_GOVERNOR)
    return Office(officer, supervisor, deputy, agency, clerk, head)


def handled(session: Session, office: Office) -> Case:
    opened = case(session)
    begin_screening(session, opened, by=office.by, at=NOON)
    handle(session, opened, by=office.by, at=NOON)
    return opened


def referred(session: Session, office: Office) -> Case:
    opened = case(session)
    begin_screening(session, opened, by=office.by, at=NOON)
    refer(session, opened, office.agency, "โปรดตรวจสอบ", by=office.by, at=NOON)
    return opened


def told(session: Session, kind: str) -> list[tuple[int, list[str]]]:
    """Who was told by each batch of notices of a kind: (level or 0, names)."""
    query = (
        select(Notice, User.username)
        .join(User, User.id == Notice.user_id)
        .where(Notice.kind == kind)
        .order_by(Notice.at, User.username)
    )
    batches: dict[tuple[datetime, int], list[str]] = {}
    for notice, name in session.execute(query):
        batches.setdefault((notice.at, notice.data.get("level", 0)), []).append(name)
    return [(level, names) for (_, level), names in batches.items()]


def run(session: Session, days: Sequence[float]) -> list[int]:
    return [send_reminders(session, at=NOON + timedelta(days=day)) for day in days]


class TestNothingMoves:
    def test_an_agency_is_reminded_then_its_head_then_the_deputy_governor(
        self, session: Session, office: Office
    ) -> None:
        opened = referred(session, office)

        sent = run(session, [29, 30, 31, 44, 45, 46, 51, 52, 53, 100])

        assert sent == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
        assert told(session, "referral_no_progress") == [
            (1, ["lek"]),
            (2, ["lek", "yai"]),
            (3, ["lek", "rong", "yai"]),
        ]
        assert told(session, "no_progress") == [], "one standstill, one reminder"
        reminded = [event for event in opened.events if event.kind is CaseEventKind.REMINDED]
        assert [event.data["days"] for event in reminded] == [30, 45, 52]

    def test_of_a_case_that_the_centre_handles_its_own_people_are_told(
        self, session: Session, office: Office
    ) -> None:
        handled(session, office)

        run(session, [30, 45, 52])

        assert told(session, "no_progress") == [
            (1, ["dao"]),
            (2, ["dao", "wichai"]),
            (3, ["dao", "rong", "wichai"]),
        ]

    def test_without_an_officer_whoever_runs_the_floor_is_told(
        self, session: Session, office: Office
    ) -> None:
        opened = handled(session, office)
        office.officer.active = False
        case(session)
        session.flush()

        assert run(session, [30]) == [2]
        assert told(session, "no_progress") == [(1, ["wichai", "wichai"])]
        assert opened.officer_id == office.officer.id

    def test_progress_starts_the_count_anew(self, session: Session, office: Office) -> None:
        opened = referred(session, office)
        [referral] = opened.referrals
        run(session, [30])
        accept(session, referral, by=office.of_agency, at=NOON + timedelta(days=40))
        assert run(session, [45, 52, 69, 70]) == [0, 0, 0, 1]
        tell_progress(session, referral, "รอฝน", by=office.of_agency, at=NOON + timedelta(days=71))

        assert run(session, [85, 100, 101]) == [0, 0, 1]
        assert [level for level, _ in told(session, "referral_no_progress")] == [1, 1, 1]

    def test_a_reminder_is_no_progress(self, session: Session, office: Office) -> None:
        opened = handled(session, office)
        before = opened.progress_at

        run(session, [30])

        assert opened.progress_at == before

    def test_the_hour_of_the_day_does_not_matter(self, session: Session, office: Office) -> None:
        handled(session, office)

        assert run(session, [30.4, 45.0, 52.3]) == [1, 1, 1]

    def test_after_a_long_absence_the_first_circle_is_told_first(
        self, session: Session, office: Office
    ) -> None:
        handled(session, office)

        assert run(session, [200, 201, 215, 222, 230]) == [1, 0, 1, 1, 0]

    def test_while_the_centre_waits_and_after_the_end_nobody_is_told(
        self, session: Session, office: Office
    ) -> None:
        waiting, ended = handled(session, office), handled(session, office)
        wait_for_complainant(session, waiting, "ขอที่อยู่", by=office.by, at=NOON)
        close(session, ended, Outcome.SETTLED, "ซ่อมแล้ว", by=office.by, at=NOON)

        assert run(session, [30, 45, 60]) == [0, 0, 0]
        go_on(session, waiting, "", by=office.by, at=NOON + timedelta(days=60))
        assert run(session, [89, 90]) == [0, 1]

    def test_a_category_may_have_days_of_its_own(self, session: Session, office: Office) -> None:
        handled(session, office)
        change_policy(
            session, PolicyKind.REMINDER, "environment", {"first_days": 5}, by=NATIONAL, at=NOON
        )
        own = case(session, category="env_noise")

        assert run(session, [4, 5, 30]) == [0, 1, 2]
        assert session.scalars(select(Notice.case_ref)).first() == own.ref

    def test_no_more_than_asked_at_a_time(self, session: Session, office: Office) -> None:
        for _ in range(5):
            handled(session, office)
        at = NOON + timedelta(days=30)

        assert [send_reminders(session, at=at, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @given(moves=st.lists(st.integers(1, 70), max_size=5), until=st.integers(0, 200))
    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @pytest.mark.slow
    def test_whatever_moves_when_each_level_is_sent_once_on_its_day(
        self, session: Session, office: Office, moves: list[int], until: int
    ) -> None:
        session.execute(delete(Reminder))
        opened = handled(session, office)
        progress = [0]
        for gap in moves:
            progress.append(progress[-1] + gap)
        expected, moved = [], set(progress)
        for day in range(until + 1):
            since = max(one for one in progress if one <= day)
            expected += [(day, level) for level, days in LADDER if day - since == days]

        for day in range(until + 1):
            at = NOON + timedelta(days=day)
            if day in moved:
                add_note(session, opened, "x", by=office.by, at=at)
            send_reminders(session, at=at)

        rows = session.scalars(select(Reminder).where(Reminder.case_id == opened.id)).all()
        assert [((row.sent_at - NOON).days, row.level) for row in rows] == expected
        opened.merged_into_id = opened.id  # out of the way of the next example
        session.flush()


class TestAgenciesStandStillEachByItself:
    @pytest.fixture
    def roads(self, session: Session, office: Office) -> Referral:
        """A second agency, which works on the same case as the first."""
        agency = Agency(
            code="doh", name_th="แขวงทางหลวง", name_en="Roads", centre_code="50", active=True
        )
        session.add(agency)
        session.flush()
        person(session, "chai", Role.AGENCY_OFFICER).agency_id = agency.id
        opened = referred(session, office)
        return refer(session, opened, agency, "โปรดตรวจสอบ", by=office.by, at=NOON)

    def move(self, session: Session, referral: Referral, day: int) -> None:
        by = Actor("chai", Role.AGENCY_OFFICER, "50", agency_id=referral.agency_id)
        at = NOON + timedelta(days=day)
        if referral.state is ReferralState.SENT:
            accept(session, referral, by=by, at=at)
        else:
            tell_progress(session, referral, "รอฝน", by=by, at=at)

    def test_a_busy_one_hides_no_idle_one(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        for day in range(5, 60, 5):
            self.move(session, roads, day)
            run(session, [day])

        assert told(session, "referral_no_progress") == [
            (1, ["lek"]),
            (2, ["lek", "yai"]),
            (3, ["lek", "rong", "yai"]),
        ]
        notice = session.scalars(select(Notice).order_by(Notice.id)).all()[-1]
        assert (notice.data["agency_th"], notice.data["agency_en"]) == ("การประปา", "Water")
        events = [one for one in roads.case.events if one.kind is CaseEventKind.REMINDED]
        assert [one.data["agency_code"] for one in events] == ["pwa"] * 3

    def test_two_idle_ones_are_reminded_of_their_own(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        assert run(session, [30, 31, 45]) == [2, 0, 2]
        assert told(session, "referral_no_progress") == [
            (1, ["chai", "lek"]),
            (2, ["chai", "lek", "yai"]),
        ]
        assert told(session, "no_progress") == []

    def test_what_the_centre_notes_moves_no_agency(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        add_note(session, roads.case, "โทรตามแล้ว", by=office.by, at=NOON + timedelta(days=29))

        assert run(session, [30]) == [2]

    def test_when_the_agencies_are_done_the_centre_s_own_days_begin(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        [water, _] = roads.case.referrals
        self.move(session, water, 10)
        at = NOON + timedelta(days=20)
        report(session, water, "ซ่อมแล้ว", by=office.of_agency, at=at)
        assert run(session, [30, 40, 44]) == [1, 0, 0]
        recall(session, roads, "ไม่ต้องแล้ว", by=office.by, at=NOON + timedelta(days=44))

        assert run(session, [52, 73, 74, 89]) == [0, 0, 1, 1]
        assert told(session, "referral_no_progress") == [(1, ["chai"])]
        assert told(session, "no_progress") == [(1, ["dao"]), (2, ["dao", "wichai"])]

    def test_what_an_agency_waited_for_too_is_not_held_against_it(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        wait_for_complainant(session, roads.case, "ขอที่อยู่", by=office.by, at=NOON)
        assert run(session, [30, 45]) == [0, 0]
        go_on(session, roads.case, "", by=office.by, at=NOON + timedelta(days=60))

        assert run(session, [61, 89, 90]) == [0, 0, 2]

    def test_no_more_than_asked_at_a_time(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        handled(session, office)
        at = NOON + timedelta(days=30)

        assert [send_reminders(session, at=at, limit=2) for _ in range(3)] == [2, 1, 0]

    def test_the_deputy_governor_s_figures_count_it(
        self, session: Session, office: Office, roads: Referral
    ) -> None:
        deputy = Actor("rong", Role.DEPUTY_GOVERNOR, "50", office.deputy.id)
        later = handled(session, office)
        at = NOON + timedelta(days=40)
        add_note(session, later, "x", by=office.by, at=NOON + timedelta(days=2))
        for day in (20, 39):
            self.move(session, roads, day)

        found = standstill(session, by=deputy, at=at).still

        assert [(one.id, still_since(one)) for one in found.cases] == [
            (roads.case_id, NOON),
            (later.id, NOON + timedelta(days=2)),
        ]
        assert digest_counts(session, ["50"], at=at)["50"]["stalled"] == 2
        [water, _] = roads.case.referrals
        accept(session, water, by=office.of_agency, at=at)
        session.flush()
        assert standstill(session, by=deputy, at=at).still.count == 1

    @given(
        moves=st.lists(st.tuples(st.sampled_from("wrn"), st.integers(1, 60)), max_size=6),
        until=st.integers(30, 150),
    )
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @pytest.mark.slow
    def test_whoever_moves_when_each_is_reminded_once_on_its_own_day(
        self,
        session: Session,
        office: Office,
        roads: Referral,
        moves: list[tuple[str, int]],
        until: int,
    ) -> None:
        """w, r: the first and the second agency move; n: the centre writes a note. So many days apart."""
        opened = referred(session, office)
        water = opened.referrals[0]
        second = refer(session, opened, roads.agency, "โปรดตรวจสอบ", by=office.by, at=NOON)
        roads.case.waiting_since = NOON  # out of the way
        day, on = 0, {}
        for who, gap in moves:
            day += gap
            on[day] = who
        for day in range(until + 1):
            match on.get(day):
                case "w":
                    self.move(session, water, day)
                case "r":
                    self.move(session, second, day)
                case "n":
                    at = NOON + timedelta(days=day)
                    add_note(session, opened, "x", by=office.by, at=at)
            send_reminders(session, at=NOON + timedelta(days=day))

        for one, sign in ((water, "w"), (second, "r")):
            moved = [0, *(day for day, who in on.items() if who == sign and day <= until)]
            expected = [
                (day, level)
                for day in range(until + 1)
                for level, days in LADDER
                if day - max(since for since in moved if since <= day) == days
            ]
            query = select(ReferralReminder).where(ReferralReminder.referral_id == one.id)
            rows = session.scalars(query.order_by(ReferralReminder.id)).all()
            assert [((row.sent_at - NOON).days, row.level) for row in rows] == expected
        assert not session.scalars(select(Reminder).where(Reminder.case_id == opened.id)).all()
        opened.waiting_since = NOON
        session.flush()


class TestWarnings:
    def test_each_date_is_warned_of_once_before_and_after(
        self, session: Session, office: Office
    ) -> None:
        opened = referred(session, office)  # due on Tuesday 8 December, at 16:30
        days = [datetime(2026, 12, day, 12, tzinfo=BANGKOK) for day in (1, 2, 3, 8, 9, 10)]

        assert [warn_of_deadlines(session, at=day) for day in days] == [0, 1, 0, 0, 1, 0]
        assert told(session, "near_due") == [(0, ["dao", "lek"])]
        assert told(session, "overdue") == [(0, ["dao", "lek", "yai"])]
        due = session.scalars(select(Notice.data).where(Notice.kind == "overdue")).first()
        assert due == {"due": "2026-12-08"}
        assert opened.progress_at == NOON

    def test_a_case_that_nobody_screens_is_told_to_who_runs_the_floor(
        self, session: Session, office: Office
    ) -> None:
        case(session)
        tuesday = datetime(2026, 11, 24, 16, 30, tzinfo=BANGKOK)

        assert warn_of_deadlines(session, at=tuesday) == 0
        assert warn_of_deadlines(session, at=tuesday + timedelta(seconds=1)) == 1
        assert warn_of_deadlines(session, at=tuesday + timedelta(days=2)) == 0
        assert told(session, "unscreened") == [(0, ["wichai"])]

    def test_a_new_due_date_is_warned_of_anew_and_none_while_waiting(
        self, session: Session, office: Office
    ) -> None:
        opened = handled(session, office)
        friday = datetime(2026, 12, 4, 12, tzinfo=BANGKOK)
        assert warn_of_deadlines(session, at=friday) == 1
        wait_for_complainant(session, opened, "ขอที่อยู่", by=office.by, at=friday)
        later = friday + timedelta(days=30)
        assert warn_of_deadlines(session, at=later) == 0
        go_on(session, opened, "", by=office.by, at=later)

        assert opened.due_at == end_of_office(
            WorkingCalendar().add(date(2026, 12, 8), opened.waited_days)
        )
        assert warn_of_deadlines(session, at=later) == 1
        assert warn_of_deadlines(session, at=later + timedelta(days=7)) == 1
        assert len(told(session, "near_due")) == 2

    def test_how_long_before_is_a_policy(self, session: Session, office: Office) -> None:
        handled(session, office)
        change_policy(
            session, PolicyKind.DEADLINE, "utilities", {"days": 10, "warn_days": 6},
            by=NATIONAL, at=NOON,
        )  # fmt: skip

        assert warn_of_deadlines(session, at=datetime(2026, 11, 28, 9, tzinfo=BANGKOK)) == 1


class TestDigest:
    def test_a_deputy_governor_is_told_how_the_centre_stands(
        self, session: Session, office: Office
    ) -> None:
        for days in (40, 1, 0):
            case(session, at=NOON - timedelta(days=days))
        case(session, province_code="83")
        waiting = handled(session, office)
        wait_for_complainant(session, waiting, "ขอที่อยู่", by=office.by, at=NOON)
        close(session, handled(session, office), Outcome.SETTLED, "x", by=office.by, at=NOON)

        assert daily_digest(session, at=NOON + timedelta(days=1)) == 2

        query = select(Notice.data).where(
            Notice.user_id == office.deputy.id, Notice.kind == "daily_digest"
        )
        assert session.scalars(query).one() == {
            "day": "2026-11-24", "open": 4, "overdue": 1, "near": 0, "unscreened": 2,
            "stalled": 1, "waiting": 1, "received": 3, "ended": 1,
        }  # fmt: skip

    def test_none_on_a_day_on_which_the_centre_does_not_work(
        self, session: Session, office: Office
    ) -> None:
        add_closure(session, "50", date(2026, 11, 24), "ยี่เป็ง", by=NATIONAL, at=NOON)

        assert daily_digest(session, at=NOON + timedelta(days=1)) == 1  # the other province's
        assert daily_digest(session, at=NOON + timedelta(days=5)) == 0  # a Saturday

    def test_a_day_is_claimed_once_by_whom_and_how_often_it_is_asked(
        self, database: Database
    ) -> None:
        def claim(at: datetime, job: str = "digest") -> bool:
            with database.transaction() as session:
                return claim_day(session, job, at=at)

        late = datetime(2026, 11, 23, 23, 59, tzinfo=BANGKOK)
        assert [claim(late), claim(late), claim(late, "other")] == [True, False, True]
        assert claim(late + timedelta(minutes=1))
        assert not claim(late)
        with pytest.raises(RuntimeError), database.transaction() as session:
            assert claim_day(session, "digest", at=late + timedelta(days=2))
            raise RuntimeError
        assert claim(late + timedelta(days=2))
