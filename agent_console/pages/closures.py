"""On which days centres work: a picture of the year, and the closures that an administrator or supervisor keeps."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day
from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.safe_paths import with_query
from agent_console.year_picture import weekday_names, year_picture
from case_store.clock import BANGKOK, now
from case_store.deadlines.calendar import WorkingCalendar, office_holidays
from case_store.deadlines.cancelled_holidays import (
    BadCancellation,
    cancel_holiday,
    cancelled_holidays,
    restore_holiday,
)
from case_store.deadlines.closures import BadClosure, add_closure, drop_closure, list_closures
from case_store.deadlines.models import Closure
from case_store.people.permissions import Action, Actor, centres_within, may, require
from case_store.places.provinces import Province, centres

router = APIRouter(include_in_schema=False, prefix="/office/closures")
YEARS: Final = range(2000, 2101)
_SENTENCES: Final = {
    "centre_code": N_("Please choose one from the list."),
    "day": N_("That day is closed already, or in no calendar that the system knows."),
    "name": N_("Please say why the centre is closed."),
    "holiday": N_("Please choose a public holiday of this year that is not cancelled."),
    "reason": N_("Please say why, at most 200 letters: by which announcement."),
}
_NO_DAY: Final = N_("Please write the day as 1/10/2026.")
_NEVER: Final = date.min
Day = Annotated[date, Path()]
ClosureId = Annotated[int, Path(ge=1, lt=10**18)]


@dataclass(frozen=True)
class Chosen:
    """Whose calendar is shown, and of which year. No centre: what holds for all of them."""

    centre_code: str
    year: int

    @property
    def address(self) -> str:
        return with_query("/office/closures", centre=self.centre_code, year=str(self.year))


@router.get("")
def closures_page(
    frame: Frame,
    store: Reader,
    centre: Annotated[str, Query(max_length=2)] = "",
    year: Annotated[int, Query()] = 0,
) -> Response:
    return _page(frame, store, _chosen(frame.reader.actor, centre, year))


@router.post("")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    year = whole_number(fields, "year") or 0
    chosen = _chosen(frame.reader.actor, fields.get("centre", ""), year)
    try:
        day = read_day(fields.get("day", ""))
    except BadDay:
        day = None
    if day is None:
        return _page(frame, store, chosen, typed=fields, errors={"day": gettext(_NO_DAY)})
    try:
        add_closure(
            store, chosen.centre_code or None, day, plain(fields, "name"),
            by=frame.reader.actor, at=now(),
        )  # fmt: skip
    except BadClosure as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, chosen, typed=fields, errors=errors)
    return RedirectResponse(Chosen(chosen.centre_code, day.year).address, 303)


@router.post("/{closure_id}/drop")
def drop(closure_id: ClosureId, reader: CurrentUser, store: Store) -> Response:
    require(reader.actor, Action.MANAGE_CLOSURES)
    closure = store.get(Closure, closure_id)
    if closure is None:
        raise HTTPException(404)
    back = Chosen(closure.centre_code or "", closure.day.year)
    drop_closure(store, closure_id, by=reader.actor, at=now())
    return RedirectResponse(back.address, 303)


@router.post("/holidays")
def cancel(frame: Frame, store: Store, fields: FormFields) -> Response:
    """A public holiday that was announced and then cancelled."""
    chosen = _chosen(
        frame.reader.actor, fields.get("centre", ""), whole_number(fields, "year") or 0
    )
    try:
        cancel_holiday(
            store, _iso_day(fields), plain(fields, "reason"), by=frame.reader.actor, at=now()
        )
    except BadCancellation as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, chosen, typed=fields, errors=errors)
    return RedirectResponse(chosen.address, 303)


@router.post("/holidays/{day}/restore")
def restore(day: Day, frame: Frame, store: Store, fields: FormFields) -> Response:
    chosen = _chosen(frame.reader.actor, fields.get("centre", ""), day.year)
    if not restore_holiday(store, day, by=frame.reader.actor, at=now()):
        raise HTTPException(404)
    return RedirectResponse(chosen.address, 303)


def _iso_day(fields: Fields) -> date:
    """The chosen day; one that is no holiday when it is none of the list."""
    try:
        return date.fromisoformat(plain(fields, "holiday"))
    except ValueError:
        return _NEVER


def _chosen(actor: Actor, centre: str, year: int) -> Chosen:
    require(actor, Action.MANAGE_CLOSURES)
    known = centre if any(one.code == centre for one in _choices(actor)) else ""
    everywhere = centres_within(actor, Action.MANAGE_CLOSURES) is None
    code = known if everywhere else actor.centre_code
    return Chosen(code, year if year in YEARS else now().astimezone(BANGKOK).year)


def _choices(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.MANAGE_CLOSURES, one.code)]


def _page(
    frame: PageFrame,
    store: Session,
    chosen: Chosen,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    actor = frame.reader.actor
    closures = [
        one
        for one in list_closures(store, by=actor, year=chosen.year)
        if one.centre_code in (chosen.centre_code or None, None)
    ]
    announced, cancelled = office_holidays(chosen.year), cancelled_holidays(store, chosen.year)
    holidays = {day: name for day, name in announced.items() if day not in cancelled}
    return frame.page(
        "office/closures.html",
        status=422 if errors else 200,
        chosen=chosen,
        months=year_picture(chosen.year, holidays, {one.day: one.name for one in closures}),
        weekdays=weekday_names(),
        holidays=holidays,
        announced=announced,
        cancelled=cancelled,
        closures=closures,
        working_days=_working_days(store, chosen),
        centres=_choices(actor),
        everywhere=centres_within(actor, Action.MANAGE_CLOSURES) is None,
        typed=typed or {},
        errors=errors or {},
    )


def _working_days(store: Session, chosen: Chosen) -> int:
    calendar = WorkingCalendar.of(store, chosen.centre_code)
    return calendar.between(date(chosen.year - 1, 12, 31), date(chosen.year, 12, 31))
