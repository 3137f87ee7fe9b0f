"""Officers of channels: who answers for each channel of a centre, appointing them, and the gaps of all centres."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.channel_availability import HEIGHT, WIDTH, strip_of, why_words
from agent_console.channel_rows import centre_rows, channel_name, channel_rows
from agent_console.days import BadDay, read_day, typed_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.paging import LONGEST, decode, encode, page_of
from agent_console.rota_centres import chosen_centre, seen_centres
from agent_console.rota_choices import person_choices
from agent_console.safe_paths import with_query
from case_store.cases.word_models import Channel
from case_store.cases.words import active_words, every_word
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.models import User
from case_store.people.permissions import Action, may, require
from case_store.people.staff import display_names
from case_store.rotation.channels.alerts import who_is_told
from case_store.rotation.channels.answering import all_who_answer, started_centres
from case_store.rotation.channels.appointments import (
    BadAppointment,
    NewAppointment,
    appoint,
    appointable,
    change_days,
    history,
    standing,
    take_back,
)
from case_store.rotation.channels.availability import availability
from case_store.rotation.rota.models import ChannelOfficer

router = APIRouter(include_in_schema=False, prefix="/rotation/channels")
ADDRESS: Final = "/rotation/channels"
Id = Annotated[int, Path(ge=1, lt=10**18)]
Cursor = Annotated[str, Query(max_length=LONGEST)]
CENTRES: Final = 20
"""Centres on a page of the matrix."""
PAST: Final = 20
"""Appointments on a page of the history."""
SENTENCES: Final = {
    "channel": N_("This channel is not in use any more."),
    "user": N_("Please choose somebody who works at this centre."),
    "first_day": N_(
        "Please write a day as 1/10/2026, at most a year from today. Who has begun keeps the first day."
    ),
    "last_day": N_(
        "Please write a last day that is not before the first, and not before yesterday; or leave it empty."
    ),
    "order": N_("Please write at most 120 letters."),
    "both": N_(
        "The responsible officer and the deputy must be two people. Appoint another in the other post first."
    ),
    "overlap": N_(
        "Somebody is appointed for some of these days. Write a last day before theirs, or change theirs first."
    ),
    "state": N_("That has begun or is over: it stays in the history."),
}
_SHOWN_AT: Final = {"both": "user", "overlap": "last_day", "state": "last_day", "channel": "user"}
"""The field beside which a sentence stands, where it is about no field alone."""


@router.get("")
def channels_page(
    frame: Frame,
    store: Reader,
    centre: Annotated[str, Query(max_length=2)] = "",
    cursor: Cursor = "",
) -> Response:
    actor = frame.reader.actor
    code = chosen_centre(actor, centre)
    if not centre and not may(actor, Action.SEE_ROTA, actor.centre_code):
        return RedirectResponse(f"{ADDRESS}/centres", 303)  # an inspector has no centre
    return _page(frame, store, code, cursor=cursor)


@router.get("/centres")
def centres_page(frame: Frame, store: Reader, cursor: Cursor = "") -> Response:
    """All centres that the reader sees by all channels."""
    require(frame.reader.actor, Action.SEE_ROTA)
    after = decode(cursor)
    seen = sorted(seen_centres(frame.reader.actor), key=lambda one: one.code)
    rest = [one for one in seen if after is None or int(one.code) > after]
    shown = rest[:CENTRES]
    channels = active_words(store, Channel)
    answering = all_who_answer(store, [one.code for one in shown], day_of(now()))
    return frame.page(
        "rotation/channel_centres.html",
        channels=channels,
        rows=centre_rows(shown, channels, answering, started_centres(store)),
        next=encode(int(shown[-1].code)) if len(rest) > CENTRES else None,
        cursor=cursor,
        channel_name=channel_name,
    )


@router.post("")
def appoint_officer(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor, code = frame.reader.actor, plain(fields, "centre")
    require(actor, Action.APPOINT_CHANNEL_OFFICERS, code)
    try:
        new = _typed(store, fields)
        with store.begin_nested():  # refused: nothing of it stays
            appoint(store, code, new, by=actor, at=now())
    except BadAppointment as bad:
        if bad.field == "centre_code":
            raise HTTPException(404) from None
        form = f"appoint-{plain(fields, 'channel')}"
        return _page(frame, store, code, form=form, typed=fields, bad=bad)
    return _back(code, new.channel)


@router.post("/{appointment_id}/days")
def move(appointment_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    """Other days, or the end of it."""
    one = _appointment(frame, store, appointment_id)
    try:
        with store.begin_nested():
            change_days(
                store, one, first_day=_day(fields, "first_day"), last_day=_last_day(fields),
                by=frame.reader.actor, at=now(),
            )  # fmt: skip
    except BadAppointment as bad:
        form = f"days-{one.id}"
        return _page(frame, store, one.centre_code, form=form, typed=fields, bad=bad)
    return _back(one.centre_code, one.channel)


@router.post("/{appointment_id}/take-back")
def undo(appointment_id: Id, frame: Frame, store: Store) -> Response:
    one = _appointment(frame, store, appointment_id)
    code, channel = one.centre_code, one.channel
    try:
        take_back(store, one, by=frame.reader.actor, at=now())
    except BadAppointment as bad:
        return _page(frame, store, code, form=f"days-{appointment_id}", bad=bad)
    return _back(code, channel)


def _page(
    frame: PageFrame,
    store: Session,
    code: str,
    *,
    cursor: str = "",
    form: str = "",
    typed: Fields | None = None,
    bad: BadAppointment | None = None,
) -> Response:
    """A centre's page; `form` is the one in which `bad` is wrong, with what was typed in it."""
    actor, today = frame.reader.actor, day_of(now())
    before = decode(cursor)
    past = history(store, code, by=actor, limit=PAST + 1, before=before)
    appoints = may(actor, Action.APPOINT_CHANNEL_OFFICERS, code)
    appointed = standing(store, code, today)
    measured, outages = availability(store, code, by=actor, at=now())
    errors = {_SHOWN_AT.get(bad.field, bad.field): gettext(SENTENCES[bad.field])} if bad else {}
    return frame.page(
        "rotation/channels.html",
        status=422 if bad else 200,
        centre=code,
        centres=seen_centres(actor),
        rows=channel_rows(active_words(store, Channel), appointed, today),
        people=person_choices(appointable(store, code)) if appoints else [],
        appoints=appoints,
        told=_told(store, code),
        strips={channel: strip_of(found) for channel, found in measured.items()},
        strip_height=HEIGHT,
        strip_width=WIDTH,
        outages=outages,
        why_words=why_words,
        past=page_of(past, PAST),
        names=display_names(store, {one.made_by for one in past}),
        channel_names={one.code: channel_name(one) for one in every_word(store, Channel)},
        cursor=cursor,
        today=today,
        form=form,
        typed=typed or {},
        errors=errors,
        channel_name=channel_name,
        typed_day=typed_day,
    )


def _told(store: Session, code: str) -> list[str]:
    """The names of those who are told of a channel that nobody answers for."""
    found = (store.get(User, one) for one in who_is_told(store, [code])[code])
    return [one.display_name for one in found if one is not None]


def _appointment(frame: PageFrame, store: Session, appointment_id: int) -> ChannelOfficer:
    require(frame.reader.actor, Action.APPOINT_CHANNEL_OFFICERS)
    one = store.get(ChannelOfficer, appointment_id)
    if one is None:
        raise HTTPException(404)
    require(frame.reader.actor, Action.APPOINT_CHANNEL_OFFICERS, one.centre_code)
    return one


def _typed(store: Session, fields: Fields) -> NewAppointment:
    user = store.get(User, whole_number(fields, "user") or 0)
    if user is None:
        raise BadAppointment("user")
    return NewAppointment(
        channel=plain(fields, "channel"),
        user=user,
        is_deputy=plain(fields, "post") == "deputy",
        first_day=_day(fields, "first_day"),
        last_day=_last_day(fields),
        order=plain(fields, "order"),
    )


def _day(fields: Fields, name: str) -> date:
    try:
        day = read_day(plain(fields, name))
    except BadDay:
        day = None
    if day is None:
        raise BadAppointment(name)
    return day


def _last_day(fields: Fields) -> date | None:
    return _day(fields, "last_day") if plain(fields, "last_day") else None


def _back(code: str, channel: str) -> Response:
    return RedirectResponse(f"{with_query(ADDRESS, centre=code)}#channel-{channel}", 303)
