"""The kinds of duty of a centre. One that was used keeps its times for good: it is closed, and a new one is made."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from case_store.audit.trail import lock_chains, record
from case_store.cases.word_models import Channel
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import province
from case_store.rotation.rota.models import (
    MINUTES_OF_A_DAY,
    Attendance,
    CoverAlert,
    Duty,
    ShiftPlace,
    ShiftType,
    StaffClass,
    StandbyCall,
    Swap,
    Wish,
)
from case_store.rotation.rota.rules import rules_of

BREAK_AFTER: Final = 5 * 60
"""Minutes at a stretch after which there must have been a break (Labour Protection Act, section 27)."""
LEAST_BREAK: Final = 60
LONGEST_NAME: Final = 60
MOST: Final = 40
"""Shift types of one centre; with more, nobody finds the right one."""
_CODE: Final = re.compile(r"[0-9A-Za-zก-๙+\-]{1,8}")


class BadShift(ValueError):
    """`field` says what is wrong.

    A field of `NewShift`; `times` when a used shift would get others, `used` when it was to be dropped, `most`.
    """

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewShift:
    """What a shift type is to be; the fields are those of `ShiftType`. `overtime`: longer than a day's work."""

    code: str
    name_th: str
    name_en: str
    start_minute: int
    minutes: int
    break_minutes: int = 60
    place: ShiftPlace = ShiftPlace.ON_SITE
    channel: str = "phone_1567"
    overtime: bool = False


def shift_types_of(
    session: Session, centre_code: str, *, with_closed: bool = False
) -> list[ShiftType]:
    """Those of a centre, by their begin."""
    query = select(ShiftType).where(ShiftType.centre_code == centre_code)
    if not with_closed:
        query = query.where(ShiftType.active)
    order = (ShiftType.active.desc(), ShiftType.start_minute, ShiftType.id)
    return list(session.scalars(query.order_by(*order)))


def add_shift(
    session: Session, centre_code: str, new: NewShift, *, by: Actor, at: datetime
) -> ShiftType:
    """Raises `NotAllowed`, `BadShift`."""
    require(by, Action.PLAN_ROTA, centre_code)
    if province(centre_code) is None:
        raise BadShift("centre_code")
    # Two at once wait here for each other, and the second sees what the first one did.
    lock_chains(session, [centre_code])
    there = shift_types_of(session, centre_code, with_closed=True)
    if len([one for one in there if one.active]) >= MOST:
        raise BadShift("most")
    if new.code.strip() in {one.code for one in there}:
        raise BadShift("code")
    _check(session, new, at)
    shift = ShiftType(centre_code=centre_code, active=True)
    _write(shift, new)
    session.add(shift)
    session.flush()
    _record(session, shift, "shift.added", by, at, overtime=new.overtime)
    return shift


def change_shift(
    session: Session, shift: ShiftType, new: NewShift, *, by: Actor, at: datetime
) -> ShiftType:
    """Other words at any time; other times only as long as nobody ever had it. Raises `NotAllowed`, `BadShift`."""
    require(by, Action.PLAN_ROTA, shift.centre_code)
    lock_chains(session, [shift.centre_code])
    there = shift_types_of(session, shift.centre_code, with_closed=True)
    if new.code.strip() in {one.code for one in there if one.id != shift.id}:
        raise BadShift("code")
    if _essence(new) != _essence(shift):
        if is_used(session, shift):
            raise BadShift("times")
        _check(session, new, at)
    else:
        _check_words(new)
    _write(shift, new)
    session.flush()
    _record(session, shift, "shift.changed", by, at, overtime=new.overtime)
    return shift


def switch_shift(
    session: Session, shift: ShiftType, *, active: bool, by: Actor, at: datetime
) -> None:
    """Opens or closes it: a closed one is planned no more, duties that stand stay."""
    require(by, Action.PLAN_ROTA, shift.centre_code)
    if shift.active != active:
        shift.active = active
        session.flush()
        _record(session, shift, "shift.opened" if active else "shift.closed", by, at)


def drop_shift(session: Session, shift: ShiftType, *, by: Actor, at: datetime) -> None:
    """Removes one that nobody ever had. Raises `NotAllowed`, `BadShift` (used)."""
    require(by, Action.PLAN_ROTA, shift.centre_code)
    if is_used(session, shift):
        raise BadShift("used")
    _record(session, shift, "shift.dropped", by, at)
    session.delete(shift)
    session.flush()


def is_used(session: Session, shift: ShiftType) -> bool:
    """Whether anything that happened names it, in drafts and wishes too."""
    uses = (
        Duty.shift_type_id,
        Swap.shift_type_id,
        Swap.return_shift_type_id,
        Wish.shift_type_id,
        Attendance.shift_type_id,
        CoverAlert.shift_type_id,
        StandbyCall.shift_type_id,
    )
    return any(session.scalar(select(exists().where(use == shift.id))) for use in uses)


def most_day_minutes(session: Session, at: datetime) -> int:
    """The working time of a day that is too long for none of the staff classes."""
    return min(rules_of(session, one, on=day_of(at)).most_day_minutes for one in StaffClass)


def _check(session: Session, new: NewShift, at: datetime) -> None:
    _check_words(new)
    on_site = new.place is ShiftPlace.ON_SITE
    if not 0 <= new.start_minute < MINUTES_OF_A_DAY:
        raise BadShift("start_minute")
    if not 0 < new.minutes <= MINUTES_OF_A_DAY:
        raise BadShift("minutes")
    if not 0 <= new.break_minutes < new.minutes:
        raise BadShift("break_minutes")
    if on_site and new.minutes > BREAK_AFTER and new.break_minutes < LEAST_BREAK:
        raise BadShift("break_minutes")
    worked = new.minutes - new.break_minutes if on_site else 0
    if worked > most_day_minutes(session, at) and not new.overtime:
        raise BadShift("overtime")
    channel = session.get(Channel, new.channel)
    if channel is None or not channel.active:
        raise BadShift("channel")


def _check_words(new: NewShift) -> None:
    if not _CODE.fullmatch(new.code.strip()):
        raise BadShift("code")
    for field, name in (("name_th", new.name_th), ("name_en", new.name_en)):
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            raise BadShift(field)


def _essence(one: NewShift | ShiftType) -> tuple[int, int, int, ShiftPlace, str]:
    return (one.start_minute, one.minutes, one.break_minutes, one.place, one.channel)


def _write(shift: ShiftType, new: NewShift) -> None:
    shift.code, shift.name_th, shift.name_en = (
        new.code.strip(),
        new.name_th.strip(),
        new.name_en.strip(),
    )
    shift.start_minute, shift.minutes, shift.break_minutes, shift.place, shift.channel = _essence(
        new
    )


def _record(
    session: Session,
    shift: ShiftType,
    action: str,
    by: Actor,
    at: datetime,
    *,
    overtime: bool = False,
) -> None:
    record(
        session,
        chain=shift.centre_code,
        action=action,
        subject=f"shift:{shift.centre_code}:{shift.code}",
        by=by.name,
        at=at,
        facts={
            "start_minute": shift.start_minute,
            "minutes": shift.minutes,
            "break_minutes": shift.break_minutes,
            "place": shift.place.value,
            "channel": shift.channel,
            "overtime": overtime,
        },
    )
