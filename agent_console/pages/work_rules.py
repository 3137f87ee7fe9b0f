"""The rules and public holidays of each staff class, with their sources: versions from a day on."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.hours import BadHours, read_hours, shown_hours
from agent_console.i18n import N_, gettext
from agent_console.pages.own_leave import typed_or_never
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.rotation.rota.keep_rules import BadRules, Source, change_rules, versions_of_rules
from case_store.rotation.rota.models import StaffClass
from case_store.rotation.rota.rules import START_RULES, WorkRules, rules_of
from case_store.rotation.rota.staff_holidays import (
    OWN_TABLE,
    YEARS,
    BadHoliday,
    NewHoliday,
    add_holiday,
    drop_holiday,
    holidays_of,
)

router = APIRouter(include_in_schema=False, prefix="/rotation/rules")
ClassName = Annotated[StaffClass, Path()]
Day = Annotated[date, Path()]
_HOURS: Final = tuple(name for name in WorkRules.model_fields if name.endswith("_minutes"))
_RULE: Final = N_("Please write a number that is possible here; hours as 8 or 7:30.")
_SENTENCES: Final = {
    "valid_from": N_("Please write a day from today on, on which no other version begins."),
    "source": N_("Please say where it comes from, at most 300 letters."),
    "source_date": N_("Please write the day of the source as 1/10/2026; it is not to come."),
    "day": N_("Please write a day as 1/10/2026 that is no holiday yet."),
    "name_th": N_("Please write the name, at most 120 letters."),
    "name_en": N_("Please write the name, at most 120 letters."),
    "staff_class": N_("Officials' holidays are kept under “Working days and closures”."),
}


@router.get("")
def rules_page(
    frame: Frame,
    store: Reader,
    staff_class: Annotated[StaffClass, Query(alias="class")] = StaffClass.CONTRACTOR,
    year: Annotated[int, Query()] = 0,
) -> Response:
    return _page(frame, store, staff_class, year)


@router.post("/{staff_class}")
def change(staff_class: ClassName, frame: Frame, store: Store, fields: FormFields) -> Response:
    try:
        change_rules(
            store, staff_class, _typed_rules(fields), valid_from=typed_or_never(fields, "valid_from"),
            source=_typed_source(fields), by=frame.reader.actor, at=now(),
        )  # fmt: skip
    except BadRules as bad:
        errors = {bad.field: gettext(_SENTENCES.get(bad.field, _RULE))}
        return _page(frame, store, staff_class, 0, rules=fields, errors=errors)
    return RedirectResponse(_address(staff_class, 0), 303)


@router.post("/{staff_class}/holidays")
def add(staff_class: ClassName, frame: Frame, store: Store, fields: FormFields) -> Response:
    day = typed_or_never(fields, "day")
    new = NewHoliday(day, plain(fields, "name_th"), plain(fields, "name_en"), _typed_source(fields))
    try:
        add_holiday(store, staff_class, new, by=frame.reader.actor, at=now())
    except BadHoliday as bad:
        errors = {f"h-{bad.field}": gettext(_SENTENCES[bad.field])}
        year = whole_number(fields, "year") or 0
        return _page(frame, store, staff_class, year, holiday=fields, errors=errors)
    return RedirectResponse(_address(staff_class, day.year), 303)


@router.post("/{staff_class}/holidays/{day}/drop")
def drop(staff_class: ClassName, day: Day, frame: Frame, store: Store) -> Response:
    try:
        found = drop_holiday(store, staff_class, day, by=frame.reader.actor, at=now())
    except BadHoliday as bad:
        errors = {f"h-{bad.field}": gettext(_SENTENCES[bad.field])}
        return _page(frame, store, staff_class, day.year, errors=errors)
    if not found:
        raise HTTPException(404)
    return RedirectResponse(_address(staff_class, day.year), 303)


def _typed_source(fields: Fields) -> Source:
    return Source(plain(fields, "source"), typed_or_never(fields, "source_date"))


def _typed_rules(fields: Fields) -> dict[str, int]:
    """Raises `BadRules` for what is no number."""
    found = {}
    for name in WorkRules.model_fields:
        if name in _HOURS:
            try:
                found[name] = read_hours(plain(fields, name))
            except BadHours:
                raise BadRules(name) from None
        else:
            number = whole_number(fields, name)
            if number is None:
                raise BadRules(name)
            found[name] = number
    return found


def _shown_rules(values: Mapping[str, int]) -> dict[str, str]:
    return {
        name: shown_hours(value) if name in _HOURS else str(value) for name, value in values.items()
    }


def _address(staff_class: StaffClass, year: int) -> str:
    more = {"year": str(year)} if year else {}
    return with_query("/rotation/rules", **{"class": staff_class.value}, **more)


def _page(
    frame: PageFrame,
    store: Session,
    staff_class: StaffClass,
    year: int,
    *,
    rules: Fields | None = None,
    holiday: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    require(frame.reader.actor, Action.MANAGE_WORDS)
    today = day_of(now())
    shown_year = year if year in YEARS else today.year
    current = rules_of(store, staff_class, on=today)
    versions = versions_of_rules(store, staff_class)
    return frame.page(
        "rotation/rules.html",
        status=422 if errors else 200,
        staff_class=staff_class,
        classes=list(StaffClass),
        current=_shown_rules(current.model_dump()),
        start=None if versions else START_RULES[staff_class],
        versions=[
            (one, _shown_rules(WorkRules.model_validate(one.values).model_dump()))
            for one in versions
        ],
        in_force=next((one.id for one in versions if one.valid_from <= today), 0),
        year=shown_year,
        years=range(today.year - 1, today.year + 4),
        holidays=holidays_of(store, staff_class, date(shown_year, 1, 1), date(shown_year, 12, 31)),
        own_table=staff_class in OWN_TABLE,
        names=display_names(store, {one.made_by for one in versions}),
        typed=rules or _shown_rules(current.model_dump()),
        holiday=holiday or {},
        errors=errors or {},
        holiday_errors={
            name.removeprefix("h-"): words
            for name, words in (errors or {}).items()
            if name.startswith("h-")
        },
    )
