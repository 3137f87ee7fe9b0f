"""What people wish for their days: read, and written down on their behalf by who plans the rota."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id
from agent_console.api.case_filter import CentreCode, Day
from agent_console.api.rota_centre import rota_centre
from agent_console.api.schemas import ListOf
from agent_console.api.texts import PRINTABLE, Body
from agent_console.dependencies import Reader, Store
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, require
from case_store.people.staff import find_person
from case_store.rotation.rota.models import ShiftType, Wish, WishLevel
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.wishes import BadWish, NewWish, drop_wish, make_wish, wishes_at

router = APIRouter(tags=["rota"])
USUAL: Final = timedelta(days=91)
LONGEST: Final = timedelta(days=366)


class Strength(StrEnum):
    LITTLE = "little"
    MUCH = "much"
    VERY_MUCH = "very_much"
    FIXED = "fixed"


_LEVELS: Final = {
    Strength.LITTLE: WishLevel.LITTLE,
    Strength.MUCH: WishLevel.MUCH,
    Strength.VERY_MUCH: WishLevel.VERY_MUCH,
    Strength.FIXED: WishLevel.FIXED,
}
_STRENGTHS: Final = {int(level): strength for strength, level in _LEVELS.items()}


class WishItem(BaseModel):
    """For a day: this shift, or not this one; without a shift to work at all, or (`wanted` false) to be off."""

    id: int
    user: str
    day: date
    shift: Annotated[str | None, Field(description="The shift's code at the person's centre.")]
    wanted: bool
    level: Annotated[Strength, Field(description="`fixed` binds like leave.")]


class NewWishBody(Body):
    """It replaces what the person wished for that day. Binding ones are made in the console."""

    user: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]
    day: date
    wanted: bool
    shift: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=8, pattern=PRINTABLE),
        ]
        | None
    ) = None
    level: Strength = Strength.MUCH


@router.get("/rota/wishes", summary="What people of a centre wish for: of 13 weeks unless it says")
def get_wishes(
    program: Program,
    store: Reader,
    from_day: Day = None,
    to_day: Day = None,
    centre_code: CentreCode = None,
) -> ListOf[WishItem]:
    require(program, Action.PLAN_ROTA, centre_code)
    centre = rota_centre(program, centre_code)
    first = from_day or (to_day - USUAL if to_day else day_of(now()))
    last = to_day or first + USUAL
    if not timedelta() <= last - first <= LONGEST:
        what = {"type": "rota", "loc": ("query", "from_day"), "msg": "is not right"}
        raise RequestValidationError([what])
    found = wishes_at(store, centre, first, last)
    people = {one.id: one for one in _people(store, {wish.user_id for wish in found})}
    shifts = {one.id: one for one in shift_types_of(store, centre, with_closed=True)}
    items = [_item(one, people[one.user_id], shifts.get(one.shift_type_id or 0)) for one in found]
    return ListOf(items=items, next=None)


@router.post("/rota/wishes", status_code=201, summary="Write down what somebody wishes for a day")
def post_wish(new: NewWishBody, program: Program, store: Store) -> WishItem:
    require(program, Action.PLAN_ROTA)
    user = find_person(store, new.user)
    if user is None:
        raise BadWish("user")
    require(program, Action.PLAN_ROTA, user.centre_code)
    shift = None
    if new.shift is not None:
        shifts = {one.code: one for one in shift_types_of(store, user.centre_code)}
        if (shift := shifts.get(new.shift)) is None:
            raise BadWish("shift")
    wish = NewWish(new.day, new.wanted, _LEVELS[new.level], shift)
    return _item(make_wish(store, user, wish, by=program, at=now()), user, shift)


@router.delete("/rota/wishes/{wish_id}", status_code=204, summary="Take a wish back")
def delete_wish(wish_id: Id, program: Program, store: Store) -> None:
    require(program, Action.PLAN_ROTA)
    wish = store.get(Wish, wish_id)
    if wish is None:
        raise HTTPException(404)
    drop_wish(store, wish, by=program, at=now())


def _people(store: Session, ids: set[int]) -> list[User]:
    return [user for one in ids if (user := store.get(User, one)) is not None]


def _item(wish: Wish, user: User, shift: ShiftType | None) -> WishItem:
    return WishItem(
        id=wish.id,
        user=user.username,
        day=wish.day,
        shift=shift.code if shift else None,
        wanted=wish.wanted,
        level=_STRENGTHS[wish.level],
    )
