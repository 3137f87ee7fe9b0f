"""Swaps: what is offered to the reader, what they offer, and, for who plans the rota, what waits for a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_refusals import broken_words, locked_words
from agent_console.rota_words import breach_words, day_words, shift_name, shift_times
from agent_console.safe_paths import with_query
from case_store.clock import BANGKOK, now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.rotation.rota.editing import RotaLocked, RuleBroken
from case_store.rotation.rota.models import Swap, SwapState
from case_store.rotation.rota.people_of_centre import colleagues
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule
from case_store.rotation.rota.swaps import (
    OPEN,
    BadSwap,
    SwapOver,
    accept_swap,
    approve_swap,
    decline_swap,
    offer_swap,
    refuse_swap,
    swaps_for,
    why_not,
    withdraw_swap,
)

router = APIRouter(include_in_schema=False, prefix="/rotation/swaps")
SwapId = Annotated[int, Path(ge=1, lt=10**18)]
AHEAD: Final = timedelta(weeks=8)
"""So far ahead a duty can be chosen from the list."""
MOST_EXPLAINED: Final = 20
"""Of so many offers the page says what is in the way; of the others the answer says it."""
STATES: Final = {
    SwapState.OFFERED: N_("Offered"),
    SwapState.ACCEPTED: N_("Waits for approval"),
    SwapState.APPROVED: N_("Approved"),
    SwapState.REFUSED: N_("Refused"),
    SwapState.WITHDRAWN: N_("Withdrawn"),
    SwapState.LAPSED: N_("Too late"),
}
LEVELS: Final = {
    SwapState.OFFERED: "info",
    SwapState.ACCEPTED: "warn",
    SwapState.APPROVED: "good",
    SwapState.REFUSED: "bad",
}
_SENTENCES: Final = {
    "day": N_("There is no such duty any more, or it has begun."),
    "taker": N_("Please choose a colleague of the same centre."),
    "return_day": N_("On that day there is no duty to take in return, or it has begun."),
    "note": N_("At most 300 letters, please."),
    "twice": N_("This duty is on offer already."),
}
_OVER: Final = N_("This swap has been decided, withdrawn or is too late already.")
_NO_DAY: Final = N_("Please write the day as 1/10/2026.")


@dataclass(frozen=True)
class Offer:
    """An offer that the reader may take. `hindrances`: why not; None when it was not looked at."""

    swap: Swap
    hindrances: list[str] | None


@router.get("")
def swaps_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return _page(frame, store, chosen_centre(frame.reader.actor, centre))


@router.get("/new")
def new_page(
    frame: Frame,
    store: Reader,
    day: Annotated[str, Query(max_length=10)] = "",
    giver: Annotated[int, Query(ge=0, lt=10**18)] = 0,
    taker: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """With `taker`, the duties to choose from are that colleague's."""
    typed = {"day": day, "giver": str(giver or frame.reader.user_id), "taker": taker}
    return _form(frame, store, _giver(frame, store, typed), typed)


@router.post("/new")
def offer(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor, giver = frame.reader.actor, _giver(frame, store, fields)
    errors: dict[str, str] = {}
    broken: list[str] = []
    try:
        day = _iso(plain(fields, "day"))
        return_day = _typed_day(plain(fields, "return_day"))
        if day is None:
            raise BadSwap("day")
        with store.begin_nested():  # refused: nothing of it stays
            swap = offer_swap(
                store, giver, day, taker=_taker(store, fields), return_day=return_day,
                note=plain(fields, "note"), by=actor, at=now(),
            )  # fmt: skip
        return RedirectResponse(_address(swap.centre_code), 303)
    except BadDay:
        errors = {"return_day": gettext(_NO_DAY)}
    except BadSwap as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
    except RuleBroken as refused:
        broken = broken_words(store, refused, giver.centre_code)
    except RotaLocked:
        broken = [locked_words()]
    return _form(frame, store, _giver(frame, store, fields), fields, errors, broken)


@router.post("/{swap_id}/accept")
def accept(swap_id: SwapId, frame: Frame, store: Store, fields: FormFields) -> Response:
    """By the reader, or by who plans the rota on behalf of the colleague named."""

    def step(swap: Swap, actor: Actor, at: datetime) -> None:
        taker = store.get(User, whole_number(fields, "taker") or frame.reader.user_id)
        if taker is None:
            raise BadSwap("taker")
        accept_swap(store, swap, taker, by=actor, at=at)

    return _take(frame, store, swap_id, step)


@router.post("/{swap_id}/decline")
def decline(swap_id: SwapId, frame: Frame, store: Store) -> Response:
    return _take(
        frame, store, swap_id, lambda swap, by, at: decline_swap(store, swap, by=by, at=at)
    )


@router.post("/{swap_id}/withdraw")
def withdraw(swap_id: SwapId, frame: Frame, store: Store) -> Response:
    return _take(
        frame, store, swap_id, lambda swap, by, at: withdraw_swap(store, swap, by=by, at=at)
    )


@router.post("/{swap_id}/approve")
def approve(swap_id: SwapId, frame: Frame, store: Store, fields: FormFields) -> Response:
    note = plain(fields, "note")
    return _take(
        frame, store, swap_id,
        lambda swap, by, at: approve_swap(store, swap, note=note, by=by, at=at),
    )  # fmt: skip


@router.post("/{swap_id}/refuse")
def refuse(swap_id: SwapId, frame: Frame, store: Store, fields: FormFields) -> Response:
    note = plain(fields, "note")
    return _take(
        frame, store, swap_id,
        lambda swap, by, at: refuse_swap(store, swap, note=note, by=by, at=at),
    )  # fmt: skip


def _take(
    frame: PageFrame,
    store: Session,
    swap_id: int,
    step: Callable[[Swap, Actor, datetime], object],
) -> Response:
    """One step; what is in its way stands above the list, and nothing was changed."""
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA)
    swap = store.get(Swap, swap_id)
    if swap is None or not may(actor, Action.SEE_ROTA, swap.centre_code):
        raise HTTPException(404)
    centre = swap.centre_code
    try:
        with store.begin_nested():  # refused: nothing of it stays
            step(swap, actor, now())
    except SwapOver:
        problems = [gettext(_OVER)]
    except BadSwap as bad:
        problems = [gettext(_SENTENCES[bad.field])]
    except RuleBroken as refused:
        problems = broken_words(store, refused, centre)
    except RotaLocked:
        problems = [locked_words()]
    else:
        return RedirectResponse(_address(centre), 303)
    return _page(frame, store, centre, problems)


def _address(centre: str) -> str:
    return with_query("/rotation/swaps", centre=centre)


def _giver(frame: PageFrame, store: Session, fields: Fields) -> User:
    """Whose duty is offered: the reader's, or that of somebody for whom they plan."""
    actor = frame.reader.actor
    user = store.get(User, whole_number(fields, "giver") or frame.reader.user_id)
    if user is None:
        raise HTTPException(404)
    own = user.id == frame.reader.user_id
    require(actor, Action.SEE_ROTA if own else Action.PLAN_ROTA, user.centre_code)
    return user


def _taker(store: Session, fields: Fields) -> User | None:
    """None: to all. Raises `BadSwap` for somebody who is not there."""
    if not plain(fields, "taker"):
        return None
    user = store.get(User, whole_number(fields, "taker") or 0)
    if user is None:
        raise BadSwap("taker")
    return user


def _iso(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _typed_day(typed: str) -> date | None:
    """Empty: nothing is wanted in return. The choice's day, or one as people write it. Raises `BadDay`."""
    return (_iso(typed) or read_day(typed)) if typed else None


def _duties(store: Session, user: User, at: datetime) -> list[ScheduledDuty]:
    today = at.astimezone(BANGKOK).date()
    found = final_schedule(store, today, today + AHEAD, user_ids=[user.id])
    return [duty for duty in found if duty.begins_at > at]


@dataclass(frozen=True)
class InReturn:
    """A day to choose in return: of one colleague with the duty, of all only as a day."""

    day: date
    words: str

    @property
    def value(self) -> str:
        return self.day.isoformat()


def _in_return(
    store: Session, giver: User, people: Sequence[User], taker: User | None, at: datetime
) -> list[InReturn]:
    """What the colleague, or any of them, is to work and could give."""
    if taker is not None:
        return [
            InReturn(
                one.day,
                f"{day_words(one.day)} · {shift_times(one.shift_type)} · {shift_name(one.shift_type)}",
            )
            for one in _duties(store, taker, at)
            if one.centre_code == giver.centre_code
        ]
    today = at.astimezone(BANGKOK).date()
    ids = [one.id for one in people if one.id != giver.id]
    found = final_schedule(store, today, today + AHEAD, user_ids=ids)
    return [
        InReturn(day, day_words(day)) for day in sorted({d.day for d in found if d.begins_at > at})
    ]


def _form(
    frame: PageFrame,
    store: Session,
    giver: User,
    typed: Fields,
    errors: dict[str, str] | None = None,
    broken: list[str] | None = None,
) -> Response:
    plans = may(frame.reader.actor, Action.PLAN_ROTA, giver.centre_code)
    people = colleagues(store, giver.centre_code)
    at = now()
    taker_id = whole_number(typed, "taker")
    taker = next((one for one in people if one.id == taker_id and one.id != giver.id), None)
    return frame.page(
        "rotation/swap_new.html",
        status=422 if errors or broken else 200,
        giver=giver,
        givers=people if plans else [giver],
        colleagues=[one for one in people if one.id != giver.id],
        taker=taker,
        in_return=_in_return(store, giver, people, taker, at),
        duties=_duties(store, giver, at),
        typed=typed,
        errors=errors or {},
        problems=broken or [],
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )


def _page(
    frame: PageFrame, store: Session, centre: str, problems: list[str] | None = None
) -> Response:
    actor, at, me = frame.reader.actor, now(), frame.reader.user_id
    swaps = swaps_for(store, centre, by=actor, at=at)
    plans = may(actor, Action.PLAN_ROTA, centre)
    reader = frame.reader.user(store)
    takes = frame.reader.takes_calls and reader.centre_code == centre
    offered = [
        one
        for one in swaps
        if takes
        and one.state is SwapState.OFFERED
        and one.giver_id != me
        and one.taker_id in (None, me)
    ]
    return frame.page(
        "rotation/swaps.html",
        status=409 if problems else 200,
        centre=centre,
        centres=seen_centres(actor),
        problems=problems or [],
        plans=plans,
        takes=takes,
        me=me,
        to_decide=[
            one
            for one in swaps
            if plans and one.state is SwapState.ACCEPTED and me not in (one.giver_id, one.taker_id)
        ],
        offers=[
            Offer(one, _hindrances(store, one, reader, at) if number < MOST_EXPLAINED else None)
            for number, one in enumerate(offered)
        ],
        mine=[one for one in swaps if me in (one.giver_id, one.taker_id) and one not in offered],
        others=[
            one
            for one in swaps
            if plans and one.state is SwapState.OFFERED and me not in (one.giver_id, one.taker_id)
        ],
        colleagues=colleagues(store, centre) if plans else [],
        open_states=OPEN,
        state_words=lambda state: gettext(STATES[state]),
        state_level=lambda state: LEVELS.get(state, "outline"),
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )


def _hindrances(store: Session, swap: Swap, reader: User, at: datetime) -> list[str]:
    found = why_not(store, swap, reader, at=at)
    if found is None:
        return [gettext("You have no duty to give in return, or the rota has changed.")]
    return [
        breach_words(store, one, gettext("You or the colleague"), swap.centre_code) for one in found
    ]
