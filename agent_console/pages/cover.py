"""Cover: the gaps of the next fourteen days, duties that cannot be worked, and stand-ins for each."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.cover_strip import strip_of
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_refusals import broken_words
from agent_console.rota_words import (
    breaches_words,
    day_words,
    hours,
    shift_name,
    shift_times,
)
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, may, require
from case_store.rotation.rota.cover_alerts import answerable
from case_store.rotation.rota.editing import BadChange, RotaLocked, RuleBroken, rota_of_day
from case_store.rotation.rota.gaps import AHEAD, cover, still_to_come
from case_store.rotation.rota.models import ShiftType
from case_store.rotation.rota.stand_ins import put_stand_in, stand_ins

router = APIRouter(include_in_schema=False, prefix="/rotation/cover")
_SENTENCES: Final = {
    "consent": N_("Please ask the colleague first, and say that they agreed."),
    "day": N_("This shift is over, or there is no published rota for the day."),
    "reason": N_("Please say why, at most 300 letters."),
    "user": N_("Please choose one from the list."),
}
Iso = Annotated[date, Query()]


@router.get("")
def cover_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    actor, at = frame.reader.actor, now()
    code = chosen_centre(actor, centre)
    today = day_of(at)
    found = cover(store, code, today, today + AHEAD)
    told = [store.get_one(User, one).display_name for one in answerable(store, code, today)]
    return frame.page(
        "rotation/cover.html",
        centre=code,
        centres=seen_centres(actor),
        gaps=still_to_come(found.gaps, at),
        conflicts=[one for one in found.conflicts if one.duty.ends_at > at],
        strip=strip_of(found),
        has_needs=bool(found.needs),
        told=told,
        last_day=today + AHEAD,
        plans=may(actor, Action.PLAN_ROTA, code),
        words=lambda one: breaches_words(store, one.breaches, one.duty.name, code),
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )


@router.get("/stand-ins")
def stand_ins_page(
    frame: Frame,
    store: Reader,
    day: Iso,
    shift: Annotated[int, Query(ge=1, lt=10**18)],
) -> Response:
    return _stand_ins(frame, store, day, _shift(store, shift))


@router.post("/stand-ins")
def put_in(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    require(actor, Action.PLAN_ROTA)
    shift = _shift(store, whole_number(fields, "shift") or 0)
    try:
        day = date.fromisoformat(plain(fields, "day"))
    except ValueError:
        raise HTTPException(404) from None
    user = store.get(User, whole_number(fields, "user") or 0)
    errors: dict[str, str] = {}
    problems: list[str] = []
    try:
        if user is None:
            raise BadChange("user")
        with store.begin_nested():  # refused: nothing of it stays
            put_stand_in(
                store, shift.centre_code, user, day, shift, consent=plain(fields, "consent") == "yes",
                reason=plain(fields, "reason"), insist=bool(plain(fields, "reason")),
                by=actor, at=now(),
            )  # fmt: skip
        return RedirectResponse(with_query("/rotation/cover", centre=shift.centre_code), 303)
    except BadChange as bad:
        errors = {bad.field: gettext(_SENTENCES.get(bad.field, _SENTENCES["day"]))}
    except RuleBroken as refused:
        problems = broken_words(store, refused, shift.centre_code)
    except RotaLocked:
        errors = {"day": gettext(_SENTENCES["day"])}
    return _stand_ins(frame, store, day, shift, fields, errors, problems)


def _shift(store: Session, shift_id: int) -> ShiftType:
    found = store.get(ShiftType, shift_id)
    if found is None:
        raise HTTPException(404)
    return found


def _stand_ins(
    frame: PageFrame,
    store: Session,
    day: date,
    shift: ShiftType,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
    problems: list[str] | None = None,
) -> Response:
    code = shift.centre_code
    today = day_of(now())
    if not today - timedelta(days=1) <= day <= today + timedelta(days=400):
        raise HTTPException(404)
    ranked = stand_ins(store, code, day, shift, by=frame.reader.actor)
    return frame.page(
        "rotation/stand_ins.html",
        status=422 if errors or problems else 200,
        centre=code,
        day=day,
        shift=shift,
        has_rota=rota_of_day(store, code, day) is not None,
        able=[one for one in ranked if one.fits or one.may_insist],
        unable=[one for one in ranked if not one.fits and not one.may_insist],
        words=lambda one: breaches_words(store, one.breaches, one.user.display_name, code),
        typed=typed or {},
        errors=errors or {},
        problems=problems or [],
        hours=hours,
        day_words=day_words,
        shift_name=shift_name,
        shift_times=shift_times,
    )
