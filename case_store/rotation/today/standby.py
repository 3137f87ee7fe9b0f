"""People on standby at home are rung on their own phone: asked for here, rung by `ivr`, answered by a key.

A call is `ASKED` until `ivr` takes it up (`RINGING`), and ends as accepted, declined, unanswered or failed. Everything
lies in the store: `ivr` says with each look which calls it still rings, and a call that rings nowhere is tried again.
The phone number is read at the moment of dialling and is kept nowhere else.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.clock import BANGKOK
from case_store.events.event import Event, EventKind, announce
from case_store.outbox.notices import tell
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, require
from case_store.places.numbering import NumberKind, read_caller
from case_store.rotation.rota.editing import Change, check_rules, rota_of_day, write_duties
from case_store.rotation.rota.models import (
    Attendance,
    DutyCause,
    Layer,
    ShiftPlace,
    ShiftType,
    StandbyCall,
    StandbyState,
    WorkingTerms,
)
from case_store.rotation.rota.schedule import duties_at, span

MOST_TRIES: Final = 3
TRY_AGAIN_AFTER: Final = timedelta(seconds=60)
OPEN: Final = (StandbyState.ASKED, StandbyState.RINGING)
REASON: Final = "rung on standby, and accepted by key"
_WE_RING: Final = frozenset({NumberKind.LANDLINE, NumberKind.MOBILE})


class CannotRing(Exception):
    """`why`: not_on_standby, no_phone, nothing_to_do (no shift goes on) or rung_already."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask_to_ring(session: Session, user: User, *, by: Actor, at: datetime) -> StandbyCall:
    """Has somebody who is on standby now rung, for the shift that goes on at their centre.

    Raises `NotAllowed`, `CannotRing`, and `RuleBroken` when law, leave or training keep them from that shift.
    """
    require(by, Action.PLAN_ROTA, user.centre_code)
    on = duties_at(session, at, centre_code=user.centre_code)
    if not any(duty.user_id == user.id and duty.is_standby for duty in on):
        raise CannotRing("not_on_standby")
    if _number(session, user.id) is None:
        raise CannotRing("no_phone")
    if open_calls(session, [user.id]):
        raise CannotRing("rung_already")
    needed = shift_that_needs(session, user.centre_code, at=at)
    rota = rota_of_day(session, user.centre_code, needed[0]) if needed else None
    if needed is None or rota is None:
        raise CannotRing("nothing_to_do")
    day, shift = needed
    check_rules(session, rota, [Change(user, day, shift)], insist=True)
    call = StandbyCall(
        centre_code=user.centre_code,
        user_id=user.id,
        day=day,
        shift_type_id=shift.id,
        state=StandbyState.ASKED,
        asked_by=by.name,
        asked_at=at,
    )
    session.add(call)
    session.flush()
    _note(session, call, by=by.name, at=at)
    return call


def shift_that_needs(
    session: Session, centre_code: str, *, at: datetime
) -> tuple[date, ShiftType] | None:
    """The shift on site that goes on now: one that misses somebody first, then the one that lasts longest."""
    today = at.astimezone(BANGKOK).date()
    going = []
    for shift in session.scalars(
        select(ShiftType).where(
            ShiftType.centre_code == centre_code,
            ShiftType.active,
            ShiftType.place == ShiftPlace.ON_SITE,
        )
    ):
        for day in (today - timedelta(days=1), today):
            begins, ends = span(day, shift)
            if begins <= at < ends:
                going.append((_misses_somebody(session, shift, day), ends, -shift.id, day, shift))
    if not going:
        return None
    *_, day, shift = max(going)
    return day, shift


def open_calls(session: Session, user_ids: Collection[int]) -> dict[int, StandbyCall]:
    """Who of these is being rung."""
    query = select(StandbyCall).where(
        StandbyCall.state.in_(OPEN), StandbyCall.user_id.in_(user_ids)
    )
    return {call.user_id: call for call in session.scalars(query)} if user_ids else {}


def latest_calls(
    session: Session, user_ids: Collection[int], *, since: datetime
) -> dict[int, StandbyCall]:
    """The last call to each of these people, for the page."""
    query = (
        select(StandbyCall)
        .where(StandbyCall.user_id.in_(user_ids), StandbyCall.asked_at >= since)
        .order_by(StandbyCall.id)
    )
    return {call.user_id: call for call in session.scalars(query)} if user_ids else {}


# ── What `ivr` does ────────────────────────────────────────────────────────────────────────────────


def end_lost_tries(session: Session, alive: Collection[int], *, at: datetime) -> int:
    """Calls that ring nowhere any more: nobody answered, or `ivr` was killed. They are tried again, or given up."""
    query = select(StandbyCall).where(StandbyCall.state == StandbyState.RINGING)
    lost = [call for call in session.scalars(query.limit(100)) if call.id not in alive]
    for call in lost:
        if call.tries < MOST_TRIES:
            call.state, call.ended_at = StandbyState.ASKED, at
            _announce(session, call)
        else:
            _end(session, call, StandbyState.UNANSWERED, at=at)
    return len(lost)


def take_next(session: Session, *, at: datetime) -> int | None:
    """The call to ring now, marked as ringing; None when there is none. What came too late is ended."""
    due = (
        select(StandbyCall)
        .where(
            StandbyCall.state == StandbyState.ASKED,
            or_(StandbyCall.ended_at.is_(None), StandbyCall.ended_at <= at - TRY_AGAIN_AFTER),
        )
        .order_by(StandbyCall.id)
        .limit(20)
        .with_for_update(skip_locked=True)
    )
    for call in session.scalars(due):
        if at >= span(call.day, session.get_one(ShiftType, call.shift_type_id))[1]:
            _end(session, call, StandbyState.FAILED, at=at)
            continue
        call.state, call.ended_at = StandbyState.RINGING, None
        call.tries += 1
        _announce(session, call)
        return call.id
    return None


def number_to_ring(session: Session, call_id: int) -> str | None:
    """The digits to dial for a call that rings; None when nothing may be dialled for it."""
    call = session.get(StandbyCall, call_id)
    if call is None or call.state is not StandbyState.RINGING:
        return None
    return _number(session, call.user_id)


def centre_that_asks(session: Session, call_id: int) -> str | None:
    call = session.get(StandbyCall, call_id)
    return call.centre_code if call is not None and call.state is StandbyState.RINGING else None


def answer(session: Session, call_id: int, *, accepts: bool, at: datetime) -> bool:
    """What somebody pressed. Accepted: the shift is theirs from now on. False when the call is over already."""
    call = session.get(StandbyCall, call_id, with_for_update=True)
    if call is None or call.state is not StandbyState.RINGING:
        return False
    user = session.get_one(User, call.user_id)
    if accepts:
        shift = session.get_one(ShiftType, call.shift_type_id)
        rota = rota_of_day(session, call.centre_code, call.day)
        if rota is None:
            _end(session, call, StandbyState.FAILED, at=at)
            return False
        write_duties(
            session, rota, [Change(user, call.day, shift)],
            by=Actor(user.username, user.role, user.centre_code, user.id), at=at,
            layer=Layer.OVERRIDDEN, cause=DutyCause.STAND_IN, reason=REASON,
            checked=True,  # when it was asked for
        )  # fmt: skip
        announce(session, Event(EventKind.AGENT_CHANGED, str(user.id), user.centre_code, user.id))
    _end(session, call, StandbyState.ACCEPTED if accepts else StandbyState.DECLINED, at=at)
    return True


def _number(session: Session, user_id: int) -> str | None:
    user, terms = session.get(User, user_id), session.get(WorkingTerms, user_id)
    if user is None or not user.active or terms is None:
        return None
    number = read_caller(terms.standby_phone)
    return number.national if number is not None and number.kind in _WE_RING else None


def _misses_somebody(session: Session, shift: ShiftType, day: date) -> bool:
    missed = select(Attendance.id).where(
        Attendance.shift_type_id == shift.id,
        Attendance.day == day,
        Attendance.missed_at.is_not(None),
        Attendance.came_at.is_(None),
    )
    return session.scalar(missed.limit(1)) is not None


def _end(session: Session, call: StandbyCall, state: StandbyState, *, at: datetime) -> None:
    call.state, call.ended_at = state, at
    user = session.get_one(User, call.user_id)
    tell(
        session,
        [one for one in _supervisors(session, call.centre_code) if one != user.id],
        f"standby_{state.value}",
        at=at,
        name=user.display_name,
        centre=call.centre_code,
    )
    _note(session, call, by=user.username, at=at)


def _supervisors(session: Session, centre_code: str) -> Sequence[int]:
    query = select(User.id).where(
        User.active, User.role == Role.SUPERVISOR, User.centre_code == centre_code
    )
    return session.scalars(query).all()


def _note(session: Session, call: StandbyCall, *, by: str, at: datetime) -> None:
    record(
        session,
        chain=call.centre_code,
        action=f"standby.{call.state.value}",
        subject=f"standby_call:{call.id}",
        by=by,
        at=at,
        facts={"user": call.user_id, "day": call.day.isoformat(), "tries": call.tries},
    )
    _announce(session, call)


def _announce(session: Session, call: StandbyCall) -> None:
    session.flush()
    announce(session, Event(EventKind.ROTA_CHANGED, f"standby:{call.id}", call.centre_code))
