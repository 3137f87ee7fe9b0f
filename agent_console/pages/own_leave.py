"""One's own leave and wishes, for a phone: ask, see what became of it, take it back."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.leave_calendar import OwnDays, own_months
from agent_console.rota_choices import word_choices
from agent_console.year_picture import weekday_names
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, NotAllowed, require
from case_store.people.staff import display_names
from case_store.rotation.rota.absences import (
    ASKED_FOR,
    BadAbsence,
    NewAbsence,
    absences_of,
    ask_leave,
    withdraw_absence,
)
from case_store.rotation.rota.models import Absence, AbsenceKind, ShiftType, Wish, WishLevel
from case_store.rotation.rota.schedule import final_schedule
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.staff_holidays import holidays_of
from case_store.rotation.rota.terms import terms_of
from case_store.rotation.rota.wishes import ASKED_FOR as WISHED
from case_store.rotation.rota.wishes import (
    FURTHEST,
    MOST_IN_MONTH,
    BadWish,
    NewWish,
    drop_wish,
    first_open_day,
    make_wish,
    wishes_close,
    wishes_of,
)

router = APIRouter(include_in_schema=False, prefix="/rotation/leave/own")
ADDRESS: Final = "/rotation/leave/own"
MONTHS: Final = 3
_SHOWN_BACK: Final = timedelta(days=90)
Id = Annotated[int, Path(ge=1, lt=10**18)]
LEAVE_SENTENCES: Final = {
    "user": N_("This person takes no calls: the rota does not plan for them."),
    "kind": N_("Please choose one from the list."),
    "first_day": N_("Please write a first day that is not over, as 1/10/2026."),
    "last_day": N_("Please write a last day that is not before the first, 180 days at the most."),
    "note": N_("Please write at most 300 letters."),
    "overlap": N_("There is leave on one of these days already."),
    "state": N_("That is settled already."),
}
_WISH_SENTENCES: Final = {
    "user": LEAVE_SENTENCES["user"],
    "day": N_("Please write a coming day as 1/10/2026."),
    "level": N_("Please choose one from the list."),
    "shift": N_("Please choose one from the list."),
    "most": N_("There are 6 wishes for that month already. Take one back first."),
    "late": N_("Wishes for that day are closed: its rota is being planned."),
    "fixed": N_("The supervisor made this wish binding. Please talk to them."),
}
_NEVER: Final = date.min


@dataclass(frozen=True)
class Typed:
    """What came back with errors: the fields of the one form and of the other."""

    leave: Fields
    leave_errors: dict[str, str]
    wish: Fields
    wish_errors: dict[str, str]


_NOTHING: Final = Typed({}, {}, {}, {})


@router.get("")
def own_page(frame: Frame, store: Reader) -> Response:
    return _page(frame, store)


@router.post("")
def ask(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    try:
        ask_leave(store, frame.reader.user(store), typed_absence(fields), by=actor, at=now())
    except BadAbsence as bad:
        errors = {bad.field: gettext(LEAVE_SENTENCES[bad.field])}
        return _page(frame, store, Typed(fields, errors, {}, {}))
    return RedirectResponse(ADDRESS, 303)


@router.post("/{absence_id}/withdraw")
def withdraw(absence_id: Id, frame: Frame, store: Store) -> Response:
    absence = store.get(Absence, absence_id)
    if absence is None:
        raise HTTPException(404)
    if absence.user_id != frame.reader.user_id:
        raise NotAllowed(frame.reader.actor, Action.SEE_ROTA)
    try:
        withdraw_absence(store, absence, by=frame.reader.actor, at=now())
    except BadAbsence as bad:
        errors = {bad.field: gettext(LEAVE_SENTENCES[bad.field])}
        return _page(frame, store, Typed({}, errors, {}, {}))
    return RedirectResponse(ADDRESS, 303)


@router.post("/wishes")
def wish(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA, actor.centre_code)
    try:
        make_wish(store, frame.reader.user(store), _typed_wish(store, fields), by=actor, at=now())
    except BadWish as bad:
        errors = {bad.field: gettext(_WISH_SENTENCES[bad.field])}
        return _page(frame, store, Typed({}, {}, fields, errors))
    return RedirectResponse(f"{ADDRESS}#wishes", 303)


@router.post("/wishes/{wish_id}/drop")
def drop(wish_id: Id, frame: Frame, store: Store) -> Response:
    found = store.get(Wish, wish_id)
    if found is None:
        raise HTTPException(404)
    try:
        drop_wish(store, found, by=frame.reader.actor, at=now())
    except BadWish as bad:
        errors = {"day": gettext(_WISH_SENTENCES[bad.field])}
        return _page(frame, store, Typed({}, {}, {}, errors))
    return RedirectResponse(f"{ADDRESS}#wishes", 303)


def typed_absence(fields: Fields) -> NewAbsence:
    """What was typed; without a last day it is one day. What is no day becomes one that the store refuses."""
    try:
        kind = AbsenceKind(plain(fields, "kind"))
    except ValueError:
        raise BadAbsence("kind") from None
    first = typed_or_never(fields, "first_day")
    last = typed_or_never(fields, "last_day") if plain(fields, "last_day") else first
    return NewAbsence(kind, first, last, plain(fields, "note"))


def typed_or_never(fields: Fields, name: str) -> date:
    try:
        return read_day(plain(fields, name)) or _NEVER
    except BadDay:
        return _NEVER


def _typed_wish(store: Session, fields: Fields) -> NewWish:
    """`wish` is off, work, or a shift's id, with a minus when it is not wanted."""
    day = typed_or_never(fields, "day")
    level = plain(fields, "level")
    if level not in {str(int(one)) for one in WISHED}:
        raise BadWish("level")
    choice = plain(fields, "wish")
    if choice in ("off", "work"):
        return NewWish(day, choice == "work", WishLevel(int(level)))
    number = choice.removeprefix("-")
    shift = None
    if number.isascii() and number.isdecimal() and len(number) <= 9:
        shift = store.get(ShiftType, int(number))
    if shift is None:
        raise BadWish("shift")
    return NewWish(day, not choice.startswith("-"), WishLevel(int(level)), shift)


def _page(frame: PageFrame, store: Session, typed: Typed = _NOTHING) -> Response:
    actor, at = frame.reader.actor, now()
    require(actor, Action.SEE_ROTA, actor.centre_code)
    if not frame.reader.takes_calls:
        raise HTTPException(404)
    today, user_id = day_of(at), frame.reader.user_id
    last = (today.replace(day=1) + timedelta(days=32 * MONTHS)).replace(day=1) - timedelta(days=1)
    absences = absences_of(store, user_id, since=today - _SHOWN_BACK)
    wishes = wishes_of(store, user_id, today, today + FURTHEST)
    staff_class = terms_of(store, [user_id])[user_id].staff_class
    opens = first_open_day(at)
    return frame.page(
        "rotation/own_leave.html",
        status=422 if typed.leave_errors or typed.wish_errors else 200,
        today=today,
        months=own_months(
            today,
            MONTHS,
            OwnDays(
                absences,
                wishes,
                final_schedule(store, today.replace(day=1), last, user_ids=[user_id]),
                holidays_of(store, staff_class, today.replace(day=1), last),
            ),
        ),
        weekdays=weekday_names(),
        absences=absences,
        asked_for=ASKED_FOR,
        kinds=word_choices("absence_kind", ASKED_FOR),
        names=display_names(store, {one.decided_by for one in absences if one.decided_by}),
        wishes=wishes,
        shifts={one.id: one for one in shift_types_of(store, actor.centre_code, with_closed=True)},
        levels=word_choices("wish_level", (str(int(one)) for one in WISHED)),
        wishes_open=opens,
        wishes_close=wishes_close(opens),
        closes=wishes_close,
        most=MOST_IN_MONTH,
        typed=typed,
    )
