"""Duty outside official hours, for the approval that has to come before it and for the proof after it.

Ministry of Finance regulation on pay for work outside official hours, B.E. 2550: official time is 08.30–16.30 on
working days; the head of the agency approves the rest beforehand, and part hours are dropped. No rates here.
"""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from case_store.clock import BANGKOK
from case_store.exchange.labels import Pair, pick
from case_store.exchange.thai_style import short_date
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.calendar.sheet import holidays_between
from case_store.rotation.calendar.workbook import write_rows
from case_store.rotation.rota.models import Attendance, ShiftType
from case_store.rotation.rota.schedule import final_schedule, span

OFFICIAL_FROM: Final = 8 * 60 + 30
OFFICIAL_TO: Final = 16 * 60 + 30
_PLANNED: Final[Pair] = ("บัญชีขออนุมัติ", "For approval")
_WORKED: Final[Pair] = ("หลักฐานการปฏิบัติงาน", "Attendance proof")
_HEAD: Final[tuple[Pair, ...]] = (
    ("ลำดับ", "No."), ("ชื่อ-สกุล", "Name"), ("วันที่", "Day"), ("เวร", "Shift"), ("เวลาเวร", "Times"),
)  # fmt: skip
_HOURS: Final[tuple[Pair, ...]] = (
    ("ชั่วโมงวันทำการ", "Hours, working days"), ("ชั่วโมงวันหยุด", "Hours, holidays"),
)  # fmt: skip
_CAME: Final[tuple[Pair, ...]] = (("เวลามา", "Came"), ("เวลากลับ", "Left"))
_SIGNED: Final[Pair] = ("ลายมือชื่อ", "Signature")


@dataclass(frozen=True)
class Outside:
    """Whole hours outside official time."""

    workday: int
    holiday: int


def outside_hours(begins_at: datetime, ends_at: datetime, holidays: Collection[date]) -> Outside:
    """What of a time lies outside official hours, on working days and on days off; part hours are dropped."""
    minutes = {True: 0, False: 0}
    at, end = begins_at.astimezone(BANGKOK), ends_at.astimezone(BANGKOK)
    while at < end:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        until = min(end, midnight + timedelta(days=1))
        is_off = at.weekday() >= 5 or at.date() in holidays
        spent = _minutes(at, until)
        if not is_off:
            official = midnight + timedelta(minutes=OFFICIAL_FROM)
            closes = midnight + timedelta(minutes=OFFICIAL_TO)
            spent -= _minutes(max(at, official), min(until, closes))
        minutes[is_off] += spent
        at = until
    return Outside(minutes[False] // 60, minutes[True] // 60)


def _minutes(first: datetime, last: datetime) -> int:
    return max(0, int((last - first).total_seconds() // 60))


def approval_xlsx(
    session: Session, centre_code: str, first: date, last: date, *, by: Actor, language: str = "th"
) -> bytes:
    """Two lists: planned duty outside official hours, to be approved, and when each person really came and left.

    Raises `NotAllowed`.
    """
    require(by, Action.PLAN_ROTA, centre_code)
    holidays = holidays_between(session, first, last + timedelta(days=1))
    book = Workbook()
    book.remove(book.worksheets[0])
    head = [pick(words, language) for words in _HEAD]
    hours = [pick(words, language) for words in _HOURS]
    signed = pick(_SIGNED, language)
    planned = _planned(session, centre_code, first, last, holidays, language)
    write_rows(book, pick(_PLANNED, language), [*head, *hours, signed], planned)
    came = [pick(words, language) for words in _CAME]
    worked = _worked(session, centre_code, first, last, holidays, language)
    write_rows(book, pick(_WORKED, language), [*head, *came, *hours, signed], worked)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _planned(
    session: Session,
    centre_code: str,
    first: date,
    last: date,
    holidays: Mapping[date, object],
    language: str,
) -> list[list[object]]:
    rows: list[list[object]] = []
    duties = final_schedule(session, first, last, centre_code=centre_code)
    for duty in sorted(duties, key=lambda one: (one.name, one.day)):
        outside = outside_hours(duty.begins_at, duty.ends_at, holidays.keys())
        if duty.is_standby or not (outside.workday or outside.holiday):
            continue
        known = _known(len(rows) + 1, duty.name, duty.day, duty.shift_type, language)
        rows.append([*known, outside.workday, outside.holiday, ""])
    return rows


def _worked(
    session: Session,
    centre_code: str,
    first: date,
    last: date,
    holidays: Mapping[date, object],
    language: str,
) -> list[list[object]]:
    found = session.execute(
        select(Attendance, User.display_name)
        .join(User, User.id == Attendance.user_id)
        .where(
            Attendance.centre_code == centre_code,
            Attendance.day.between(first, last),
            Attendance.came_at.is_not(None),
        )
        .order_by(User.display_name, Attendance.day, Attendance.id)
    )
    rows: list[list[object]] = []
    for attendance, name in found:
        shift = attendance.shift_type
        begins_at, ends_at = span(attendance.day, shift)
        came, left = attendance.came_at, attendance.left_at
        # Who is early waits on their own account; who stays on takes the last call on the office's.
        outside = (
            outside_hours(max(came, begins_at), left or ends_at, holidays.keys())
            if came and (left or ends_at) > came
            else Outside(0, 0)
        )
        known = _known(len(rows) + 1, name, attendance.day, shift, language)
        rows.append([*known, _time(came), _time(left), outside.workday, outside.holiday, ""])
    return rows


def _known(number: int, name: str, day: date, shift: ShiftType, language: str) -> list[object]:
    begins_at, ends_at = span(day, shift)
    words = shift.name_en if language == "en" else shift.name_th
    times = f"{_time(begins_at)}–{_time(ends_at)}"
    return [number, name, short_date(day, language), words, times]


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(BANGKOK):%H:%M}" if at else ""
