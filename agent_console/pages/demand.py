"""How many people each half hour of a week needs at a centre, and a supervisor's own word about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day, typed_day
from agent_console.demand_view import DemandView, times_before, times_from, weekday_choices
from agent_console.dependencies import CurrentUser, Reader, Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.safe_paths import with_query
from case_store.clock import now
from case_store.deadlines.calendar import day_of
from case_store.people.permissions import Action, Actor, may, require
from case_store.people.staff import display_names
from case_store.places.provinces import Province, centres, province
from case_store.rotation.demand.models import DemandOverride
from case_store.rotation.demand.need import FURTHEST, SLOTS, WEEK, demand, slot_times
from case_store.rotation.demand.overrides import (
    BadOverride,
    NewOverride,
    add_override,
    drop_override,
)
from case_store.rotation.rota.on_duty import drafted, on_duty

router = APIRouter(include_in_schema=False, prefix="/rotation/demand")
OverrideId = Annotated[int, Path(ge=1, lt=10**18)]
_SENTENCES: Final = {
    "weekday": N_("Please choose one from the list."),
    "first_day": N_("Please write the day as 1/10/2026."),
    "until": N_(
        "Please write a last day from today on that is not before the first, a year at the most."
    ),
    "slots": N_("The end must be after the beginning."),
    "agents": N_("Please write a whole number from %(least)s to %(most)s."),
    "reason": N_("Please say why, at most 300 letters."),
    "most": N_("There are 200 of them already. Please withdraw some that are no longer needed."),
}
_NO_TIME: Final = -1


@dataclass(frozen=True)
class Chosen:
    """Whose week is shown, and from which Monday."""

    centre_code: str
    monday: date

    @property
    def address(self) -> str:
        return self.of_week(self.monday)

    def of_week(self, monday: date) -> str:
        return with_query("/rotation/demand", centre=self.centre_code, week=monday.isoformat())


@router.get("")
def demand_page(
    frame: Frame,
    store: Reader,
    centre: Annotated[str, Query(max_length=2)] = "",
    week: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    return _page(frame, store, _chosen(frame.reader.actor, centre, week))


@router.post("/overrides")
def add(frame: Frame, store: Store, fields: FormFields) -> Response:
    actor = frame.reader.actor
    centre = plain(fields, "centre") or actor.centre_code
    require(actor, Action.PLAN_DEMAND, centre)
    if province(centre) is None:
        raise HTTPException(404)
    chosen = Chosen(centre, _monday(fields.get("week", "")))
    try:
        add_override(store, chosen.centre_code, _typed(fields), by=actor, at=now())
    except BadOverride as bad:
        sentence = gettext(_SENTENCES[bad.field], least=0, most=500)
        return _page(frame, store, chosen, typed=fields, errors={bad.field: sentence})
    return RedirectResponse(chosen.address, 303)


@router.post("/overrides/{override_id}/drop")
def drop(
    override_id: OverrideId, reader: CurrentUser, store: Store, fields: FormFields
) -> Response:
    require(reader.actor, Action.PLAN_DEMAND)
    override = store.get(DemandOverride, override_id)
    if override is None:
        raise HTTPException(404)
    back = Chosen(override.centre_code, _monday(fields.get("week", "")))
    drop_override(store, override_id, by=reader.actor, at=now())
    return RedirectResponse(back.address, 303)


def _typed(fields: Fields) -> NewOverride:
    """What was typed. What is no day or number becomes one that the store refuses, with the field's name."""
    weekday = plain(fields, "weekday")
    agents = whole_number(fields, "agents")
    return NewOverride(
        first_day=_day(fields, "first_day", BadOverride("first_day")),
        until=_day(fields, "until", BadOverride("until")),
        from_slot=_number(fields, "from"),
        before_slot=_number(fields, "before"),
        agents=_NO_TIME if agents is None else agents,
        reason=plain(fields, "reason"),
        weekday=_number(fields, "weekday") if weekday else None,
    )


def _number(fields: Fields, name: str) -> int:
    found = whole_number(fields, name)
    return _NO_TIME if found is None else found


def _day(fields: Fields, name: str, otherwise: BadOverride) -> date:
    try:
        day = read_day(plain(fields, name))
    except BadDay:
        day = None
    if day is None:
        raise otherwise
    return day


def _chosen(actor: Actor, centre: str, week: str) -> Chosen:
    """The centre that was asked for, if the reader watches it; else their own, else the first that they watch."""
    require(actor, Action.WATCH_BOARD)
    watched = [one.code for one in watched_centres(actor)]
    if not watched:
        raise HTTPException(404)
    wanted = next((code for code in (centre, actor.centre_code) if code in watched), watched[0])
    return Chosen(wanted, _monday(week))


def _monday(week: str) -> date:
    """The Monday of a week that a forecast reaches; of this week when it was another."""
    this = _monday_of(day_of(now()))
    try:
        asked = _monday_of(date.fromisoformat(week))
    except (ValueError, OverflowError):
        return this
    return asked if this <= asked <= this + FURTHEST else this


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def watched_centres(actor: Actor) -> list[Province]:
    return [one for one in centres() if may(actor, Action.WATCH_BOARD, one.code)]


def _rota_lines(
    store: Session, chosen: Chosen, actor: Actor
) -> dict[str, Sequence[int | None] | None]:
    """Who the rota has on duty; a draft only for who plans, as drafts are nobody else's."""
    lines: dict[str, Sequence[int | None] | None] = {
        "on_duty": on_duty(store, chosen.centre_code, chosen.monday, WEEK)
    }
    if may(actor, Action.PLAN_ROTA, chosen.centre_code):
        lines["drafted"] = drafted(store, chosen.centre_code, chosen.monday, WEEK)
    return lines


def _page(
    frame: PageFrame,
    store: Session,
    chosen: Chosen,
    *,
    typed: Fields | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    actor, at = frame.reader.actor, now()
    found = demand(
        store, chosen.centre_code, chosen.monday, WEEK,
        by=actor, at=at, wrap_up=frame.console.settings.wrap_up_seconds,
    )  # fmt: skip
    week, this = timedelta(days=WEEK), _monday_of(day_of(at))
    last = chosen.monday + week - timedelta(days=1)
    start = {
        "first_day": typed_day(max(chosen.monday, day_of(at))), "until": typed_day(last),
        "from": "17", "before": "33",
    }  # fmt: skip
    return frame.page(
        "rotation/demand.html",
        status=422 if errors else 200,
        chosen=chosen,
        last_day=last,
        before=chosen.of_week(chosen.monday - week) if chosen.monday > this else "",
        after=chosen.of_week(chosen.monday + week) if chosen.monday < this + FURTHEST else "",
        centres=watched_centres(actor),
        view=DemandView.of(found, _rota_lines(store, chosen, actor)),
        names=display_names(store, {one.made_by for one in found.overrides}),
        may_plan=may(actor, Action.PLAN_DEMAND, chosen.centre_code),
        may_set_promise=may(actor, Action.MANAGE_WORDS),
        weekdays=weekday_choices(),
        times_from=times_from(),
        times_before=times_before(),
        slot_times=slot_times,
        whole_day=SLOTS,
        typed=typed or start,
        errors=errors or {},
    )
