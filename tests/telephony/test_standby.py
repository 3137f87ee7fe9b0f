"""Somebody on standby is rung on their own phone by the system, and takes calls after a key."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from case_store import clock
from case_store.clock import BANGKOK
from case_store.people.models import PresenceState, Role, User
from case_store.people.permissions import Actor
from case_store.rotation.rota.models import (
    Duty,
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftPlace,
    ShiftType,
    StaffClass,
    StandbyCall,
    StandbyState,
)
from case_store.rotation.rota.terms import NewTerms, set_terms
from case_store.rotation.today.gate import NotOnShift
from case_store.rotation.today.standby import ask_to_ring
from tests.telephony.line import Line, eventually, free_port, new_line
from tests.telephony.network import Network
from tests.telephony.scenario import CalledCitizen
from tests.telephony.staff import Agent, new_agent

OUTSIDE = free_port()
WICHAI = Actor("wichai", Role.SUPERVISOR, "50")
QUESTION_BEGINS = 2.0


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    """A line that knows where the telephone network is."""
    with new_line(trunk_contact=f"sip:127.0.0.1:{OUTSIDE}") as line:
        line.start_ivr()
        yield line


@pytest.fixture
def network(line: Line, tmp_path: Path) -> Iterator[Network]:
    network = Network(line.settings.sip_port, tmp_path)
    yield network
    network.end()


@pytest.fixture(scope="module")
def standby(line: Line) -> int:
    """The shift type of the standby at Chiang Mai, where a rota counts: both last all day."""
    day = _today(clock.now())
    with line.database.transaction() as session:
        made = [
            ShiftType(
                centre_code="50", code=code, name_th=code, name_en=code, start_minute=0,
                minutes=1440, break_minutes=0, place=place, channel="phone_1567",
            )
            for code, place in (("S", ShiftPlace.STANDBY), ("D", ShiftPlace.ON_SITE))
        ]  # fmt: skip
        rota = Rota(
            centre_code="50", first_day=day - timedelta(days=1), last_day=day + timedelta(days=1),
            state=RotaState.PUBLISHED, made_by="test", made_at=clock.now(), solved={},
        )  # fmt: skip
        session.add_all([*made, rota])
        session.flush()
        return made[0].id


def _today(at: datetime) -> date:
    return at.astimezone(BANGKOK).date()


def on_standby(line: Line, shift_id: int, phone: str) -> Agent:
    agent = new_agent(line, "50", state=PresenceState.OFF)
    now = clock.now()
    with line.database.transaction() as session:
        rota = session.query(Rota).one()
        session.add(
            Duty(
                rota_id=rota.id, user_id=agent.user_id, day=_today(now), shift_type_id=shift_id,
                layer=int(Layer.GENERATED), cause=DutyCause.PLAN, reason="", made_by="test",
                made_at=now,
            )
        )  # fmt: skip
        user = session.get_one(User, agent.user_id)
        terms = NewTerms(StaffClass.OFFICIAL, 2400, standby_phone=phone)
        set_terms(session, user, terms, by=WICHAI, at=now)
    return agent


def is_rung(line: Line, agent: Agent) -> int:
    with line.database.transaction() as session:
        user = session.get_one(User, agent.user_id)
        return ask_to_ring(session, user, by=WICHAI, at=clock.now()).id


def state(line: Line, call_id: int) -> StandbyState:
    with line.database.reading() as session:
        return session.get_one(StandbyCall, call_id).state


def test_one_accepts_by_key_and_is_a_member(line: Line, network: Network, standby: int) -> None:
    agent = on_standby(line, standby, "0812348011")
    with pytest.raises(NotOnShift):
        agent.is_(PresenceState.READY)
    phone = CalledCitizen()
    rung = network.play(
        phone.answer_and_press("1", after=QUESTION_BEGINS), phone.is_hung_up_on(),
        name="called", local_port=OUTSIDE,
    )  # fmt: skip

    call_id = is_rung(line, agent)

    assert eventually(lambda: state(line, call_id) is StandbyState.ACCEPTED), line.asterisk_log()
    assert rung.ends_well(), rung.why()
    assert "INVITE sip:0812348011@" in rung.messages()
    agent.is_(PresenceState.READY)
    assert eventually(lambda: line.members().get(agent.extension) == "p50", seconds=2)
    agent.signs_out()


def test_two_declines(line: Line, network: Network, standby: int) -> None:
    agent = on_standby(line, standby, "0812348012")
    phone = CalledCitizen()
    rung = network.play(
        phone.answer_and_press("2", after=QUESTION_BEGINS), phone.is_hung_up_on(),
        name="called", local_port=OUTSIDE,
    )  # fmt: skip

    call_id = is_rung(line, agent)

    assert eventually(lambda: state(line, call_id) is StandbyState.DECLINED), line.asterisk_log()
    assert rung.ends_well(), rung.why()
    with pytest.raises(NotOnShift):
        agent.is_(PresenceState.READY)


def test_the_number_is_in_no_log_of_ours(line: Line, network: Network, standby: int) -> None:
    agent = on_standby(line, standby, "0812348013")
    rung = network.play(CalledCitizen().is_busy(), name="called", local_port=OUTSIDE)

    is_rung(line, agent)

    assert rung.ends_well(), rung.why()
    log = (line.settings.home / "ivr.out").read_text()
    assert "812348013" not in log
