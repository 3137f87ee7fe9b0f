"""Swaps: a colleague takes over a duty, for nothing or for one of their own, and who plans the rota agrees.

Both people's hard rules are checked when it is offered to somebody, when it is accepted and again when it is approved:
the rota may have changed in between. A swap follows no duty: when the duty is gone, the swap cannot be agreed any more.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from case_store.audit.trail import record
from case_store.clock import BANGKOK
from case_store.outbox.notices import tell
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, NotAllowed, may, require
from case_store.rotation.rota.breaches import Breach, BreachRule
from case_store.rotation.rota.editing import (
    Change,
    RotaLocked,
    RuleBroken,
    check_rules,
    rota_of_day,
    write_duties,
)
from case_store.rotation.rota.models import (
    DutyCause,
    Layer,
    Rota,
    RotaState,
    ShiftType,
    Swap,
    SwapState,
)
from case_store.rotation.rota.people_of_centre import colleagues, planners
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule, span

OPEN: Final = (SwapState.OFFERED, SwapState.ACCEPTED)
LONGEST_NOTE: Final = 300
MOST_ASKED: Final = 200
"""So many colleagues of a centre are looked at when a duty is offered to all."""
PROGRAM: Final = "damrong"


class BadSwap(ValueError):
    """`field` says what is not right.

    day (no duty there, or it has begun), taker (not a colleague), return_day (no duty to give in return, or it has
    begun), note, twice (it is on offer already), busy (somebody would lose a duty that is not part of the swap).
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


class SwapOver(Exception):
    """The swap is agreed, refused, withdrawn or lapsed already."""


def offer_swap(
    session: Session,
    giver: User,
    day: date,
    *,
    by: Actor,
    at: datetime,
    taker: User | None = None,
    return_day: date | None = None,
    note: str = "",
) -> Swap:
    """Offers a duty to one colleague, or (`taker` None) to all; with `return_day`, for theirs of that day.

    Offered to all, those hear of it who could take it: certified, rested, off on the day.
    By the giver, or on their behalf by who plans the rota. Raises `NotAllowed`, `BadSwap`, `RotaLocked`, `RuleBroken`.
    """
    _require_self_or_planner(by, giver)
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise BadSwap("note")
    given = _duty(session, giver, day, at)
    if given is None:
        raise BadSwap("day")
    session.execute(select(User.id).where(User.id == giver.id).with_for_update())
    if _on_offer(session, giver.id, day):
        raise BadSwap("twice")
    swap = Swap(
        centre_code=giver.centre_code,
        giver_id=giver.id,
        day=day,
        shift_type_id=given.shift_type.id,
        taker_id=taker.id if taker else None,
        return_day=return_day,
        state=SwapState.OFFERED,
        note=note,
        asked_by=by.name,
        asked_at=at,
        decision_note="",
    )
    swap.giver, swap.taker, swap.shift_type = giver, taker, given.shift_type
    with session.no_autoflush:
        if return_day is not None and taker is None:
            _check_return_day(session, swap, at)
        if taker is not None:
            swap.return_shift_type = _returned(session, swap, taker, at)
            _check(session, swap, taker, at)
        else:
            _require_open_rota(session, swap)
    session.add(swap)
    session.flush()
    _record(session, swap, "offered", by, at)
    if taker is not None:
        _tell(session, swap, [taker.id], "swap_offered", by, at)
    else:
        _tell(session, swap, who_fits(session, swap, at=at), "swap_offered_to_all", by, at)
    return swap


def accept_swap(session: Session, swap: Swap, taker: User, *, by: Actor, at: datetime) -> Swap:
    """By the colleague, or on their behalf by who plans the rota, who is then asked to agree.

    Raises `NotAllowed`, `SwapOver`, `BadSwap`, `RotaLocked`, `RuleBroken`.
    """
    _require_self_or_planner(by, taker)
    _lock(session, swap, SwapState.OFFERED)
    if swap.taker_id not in (None, taker.id):
        raise NotAllowed(by, Action.SEE_ROTA)
    returned = _returned(session, swap, taker, at)
    _check(session, swap, taker, at, returned=returned)
    swap.taker, swap.taker_id, swap.return_shift_type = taker, taker.id, returned
    swap.return_shift_type_id = returned.id if returned else None
    swap.state, swap.accepted_at = SwapState.ACCEPTED, at
    session.flush()
    _record(session, swap, "accepted", by, at)
    deciders = [one for one in planners(session, swap.centre_code) if one not in _sides(swap)]
    _tell(session, swap, [swap.giver_id, *deciders], "swap_accepted", by, at)
    return swap


def decline_swap(session: Session, swap: Swap, *, by: Actor, at: datetime) -> Swap:
    """The colleague does not want it (any more). Raises `NotAllowed`, `SwapOver`."""
    _lock(session, swap, *OPEN)
    if swap.taker is None or by.user_id != swap.taker_id:
        raise NotAllowed(by, Action.SEE_ROTA)
    _end(swap, SwapState.REFUSED, by, at)
    session.flush()
    _record(session, swap, "declined", by, at)
    _tell(session, swap, [swap.giver_id], "swap_declined", by, at)
    return swap


def withdraw_swap(session: Session, swap: Swap, *, by: Actor, at: datetime) -> Swap:
    """The giver, or who plans the rota, takes the offer back before it is approved."""
    _require_self_or_planner(by, swap.giver)
    _lock(session, swap, *OPEN)
    _close(session, swap, SwapState.WITHDRAWN, "swap_withdrawn", by, at)
    return swap


def approve_swap(session: Session, swap: Swap, *, by: Actor, at: datetime, note: str = "") -> Swap:
    """Makes it so, in one go. Nobody approves a swap of their own.

    Raises `NotAllowed`, `SwapOver`, `BadSwap` (a duty is gone or begun), `RotaLocked`, `RuleBroken`.
    """
    _require_decider(by, swap)
    _lock(session, swap, SwapState.ACCEPTED)
    taker = swap.taker
    if taker is None or len(note.strip()) > LONGEST_NOTE:
        raise BadSwap("taker" if taker is None else "note")
    returned = _returned(session, swap, taker, at)
    if returned != swap.return_shift_type:
        raise BadSwap("return_day")
    plan = _check(session, swap, taker, at, returned=returned)
    _end(swap, SwapState.APPROVED, by, at, note)
    for rota, changes in plan:
        write_duties(
            session, rota, changes, by=by, at=at, layer=Layer.EDITED, cause=DutyCause.SWAP,
            swap_id=swap.id, checked=True, more={"swap": swap.id},
        )  # fmt: skip
    _record(session, swap, "approved", by, at)
    return swap


def refuse_swap(session: Session, swap: Swap, *, by: Actor, at: datetime, note: str = "") -> Swap:
    """Who plans the rota does not agree. Raises `NotAllowed`, `SwapOver`, `BadSwap`."""
    _require_decider(by, swap)
    if len(note.strip()) > LONGEST_NOTE:
        raise BadSwap("note")
    _lock(session, swap, SwapState.ACCEPTED)
    _close(session, swap, SwapState.REFUSED, "swap_refused", by, at, note)
    return swap


def lapse_swaps(session: Session, *, at: datetime, limit: int) -> int:
    """Ends swaps whose duty has begun before they were agreed; how many."""
    local = at.astimezone(BANGKOK)
    today, minute = local.date(), local.hour * 60 + local.minute
    returned = aliased(ShiftType)
    begun = or_(
        _begun(Swap.day, ShiftType.start_minute, today, minute),
        _begun(Swap.return_day, func.coalesce(returned.start_minute, 0), today, minute),
    )
    query = (
        select(Swap)
        .join(ShiftType, ShiftType.id == Swap.shift_type_id)
        .outerjoin(returned, returned.id == Swap.return_shift_type_id)
        .where(Swap.state.in_(OPEN), begun)
        .order_by(Swap.id)
        .limit(limit)
        .with_for_update(of=Swap)
    )
    late = session.scalars(query).all()
    for swap in late:
        _close(session, swap, SwapState.LAPSED, "swap_lapsed", None, at)
    return len(late)


def close_swaps_of(
    session: Session,
    user_id: int,
    *,
    since: date,
    until: date = date.max,
    by: Actor,
    at: datetime,
) -> int:
    """Takes back what somebody has on offer or accepted: they are ill, have left, or work elsewhere. How many."""
    mine = or_(
        and_(Swap.giver_id == user_id, Swap.day.between(since, until)),
        and_(
            or_(Swap.giver_id == user_id, Swap.taker_id == user_id),
            Swap.return_day.between(since, until),
        ),
        and_(Swap.taker_id == user_id, Swap.day.between(since, until)),
    )
    found = session.scalars(
        select(Swap).where(Swap.state.in_(OPEN), mine).order_by(Swap.id).with_for_update(of=Swap)
    ).all()
    for swap in found:
        _close(session, swap, SwapState.WITHDRAWN, "swap_withdrawn", by, at)
    return len(found)


def swaps_for(
    session: Session, centre_code: str, *, by: Actor, at: datetime, limit: int = 200
) -> list[Swap]:
    """What concerns somebody at a centre: who plans sees all that is open, others their own and what they may take.

    Those decided in the last two weeks are at the end.
    """
    require(by, Action.SEE_ROTA, centre_code)
    query = select(Swap).where(Swap.centre_code == centre_code)
    if not may(by, Action.PLAN_ROTA, centre_code):
        to_all = and_(Swap.state == SwapState.OFFERED, Swap.taker_id.is_(None))
        query = query.where(or_(to_all, Swap.giver_id == by.user_id, Swap.taker_id == by.user_id))
    today = at.astimezone(BANGKOK).date()
    query = query.where(or_(Swap.state.in_(OPEN), Swap.day >= today))
    newest_open_first = (Swap.state.in_(OPEN).desc(), Swap.day, Swap.id)
    return list(session.scalars(query.order_by(*newest_open_first).limit(limit)))


def who_fits(session: Session, swap: Swap, *, at: datetime) -> list[int]:
    """The ids of the colleagues who could accept an offer to all as things are."""
    days = {swap.day} if swap.return_day is None else {swap.day, swap.return_day}
    on_duty = {
        (duty.day, duty.user_id)
        for day in days
        for duty in final_schedule(session, day, day, centre_code=swap.centre_code)
    }
    fitting = []
    for user in colleagues(session, swap.centre_code)[:MOST_ASKED]:
        if user.id == swap.giver_id:
            continue
        gives = swap.return_day is None or (swap.return_day, user.id) in on_duty
        busy = swap.day != swap.return_day and (swap.day, user.id) in on_duty
        if gives and not busy and why_not(session, swap, user, at=at) == []:
            fitting.append(user.id)
    return fitting


def why_not(session: Session, swap: Swap, taker: User, *, at: datetime) -> list[Breach] | None:
    """The rules in the way of a swap with this colleague, of either side; None: they have nothing to swap."""
    try:
        _check(session, swap, taker, at, returned=_returned(session, swap, taker, at))
    except RuleBroken as broken:
        return broken.breaches
    except (BadSwap, RotaLocked):
        return None
    return []


def _check(
    session: Session,
    swap: Swap,
    taker: User,
    at: datetime,
    *,
    returned: ShiftType | None = None,
) -> list[tuple[Rota, list[Change]]]:
    """The changes rota by rota, once both people may have them."""
    giver = swap.giver
    if taker.id == giver.id or not taker.active or taker.centre_code != swap.centre_code:
        raise BadSwap("taker")
    given = _duty(session, giver, swap.day, at)
    if given is None or given.shift_type.id != (swap.shift_type_id or swap.shift_type.id):
        raise BadSwap("day")
    returned = returned or swap.return_shift_type
    by_day: dict[date, list[Change]] = {
        swap.day: [Change(giver, swap.day, None), Change(taker, swap.day, given.shift_type)]
    }
    if swap.return_day == swap.day:
        by_day[swap.day][0] = Change(giver, swap.day, returned)
    else:
        _require_off(session, taker, swap.day)
        if swap.return_day is not None:
            _require_off(session, giver, swap.return_day)
            by_day[swap.return_day] = [
                Change(taker, swap.return_day, None),
                Change(giver, swap.return_day, returned),
            ]
    changes = [change for several in by_day.values() for change in several]
    plan = _by_rota(session, swap.centre_code, by_day)
    check_rules(session, plan[0][0], changes)
    return plan


def _by_rota(
    session: Session, centre_code: str, by_day: dict[date, list[Change]]
) -> list[tuple[Rota, list[Change]]]:
    plan: dict[int, tuple[Rota, list[Change]]] = {}
    for day, changes in by_day.items():
        rota = rota_of_day(session, centre_code, day)
        if rota is None or rota.state is RotaState.LOCKED:
            raise RotaLocked
        plan.setdefault(rota.id, (rota, []))[1].extend(changes)
    return [
        plan[rota_id] for rota_id in sorted(plan)
    ]  # always in this order: two swaps cannot block each other


def _require_open_rota(session: Session, swap: Swap) -> None:
    _by_rota(session, swap.centre_code, {swap.day: []})


def _require_off(session: Session, user: User, day: date) -> None:
    """Raises `RuleBroken` when the swap would cost somebody a duty that is no part of it."""
    if final_schedule(session, day, day, user_ids=[user.id]):
        raise RuleBroken({user.id: [Breach(BreachRule.ALREADY_ON_DUTY, day)]})


def _check_return_day(session: Session, swap: Swap, at: datetime) -> None:
    """Whoever takes it: the day is to come, and the giver is free on it."""
    day = swap.return_day
    if day is None or day < at.astimezone(BANGKOK).date():
        raise BadSwap("return_day")
    if day != swap.day:
        _require_off(session, swap.giver, day)
    _by_rota(session, swap.centre_code, {day: []})


def _returned(session: Session, swap: Swap, taker: User, at: datetime) -> ShiftType | None:
    """The shift that the giver works instead; None when nothing is asked for. Raises `BadSwap`."""
    if swap.return_day is None:
        return None
    duty = _duty(session, taker, swap.return_day, at)
    if duty is None:
        raise BadSwap("return_day")
    return duty.shift_type


def _duty(session: Session, user: User, day: date, at: datetime) -> ScheduledDuty | None:
    """Somebody's duty of a day at their centre that has not begun."""
    found = final_schedule(session, day, day, user_ids=[user.id])
    return next(
        (one for one in found if one.begins_at > at and one.centre_code == user.centre_code), None
    )


def _on_offer(session: Session, user_id: int, day: date) -> bool:
    query = select(Swap.id).where(Swap.giver_id == user_id, Swap.day == day, Swap.state.in_(OPEN))
    return session.scalar(query.limit(1)) is not None


def _begun(day: Any, start_minute: Any, today: date, minute: int) -> ColumnElement[bool]:
    return or_(day < today, and_(day == today, start_minute <= minute))


def _lock(session: Session, swap: Swap, *states: SwapState) -> None:
    """Two who decide at once wait here for each other; the second hears that it is over."""
    session.refresh(swap, with_for_update={"of": Swap})
    if swap.state not in states:
        raise SwapOver


def _require_self_or_planner(by: Actor, user: User) -> None:
    own = by.user_id is not None and by.user_id == user.id
    require(by, Action.SEE_ROTA if own else Action.PLAN_ROTA, user.centre_code)


def _require_decider(by: Actor, swap: Swap) -> None:
    require(by, Action.PLAN_ROTA, swap.centre_code)
    if by.user_id is not None and by.user_id in _sides(swap):
        raise NotAllowed(by, Action.PLAN_ROTA)


def _sides(swap: Swap) -> set[int]:
    return {swap.giver_id} | ({swap.taker_id} if swap.taker_id else set())


def _end(swap: Swap, state: SwapState, by: Actor | None, at: datetime, note: str = "") -> None:
    swap.state, swap.decided_at, swap.decision_note = state, at, note.strip()
    swap.decided_by = by.name if by else PROGRAM


def _close(
    session: Session,
    swap: Swap,
    state: SwapState,
    kind: str,
    by: Actor | None,
    at: datetime,
    note: str = "",
) -> None:
    _end(swap, state, by, at, note)
    session.flush()
    _record(session, swap, state.value, by, at)
    _tell(session, swap, sorted(_sides(swap)), kind, by, at)


def _tell(
    session: Session, swap: Swap, user_ids: Iterable[int], kind: str, by: Actor | None, at: datetime
) -> None:
    others = [one for one in user_ids if by is None or one != by.user_id]
    tell(
        session, others, kind, at=at, day=swap.day.isoformat(), swap=swap.id,
        shift_th=swap.shift_type.name_th, shift_en=swap.shift_type.name_en,
        name=swap.giver.display_name,
    )  # fmt: skip


def _record(session: Session, swap: Swap, what: str, by: Actor | None, at: datetime) -> None:
    record(
        session,
        chain=swap.centre_code,
        action=f"swap.{what}",
        subject=f"swap:{swap.id}",
        by=by.name if by else PROGRAM,
        at=at,
        facts={
            "giver": swap.giver_id,
            "taker": swap.taker_id,
            "day": swap.day.isoformat(),
            "return_day": swap.return_day.isoformat() if swap.return_day else None,
        },
        detail=swap.decision_note or swap.note,
    )


def begins(swap: Swap) -> datetime:
    """When it can no longer be agreed."""
    return span(swap.day, swap.shift_type)[0]
