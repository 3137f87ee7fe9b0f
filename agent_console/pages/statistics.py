"""Statistics: what came in and what became of it, within what the reader may see; on top, what needs somebody today."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from agent_console.dependencies import Reader
from agent_console.formats import place_name
from agent_console.frame import Frame
from agent_console.i18n import gettext
from agent_console.periods import KINDS, choose_period
from agent_console.statistics_view import StatisticsView
from case_store.clock import BANGKOK, now
from case_store.deadlines.ladder import still_since
from case_store.people.permissions import Action, Actor, centres_within, require
from case_store.places.provinces import Province, centres
from case_store.statistics.overview import Period, overview
from case_store.statistics.standstill import standstill

router = APIRouter(include_in_schema=False, prefix="/statistics")


@router.get("")
def statistics_page(
    frame: Frame,
    store: Reader,
    period: Annotated[str, Query(max_length=20)] = "",
    first: Annotated[str, Query(alias="from", max_length=12)] = "",
    last: Annotated[str, Query(alias="to", max_length=12)] = "",
    shown: Annotated[str, Query(max_length=30)] = "",
    centre: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """`shown`: the days that stood in the form. Whoever typed others wants those, whatever the choice beside them."""
    actor, at = frame.reader.actor, now()
    require(actor, Action.SEE_STATISTICS)
    offered = offered_centres(actor)
    kind = "custom" if shown and shown != f"{first}-{last}" else period
    chosen = choose_period(kind, first, last, today=at.astimezone(BANGKOK).date())
    code = centre if any(one.code == centre for one in offered) else None
    days = Period(chosen.from_day, chosen.to_day)
    figures = overview(store, by=actor, period=days, centre_code=code, at=at)
    return frame.page(
        "statistics/statistics.html",
        status=422 if chosen.errors else 200,
        period=chosen,
        kinds=KINDS,
        centres=offered,
        centre=code or "",
        scope=scope_of(actor, code),
        view=StatisticsView.of(store, figures, days),
        standstill=standstill(store, by=actor, at=at),
        still_since=still_since,
    )


def offered_centres(actor: Actor) -> list[Province]:
    allowed = centres_within(actor, Action.SEE_STATISTICS)
    return [one for one in centres() if allowed is None or one.code in allowed]


def scope_of(actor: Actor, code: str | None) -> str:
    """Whose figures these are, in words."""
    allowed = centres_within(actor, Action.SEE_STATISTICS)
    if code:
        return place_name(code)
    if allowed is None:
        return gettext("All centres")
    if len(allowed) == 1:
        return place_name(next(iter(allowed)))
    return gettext("Inspection region %(region)s", region=actor.inspection_region or "–")
