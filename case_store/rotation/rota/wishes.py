"""What people wish for a day: a few for each month, until its planning begins. Binding ones the supervisor makes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from case_store.audit.trail import record
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, NotAllowed, require
from case_store.people.presence import TAKES_CALLS
from case_store.rotation.rota.editing import rota_of_day
from case_store.rotation.rota.models import ShiftType, Wish, WishLevel

MOST_IN_MONTH: Final = 6
"""Who wishes for everything wishes for nothing."""
UNTIL_DAY: Final = 15
"""Wishes for a month are open up to this day of the month before: then planning begins."""
FURTHEST: Final = timedelta(days=200)
ASKED_FOR: Final = (WishLevel.LITTLE, WishLevel.MUCH, WishLevel.VERY_MUCH)


class BadWish(ValueError):
    """`field` says what is wrong: user, day, level, shift, most (of that month), late (planning has begun) or fixed."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not right")
        self.field = field


@dataclass(frozen=True)
class NewWish:
    """For a day: a shift, or not that shift; without one to work at all, or (`wanted` False) to be off."""

    day: date
    wanted: bool
    level: WishLevel = WishLevel.MUCH
    shift_type: ShiftType | None = None


def wishes_close(day: date) -> date:
    """The last day on which a wish for that day can be made or changed."""
    month_before = day.replace(day=1) - timedelta(days=1)
    return month_before.replace(day=UNTIL_DAY)


def first_open_day(at: datetime) -> date:
    """The first day for which wishes are open."""
    today = day_of(at)
    months = 1 if today.day <= UNTIL_DAY else 2
    first = today.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    return first


def make_wish(session: Session, user: User, new: NewWish, *, by: Actor, at: datetime) -> Wish:
    """One's own, or on their behalf by who plans the rota; it replaces an earlier one for the day.

    Raises `NotAllowed`, `BadWish`.
    """
    on_behalf = _on_behalf(by, user)
    if not user.active or user.role not in TAKES_CALLS:
        raise BadWish("user")
    if new.level not in ASKED_FOR:
        raise BadWish("level")
    _check_shift(user, new)
    _check_open(session, user, new.day, at)
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    wish = session.scalar(select(Wish).where(Wish.user_id == user.id, Wish.day == new.day))
    if wish is None:
        if _count(session, user.id, new.day) >= MOST_IN_MONTH:
            raise BadWish("most")
        wish = Wish(user_id=user.id, day=new.day)
        session.add(wish)
    elif wish.level == WishLevel.FIXED:
        raise BadWish("fixed")
    wish.shift_type_id = new.shift_type.id if new.shift_type else None
    wish.wanted, wish.level, wish.asked_at = new.wanted, int(new.level), at
    session.flush()
    if on_behalf:
        _record(session, wish, user, "wish.entered", by, at)
    return wish


def drop_wish(session: Session, wish: Wish, *, by: Actor, at: datetime) -> None:
    """Takes one's own wish back, or on their behalf, as long as it is open. Raises `NotAllowed`, `BadWish`."""
    user = session.get_one(User, wish.user_id)
    on_behalf = _on_behalf(by, user)
    _check_open(session, user, wish.day, at)
    if wish.level == WishLevel.FIXED:
        raise BadWish("fixed")
    if on_behalf:
        _record(session, wish, user, "wish.dropped", by, at)
    session.delete(wish)
    session.flush()


def fix_wish(session: Session, wish: Wish, *, fixed: bool, by: Actor, at: datetime) -> Wish:
    """Makes a wish bind like leave, or a mere wish again: who plans the rota, for others. Raises `NotAllowed`."""
    user = session.get_one(User, wish.user_id)
    require(by, Action.PLAN_ROTA, user.centre_code)
    if by.user_id == user.id:
        raise NotAllowed(by, Action.PLAN_ROTA)
    wish.level = int(WishLevel.FIXED if fixed else WishLevel.VERY_MUCH)
    session.flush()
    _record(session, wish, user, "wish.fixed" if fixed else "wish.loosened", by, at)
    return wish


def wishes_of(session: Session, user_id: int, first: date, last: date) -> list[Wish]:
    query = select(Wish).where(Wish.user_id == user_id, Wish.day.between(first, last))
    return list(session.scalars(query.order_by(Wish.day)))


def wishes_at(session: Session, centre_code: str, first: date, last: date) -> list[Wish]:
    """Those of all people of a centre, by day."""
    query = (
        select(Wish)
        .join(User, User.id == Wish.user_id)
        .where(User.centre_code == centre_code, User.active, Wish.day.between(first, last))
    )
    return list(session.scalars(query.order_by(Wish.day, Wish.user_id)))


def _on_behalf(by: Actor, user: User) -> bool:
    """Whether it is another one's: who plans the rota may, and the audit trail has it. Raises `NotAllowed`."""
    own = by.user_id is not None and by.user_id == user.id
    require(by, Action.SEE_ROTA if own else Action.PLAN_ROTA, user.centre_code)
    return not own


def _record(session: Session, wish: Wish, user: User, action: str, by: Actor, at: datetime) -> None:
    record(
        session, chain=user.centre_code, action=action, subject=f"wish:{wish.id}", by=by.name, at=at,
        facts={"user": user.id, "day": wish.day.isoformat()},
    )  # fmt: skip


def _check_shift(user: User, new: NewWish) -> None:
    shift = new.shift_type
    if shift is not None and (shift.centre_code != user.centre_code or not shift.active):
        raise BadWish("shift")


def _check_open(session: Session, user: User, day: date, at: datetime) -> None:
    today = day_of(at)
    if not today < day <= today + FURTHEST:
        raise BadWish("day")
    if today > wishes_close(day) or rota_of_day(session, user.centre_code, day) is not None:
        raise BadWish("late")


def _count(session: Session, user_id: int, day: date) -> int:
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    query = select(func.count()).where(
        Wish.user_id == user_id, Wish.day >= first, Wish.day < following
    )
    return session.scalar(query) or 0
