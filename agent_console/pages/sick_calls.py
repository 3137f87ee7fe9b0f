"""Reporting sick: oneself from a phone, or by who plans the rota for somebody who rang in."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day, typed_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.rota_words import day_words, shift_name, shift_times
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, may, require
from case_store.rotation.rota.people_of_centre import colleagues
from case_store.rotation.rota.sick import BadSickCall, SickCall, call_sick

router = APIRouter(include_in_schema=False, prefix="/rotation/sick")
_SENTENCES: Final = {
    "first_day": N_("Please write a day from today on, at most 30 days ahead, as 1/10/2026."),
    "last_day": N_("Please write a last day that is not before the first, 60 days at the most."),
    "note": N_("At most 200 letters, please."),
    "twice": N_("These days are reported already."),
}


@router.get("")
def sick_page(
    frame: Frame, store: Reader, day: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    today = day_of(now())
    try:
        first = max(date.fromisoformat(day), today)
    except ValueError:
        first = today
    typed = {
        "user": str(frame.reader.user_id),
        "first_day": typed_day(first),
        "last_day": typed_day(first),
    }
    return _page(frame, store, typed)


@router.post("")
def report(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    user = store.get(User, whole_number(fields, "user") or frame.reader.user_id)
    if user is None:
        raise HTTPException(404)
    try:
        call = call_sick(
            store, user, _day(fields, "first_day"), _day(fields, "last_day"),
            note=plain(fields, "note"), by=actor, at=now(),
        )  # fmt: skip
    except BadSickCall as bad:
        return _page(frame, store, fields, {bad.field: gettext(_SENTENCES[bad.field])})
    if call.freed and may(actor, Action.PLAN_ROTA, user.centre_code):
        first = call.freed[0]
        return RedirectResponse(
            with_query(
                "/rotation/cover/stand-ins",
                centre=first.centre_code,
                day=first.day.isoformat(),
                shift=str(first.shift_type.id),
            ),
            303,
        )
    return _page(frame, store, fields, done=call)


def _day(fields: Fields, name: str) -> date:
    try:
        day = read_day(plain(fields, name))
    except BadDay:
        day = None
    if day is None:
        raise BadSickCall(name)
    return day


def _page(
    frame: PageFrame,
    store: Session,
    typed: Fields,
    errors: dict[str, str] | None = None,
    done: SickCall | None = None,
) -> Response:
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA)
    plans = may(actor, Action.PLAN_ROTA, actor.centre_code)
    return frame.page(
        "rotation/sick.html",
        status=422 if errors else 200,
        people=colleagues(store, actor.centre_code) if plans else [],
        typed=typed,
        errors=errors or {},
        done=done,
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )
