"""Changes of a published rota: gaps, stand-ins, sick calls and swaps. Programs act for people, so they need to plan."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.schemas import ListOf
from agent_console.api.texts import PRINTABLE, Body, CentreCode
from agent_console.dependencies import Reader, Store
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import find_person
from case_store.rotation.rota import swaps
from case_store.rotation.rota.breaches import Breach
from case_store.rotation.rota.editing import BadChange
from case_store.rotation.rota.gaps import AHEAD, Conflict, Gap, cover
from case_store.rotation.rota.models import ShiftType, Swap
from case_store.rotation.rota.sick import call_sick
from case_store.rotation.rota.stand_ins import StandIn, put_stand_in, stand_ins

router = APIRouter(tags=["rota"])
SwapId = Annotated[int, Path(ge=1, lt=10**18)]
Centre = Annotated[
    str | None, Query(pattern="^[0-9]{2}$", description="Without it, the token's own centre.")
]
Username = Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]
ShiftCode = Annotated[str, Field(min_length=1, max_length=8, pattern=PRINTABLE)]
Note = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]


class GapItem(BaseModel):
    """`shift` null: no rota is published for the day at all."""

    day: date
    shift: str | None
    needed: int
    scheduled: int
    missing: int
    experienced_missing: int

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(
            day=gap.day,
            shift=gap.shift_type.code if gap.shift_type else None,
            needed=gap.needed,
            scheduled=gap.scheduled,
            missing=gap.missing,
            experienced_missing=gap.experienced_missing,
        )


class ConflictItem(BaseModel):
    """A published duty that breaks hard rules as it stands."""

    day: date
    shift: str
    user_id: int
    name: str
    rules: list[str]
    cannot_come: bool

    @classmethod
    def of(cls, one: Conflict) -> Self:
        return cls(
            day=one.duty.day,
            shift=one.duty.shift_type.code,
            user_id=one.duty.user_id,
            name=one.duty.name,
            rules=_rules(one.breaches),
            cannot_come=one.cannot_come,
        )


class CoverOut(BaseModel):
    province_code: str
    first_day: date
    last_day: date
    gaps: list[GapItem]
    conflicts: list[ConflictItem]


class StandInItem(BaseModel):
    """The best first. `rules`: what is in the way; with `may_insist`, a written reason is enough."""

    username: str
    name: str
    on_standby: bool
    fits: bool
    may_insist: bool
    rules: list[str]
    nights: int = Field(
        description="Of the six months before, as those below; days not come to are not counted."
    )
    weekend_days: int
    minutes: int

    @classmethod
    def of(cls, one: StandIn) -> Self:
        return cls(
            username=one.user.username,
            name=one.user.display_name,
            on_standby=one.on_standby,
            fits=one.fits,
            may_insist=one.may_insist,
            rules=_rules(one.breaches),
            nights=one.borne.nights,
            weekend_days=one.borne.weekend_days,
            minutes=one.borne.minutes,
        )


class NewStandIn(Body):
    """`agreed`: the colleague said yes; nobody is put in unasked. A reason lets rules of the house yield."""

    province_code: CentreCode
    day: date
    shift: ShiftCode
    username: Username
    agreed: bool
    reason: Note = ""


class DutyItem(BaseModel):
    day: date
    shift: str | None


class NewSickCall(Body):
    username: Username
    first_day: date
    last_day: date
    note: Annotated[str, Field(max_length=200, pattern=PRINTABLE)] = ""


class SickCallOut(BaseModel):
    absence_id: int
    freed: list[DutyItem]


class SwapItem(BaseModel):
    id: int
    province_code: str
    state: Literal["offered", "accepted", "approved", "refused", "withdrawn", "lapsed"]
    giver: str
    day: date
    shift: str
    taker: str | None
    return_day: date | None
    return_shift: str | None
    note: str
    asked_at: datetime

    @classmethod
    def of(cls, one: Swap) -> Self:
        return cls(
            id=one.id,
            province_code=one.centre_code,
            state=one.state.value,
            giver=one.giver.username,
            day=one.day,
            shift=one.shift_type.code,
            taker=one.taker.username if one.taker else None,
            return_day=one.return_day,
            return_shift=one.return_shift_type.code if one.return_shift_type else None,
            note=one.note,
            asked_at=one.asked_at,
        )


class NewSwap(Body):
    """`to` null: to all colleagues. With `return_day`, for the colleague's duty of that day."""

    giver: Username
    day: date
    to: Username | None = None
    return_day: date | None = None
    note: Note = ""


class SwapStep(Body):
    """`taker`: who accepts; needed for `accept` alone."""

    step: Literal["accept", "withdraw", "approve", "refuse"]
    taker: Username | None = None
    note: Note = ""


@router.get("/rota/cover", summary="Gaps and conflicts of a centre, of the next 14 days")
def get_cover(program: Program, store: Reader, province_code: Centre = None) -> CoverOut:
    code = _centre(program, Action.SEE_ROTA, province_code)
    today = day_of(now())
    found = cover(store, code, today, today + AHEAD)
    return CoverOut(
        province_code=code,
        first_day=today,
        last_day=today + AHEAD,
        gaps=[GapItem.of(one) for one in found.gaps],
        conflicts=[ConflictItem.of(one) for one in found.conflicts],
    )


@router.get("/rota/stand-ins", summary="Who can take a duty, the best first, and why others cannot")
def get_stand_ins(
    program: Program,
    store: Reader,
    province_code: Centre = None,
    day: Annotated[date | None, Query(description="Needed.")] = None,
    shift: Annotated[
        str, Query(max_length=8, pattern=PRINTABLE, description="Its code; needed.")
    ] = "",
) -> ListOf[StandInItem]:
    code = _centre(program, Action.PLAN_ROTA, province_code)
    if day is None or abs(day - day_of(now())) > timedelta(days=400):
        raise BadChange("day")
    found = stand_ins(store, code, day, _shift(store, code, shift), by=program)
    return ListOf(items=[StandInItem.of(one) for one in found], next=None)


@router.post("/rota/stand-ins", status_code=201)
def post_stand_in(program: Program, store: Store, body: NewStandIn) -> DutyItem:
    require(program, Action.PLAN_ROTA, body.province_code)
    shift = _shift(store, body.province_code, body.shift)
    put_stand_in(
        store, body.province_code, _person(store, body.username), body.day, shift,
        consent=body.agreed, reason=body.reason, insist=bool(body.reason), by=program, at=now(),
    )  # fmt: skip
    return DutyItem(day=body.day, shift=shift.code)


@router.post("/rota/sick-calls", status_code=201)
def post_sick_call(program: Program, store: Store, body: NewSickCall) -> SickCallOut:
    require(program, Action.PLAN_ROTA)
    call = call_sick(
        store, _person(store, body.username), body.first_day, body.last_day,
        note=body.note, by=program, at=now(),
    )  # fmt: skip
    freed = [DutyItem(day=one.day, shift=one.shift_type.code) for one in call.freed]
    return SickCallOut(absence_id=call.absence.id, freed=freed)


@router.get("/rota/swaps", summary="Open swaps of a centre, and those decided of duties to come")
def get_swaps(program: Program, store: Reader, province_code: Centre = None) -> ListOf[SwapItem]:
    code = _centre(program, Action.SEE_ROTA, province_code)
    found = swaps.swaps_for(store, code, by=program, at=now())
    return ListOf(items=[SwapItem.of(one) for one in found], next=None)


@router.post("/rota/swaps", status_code=201)
def post_swap(program: Program, store: Store, body: NewSwap) -> SwapItem:
    require(program, Action.PLAN_ROTA)
    made = swaps.offer_swap(
        store, _person(store, body.giver), body.day,
        taker=_person(store, body.to) if body.to else None,
        return_day=body.return_day, note=body.note, by=program, at=now(),
    )  # fmt: skip
    return SwapItem.of(made)


@router.post("/rota/swaps/{swap_id}/steps")
def post_swap_step(swap_id: SwapId, program: Program, store: Store, body: SwapStep) -> SwapItem:
    require(program, Action.PLAN_ROTA)
    swap = store.get(Swap, swap_id)
    if swap is None:
        raise HTTPException(404)
    at = now()
    if body.step == "accept":
        if body.taker is None:
            raise swaps.BadSwap("taker")
        swaps.accept_swap(store, swap, _person(store, body.taker), by=program, at=at)
    elif body.step == "withdraw":
        swaps.withdraw_swap(store, swap, by=program, at=at)
    elif body.step == "approve":
        swaps.approve_swap(store, swap, by=program, at=at, note=body.note)
    else:
        swaps.refuse_swap(store, swap, by=program, at=at, note=body.note)
    return SwapItem.of(swap)


def _centre(program: Actor, action: Action, wanted: str | None) -> str:
    """The centre asked for, or the program's own. Raises `NotAllowed`, `BadChange` when it must be named."""
    require(program, action, wanted)
    if wanted is None and not may(program, action, program.centre_code):
        raise BadChange("province_code")
    return wanted or program.centre_code


def _person(store: Session, username: str) -> User:
    found = find_person(store, username)
    if found is None:
        raise BadChange("username")
    return found


def _shift(store: Session, centre_code: str, code: str) -> ShiftType:
    found = store.scalar(
        select(ShiftType).where(ShiftType.centre_code == centre_code, ShiftType.code == code)
    )
    if found is None:
        raise BadChange("shift")
    return found


def _rules(found: Sequence[Breach]) -> list[str]:
    return [one.rule.value for one in found]
