"""Signing in, presence, permissions, tokens and telephones."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.people.models import BreakReason, PresenceState, Role, SignIn, User
from case_store.people.passwords import hash_password, matches
from case_store.people.permissions import Action, Actor, NotAllowed, may, visible_centres
from case_store.people.presence import (
    QueueMember,
    desired_members,
    end_wrap_up,
    extend_wrap_up,
    issue_softphone_secret,
    live_softphones,
    set_presence,
    start_wrap_up,
    user_of_extension,
)
from case_store.people.sign_in import (
    LOCK,
    TRIES,
    SignInLocked,
    SignInRefused,
    actor_of,
    admit,
    end_sign_in,
    end_stale_sign_ins,
    find_sign_in,
    password_hash_of,
)
from case_store.people.staff import BadPerson, add_person, change_password, retire_person
from case_store.people.tokens import TokenNameTaken, actor_of_token, create_token, revoke_token
from tests.case_store.casework import agency
from tests.case_store.kit import IDLE, NOON, call, person, ready, signed_in

HOUR = timedelta(hours=1)


def check_password(session: Session, *, username: str, password: str, at: datetime) -> User:
    right = matches(password, password_hash_of(session, username))
    return admit(session, username=username, right=right, at=at)


class TestPassword:
    def test_the_right_one_opens(self, session: Session) -> None:
        user = person(session, "malee")
        user.password_hash = hash_password("correct horse")

        assert (
            check_password(session, username=" Malee ", password="correct horse", at=NOON) is user
        )

    def test_wrong_ones_lock_for_a_while_and_the_right_one_with_them(
        self, session: Session
    ) -> None:
        person(session, "malee").password_hash = hash_password("correct horse")
        for _ in range(TRIES):
            with pytest.raises(SignInRefused):
                check_password(session, username="malee", password="wrong", at=NOON)

        with pytest.raises(SignInLocked):
            check_password(session, username="malee", password="correct horse", at=NOON + LOCK / 2)
        assert check_password(session, username="malee", password="correct horse", at=NOON + LOCK)

    @pytest.mark.parametrize("username", ["nobody", "", "' or 1=1 --", "x" * 5000])
    def test_an_unknown_person_is_refused_in_the_same_words(
        self, session: Session, username: str
    ) -> None:
        with pytest.raises(SignInRefused):
            check_password(session, username=username, password="x", at=NOON)

    def test_somebody_who_left_does_not_come_in(self, session: Session) -> None:
        user = person(session, "malee")
        user.password_hash, user.active = hash_password("correct horse"), False

        with pytest.raises(SignInRefused):
            check_password(session, username="malee", password="correct horse", at=NOON)


def test_guesses_at_the_same_moment_are_all_counted(database: Database) -> None:
    with database.transaction() as session:
        user_id = person(session, "malee").id

    def guess(_: int) -> None:
        with database.transaction() as session:
            session.get_one(User, user_id)
            with suppress(SignInRefused):
                admit(session, username="malee", right=False, at=NOON)

    with ThreadPoolExecutor(TRIES) as pool:
        list(pool.map(guess, range(TRIES)))

    with database.reading() as session:
        assert session.get_one(User, user_id).locked_until == NOON + LOCK


class TestLeaving:
    def test_whoever_leaves_is_off_the_lines_at_once(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))
        sign_in = session.scalars(select(SignIn)).one()
        issue_softphone_secret(session, sign_in, expires_at=NOON + HOUR)

        retire_person(session, user, at=NOON)
        session.flush()

        assert sign_in.ended_at == NOON
        assert live_softphones(session, at=NOON) == {}
        assert desired_members(session, at=NOON, idle=IDLE) == frozenset()

    def test_the_telephone_of_a_person_who_may_not_come_in_is_off(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))
        sign_in = session.scalars(select(SignIn)).one()
        issue_softphone_secret(session, sign_in, expires_at=NOON + HOUR)
        user.active = False
        session.flush()

        assert live_softphones(session, at=NOON) == {}

    def test_a_new_password_ends_what_the_old_one_opened(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))

        change_password(session, user, "battery staple", at=NOON)
        session.flush()

        assert session.scalars(select(SignIn)).one().ended_at == NOON
        assert check_password(session, username="malee", password="battery staple", at=NOON)


class TestSignIn:
    def test_it_is_found_by_its_token_only(self, session: Session) -> None:
        new = signed_in(session, person(session, "malee"))

        found = find_sign_in(session, new.token, at=NOON, idle=IDLE)
        assert found is not None
        assert found.user is new.user
        assert find_sign_in(session, "guess", at=NOON, idle=IDLE) is None

    @pytest.mark.parametrize("later", [timedelta(hours=13), IDLE])
    def test_it_ends_by_time_and_by_idleness(self, session: Session, later: timedelta) -> None:
        new = signed_in(session, person(session, "malee"))

        assert find_sign_in(session, new.token, at=NOON + later, idle=IDLE) is None

    def test_a_second_browser_ends_the_first(self, session: Session) -> None:
        user = person(session, "malee")
        first, second = signed_in(session, user), signed_in(session, user)

        assert find_sign_in(session, first.token, at=NOON, idle=IDLE) is None
        assert find_sign_in(session, second.token, at=NOON, idle=IDLE)

    def test_a_new_sign_in_is_not_ready_yet(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))

        signed_in(session, user)
        session.flush()

        assert desired_members(session, at=NOON, idle=IDLE) == frozenset()

    def test_signing_out_takes_the_person_off_the_lines(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))
        sign_in = session.scalars(select(SignIn)).one()
        issue_softphone_secret(session, sign_in, expires_at=NOON + HOUR)

        end_sign_in(session, sign_in, at=NOON)
        session.flush()

        assert user.presence and user.presence.state is PresenceState.OFF
        assert live_softphones(session, at=NOON) == {}
        assert desired_members(session, at=NOON, idle=IDLE) == frozenset()

    def test_a_browser_that_vanished_is_signed_out_when_its_time_is_over(
        self, session: Session
    ) -> None:
        ready(session, person(session, "malee"))

        assert end_stale_sign_ins(session, at=NOON + IDLE / 2, idle=IDLE) == 0
        assert end_stale_sign_ins(session, at=NOON + IDLE, idle=IDLE) == 1


class TestQueueMembers:
    def test_the_ready_are_members_of_their_own_centres_queue(self, session: Session) -> None:
        malee, nok = (
            ready(session, person(session, "malee")),
            ready(session, person(session, "nok", centre="00")),
        )

        assert desired_members(session, at=NOON, idle=IDLE) == {
            QueueMember("p50", malee.extension, paused=False),
            QueueMember("p00", nok.extension, paused=False),
        }

    @pytest.mark.parametrize(
        ("state", "reason"), [(PresenceState.BREAK, BreakReason.MEAL), (PresenceState.OFF, None)]
    )
    def test_nobody_else_is(
        self, session: Session, state: PresenceState, reason: BreakReason | None
    ) -> None:
        set_presence(
            session, ready(session, person(session, "malee")), state, reason=reason, at=NOON
        )
        session.flush()

        assert desired_members(session, at=NOON, idle=IDLE) == frozenset()

    @pytest.mark.parametrize("later", [timedelta(hours=13), IDLE])
    def test_a_sign_in_that_is_over_makes_no_member(
        self, session: Session, later: timedelta
    ) -> None:
        ready(session, person(session, "malee"))

        assert desired_members(session, at=NOON + later, idle=IDLE) == frozenset()

    def test_an_administrator_cannot_be_ready(self, session: Session) -> None:
        with pytest.raises(NotAllowed):
            ready(session, person(session, "root", Role.ADMINISTRATOR))

    @pytest.mark.parametrize(
        ("state", "reason"), [(PresenceState.BREAK, None), (PresenceState.READY, BreakReason.MEAL)]
    )
    def test_a_break_has_a_reason_and_nothing_else_has(
        self, session: Session, state: PresenceState, reason: BreakReason | None
    ) -> None:
        with pytest.raises(ValueError, match="reason"):
            set_presence(session, person(session, "malee"), state, reason=reason, at=NOON)

    def test_wrap_up_can_be_cut_short_and_extended_up_to_a_limit(self, session: Session) -> None:
        user = ready(session, person(session, "malee"))
        start_wrap_up(
            session, user, call_id=call(session).id, until=NOON + timedelta(seconds=30), at=NOON
        )

        assert extend_wrap_up(session, user, by=timedelta(minutes=1), at=NOON) == NOON + timedelta(
            seconds=90
        )
        assert extend_wrap_up(session, user, by=HOUR, at=NOON) == NOON + timedelta(minutes=15)
        end_wrap_up(session, user, at=NOON)
        session.flush()

        [member] = desired_members(session, at=NOON, idle=IDLE)
        assert not member.paused
        assert extend_wrap_up(session, user, by=HOUR, at=NOON) is None


class TestSoftphone:
    def test_the_store_keeps_only_the_digest_of_the_newest_secret(self, session: Session) -> None:
        user = person(session, "malee")
        signed_in(session, user)
        sign_in = session.scalars(select(SignIn)).one()
        issue_softphone_secret(session, sign_in, expires_at=NOON + HOUR)
        secret = issue_softphone_secret(session, sign_in, expires_at=NOON + HOUR)
        session.flush()

        ha1 = hashlib.md5(f"{user.extension}:1567:{secret}".encode()).hexdigest()
        assert live_softphones(session, at=NOON) == {user.extension: ha1}
        assert live_softphones(session, at=NOON + HOUR) == {}

    @pytest.mark.parametrize("extension", ["ag", "agx", "x0001", "ag9999", "", "ag²"])
    def test_only_an_extension_names_a_person(self, session: Session, extension: str) -> None:
        user = person(session, "malee")

        assert user_of_extension(session, user.extension) is user
        assert user_of_extension(session, extension) is None


class TestStaff:
    @pytest.mark.parametrize(
        "wrong",
        [{"username": "Ab c"}, {"password": "short"}, {"centre_code": "99"}, {"username": "malee"}],
    )
    def test_bad_people_are_refused(self, session: Session, wrong: dict[str, str]) -> None:
        person(session, "malee")
        right = {
            "username": "somchai", "display_name": "สมชาย", "role": Role.AGENT, "centre_code": "50",
            "password": "long enough password", "at": NOON,
        }  # fmt: skip

        with pytest.raises(BadPerson):
            add_person(session, **(right | wrong))  # type: ignore[arg-type]
        assert add_person(session, **right).id  # type: ignore[arg-type]


class TestBelonging:
    @pytest.mark.parametrize(
        ("role", "belongs"),
        [
            (Role.AGENCY_OFFICER, {}),
            (Role.CASE_OFFICER, {"agency_id": 1}),
            (Role.CASE_OFFICER, {"is_agency_head": True}),
            (Role.INSPECTOR, {}),
            (Role.INSPECTOR, {"inspection_region": "99"}),
            (Role.GOVERNOR, {"inspection_region": "15"}),
        ],
    )
    def test_an_agency_and_a_region_are_for_those_who_have_one(
        self, session: Session, role: Role, belongs: dict[str, Any]
    ) -> None:
        with pytest.raises(BadPerson):
            add_person(
                session, username="somchai", display_name="สมชาย", role=role, centre_code="50",
                password="long enough password", at=NOON, **belongs,
            )  # fmt: skip

    def test_it_is_part_of_who_acts(self, session: Session) -> None:
        pea = agency(session)
        plain: dict[str, Any] = {
            "display_name": "ก", "centre_code": "50", "password": "long enough password", "at": NOON,
        }  # fmt: skip
        head = add_person(
            session, username="prasit", role=Role.AGENCY_OFFICER, agency_id=pea.id,
            is_agency_head=True, **plain,
        )  # fmt: skip
        inspector = add_person(
            session, username="pranee", role=Role.INSPECTOR, inspection_region="15", **plain
        )

        assert (actor_of(head).agency_id, head.is_agency_head) == (pea.id, True)
        assert may(actor_of(inspector), Action.SEE_CASES, "52")
        assert not may(actor_of(inspector), Action.SEE_CASES, "83")


class TestTokens:
    def test_a_token_acts_for_its_role_until_it_is_revoked(self, session: Session) -> None:
        token = create_token(session, name="robot", role=Role.AGENT, centre_code="50", at=NOON)
        session.flush()

        assert actor_of_token(session, token) == Actor("api:robot", Role.AGENT, "50")
        assert actor_of_token(session, "guess") is None
        with pytest.raises(TokenNameTaken):
            create_token(session, name="robot", role=Role.AGENT, at=NOON)
        assert revoke_token(session, "robot", at=NOON)
        session.flush()
        assert actor_of_token(session, token) is None
        assert create_token(session, name="robot", role=Role.AGENT, at=NOON) != token


OWN, EVERYWHERE, NOWHERE = {"50"}, {"50", "83", "00"}, set[str]()


@pytest.mark.parametrize(
    ("role", "centre", "action", "where"),
    [
        (Role.AGENT, "50", Action.TAKE_CALLS, OWN),
        (Role.AGENT, "50", Action.SEE_CALLS, OWN),
        (Role.AGENT, "50", Action.SEE_CASES, OWN),
        (Role.AGENT, "50", Action.LOG_CASES, EVERYWHERE),
        (Role.AGENT, "50", Action.ANSWER_CALLBACKS, OWN),
        (Role.AGENT, "50", Action.WATCH_BOARD, NOWHERE),
        (Role.AGENT, "50", Action.MANAGE_PEOPLE, NOWHERE),
        (Role.AGENT, "50", Action.SEE_SYSTEM, NOWHERE),
        (Role.AGENT, "00", Action.TAKE_CALLS, {"00"}),
        (Role.AGENT, "00", Action.SEE_CASES, EVERYWHERE),
        (Role.AGENT, "00", Action.SEE_CALLS, EVERYWHERE),
        (Role.SUPERVISOR, "50", Action.TAKE_CALLS, OWN),
        (Role.SUPERVISOR, "50", Action.WATCH_BOARD, OWN),
        (Role.SUPERVISOR, "50", Action.SEE_CASES, OWN),
        (Role.SUPERVISOR, "50", Action.MANAGE_PEOPLE, NOWHERE),
        (Role.AGENT, "50", Action.LISTEN, NOWHERE),
        (Role.SUPERVISOR, "50", Action.LISTEN, OWN),
        (Role.NATIONAL_OFFICER, "00", Action.LISTEN, EVERYWHERE),
        (Role.ADMINISTRATOR, "00", Action.LISTEN, NOWHERE),
        (Role.NATIONAL_OFFICER, "00", Action.SEE_CASES, EVERYWHERE),
        (Role.NATIONAL_OFFICER, "00", Action.WATCH_BOARD, EVERYWHERE),
        (Role.NATIONAL_OFFICER, "00", Action.TAKE_CALLS, {"00"}),
        (Role.NATIONAL_OFFICER, "00", Action.MANAGE_PEOPLE, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.SEE_CASES, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.SEE_CALLS, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.LOG_CASES, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.TAKE_CALLS, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.ANSWER_CALLBACKS, NOWHERE),
        (Role.ADMINISTRATOR, "00", Action.WATCH_BOARD, EVERYWHERE),
        (Role.ADMINISTRATOR, "00", Action.MANAGE_PEOPLE, EVERYWHERE),
        (Role.ADMINISTRATOR, "00", Action.SEE_SYSTEM, EVERYWHERE),
    ],
)
def test_who_may_do_what_where(role: Role, centre: str, action: Action, where: set[str]) -> None:
    actor = Actor("someone", role, centre)

    assert {code for code in EVERYWHERE if may(actor, action, code)} == where
    if where:
        assert visible_centres(actor, action) == (None if where == EVERYWHERE else where)
    else:
        with pytest.raises(NotAllowed):
            visible_centres(actor, action)
