"""Nights of a province that another one answers: what its governor or deputy governor agrees to."""

from contextlib import suppress
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day, typed_day
from agent_console.dependencies import Reader, Store
from agent_console.forms import Fields, FormFields, plain
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext, language
from agent_console.pages.own_leave import typed_or_never
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.deadlines.models import PolicyKind
from case_store.deadlines.policies import current_policy, staffing_values
from case_store.people.permissions import Action, require
from case_store.people.staff import display_names
from case_store.places.provinces import province
from case_store.rotation.rota.models import NightSharing
from case_store.rotation.rota.night_sharing import (
    BadSharing,
    agree_sharing,
    end_sharing,
    region_of,
    standing_sharings,
)

router = APIRouter(include_in_schema=False, prefix="/rotation/nights")
ADDRESS: Final = "/rotation/nights"
Id = Annotated[int, Path(ge=1, lt=10**18)]
_SENTENCES: Final = {
    "by_centre_code": N_("Please choose a province of your inspection region."),
    "offer": N_(
        "That province has not agreed to answer for others. Its governor agrees here first."
    ),
    "chain": N_("That province gives its own nights away."),
    "first_day": N_("Please write a day from today on, as 1/10/2026."),
    "state": N_("There is an agreement already: end it first."),
}


@router.get("")
def nights_page(
    frame: Frame, store: Reader, first_day: Annotated[str, Query(max_length=12)] = ""
) -> Response:
    """`first_day`: the night that is short of people, from which on somebody else could answer."""
    try:
        wanted = read_day(first_day)
    except BadDay:
        wanted = None
    return _page(frame, store, typed={"first_day": typed_day(wanted)} if wanted else None)


@router.post("")
def agree(frame: Frame, store: Store, fields: FormFields) -> Response:
    """With the own centre it is the offer to answer for others."""
    actor = frame.reader.actor
    try:
        agree_sharing(
            store, actor.centre_code, plain(fields, "by_centre_code"),
            first_day=typed_or_never(fields, "first_day"), by=actor, at=now(),
        )  # fmt: skip
    except BadSharing as bad:
        errors = {bad.field: gettext(_SENTENCES[bad.field])}
        return _page(frame, store, typed=fields, errors=errors)
    return RedirectResponse(ADDRESS, 303)


@router.post("/{sharing_id}/end")
def end(sharing_id: Id, frame: Frame, store: Store) -> Response:
    require(frame.reader.actor, Action.AGREE_NIGHT_SHARING)
    sharing = store.get(NightSharing, sharing_id)
    if sharing is None:
        raise HTTPException(404)
    with suppress(BadSharing):  # somebody else was faster: it has ended, as was wished
        end_sharing(store, sharing, by=frame.reader.actor, at=now())
    return RedirectResponse(ADDRESS, 303)


def _page(
    frame: PageFrame,
    store: Session,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    actor, at = frame.reader.actor, now()
    require(actor, Action.AGREE_NIGHT_SHARING, actor.centre_code)
    region = region_of(actor.centre_code)
    standing = standing_sharings(store, region, day_of(at))
    offers = [one.centre_code for one in standing if one.centre_code == one.by_centre_code]
    values = staffing_values(current_policy(store, PolicyKind.STAFFING, None, at=at))
    return frame.page(
        "rotation/nights.html",
        status=422 if errors else 200,
        own=next((one for one in standing if one.centre_code == actor.centre_code), None),
        standing=standing,
        offers=offers,
        choices=[
            (one, found.name(language()))
            for one in offers
            if one != actor.centre_code and (found := province(one))
        ],
        today=day_of(at),
        has_region=len(region) > 1,
        begins=values.night_begins,
        ends=values.night_ends,
        names=display_names(store, {one.agreed_by for one in standing}),
        typed=typed or {},
        errors=errors or {},
    )
