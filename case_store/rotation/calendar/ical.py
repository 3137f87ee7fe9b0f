"""Duties as iCalendar (RFC 5545), for people's own calendars. Never the notice of a change: programs fetch it late.

Each person's day is one event with a name that stays; what is changed has a higher sequence, and what was taken away is
sent as cancelled, as some programs keep what merely disappears.
"""

from datetime import date, datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.exchange.labels import Pair, pick
from case_store.exchange.thai_style import centre_name
from case_store.rotation.calendar.feeds import OpenFeed
from case_store.rotation.calendar.traces import Trace, traces
from case_store.rotation.rota.models import ShiftPlace, ShiftType
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule, span

PAST: Final = timedelta(days=14)
AHEAD: Final = timedelta(days=180)
REMIND: Final = timedelta(hours=1)
_TITLES: Final[tuple[Pair, Pair]] = (
    ("เวรของ{}", "Duties of {}"),
    ("ตารางเวร {}", "Rota, {}"),
)
_STANDBY: Final[Pair] = ("เตรียมพร้อมที่บ้าน", "on standby at home")
_SOON: Final[Pair] = ("อีก 1 ชั่วโมงถึงเวลาเข้าเวร", "Your duty begins in 1 hour")


def calendar_of(session: Session, opened: OpenFeed, *, at: datetime) -> bytes:
    """The feed's events of two weeks back and half a year ahead, in the language of whoever made it."""
    language = opened.maker.language
    today = at.astimezone(BANGKOK).date()
    first, last = today - PAST, today + AHEAD
    user_ids = [opened.user.id] if opened.user else None
    centre = None if opened.user else opened.centre_code
    duties = {
        (duty.user_id, duty.day): duty
        for duty in final_schedule(session, first, last, centre_code=centre, user_ids=user_ids)
    }
    calendar = _head(opened, language)
    for key, trace in traces(session, first, last, centre_code=centre, user_ids=user_ids).items():
        calendar.add_component(_event(trace, duties.get(key), opened, language))
    return bytes(calendar.to_ical())


def _head(opened: OpenFeed, language: str) -> Calendar:
    person, everybody = _TITLES
    name = (
        pick(person, language).format(opened.user.display_name)
        if opened.user
        else pick(everybody, language).format(centre_name(opened.centre_code, language))
    )
    calendar = Calendar()
    calendar.add("prodid", "-//Damrongdhama Centre//1567 rota//TH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Bangkok")
    calendar.add("x-published-ttl", "PT1H")
    return calendar


def _event(trace: Trace, duty: ScheduledDuty | None, opened: OpenFeed, language: str) -> Event:
    shift = duty.shift_type if duty else trace.shift_type
    begins_at, ends_at = span(trace.day, shift)
    words = _words(shift, language)
    event = Event()
    event.add("uid", uid(trace.user_id, trace.day))
    event.add("dtstamp", trace.changed_at)
    event.add("last-modified", trace.changed_at)
    event.add("sequence", trace.changes)
    event.add("dtstart", begins_at)
    event.add("dtend", ends_at)
    event.add("summary", words if opened.user else f"{trace.name} · {words}")
    event.add("location", centre_name(duty.centre_code if duty else opened.centre_code, language))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if duty else "CANCELLED")
    if duty and opened.user:
        event.add_component(_alarm(language))
    return event


def uid(user_id: int, day: date) -> str:
    """The same for a person's day, whichever duty it has: a calendar then changes the event that it knows."""
    return f"duty-{user_id}-{day:%Y%m%d}@damrong"


def _words(shift: ShiftType, language: str) -> str:
    name = shift.name_en if language == "en" else shift.name_th
    return f"{name} ({pick(_STANDBY, language)})" if shift.place is ShiftPlace.STANDBY else name


def _alarm(language: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -REMIND)
    alarm.add("description", pick(_SOON, language))
    return alarm
