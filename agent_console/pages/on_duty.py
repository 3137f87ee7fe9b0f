"""Who is on now, at one's own centre or at all that one may see."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from agent_console.dependencies import Reader
from agent_console.frame import Frame
from agent_console.i18n import N_, gettext
from case_store.clock import now
from case_store.people.permissions import Action, centres_within, require
from case_store.places.provinces import province
from case_store.rotation.today.now import There, who_is_on

router = APIRouter(include_in_schema=False, prefix="/rotation/now")
WORDS: Final = {
    There.TALKING: (N_("Talking"), "info"),
    There.READY: (N_("Ready"), "good"),
    There.BREAK: (N_("On a break"), "outline"),
    There.LATE: (N_("Not there yet"), "warn"),
    There.MISSING: (N_("Missing"), "bad"),
    There.STANDBY: (N_("On standby at home"), "outline"),
}


@router.get("")
def on_duty_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA)
    within = centres_within(actor, Action.SEE_ROTA)
    only = centre if province(centre) is not None else None
    if only is not None:
        require(actor, Action.SEE_ROTA, only)
    elif within is not None and len(within) == 1:
        (only,) = within
    found = who_is_on(store, by=actor, at=now(), centre_code=only)
    return frame.page(
        "rotation/now.html",
        found=found,
        only=only,
        at=now(),
        state_words=lambda there: gettext(WORDS[there][0]),
        state_level=lambda there: WORDS[there][1],
    )
