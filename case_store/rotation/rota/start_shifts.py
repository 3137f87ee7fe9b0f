"""Shift types and needs that a centre begins with, before anybody has thought about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import StaffingValues, current_policy, staffing_values
from case_store.people.permissions import Actor
from case_store.rotation.demand.need import team_of
from case_store.rotation.rota.cover_needs import HOLIDAY, WEEKDAYS, Wanted, set_needs
from case_store.rotation.rota.models import ShiftPlace, ShiftType
from case_store.rotation.rota.shift_types import NewShift, add_shift, shift_types_of

_EIGHT_HOURS: Final = 8 * 60
_OFFICE_OPENS: Final = 8 * 60 + 30
_OFFICE_CLOSES: Final = 16 * 60 + 30

ROUND_THE_CLOCK: Final = (
    NewShift("N", "เวรดึก", "Night", 0, _EIGHT_HOURS),
    NewShift("M", "เวรเช้า", "Morning", 8 * 60, _EIGHT_HOURS),
    NewShift("E", "เวรบ่าย", "Evening", 16 * 60, _EIGHT_HOURS),
)
OFFICE_HOURS: Final = NewShift("D", "เวลาราชการ", "Office hours", _OFFICE_OPENS, _EIGHT_HOURS)
NIGHTS_AT_HOME: Final = NewShift(
    "S", "เตรียมพร้อมที่บ้าน กลางคืน", "Standby at home, night", _OFFICE_CLOSES, 16 * 60, 0,
    ShiftPlace.STANDBY,
)  # fmt: skip
DAYS_AT_HOME: Final = NewShift(
    "H", "เตรียมพร้อมที่บ้าน ทั้งวัน", "Standby at home, whole day", _OFFICE_OPENS, 24 * 60, 0,
    ShiftPlace.STANDBY,
)  # fmt: skip
_WORKDAYS: Final = range(5)


def start_shifts(session: Session, centre_code: str, *, by: Actor, at: datetime) -> list[ShiftType]:
    """Three shifts of eight hours, or for a small team office hours and standby at home; nothing when there are any.

    Which team is small, and the fewest people, the staffing policy says. Raises `NotAllowed`.
    """
    if shift_types_of(session, centre_code, with_closed=True):
        return []
    values = staffing_values(current_policy(session, PolicyKind.STAFFING, None, at=at))
    is_small = team_of(session, centre_code) <= values.small_team
    wanted = _of_small_team(values) if is_small else _of_large_team(values)
    made = []
    for new, needs in wanted:
        shift = add_shift(session, centre_code, new, by=by, at=at)
        set_needs(session, shift, needs, by=by, at=at)
        made.append(shift)
    return made


def _of_large_team(values: StaffingValues) -> list[tuple[NewShift, Mapping[int, Wanted]]]:
    night, morning, evening = ROUND_THE_CLOCK
    floors = (
        (night, values.night_floor),
        (morning, values.day_floor),
        (evening, values.night_floor),
    )
    return [(new, dict.fromkeys(WEEKDAYS, _with_one_experienced(people))) for new, people in floors]


def _of_small_team(values: StaffingValues) -> list[tuple[NewShift, Mapping[int, Wanted]]]:
    nobody, cover = Wanted(0), _with_one_experienced(values.small_cover)
    standby = Wanted(values.small_standby)
    weekend = (*(day for day in WEEKDAYS if day not in _WORKDAYS),)
    return [
        (OFFICE_HOURS, dict.fromkeys(_WORKDAYS, cover) | dict.fromkeys(weekend, nobody)),
        (NIGHTS_AT_HOME, dict.fromkeys(_WORKDAYS, standby) | dict.fromkeys(weekend, nobody)),
        (DAYS_AT_HOME, dict.fromkeys(weekend, standby) | {HOLIDAY: standby}),
    ]


def _with_one_experienced(people: int) -> Wanted:
    return Wanted(people, min(people, 1))
