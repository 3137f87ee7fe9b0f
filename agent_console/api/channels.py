"""Who answers for which channel of which centre, and appointing them."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from agent_console.api.access import Program
from agent_console.api.addressed import Id
from agent_console.api.case_filter import FIRST_DAY, LAST_DAY, CentreCode, Day
from agent_console.api.paging import Paging, items_of
from agent_console.api.rota_centre import rota_centre
from agent_console.api.schemas import ListOf
from agent_console.api.texts import PRINTABLE, Body
from agent_console.api.texts import CentreCode as WrittenCentre
from agent_console.dependencies import Reader, Store
from agent_console.paging import page_of
from case_store.cases.word_models import Channel
from case_store.cases.words import active_words
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require, visible_centres
from case_store.places.provinces import centres
from case_store.rotation.channels.answering import Responsible, all_who_answer, without_officer
from case_store.rotation.channels.appointments import (
    LONGEST_ORDER,
    BadAppointment,
    NewAppointment,
    appoint,
    change_days,
    history,
)
from case_store.rotation.rota.models import ChannelOfficer

router = APIRouter(tags=["rota"])
ChannelCode = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,32}$")]
WrittenDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, description="A day in Bangkok.")]


class PersonItem(BaseModel):
    user: str
    name: str

    @classmethod
    def of(cls, user: User | None) -> "PersonItem | None":
        return None if user is None else cls(user=user.username, name=user.display_name)


class ChannelAnswered(BaseModel):
    """Who answers for a channel of a centre on a day; null where nobody does."""

    centre_code: str
    channel: str
    officer: PersonItem | None
    deputy: PersonItem | None


class CentreGaps(BaseModel):
    """The channels of a centre that have no responsible officer."""

    centre_code: str
    channels: list[str]


class AppointmentItem(BaseModel):
    """Somebody's post; `last_day` null: until another one is appointed."""

    id: int
    centre_code: str
    channel: str
    user: str
    name: str
    deputy: bool
    first_day: date
    last_day: date | None
    order: Annotated[str, Field(description="Number of the order that appointed them.")]
    made_at: datetime

    @classmethod
    def of(cls, one: ChannelOfficer) -> "AppointmentItem":
        return cls(
            id=one.id,
            centre_code=one.centre_code,
            channel=one.channel,
            user=one.user.username,
            name=one.user.display_name,
            deputy=one.is_deputy,
            first_day=one.first_day,
            last_day=one.last_day,
            order=one.order,
            made_at=one.made_at,
        )


class NewOfficer(Body):
    """Who is to answer for the channel; whoever had the post is relieved on the day before."""

    centre_code: WrittenCentre
    user: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]
    deputy: bool = False
    first_day: WrittenDay
    last_day: WrittenDay | None = None
    order: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=LONGEST_ORDER, pattern=PRINTABLE),
    ] = ""


class NewDays(Body):
    """`first_day` left out stays; `last_day` null: until another one is appointed. Yesterday ends it at once."""

    first_day: WrittenDay | None = None
    last_day: WrittenDay | None


@router.get(
    "/channels/officers", summary="Who answers for each channel of a centre; one page holds all"
)
def get_officers(
    program: Program, store: Reader, centre_code: CentreCode = None, on: Day = None
) -> ListOf[ChannelAnswered]:
    """Of the token's own centre and of today, unless it says."""
    code = rota_centre(program, centre_code)
    found = all_who_answer(store, [code], on or day_of(now()))
    nobody = Responsible(None, None)
    items = []
    for channel in active_words(store, Channel):
        one = found.get((code, channel.code), nobody)
        items.append(
            ChannelAnswered(
                centre_code=code,
                channel=channel.code,
                officer=PersonItem.of(one.officer),
                deputy=PersonItem.of(one.deputy),
            )
        )
    return ListOf(items=items, next=None)


@router.get(
    "/channels/gaps",
    summary="Channels without a responsible officer, by centre; one page holds all",
)
def get_gaps(
    program: Program, store: Reader, centre_code: CentreCode = None, on: Day = None
) -> ListOf[CentreGaps]:
    """Of all centres that the token sees, unless it says; a centre without gaps is not in it."""
    require(program, Action.SEE_ROTA, centre_code)
    found = without_officer(store, on or day_of(now()), centre_code)
    seen = _visible(program)
    items = [
        CentreGaps(centre_code=code, channels=[one.code for one in channels])
        for code, channels in found.items()
        if code in seen
    ]
    return ListOf(items=items, next=None)


@router.get(
    "/channels/{channel}/officers", summary="Appointments for a channel of a centre, newest first"
)
def get_appointments(
    channel: ChannelCode,
    program: Program,
    store: Reader,
    paging: Paging,
    centre_code: CentreCode = None,
) -> ListOf[AppointmentItem]:
    """Those that are over among them."""
    rows = history(
        store, rota_centre(program, centre_code),
        by=program, channel=channel, limit=paging.limit + 1, before=paging.after,
    )  # fmt: skip
    return items_of(page_of(rows, paging.limit), AppointmentItem.of)


@router.post(
    "/channels/{channel}/officers", status_code=201, summary="Appoint an officer or a deputy"
)
def post_officer(
    channel: ChannelCode, new: NewOfficer, program: Program, store: Store
) -> AppointmentItem:
    require(program, Action.APPOINT_CHANNEL_OFFICERS, new.centre_code)
    if store.get(Channel, channel) is None:
        raise HTTPException(404)
    user = store.scalar(select(User).where(User.username == new.user))
    if user is None:
        raise BadAppointment("user")
    wanted = NewAppointment(
        channel=channel,
        user=user,
        is_deputy=new.deputy,
        first_day=new.first_day,
        last_day=new.last_day,
        order=new.order,
    )
    return AppointmentItem.of(appoint(store, new.centre_code, wanted, by=program, at=now()))


@router.post("/channels/officers/{appointment_id}/days", summary="Move or end an appointment")
def post_days(appointment_id: Id, new: NewDays, program: Program, store: Store) -> AppointmentItem:
    one = _appointment(store, program, appointment_id)
    changed = change_days(
        store, one, first_day=new.first_day or one.first_day, last_day=new.last_day,
        by=program, at=now(),
    )  # fmt: skip
    return AppointmentItem.of(changed)


def _visible(program: Actor) -> set[str]:
    """The centres whose rota a token sees."""
    within = visible_centres(program, Action.SEE_ROTA)
    return {one.code for one in centres() if within is None or one.code in within}


def _appointment(store: Session, program: Actor, appointment_id: int) -> ChannelOfficer:
    require(program, Action.APPOINT_CHANNEL_OFFICERS)
    one = store.get(ChannelOfficer, appointment_id)
    if one is None:
        raise HTTPException(404)
    require(program, Action.APPOINT_CHANNEL_OFFICERS, one.centre_code)
    return one
