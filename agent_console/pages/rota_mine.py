"""A person's own duties, for a phone: what comes next, the coming weeks, and what one can do about them."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from agent_console.dependencies import Reader
from agent_console.frame import Frame
from agent_console.i18n import gettext
from agent_console.rota_words import hours, near_day, shift_name, shift_times
from case_store.clock import BANGKOK, now
from case_store.people.permissions import Action, require
from case_store.rotation.calendar.sheet import holidays_between
from case_store.rotation.rota.schedule import final_schedule

router = APIRouter(include_in_schema=False, prefix="/rotation/mine")
AHEAD: Final = timedelta(weeks=4)


@router.get("")
def mine(frame: Frame, store: Reader) -> Response:
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA, actor.centre_code)
    at = now()
    today = at.astimezone(BANGKOK).date()
    month = today.replace(day=1)
    duties = final_schedule(
        store, min(month, today - timedelta(days=1)), today + AHEAD, user_ids=[frame.reader.user_id]
    )
    coming = [duty for duty in duties if duty.ends_at > at]
    in_month = [
        duty for duty in duties if (duty.day.year, duty.day.month) == (today.year, today.month)
    ]
    last = max([today + AHEAD, *(duty.day for duty in coming)])
    month_end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    rest = (
        final_schedule(
            store, today + AHEAD + timedelta(days=1), month_end, user_ids=[frame.reader.user_id]
        )
        if month_end > today + AHEAD
        else []
    )
    return frame.page(
        "rotation/mine.html",
        next=coming[0] if coming else None,
        is_now=bool(coming) and coming[0].begins_at <= at,
        coming=coming,
        hours=hours(sum(duty.shift_type.worked_minutes for duty in in_month + rest)),
        turns=len(in_month + rest),
        nights=sum(duty.shift_type.is_night and not duty.is_standby for duty in in_month + rest),
        holidays=holidays_between(store, today, last),
        near_day=lambda day: near_day(day, at=at),
        shift_name=shift_name,
        shift_times=shift_times,
        month=month,
        today_words=gettext("Today"),
    )
