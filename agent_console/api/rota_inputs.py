"""What a rota is made from: shifts and needs, how people work, leave, and the rules and holidays of staff classes."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id
from agent_console.api.case_filter import CentreCode, Day
from agent_console.api.schemas import ListOf
from agent_console.api.texts import PRINTABLE, Body
from agent_console.dependencies import Reader, Store
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import find_person
from case_store.rotation.rota.absences import (
    BadAbsence,
    NewAbsence,
    absences_between,
    decide_absence,
    enter_absence,
)
from case_store.rotation.rota.cover_needs import needs_of
from case_store.rotation.rota.models import (
    Absence,
    AbsenceKind,
    RequestState,
    ShiftPlace,
    StaffClass,
    WorkingTerms,
)
from case_store.rotation.rota.rules import WorkRules, rules_of
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.staff_holidays import holidays_of
from case_store.rotation.rota.terms import (
    LONGEST_MONTH,
    SHORTEST_WEEK,
    BadTerms,
    NewTerms,
    rota_people,
    set_terms,
    terms_of,
)

router = APIRouter(tags=["rota"])
USUAL: Final = timedelta(days=91)
LONGEST: Final = timedelta(days=366 * 2)
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]
OfClass = Annotated[StaffClass, Query()]


class NeedItem(BaseModel):
    weekday: Annotated[int, Field(description="0 Monday … 6 Sunday; 7: public holidays.")]
    people: int
    experienced: Annotated[int, Field(description="Of them, so many that are not new.")]


class ShiftTypeItem(BaseModel):
    """A kind of duty of a centre. Minutes are counted from midnight in Bangkok."""

    id: int
    centre_code: str
    code: str
    name_th: str
    name_en: str
    start_minute: int
    minutes: Annotated[int, Field(description="From begin to end, across midnight, breaks too.")]
    break_minutes: int
    place: ShiftPlace
    channel: str
    active: bool
    needs: list[NeedItem]


class TermsItem(BaseModel):
    """How a person works. Their own telephone is not given."""

    user: str
    name: str
    staff_class: StaffClass
    week_minutes: int
    month_minutes: int | None
    no_nights: bool
    experienced: bool
    overtime_consent: bool
    in_rota: bool


class NewTermsBody(Body):
    """How a person works. Hours in minutes, within the rules of the staff class."""

    user: UserName
    staff_class: StaffClass
    week_minutes: Annotated[int, Field(ge=SHORTEST_WEEK, le=48 * 60)]
    month_minutes: Annotated[int, Field(ge=SHORTEST_WEEK, le=LONGEST_MONTH)] | None = None
    no_nights: bool = False
    experienced: bool = True
    overtime_consent: bool = False
    in_rota: bool = True
    standby_phone: Annotated[
        str | None,
        StringConstraints(strip_whitespace=True, max_length=30, pattern=PRINTABLE),
        Field(description="Their own telephone, for standby. Left out: as it is; empty: none."),
    ] = None


class AbsenceItem(BaseModel):
    id: int
    user: str
    kind: AbsenceKind
    first_day: date
    last_day: date
    state: RequestState


class DecidedAbsence(AbsenceItem):
    freed: Annotated[
        list[date], Field(description="Days of published duties that are now without the person.")
    ]


class NewAbsenceBody(Body):
    """Leave or another duty, written down by who plans the rota: it binds at once."""

    user: UserName
    kind: AbsenceKind
    first_day: date
    last_day: date
    note: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=300, pattern=PRINTABLE)
    ] = ""


class Decision(Body):
    approve: bool


class HolidayItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    day: date
    name_th: str
    name_en: str
    source: str
    source_date: date


@router.get("/rota/shift-types", summary="Shifts of a centre, closed ones too, with their needs")
def get_shift_types(
    program: Program, store: Reader, centre_code: CentreCode = None
) -> ListOf[ShiftTypeItem]:
    centre = _centre(program, Action.SEE_ROTA, centre_code)
    needs = needs_of(store, centre)
    items = [
        ShiftTypeItem(
            id=one.id,
            centre_code=one.centre_code,
            code=one.code,
            name_th=one.name_th,
            name_en=one.name_en,
            start_minute=one.start_minute,
            minutes=one.minutes,
            break_minutes=one.break_minutes,
            place=one.place,
            channel=one.channel,
            active=one.active,
            needs=[
                NeedItem(weekday=day, people=wanted.people, experienced=wanted.experienced)
                for day, wanted in sorted(needs.get(one.id, {}).items())
            ],
        )
        for one in shift_types_of(store, centre, with_closed=True)
    ]
    return ListOf(items=items, next=None)


@router.get("/rota/terms", summary="How the people of a centre work who take calls")
def get_terms(program: Program, store: Reader, centre_code: CentreCode = None) -> ListOf[TermsItem]:
    centre = _centre(program, Action.PLAN_ROTA, centre_code)
    people = rota_people(store, centre)
    terms = terms_of(store, [one.id for one in people])
    items = [_terms_item(one, terms[one.id]) for one in people]
    return ListOf(items=items, next=None)


@router.put("/rota/terms", summary="Say how somebody works from now on")
def put_terms(new: NewTermsBody, program: Program, store: Store) -> TermsItem:
    """All of it anew, but their own telephone, which stays when it is left out."""
    require(program, Action.PLAN_ROTA)
    user = find_person(store, new.user)
    if user is None:
        raise BadTerms("user")
    require(program, Action.PLAN_ROTA, user.centre_code)
    kept = terms_of(store, [user.id])[user.id].standby_phone or ""
    values = new.model_dump(exclude={"user", "standby_phone"})
    phone = kept if new.standby_phone is None else new.standby_phone
    terms = NewTerms(**values, standby_phone=phone)
    return _terms_item(user, set_terms(store, user, terms, by=program, at=now()))


@router.get("/rota/absences", summary="Who is away, approved: of 13 weeks unless it says")
def get_absences(
    program: Program,
    store: Reader,
    from_day: Day = None,
    to_day: Day = None,
    centre_code: CentreCode = None,
) -> ListOf[AbsenceItem]:
    centre = _centre(program, Action.PLAN_ROTA, centre_code)
    first, last = _period(from_day, to_day)
    found = absences_between(store, centre, first, last)
    return ListOf(items=[_item(one) for one in found], next=None)


@router.post("/rota/absences", status_code=201, summary="Write down leave or another duty")
def post_absence(new: NewAbsenceBody, program: Program, store: Store) -> DecidedAbsence:
    require(program, Action.PLAN_ROTA)
    user = find_person(store, new.user)
    if user is None:
        raise _not_right("user")
    absence = NewAbsence(new.kind, new.first_day, new.last_day, new.note)
    try:
        decided = enter_absence(store, user, absence, by=program, at=now())
    except BadAbsence as bad:
        raise _not_right(bad.field) from None
    days = [one.day for one in decided.freed]
    return DecidedAbsence(**_item(decided.absence).model_dump(), freed=days)


@router.post("/rota/absences/{absence_id}/decision", summary="Approve or refuse leave")
def post_decision(
    absence_id: Id, decision: Decision, program: Program, store: Store
) -> DecidedAbsence:
    absence = _absence(store, program, absence_id)
    try:
        decided = decide_absence(store, absence, approve=decision.approve, by=program, at=now())
    except BadAbsence:
        raise HTTPException(409) from None
    days = [one.day for one in decided.freed]
    return DecidedAbsence(**_item(decided.absence).model_dump(), freed=days)


@router.get(
    "/rota/holidays", summary="Public holidays of a staff class: of 13 weeks unless it says"
)
def get_holidays(
    _program: Program,
    store: Reader,
    staff_class: OfClass,
    from_day: Day = None,
    to_day: Day = None,
) -> ListOf[HolidayItem]:
    found = holidays_of(store, staff_class, *_period(from_day, to_day))
    return ListOf(items=[HolidayItem.model_validate(one) for one in found.values()], next=None)


@router.get("/rota/rules", summary="The limits of a staff class on a day: today unless it says")
def get_rules(_program: Program, store: Reader, staff_class: OfClass, on: Day = None) -> WorkRules:
    return rules_of(store, staff_class, on=on or day_of(now()))


def _centre(program: Actor, action: Action, centre_code: str | None) -> str:
    """The one that is asked for, else the program's own; whose own is none of a rota says which."""
    require(program, action, centre_code)
    if centre_code is None and not may(program, action, program.centre_code):
        raise _not_right("centre_code", "query")
    return centre_code or program.centre_code


def _terms_item(user: User, terms: WorkingTerms) -> TermsItem:
    return TermsItem(
        user=user.username,
        name=user.display_name,
        staff_class=terms.staff_class,
        week_minutes=terms.week_minutes,
        month_minutes=terms.month_minutes,
        no_nights=terms.no_nights,
        experienced=terms.experienced,
        overtime_consent=terms.overtime_consent,
        in_rota=terms.in_rota,
    )


def _absence(store: Session, program: Program, absence_id: int) -> Absence:
    require(program, Action.PLAN_ROTA)
    absence = store.get(Absence, absence_id)
    if absence is None:
        raise HTTPException(404)
    require(program, Action.PLAN_ROTA, absence.user.centre_code)
    return absence


def _item(absence: Absence) -> AbsenceItem:
    return AbsenceItem(
        id=absence.id,
        user=absence.user.username,
        kind=absence.kind,
        first_day=absence.first_day,
        last_day=absence.last_day,
        state=absence.state,
    )


def _period(from_day: date | None, to_day: date | None) -> tuple[date, date]:
    first = from_day or (to_day - USUAL if to_day else day_of(now()))
    last = to_day or first + USUAL
    if not timedelta() <= last - first <= LONGEST:
        raise _not_right("from_day", "query")
    return first, last


def _not_right(field: str, where: str = "body") -> RequestValidationError:
    what = {"type": "rota", "loc": (where, field), "msg": "is not right"}
    return RequestValidationError([what])
