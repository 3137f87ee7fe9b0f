"""Swaps: offered, accepted and approved under the same hard rules; nobody approves their own; what is late lapses."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from case_store.audit.models import AuditEntry
from case_store.database import Database
from case_store.outbox.models import Notice
from case_store.people.models import Role, User
from case_store.people.permissions import Actor, NotAllowed
from case_store.rotation.rota.breaches import BreachRule
from case_store.rotation.rota.editing import RotaLocked, RuleBroken, put_duty
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftType,
    SwapState,
)
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.rota.swaps import (
    BadSwap,
    SwapOver,
    accept_swap,
    approve_swap,
    decline_swap,
    lapse_swaps,
    offer_swap,
    refuse_swap,
    swaps_for,
    withdraw_swap,
)
from case_store.rotation.training.models import Certificate
from tests.case_store.kit import NOON, person
from tests.case_store.rota import kit
from tests.case_store.rota.kit import FIRST, LAST
from tests.case_store.rota.test_editing import WICHAI, day


def me(user: User) -> Actor:
    return Actor(user.username, user.role, user.centre_code, user_id=user.id)


def _on(session: Session, user: User) -> dict[int, str]:
    duties = final_schedule(session, FIRST, LAST, user_ids=[user.id])
    return {(duty.day - FIRST).days: duty.shift_type.code for duty in duties}


def _told(session: Session, user: User) -> list[str]:
    query = select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)
    return list(session.scalars(query))


class Team:
    """Kanya works mornings on days 0 and 3, Malee an evening on day 5; Wichai supervises."""

    def __init__(self, session: Session, state: RotaState = RotaState.PUBLISHED) -> None:
        self.morning, self.evening, self.night = kit.three_shifts(session)
        self.rota: Rota = kit.rota(session, state=state)
        self.kanya, self.malee = person(session, "kanya"), person(session, "malee")
        self.wichai = person(session, "wichai", Role.SUPERVISOR)
        for number in (0, 3):
            self.put(session, self.kanya, number, self.morning)
        self.put(session, self.malee, 5, self.evening)

    def put(self, session: Session, user: User, number: int, shift: ShiftType) -> None:
        kit.duty(session, self.rota, user, day(number), shift)


def test_a_duty_goes_to_a_colleague_and_everybody_concerned_is_told(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        kanya, malee, wichai = team.kanya, team.malee, team.wichai
        swap = offer_swap(session, kanya, day(3), taker=malee, by=me(kanya), at=NOON)
        assert _told(session, malee) == ["swap_offered"]
        accept_swap(session, swap, malee, by=me(malee), at=NOON)
        assert (_told(session, kanya), _told(session, wichai)) == (["swap_accepted"],) * 2
        assert _on(session, malee) == {5: "E"}  # nothing moved yet
        approve_swap(session, swap, by=me(wichai), at=NOON)
        assert (_on(session, kanya), _on(session, malee)) == ({0: "M"}, {3: "M", 5: "E"})
        assert _told(session, malee)[-1] == _told(session, kanya)[-1] == "duty_changed"
        made = session.scalars(select(Duty).where(Duty.swap_id == swap.id)).all()
        assert {(one.layer, one.cause) for one in made} == {(2, DutyCause.SWAP)}
        chain = select(AuditEntry.action).where(AuditEntry.subject == f"swap:{swap.id}")
        assert list(session.scalars(chain.order_by(AuditEntry.id))) == [
            "swap.offered", "swap.accepted", "swap.approved",
        ]  # fmt: skip


def test_a_duty_in_exchange_for_another_also_over_two_rotas(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        later = kit.rota(session, first=LAST + timedelta(days=1), last=LAST + timedelta(days=28))
        beyond = LAST + timedelta(days=4)
        kit.duty(session, later, team.malee, beyond, team.evening)
        kanya, malee = team.kanya, team.malee
        swap = offer_swap(session, kanya, day(0), return_day=beyond, by=me(kanya), at=NOON)
        accept_swap(session, swap, malee, by=me(malee), at=NOON)
        approve_swap(session, swap, by=me(team.wichai), at=NOON)
        assert _on(session, malee) == {0: "M", 5: "E"}
        of_kanya = final_schedule(session, beyond, beyond, user_ids=[kanya.id])
        assert [duty.shift_type.code for duty in of_kanya] == ["E"]
        assert final_schedule(session, beyond, beyond, user_ids=[malee.id]) == []
        assert (team.rota.version, later.version) == (2, 2)


def test_two_shifts_of_one_day_are_exchanged(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        team.put(session, team.malee, 0, team.evening)
        swap = offer_swap(
            session, team.kanya, day(0), taker=team.malee, return_day=day(0),
            by=me(team.kanya), at=NOON,
        )  # fmt: skip
        accept_swap(session, swap, team.malee, by=me(team.malee), at=NOON)
        approve_swap(session, swap, by=me(team.wichai), at=NOON)
        assert (_on(session, team.kanya)[0], _on(session, team.malee)[0]) == ("E", "M")


def test_hard_rules_hold_when_offered_accepted_and_approved(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        kanya, malee, nok = team.kanya, team.malee, person(session, "nok")
        team.put(session, malee, 2, team.evening)  # too little rest before the morning of day 3
        with pytest.raises(RuleBroken) as refused:
            offer_swap(session, kanya, day(3), taker=malee, by=me(kanya), at=NOON)
        assert {one.rule for one in refused.value.breaches} == {BreachRule.LEAST_REST}
        swap = offer_swap(session, kanya, day(3), by=me(kanya), at=NOON)
        with pytest.raises(RuleBroken):
            accept_swap(session, swap, malee, by=me(malee), at=NOON)
        accept_swap(session, swap, nok, by=me(nok), at=NOON)
        certificate = session.scalars(select(Certificate).where(Certificate.user_id == nok.id))
        for one in certificate:
            one.revoked_at = NOON
        session.flush()
        with pytest.raises(RuleBroken) as refused:
            approve_swap(session, swap, by=me(team.wichai), at=NOON)
        assert {one.rule for one in refused.value.breaches} == {BreachRule.CERTIFICATE}
        assert (swap.state, _on(session, kanya)) == (SwapState.ACCEPTED, {0: "M", 3: "M"})


def test_nobody_loses_a_duty_that_is_no_part_of_the_swap(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        team.put(session, team.malee, 0, team.evening)
        with pytest.raises(RuleBroken) as refused:
            offer_swap(session, team.kanya, day(0), taker=team.malee, by=me(team.kanya), at=NOON)
        assert [one.rule for one in refused.value.breaches] == [BreachRule.ALREADY_ON_DUTY]
        with pytest.raises(RuleBroken):  # the giver works on that day already
            offer_swap(session, team.kanya, day(0), return_day=day(3), by=me(team.kanya), at=NOON)


def test_nobody_approves_their_own_and_only_who_plans_the_centre(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        wichai = team.wichai
        team.put(session, wichai, 8, team.morning)
        swap = offer_swap(session, wichai, day(8), by=me(wichai), at=NOON)
        accept_swap(session, swap, team.malee, by=me(wichai), at=NOON)  # on behalf of Malee
        stranger = Actor("x", Role.SUPERVISOR, "10", user_id=None)
        for actor in (me(wichai), me(team.kanya), stranger):
            with pytest.raises(NotAllowed):
                approve_swap(session, swap, by=actor, at=NOON)
        for actor in (me(team.kanya), stranger):
            with pytest.raises(NotAllowed):
                withdraw_swap(session, swap, by=actor, at=NOON)
        approve_swap(session, swap, by=Actor("nat", Role.NATIONAL_OFFICER, "00"), at=NOON)
        assert _on(session, team.malee) == {5: "E", 8: "M"}


def test_an_offer_to_one_is_for_nobody_else_and_can_be_declined(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        nok = person(session, "nok")
        swap = offer_swap(session, team.kanya, day(3), taker=team.malee, by=WICHAI, at=NOON)
        for actor, taker in ((me(nok), nok), (me(nok), team.malee)):
            with pytest.raises(NotAllowed):
                accept_swap(session, swap, taker, by=actor, at=NOON)
        with pytest.raises(BadSwap, match="twice"):
            offer_swap(session, team.kanya, day(3), by=me(team.kanya), at=NOON)
        decline_swap(session, swap, by=me(team.malee), at=NOON)
        assert swap.state is SwapState.REFUSED
        with pytest.raises(SwapOver):
            accept_swap(session, swap, team.malee, by=me(team.malee), at=NOON)


def test_a_refused_swap_moves_nothing_and_says_why(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        swap = offer_swap(session, team.kanya, day(3), by=me(team.kanya), at=NOON)
        with pytest.raises(SwapOver):
            refuse_swap(session, swap, by=me(team.wichai), at=NOON)  # nobody has accepted
        accept_swap(session, swap, team.malee, by=me(team.malee), at=NOON)
        refuse_swap(session, swap, by=me(team.wichai), at=NOON, note="เวรซ้อนการอบรม")
        assert (swap.state, swap.decision_note) == (SwapState.REFUSED, "เวรซ้อนการอบรม")
        assert _told(session, team.malee)[-1] == "swap_refused"
        assert _on(session, team.malee) == {5: "E"}


def test_what_was_not_agreed_before_the_duty_begins_lapses(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        swap = offer_swap(session, team.kanya, day(0), by=me(team.kanya), at=NOON)
        other = offer_swap(session, team.kanya, day(3), by=me(team.kanya), at=NOON)
        begins = NOON.replace(month=12, day=7, hour=1)  # 8 in Bangkok
        assert lapse_swaps(session, at=begins - timedelta(minutes=1), limit=50) == 0
        assert lapse_swaps(session, at=begins, limit=50) == 1
        assert (swap.state, other.state) == (SwapState.LAPSED, SwapState.OFFERED)
        with pytest.raises(BadSwap, match="day"):
            offer_swap(session, team.kanya, day(0), by=me(team.kanya), at=begins)


def test_a_duty_that_is_gone_cannot_be_swapped_and_a_locked_rota_neither(
    database: Database,
) -> None:
    with database.transaction() as session:
        team = Team(session)
        swap = offer_swap(session, team.kanya, day(3), by=me(team.kanya), at=NOON)
        accept_swap(session, swap, team.malee, by=me(team.malee), at=NOON)
        put_duty(session, team.rota, team.kanya, day(3), team.evening, by=WICHAI, at=NOON)
        with pytest.raises(BadSwap, match="day"):
            approve_swap(session, swap, by=me(team.wichai), at=NOON)
        team.rota.state = RotaState.LOCKED
        with pytest.raises(RotaLocked):
            offer_swap(session, team.kanya, day(0), by=me(team.kanya), at=NOON)


def test_a_swap_of_an_overridden_day_shows(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        put_duty(
            session, team.rota, team.malee, day(8), team.morning, by=WICHAI, at=NOON,
            layer=Layer.OVERRIDDEN,
        )  # fmt: skip
        swap = offer_swap(session, team.malee, day(8), by=me(team.malee), at=NOON)
        accept_swap(session, swap, team.kanya, by=me(team.kanya), at=NOON)
        approve_swap(session, swap, by=me(team.wichai), at=NOON)
        assert (8 in _on(session, team.malee), _on(session, team.kanya)[8]) == (False, "M")


def test_people_see_their_own_and_what_is_open_to_all(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        nok = person(session, "nok")
        to_all = offer_swap(session, team.kanya, day(0), by=me(team.kanya), at=NOON)
        to_one = offer_swap(
            session, team.kanya, day(3), taker=team.malee, by=me(team.kanya), at=NOON
        )
        seen = [
            [one.id for one in swaps_for(session, "50", by=me(user), at=NOON)]
            for user in (team.kanya, team.malee, nok, team.wichai)
        ]
        both = [to_all.id, to_one.id]
        assert seen == [both, both, [to_all.id], both]
        with pytest.raises(NotAllowed):
            swaps_for(session, "10", by=me(nok), at=NOON)


def test_an_offer_to_all_is_told_to_those_who_could_take_it(database: Database) -> None:
    """Chai is on duty that day, Dao works the night after, Ek has no certificate, Fah is of another centre."""
    with database.transaction() as session:
        team = Team(session)
        chai, dao, ek = (person(session, name) for name in ("chai", "dao", "ek"))
        fah = person(session, "fah", centre="10")
        team.put(session, chai, 3, team.evening)
        team.put(session, dao, 4, team.night)
        session.execute(delete(Certificate).where(Certificate.user_id == ek.id))
        offer_swap(session, team.kanya, day(3), by=me(team.kanya), at=NOON)
        asked = [one for one in (team.malee, chai, dao, ek, fah, team.kanya) if _told(session, one)]
        assert asked == [team.malee]
        assert _told(session, team.malee) == ["swap_offered_to_all"]


def test_an_exchange_offered_to_all_is_told_to_who_has_a_duty_that_day(database: Database) -> None:
    with database.transaction() as session:
        team = Team(session)
        chai = person(session, "chai")
        offer_swap(session, team.kanya, day(0), return_day=day(5), by=me(team.kanya), at=NOON)
        assert (_told(session, team.malee), _told(session, chai)) == (["swap_offered_to_all"], [])
