"""The rota: who has which duty, and changing it."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id
from agent_console.api.case_filter import CentreCode, Day
from agent_console.api.paging import Paging, items_of
from agent_console.api.rota_centre import rota_centre
from agent_console.api.schemas import ListOf
from agent_console.api.texts import PRINTABLE, Body
from agent_console.dependencies import ConsoleDep, Reader
from agent_console.paging import page_of
from agent_console.rota_problems import Refusal, RotaProblem, told_why
from case_store.clock import BANGKOK, now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.calendar.changes import Wanted, change_days
from case_store.rotation.calendar.find_rotas import find_rota, list_rotas
from case_store.rotation.calendar.sheet import LONGEST
from case_store.rotation.rota.models import DutyCause, Rota, RotaState
from case_store.rotation.rota.schedule import ScheduledDuty, final_schedule

router = APIRouter(tags=["rota"])
USUAL: Final = timedelta(days=27)

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]
ShiftCode = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8, pattern=PRINTABLE)
]


class DutyItem(BaseModel):
    """A person's duty of a day, as it stands. `day` is the Bangkok day on which it begins."""

    user: str
    name: str
    centre_code: str
    day: date
    shift: Annotated[str, Field(description="The shift's code at its centre.")]
    shift_name_th: str
    shift_name_en: str
    begins_at: datetime
    ends_at: datetime
    standby: Annotated[bool, Field(description="At home, rung when needed.")]
    cause: DutyCause
    rota_id: int


class RotaItem(BaseModel):
    """A plan of some days of a centre. Every change raises its `version`."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    centre_code: str
    first_day: date
    last_day: date
    state: RotaState
    version: int
    published_at: datetime | None


class DayChange(Body):
    """A person's day as it is to be."""

    user: Username
    day: date
    shift: Annotated[ShiftCode | None, Field(description="null: off duty.")]


class NewDuties(Body):
    """Changes of one rota: all of them are made, or none."""

    expected_version: Annotated[
        int, Field(ge=1, lt=2**31, description="The `version` of the rota that was read.")
    ]
    changes: Annotated[list[DayChange], Field(min_length=1, max_length=1000)]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=300, pattern=PRINTABLE)
    ] = ""
    insist: Annotated[
        bool, Field(description="Break rules of the house, for the reason given.")
    ] = False
    override: Annotated[
        bool,
        Field(
            description="Also where the rota is locked or the day is over, for the reason given."
        ),
    ] = False


class ChangedDay(BaseModel):
    """What stood there before."""

    user: str
    day: date
    shift: str | None


class ChangedDuties(BaseModel):
    version: int
    before: list[ChangedDay]


@router.get(
    "/rota/schedule", summary="Who has which duty: what counts, of four weeks unless it says"
)
def get_schedule(
    program: Program,
    store: Reader,
    from_day: Day = None,
    to_day: Day = None,
    centre_code: CentreCode = None,
    user: Annotated[
        str | None, Query(pattern=r"^[a-z0-9._-]{1,64}$", description="A user name.")
    ] = None,
) -> ListOf[DutyItem]:
    """One page holds all: at most 62 days, of one centre; the token's own unless it says."""
    centre = rota_centre(program, centre_code)
    first = from_day or now().astimezone(BANGKOK).date()
    last = to_day or first + USUAL
    if not 0 <= (last - first).days < LONGEST:
        raise _not_a_time()
    person = store.scalar(select(User).where(User.username == user)) if user else None
    if user and person is None:
        return ListOf(items=[], next=None)
    duties = final_schedule(
        store, first, last, centre_code=centre, user_ids=[person.id] if person else None
    )
    names = _usernames(store, {duty.user_id for duty in duties})
    return ListOf(items=[_item(duty, names) for duty in duties], next=None)


@router.get("/rota/rotas", summary="Rotas of a centre, newest first; drafts for planners")
def get_rotas(
    program: Program, store: Reader, paging: Paging, centre_code: CentreCode = None
) -> ListOf[RotaItem]:
    rows = list_rotas(
        store, rota_centre(program, centre_code),
        by=program, limit=paging.limit + 1, before=paging.after,
    )  # fmt: skip
    return items_of(page_of(rows, paging.limit), RotaItem.model_validate)


@router.put(
    "/rota/rotas/{rota_id}/duties",
    summary="Change duties of a rota",
    response_model=ChangedDuties,
    responses={
        409: {
            "model": RotaProblem,
            "description": "`changed`: the rota has another version; `may_override`: it is locked or the day is over.",
        },
        422: {
            "model": RotaProblem,
            "description": "A field is not right (`errors`), or rules would be broken (`breaches`).",
        },
    },
)
def put_duties(
    rota_id: Id, new: NewDuties, program: Program, console: ConsoleDep
) -> ChangedDuties | Response:
    with console.database.reading() as store:
        centre = _rota(store, rota_id, program).centre_code
    try:
        with told_why(console.database, centre), console.database.transaction() as store:
            rota = _rota(store, rota_id, program)
            ids = _ids(store, {one.user for one in new.changes})
            done = change_days(
                store, centre, [Wanted(ids.get(one.user, 0), one.day, one.shift) for one in new.changes],
                by=program, at=now(), within=rota, versions={rota.id: new.expected_version},
                reason=new.reason, insist=new.insist, override=new.override,
            )  # fmt: skip
    except Refusal as refusal:
        return refusal.answer()
    names = {user_id: name for name, user_id in ids.items()}
    before = [
        ChangedDay(user=names[one.user_id], day=one.day, shift=one.code) for one in done.before
    ]
    return ChangedDuties(version=done.versions[rota_id], before=before)


def _rota(store: Session, rota_id: int, program: Actor) -> Rota:
    rota = find_rota(store, rota_id, by=program)
    if rota is None:
        raise HTTPException(404)
    require(program, Action.PLAN_ROTA, rota.centre_code)
    return rota


def _item(duty: ScheduledDuty, names: dict[int, str]) -> DutyItem:
    return DutyItem(
        user=names.get(duty.user_id, ""),
        name=duty.name,
        centre_code=duty.centre_code,
        day=duty.day,
        shift=duty.shift_type.code,
        shift_name_th=duty.shift_type.name_th,
        shift_name_en=duty.shift_type.name_en,
        begins_at=duty.begins_at,
        ends_at=duty.ends_at,
        standby=duty.is_standby,
        cause=duty.cause,
        rota_id=duty.rota_id,
    )


def _usernames(store: Session, ids: set[int]) -> dict[int, str]:
    rows = store.execute(select(User.id, User.username).where(User.id.in_(ids)))
    return {row.id: row.username for row in rows}


def _ids(store: Session, names: set[str]) -> dict[str, int]:
    rows = store.execute(select(User.id, User.username).where(User.username.in_(names)))
    return {row.username: row.id for row in rows}


def _not_a_time() -> RequestValidationError:
    what = {
        "type": "period",
        "loc": ("query", "to_day"),
        "msg": f"is before `from_day`, or more than {LONGEST} days after it",
    }
    return RequestValidationError([what])
