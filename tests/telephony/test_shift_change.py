"""A shift change with calls in progress: the queue's members change at the minute, and nobody is cut off."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from case_store import clock
from case_store.calls.models import CallOutcome
from case_store.clock import BANGKOK
from case_store.people.models import PresenceState
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
)
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.training.gate import NotCertified
from case_store.rotation.training.models import Certificate
from tests.telephony.conversation import ended_row, has_outcome, means_to_hang_up, the_call
from tests.telephony.line import Line, eventually
from tests.telephony.network import Network, Played
from tests.telephony.scenario import Citizen, press, wait
from tests.telephony.staff import Agent

SignIn = Callable[..., Agent]
POSTCODE = "66000"
WITHIN = 2.0
"""Seconds, from the issue."""


@dataclass
class Shifts:
    """Two shifts of a centre: one that goes on now, and one that begins when the other ends."""

    line: Line
    centre: str
    rota_id: int
    early: int
    late: int

    def give(self, agent: Agent, shift_id: int, day: datetime) -> None:
        with self.line.database.transaction() as session:
            session.add(
                Duty(
                    rota_id=self.rota_id, user_id=agent.user_id, day=day.astimezone(BANGKOK).date(),
                    shift_type_id=shift_id, layer=int(Layer.GENERATED), cause=DutyCause.PLAN,
                    reason="", made_by="test", made_at=clock.now(),
                )
            )  # fmt: skip

    def change_now(self) -> None:
        """The early shift ended a minute ago, and the late one began: as if the clock had come so far."""
        local = clock.now().astimezone(BANGKOK)
        minute = local.hour * 60 + local.minute
        with self.line.database.transaction() as session:
            begin = max(0, minute - 120)
            session.execute(
                update(ShiftType)
                .where(ShiftType.id == self.early)
                .values(start_minute=begin, minutes=max(1, minute - begin), break_minutes=0)
            )
            session.execute(
                update(ShiftType)
                .where(ShiftType.id == self.late)
                .values(start_minute=minute, minutes=240)
            )


@pytest.fixture
def shifts(line: Line) -> Iterator[Shifts]:
    centre = "66"
    now = clock.now()
    local = now.astimezone(BANGKOK)
    minute = local.hour * 60 + local.minute
    today = local.date()
    with line.database.transaction() as session:
        made = [
            ShiftType(
                centre_code=centre, code=code, name_th=code, name_en=code, start_minute=start,
                minutes=length, break_minutes=0, place=ShiftPlace.ON_SITE, channel="phone_1567",
            )
            for code, start, length in (
                ("early", max(0, minute - 60), 240),
                ("late", min(minute + 120, 1439), 240),
            )
        ]  # fmt: skip
        rota = Rota(
            centre_code=centre, first_day=today - timedelta(days=1),
            last_day=today + timedelta(days=1), state=RotaState.PUBLISHED, made_by="test",
            made_at=now, solved={},
        )  # fmt: skip
        session.add_all([*made, rota])
        session.flush()
        shifts = Shifts(line, centre, rota.id, made[0].id, made[1].id)
    yield shifts
    with line.database.transaction() as session:
        session.execute(delete(Duty).where(Duty.rota_id == shifts.rota_id))
        session.execute(delete(Rota).where(Rota.id == shifts.rota_id))
        session.execute(delete(ShiftType).where(ShiftType.centre_code == centre))


def _calls_province(network: Network, number: str, postcode: str) -> Played:
    citizen = Citizen(number)
    return network.play(
        citizen.call(), wait(0.5), press(postcode), wait(0.5), press("1"), citizen.is_hung_up_on()
    )


def test_members_change_within_two_seconds_and_the_call_goes_on(
    line: Line, agents: SignIn, network: Network, shifts: Shifts
) -> None:
    now, queue = clock.now(), f"p{shifts.centre}"
    leaving = agents(shifts.centre, state=PresenceState.OFF)
    coming = agents(shifts.centre, state=PresenceState.OFF)
    shifts.give(leaving, shifts.early, now)
    shifts.give(coming, shifts.late, now)
    with pytest.raises(NotOnShift):
        coming.is_(PresenceState.READY)
    leaving.is_(PresenceState.READY)
    assert eventually(lambda: line.members().get(leaving.extension) == queue), line.members()

    call = _calls_province(network, "0812346601", POSTCODE)
    leg = leaving.phone.rings(30)
    assert leg, line.asterisk_log()
    leg.answer()
    pbx_id = the_call(line, "0812346601")
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)

    shifts.change_now()
    coming.is_(PresenceState.READY)
    members: dict[str, str] = {}

    def has_changed() -> bool:
        members.clear()
        members.update(line.members())
        return leaving.extension not in members and members.get(coming.extension) == queue

    assert eventually(has_changed, seconds=WITHIN), members
    next_call = _calls_province(network, "0812346602", POSTCODE)
    second = coming.phone.rings(30)
    assert second, line.asterisk_log()
    second.answer()
    assert has_outcome(line, the_call(line, "0812346602"), CallOutcome.CONNECTED)
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)  # the first one talks on

    for phone, number, leg_of in (
        (call, "0812346601", leg),
        (next_call, "0812346602", second),
    ):
        means_to_hang_up(line, the_call(line, number))
        leg_of.hang_up()
        assert phone.ends_well(), phone.why()
        assert ended_row(line, number).outcome is CallOutcome.ANSWERED


def test_the_last_one_stays_until_somebody_comes(
    line: Line, agents: SignIn, shifts: Shifts
) -> None:
    now, queue = clock.now(), f"p{shifts.centre}"
    leaving = agents(shifts.centre, state=PresenceState.OFF)
    shifts.give(leaving, shifts.early, now)
    leaving.is_(PresenceState.READY)
    assert eventually(lambda: line.members().get(leaving.extension) == queue)

    shifts.change_now()

    time.sleep(WITHIN)
    assert line.members().get(leaving.extension) == queue


def test_a_withdrawn_certificate_ends_the_turns_and_not_the_talk(
    line: Line, agents: SignIn, network: Network
) -> None:
    agent = agents("67")
    call = _calls_province(network, "0812346701", "67000")
    leg = agent.phone.rings(30)
    assert leg, line.asterisk_log()
    leg.answer()
    pbx_id = the_call(line, "0812346701")
    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)

    with line.database.transaction() as session:
        session.execute(
            update(Certificate)
            .where(Certificate.user_id == agent.user_id)
            .values(revoked_at=clock.now())
        )
    assert eventually(lambda: agent.extension not in line.members(), seconds=5)
    with line.manager() as ami:  # by hand, at the switchboard
        ami.act("QueueAdd", Queue="p67", Interface=f"PJSIP/{agent.extension}")
    assert eventually(lambda: agent.extension not in line.members(), seconds=5)
    with pytest.raises(NotCertified):
        agent.is_(PresenceState.READY)

    assert has_outcome(line, pbx_id, CallOutcome.CONNECTED)
    means_to_hang_up(line, pbx_id)
    leg.hang_up()
    assert call.ends_well(), call.why()
    assert ended_row(line, "0812346701").outcome is CallOutcome.ANSWERED
