"""The words on screen for what a rota is made from: leave, wishes, working terms, shifts, rules, shared nights."""

from collections.abc import Mapping
from typing import Final

from agent_console.i18n import N_
from case_store.rotation.rota.models import (
    AbsenceKind,
    RequestState,
    ShiftPlace,
    StaffClass,
    WishLevel,
)

ROTA_INPUT_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "absence_kind": {
        AbsenceKind.ANNUAL: N_("Annual leave"),
        AbsenceKind.SICK: N_("Sick leave"),
        AbsenceKind.PERSONAL: N_("Personal leave"),
        AbsenceKind.MATERNITY: N_("Maternity leave"),
        AbsenceKind.TRAINING: N_("Course or training"),
        AbsenceKind.OTHER_DUTY: N_("Other official duty"),
    },
    "absence_state": {
        RequestState.ASKED: N_("Waits for the supervisor"),
        RequestState.APPROVED: N_("Leave approved"),
        RequestState.REFUSED: N_("Leave refused"),
        RequestState.WITHDRAWN: N_("Taken back"),
    },
    "wish_level": {
        str(int(WishLevel.LITTLE)): N_("if it can be done"),
        str(int(WishLevel.MUCH)): N_("gladly"),
        str(int(WishLevel.VERY_MUCH)): N_("very much"),
        str(int(WishLevel.FIXED)): N_("binding"),
    },
    "staff_class": {
        StaffClass.OFFICIAL: N_("Government official"),
        StaffClass.CONTRACTOR: N_("Service contractor"),
        StaffClass.EMPLOYEE: N_("Employee"),
    },
    "shift_place": {
        ShiftPlace.ON_SITE: N_("At the centre"),
        ShiftPlace.STANDBY: N_("Standby at home"),
    },
    "work_rule": {
        "most_day_minutes": N_("Hours of work in a day, at most"),
        "most_week_minutes": N_("Hours of work in any seven days, at most"),
        "least_rest_minutes": N_("Hours of rest between two shifts, at least"),
        "most_days_in_row": N_("Days in a row, at most"),
        "most_nights_in_row": N_("Nights in a row, at most"),
        "least_days_off_in_row": N_("Days off in a row, at least"),
        "most_weekends_in_four_weeks": N_("Weekends in four weeks, at most"),
        "most_overtime_week_minutes": N_("Hours of overtime in a week, at most"),
        "notice_days": N_("Days before a shift from which moving it counts as late"),
    },
}
ROTA_INPUT_LEVELS: Final[Mapping[str, str]] = {
    RequestState.ASKED: "warn",
    RequestState.APPROVED: "good",
    RequestState.WITHDRAWN: "outline",
}
