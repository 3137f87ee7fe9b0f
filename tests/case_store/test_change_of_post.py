"""Another role, centre, agency or region for somebody: at once, written down, and nothing of theirs is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.calls.callbacks import begin_attempt, request_callback
from case_store.calls.models import CallbackKind, CallOutcome
from case_store.calls.record_call import record_answered, record_queued
from case_store.cases.handover import duties_of
from case_store.cases.models import Case, CaseState
from case_store.cases.told import tell_officer
from case_store.database import Database
from case_store.deadlines.circles import officer_of
from case_store.outbox.models import Notice
from case_store.people.keep_people import BadStaff, Post, change_post, reset_password, retire_staff
from case_store.people.models import PresenceState, Role, SignIn, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.people.presence import desired_members, issue_softphone_secret, live_softphones
from case_store.people.sign_in import actor_of
from tests.case_store.casework import OFFICER, agency, assert_unbroken, in_state
from tests.case_store.kit import IDLE, NATIONAL, NOON, call, case, person, ready

ROOT = Actor("root", Role.ADMINISTRATOR, "00")
SUPERVISOR = Post(role="supervisor", centre_code="83")


@pytest.fixture
def administrator(session: Session) -> User:
    return person(session, "root", Role.ADMINISTRATOR, "00")


def notices(session: Session) -> list[tuple[int, str, dict[str, object]]]:
    rows = session.scalars(select(Notice).order_by(Notice.id))
    return [(one.user_id, one.kind, one.data) for one in rows]


class TestPost:
    def test_it_is_changed_and_written_down_with_what_was_before(self, session: Session) -> None:
        malee = person(session, "malee")

        assert change_post(session, malee, SUPERVISOR, by=ROOT, at=NOON)

        assert (malee.role, malee.centre_code) == (Role.SUPERVISOR, "83")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.moved")).one()
        assert (entry.subject, entry.actor) == ("person:malee", "root")
        assert (entry.facts["role"], entry.facts["centre_code"]) == ("supervisor", "83")
        assert entry.facts["before"]["role"] == "agent"
        assert_unbroken(session)

    def test_the_same_again_is_no_change(self, session: Session) -> None:
        malee = ready(session, person(session, "malee"))

        assert not change_post(
            session, malee, Post(role="agent", centre_code="50"), by=ROOT, at=NOON
        )
        assert session.scalars(select(SignIn)).one().ended_at is None
        assert session.scalars(select(AuditEntry.action)).all() == []

    def test_agency_and_region_come_and_go_with_the_role(self, session: Session) -> None:
        malee, pea = person(session, "malee"), agency(session)
        everything = Post(
            role="agency_officer", centre_code="50", agency_id=pea.id, is_agency_head=True,
            inspection_region="15",
        )  # fmt: skip

        change_post(session, malee, everything, by=ROOT, at=NOON)
        assert (malee.agency_id, malee.is_agency_head, malee.inspection_region) == (
            pea.id, True, None,
        )  # fmt: skip
        change_post(session, malee, replace(everything, role="inspector"), by=ROOT, at=NOON)
        assert (malee.agency_id, malee.is_agency_head, malee.inspection_region) == (
            None, False, "15",
        )  # fmt: skip
        assert actor_of(malee).inspection_region == "15"

    @pytest.mark.parametrize(
        ("post", "wrong"),
        [
            (Post(role="king", centre_code="50"), "role"),
            (Post(role="agent", centre_code="99"), "centre_code"),
            (Post(role="agency_officer", centre_code="50"), "agency_id"),
            (Post(role="agency_officer", centre_code="50", agency_id=9_999), "agency_id"),
            (Post(role="inspector", centre_code="00", inspection_region="x"), "inspection_region"),
        ],
    )
    def test_what_cannot_be_is_refused(self, session: Session, post: Post, wrong: str) -> None:
        malee = ready(session, person(session, "malee"))

        with pytest.raises(BadStaff, match=wrong):
            change_post(session, malee, post, by=ROOT, at=NOON)
        assert session.scalars(select(SignIn)).one().ended_at is None

    def test_who_left_has_none(self, session: Session) -> None:
        malee = person(session, "malee")
        retire_staff(session, malee, by=ROOT, at=NOON)

        with pytest.raises(BadStaff):
            change_post(session, malee, SUPERVISOR, by=ROOT, at=NOON)

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
    def test_only_an_administrator_changes_it(self, session: Session, role: Role) -> None:
        with pytest.raises(NotAllowed):
            change_post(
                session, person(session, "malee"), SUPERVISOR, by=Actor("x", role, "00"), at=NOON
            )


class TestLastAdministrator:
    def test_they_stay_one(self, session: Session, administrator: User) -> None:
        with pytest.raises(BadStaff, match="last_administrator"):
            change_post(session, administrator, SUPERVISOR, by=actor_of(administrator), at=NOON)
        assert administrator.role is Role.ADMINISTRATOR

    def test_another_one_who_is_retired_does_not_count(
        self, session: Session, administrator: User
    ) -> None:
        second = person(session, "second", Role.ADMINISTRATOR, "00")
        second.active = False
        session.flush()

        with pytest.raises(BadStaff, match="last_administrator"):
            change_post(session, administrator, SUPERVISOR, by=actor_of(administrator), at=NOON)

    def test_with_a_second_one_they_may_go(self, session: Session, administrator: User) -> None:
        person(session, "second", Role.ADMINISTRATOR, "00")

        assert change_post(session, administrator, SUPERVISOR, by=actor_of(administrator), at=NOON)


def _demote(session: Session, user: User, by: Actor) -> None:
    change_post(session, user, SUPERVISOR, by=by, at=NOON)


def _retire(session: Session, user: User, by: Actor) -> None:
    retire_staff(session, user, by=by, at=NOON)


@pytest.mark.parametrize("remove", [_demote, _retire])
def test_two_who_remove_each_other_at_once_leave_one(
    database: Database, remove: Callable[[Session, User, Actor], None]
) -> None:
    with database.transaction() as session:
        pair = [person(session, name, Role.ADMINISTRATOR, "00") for name in ("ploy", "tong")]
        ids = {one.id: actor_of(other) for one, other in zip(pair, reversed(pair), strict=True)}

    def work(item: tuple[int, Actor]) -> str:
        try:
            with database.transaction() as session:
                remove(session, session.get_one(User, item[0]), item[1])
        except BadStaff as bad:
            return bad.field
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(work, ids.items()))

    assert results == ["done", "last_administrator"]
    with database.reading() as session:
        left = select(func.count(User.id)).where(User.role == Role.ADMINISTRATOR, User.active)
        assert session.scalar(left) == 1


class TestOnTheLines:
    def test_they_are_off_at_once(self, session: Session) -> None:
        malee = ready(session, person(session, "malee"))
        sign_in = session.scalars(select(SignIn)).one()
        issue_softphone_secret(session, sign_in, expires_at=NOON + IDLE)

        change_post(session, malee, SUPERVISOR, by=ROOT, at=NOON)

        assert sign_in.ended_at == NOON
        assert malee.presence and malee.presence.state is PresenceState.OFF
        assert live_softphones(session, at=NOON) == {}
        assert desired_members(session, at=NOON, idle=IDLE) == frozenset()

    @pytest.mark.parametrize("how", ["moved", "retired", "password"])
    def test_a_talk_goes_on_and_ends_with_them(self, session: Session, how: str) -> None:
        malee = ready(session, person(session, "malee"))
        talk, other = call(session, "pbx-1"), call(session, "pbx-2")
        for one in (talk, other):
            record_queued(session, one, queue="p50", at=NOON)
        record_answered(session, talk, agent=malee, at=NOON)

        match how:
            case "moved":
                change_post(session, malee, SUPERVISOR, by=ROOT, at=NOON)
            case "retired":
                retire_staff(session, malee, by=ROOT, at=NOON)
            case _:
                reset_password(session, malee, by=ROOT, at=NOON)

        assert (talk.outcome, talk.ended_at) == (CallOutcome.CONNECTED, None)
        # Their browser can no longer say that it hangs up on purpose: the caller is not put into the queue again.
        assert (talk.finished_at, other.finished_at) == (NOON, None)


class TestHandingOver:
    def test_what_is_with_them_is_counted(self, session: Session) -> None:
        dao = person(session, "dao", Role.CASE_OFFICER)
        for officer in (dao.id, dao.id, None):
            case(session).officer_id = officer
        ended = case(session)
        ended.officer_id, ended.closed_at = dao.id, NOON
        request = request_callback(
            session, call(session), kind=CallbackKind.CALLBACK, number="+66812345678",
            recording=None, at=NOON,
        )  # fmt: skip
        begin_attempt(session, request, agent=dao, at=NOON)
        session.flush()

        duties = duties_of(session, dao)

        assert (duties.cases, duties.left) == ({"50": 2}, {})
        assert (duties.callbacks, duties.referrals, duties.any) == (1, 0, True)

    def test_running_referrals_count_for_the_last_officer_of_an_agency(
        self, session: Session
    ) -> None:
        pea = in_state(session, CaseState.REFERRED).referrals[0].agency
        suda, prasit = (person(session, name, Role.AGENCY_OFFICER) for name in ("suda", "prasit"))
        suda.agency_id = prasit.agency_id = pea.id
        session.flush()
        assert duties_of(session, suda).referrals == 0

        prasit.active = False
        session.flush()
        assert duties_of(session, suda).referrals == 1

    def test_supervisors_are_told_of_cases_that_need_another_officer(
        self, session: Session
    ) -> None:
        dao, wichai = (
            person(session, "dao", Role.CASE_OFFICER),
            person(session, "wichai", Role.SUPERVISOR),
        )
        person(session, "elsewhere", Role.SUPERVISOR, "83")
        one = _with(session, dao)

        change_post(session, dao, Post(role="case_officer", centre_code="83"), by=ROOT, at=NOON)

        assert duties_of(session, dao).left == {"50": 1}
        assert notices(session) == [(wichai.id, "to_hand_over", {"cases": 1, "officer_id": dao.id})]
        assert officer_of(session, one) == [wichai.id]
        tell_officer(session, one, "reopened", by=NATIONAL, at=NOON)
        assert notices(session)[-1][:2] == (wichai.id, "reopened")

    def test_nobody_is_told_while_they_can_keep_them(self, session: Session) -> None:
        dao = person(session, "dao", Role.CASE_OFFICER)
        person(session, "wichai", Role.SUPERVISOR)
        _with(session, dao)

        change_post(session, dao, Post(role="supervisor", centre_code="50"), by=ROOT, at=NOON)

        assert duties_of(session, dao).left == {}
        assert notices(session) == []

    def test_who_left_leaves_their_cases_to_the_supervisors_too(self, session: Session) -> None:
        dao, wichai = (
            person(session, "dao", Role.CASE_OFFICER),
            person(session, "wichai", Role.SUPERVISOR),
        )
        _with(session, dao)

        retire_staff(session, dao, by=ROOT, at=NOON)

        assert [row[:2] for row in notices(session)] == [(wichai.id, "to_hand_over")]


def _with(session: Session, officer: User) -> Case:
    one = case(session, by=OFFICER)
    one.officer_id = officer.id
    session.flush()
    return one
