"""The shifts of a centre and how many people each wants, with a picture of the day against the need."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.demand_view import weekday_choices
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.hours import BadHours, clock_time, read_hours, shown_hours
from agent_console.i18n import N_, gettext, language
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_choices import word_choices
from agent_console.safe_paths import with_query
from agent_console.shift_picture import HEIGHT, SLOTS, shift_picture
from case_store.cases.word_models import Channel
from case_store.cases.words import active_words
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, require
from case_store.rotation.demand.need import demand
from case_store.rotation.rota.cover_needs import (
    HOLIDAY,
    SUGGESTED_FROM,
    WEEKDAYS,
    BadNeed,
    Wanted,
    check_needs,
    needs_of,
    profile_of,
    set_needs,
    suggestion,
)
from case_store.rotation.rota.models import MINUTES_OF_A_DAY, ShiftPlace, ShiftType
from case_store.rotation.rota.shift_types import (
    BadShift,
    NewShift,
    add_shift,
    change_shift,
    drop_shift,
    is_used,
    shift_types_of,
    switch_shift,
)
from case_store.rotation.rota.start_shifts import start_shifts

router = APIRouter(include_in_schema=False, prefix="/rotation/shifts")
Id = Annotated[int, Path(ge=1, lt=10**18)]
_NO_NUMBER: Final = -1
_SENTENCES: Final = {
    "code": N_("Please write a short code that no other shift here has: 1 to 8 letters or digits."),
    "name_th": N_("Please write the name, at most 60 letters."),
    "name_en": N_("Please write the name, at most 60 letters."),
    "start_minute": N_("Please write the time as 08:30."),
    "minutes": N_("Please write the end as 16:30; the same time as the beginning means 24 hours."),
    "break_minutes": N_(
        "Please write the minutes of the breaks: at least 60 for more than five hours at the centre."
    ),
    "overtime": N_("That is more work than a day may have. Say that it is overtime, if it is."),
    "channel": N_("Please choose one from the list."),
    "centre_code": N_("Please choose one from the list."),
    "place": N_("Please choose one from the list."),
    "times": N_("People had this shift: it keeps its times. Close it, and make a new one."),
    "used": N_("People had this shift: it can be closed, not removed."),
    "most": N_("There are 40 shifts here. Please close some that are not needed."),
}
_NEEDS: Final = N_("Please write whole numbers up to 200, and no more experienced than people.")


@router.get("")
def shifts_page(
    frame: Frame,
    store: Reader,
    centre: Annotated[str, Query(max_length=2)] = "",
    weekday: Annotated[int, Query(ge=0, le=7)] = 0,
    suggest: Annotated[bool, Query()] = False,
) -> Response:
    chosen = chosen_centre(frame.reader.actor, centre, Action.PLAN_ROTA)
    return _page(frame, store, chosen, weekday=weekday, suggest=suggest)


@router.post("/start")
def start(frame: Frame, store: Store, fields: FormFields) -> Response:
    centre = chosen_centre(frame.reader.actor, plain(fields, "centre"), Action.PLAN_ROTA)
    start_shifts(store, centre, by=frame.reader.actor, at=now())
    return RedirectResponse(_address(centre), 303)


@router.post("/needs")
def needs(frame: Frame, store: Store, fields: FormFields) -> Response:
    """All numbers of the table at once; empty fields are nobody."""
    actor = frame.reader.actor
    centre = chosen_centre(actor, plain(fields, "centre"), Action.PLAN_ROTA)
    try:
        typed = [(one, _typed_needs(fields, one)) for one in shift_types_of(store, centre)]
        for _, wanted in typed:
            check_needs(wanted)
    except BadNeed:
        return _page(frame, store, centre, typed=fields, errors={"needs": gettext(_NEEDS)})
    for shift, wanted in typed:
        set_needs(store, shift, wanted, by=actor, at=now())
    return RedirectResponse(_address(centre), 303)


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    centre = chosen_centre(actor, plain(fields, "centre"), Action.PLAN_ROTA)
    try:
        add_shift(store, centre, _typed(fields), by=actor, at=now())
    except BadShift as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, centre, typed=fields, errors=errors)
    return RedirectResponse(_address(centre), 303)


@router.get("/{shift_id}")
def shift_page(shift_id: Id, frame: Frame, store: Reader) -> Response:
    return _shift_page(frame, store, _shift(frame, store, shift_id))


@router.post("/{shift_id}")
def change(shift_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    shift = _shift(frame, store, shift_id)
    try:
        change_shift(store, shift, _typed(fields), by=frame.reader.actor, at=now())
    except BadShift as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _shift_page(frame, store, shift, typed=fields, errors=errors)
    return RedirectResponse(_address(shift.centre_code), 303)


@router.post("/{shift_id}/switch")
def switch(shift_id: Id, frame: Frame, store: Store) -> Response:
    shift = _shift(frame, store, shift_id)
    switch_shift(store, shift, active=not shift.active, by=frame.reader.actor, at=now())
    return RedirectResponse(_address(shift.centre_code), 303)


@router.post("/{shift_id}/drop")
def drop(shift_id: Id, frame: Frame, store: Store) -> Response:
    shift = _shift(frame, store, shift_id)
    centre = shift.centre_code
    try:
        drop_shift(store, shift, by=frame.reader.actor, at=now())
    except BadShift as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _shift_page(frame, store, shift, errors=errors)
    return RedirectResponse(_address(centre), 303)


def _shift(frame: PageFrame, store: Session, shift_id: int) -> ShiftType:
    require(frame.reader.actor, Action.PLAN_ROTA)
    shift = store.get(ShiftType, shift_id)
    if shift is None:
        raise HTTPException(404)
    require(frame.reader.actor, Action.PLAN_ROTA, shift.centre_code)
    return shift


def _address(centre: str) -> str:
    return with_query("/rotation/shifts", centre=centre)


def _typed(fields: Fields) -> NewShift:
    """What was typed; begin and end are times of the clock, and an end before the begin is on the next day."""
    begin = _time(fields, "start_minute")
    end = _time(fields, "minutes")
    try:
        place = ShiftPlace(plain(fields, "place"))
    except ValueError:
        raise BadShift("place") from None
    breaks = whole_number(fields, "break_minutes")
    return NewShift(
        code=plain(fields, "code"),
        name_th=plain(fields, "name_th"),
        name_en=plain(fields, "name_en"),
        start_minute=begin,
        minutes=(end - begin) % MINUTES_OF_A_DAY or MINUTES_OF_A_DAY,
        break_minutes=_NO_NUMBER if breaks is None else breaks,
        place=place,
        channel=plain(fields, "channel"),
        overtime=fields.get("overtime") == "yes",
    )


def _time(fields: Fields, name: str) -> int:
    try:
        minute = read_hours(plain(fields, name))
    except BadHours:
        raise BadShift(name) from None
    if minute > MINUTES_OF_A_DAY:
        raise BadShift(name)
    return minute % MINUTES_OF_A_DAY


def _typed_needs(fields: Fields, shift: ShiftType) -> dict[int, Wanted]:
    return {
        weekday: Wanted(
            _people(fields, f"p-{shift.id}-{weekday}", weekday),
            _people(fields, f"e-{shift.id}-{weekday}", weekday),
        )
        for weekday in WEEKDAYS
    }


def _people(fields: Fields, name: str, weekday: int) -> int:
    if not plain(fields, name):
        return 0
    found = whole_number(fields, name)
    if found is None:
        raise BadNeed(weekday)
    return found


def _page(
    frame: PageFrame,
    store: Session,
    centre: str,
    *,
    weekday: int = 0,
    suggest: bool = False,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    actor, at = frame.reader.actor, now()
    every = shift_types_of(store, centre, with_closed=True)
    shifts = [one for one in every if one.active]
    found = demand(
        store, centre, day_of(at), SUGGESTED_FROM,
        by=actor, at=at, wrap_up=frame.console.settings.wrap_up_seconds,
    )  # fmt: skip
    profile, wanted = profile_of(found), needs_of(store, centre)
    proposed = suggestion(profile, shifts) if suggest else {}
    for shift_id, by_weekday in proposed.items():
        known = wanted.get(shift_id, {})
        wanted[shift_id] = {
            day: Wanted(people, min(people, known[day].experienced if day in known else 1))
            for day, people in by_weekday.items()
        }
    return frame.page(
        "rotation/shifts.html",
        status=422 if errors else 200,
        centre=centre,
        centres=seen_centres(actor, Action.PLAN_ROTA),
        shifts=shifts,
        closed=[one for one in every if not one.active],
        needs=wanted,
        weekdays=[*weekday_choices(), (HOLIDAY, gettext("Public holidays"))],
        weekday=weekday,
        suggest=suggest,
        picture=shift_picture(shifts, wanted, profile, weekday),
        is_small=found.is_small,
        slots=SLOTS,
        height=HEIGHT,
        clock_time=clock_time,
        shown_hours=shown_hours,
        typed=typed or _START,
        errors=errors or {},
        **_form_choices(store),
    )


_START: Final = {"start_minute": "08:00", "minutes": "16:00", "break_minutes": "60"}


def _form_choices(store: Session) -> dict[str, list[tuple[str, str]]]:
    channels = [(one.code, one.name(language())) for one in active_words(store, Channel)]
    first = [one for one in channels if one[0] == "phone_1567"]
    return {
        "places": word_choices("shift_place", ShiftPlace),
        "channels": first + [one for one in channels if one not in first],
    }


def _shift_page(
    frame: PageFrame,
    store: Session,
    shift: ShiftType,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    start = {
        "code": shift.code,
        "name_th": shift.name_th,
        "name_en": shift.name_en,
        "start_minute": clock_time(shift.start_minute),
        "minutes": clock_time((shift.start_minute + shift.minutes) % MINUTES_OF_A_DAY),
        "break_minutes": str(shift.break_minutes),
        "place": shift.place.value,
        "channel": shift.channel,
    }
    return frame.page(
        "rotation/shift.html",
        status=422 if errors else 200,
        shift=shift,
        is_used=is_used(store, shift),
        typed=typed or start,
        errors=errors or {},
        **_form_choices(store),
    )
