"""Who is on now, at one's own centre or at all that one may see."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.dependencies import Reader, Store
from agent_console.frame import Frame, PageFrame
from agent_console.i18n import N_, gettext
from agent_console.rota_words import breaches_words
from case_store.clock import now
from case_store.people.models import User
from case_store.people.permissions import Action, centres_within, require
from case_store.places.provinces import province
from case_store.rotation.rota.editing import RuleBroken
from case_store.rotation.rota.models import StandbyState
from case_store.rotation.today.now import There, who_is_on
from case_store.rotation.today.standby import CannotRing, ask_to_ring, latest_calls

router = APIRouter(include_in_schema=False, prefix="/rotation/now")
WORDS: Final = {
    There.TALKING: (N_("Talking"), "info"),
    There.READY: (N_("Ready"), "good"),
    There.BREAK: (N_("On a break"), "outline"),
    There.LATE: (N_("Not there yet"), "warn"),
    There.MISSING: (N_("Missing"), "bad"),
    There.STANDBY: (N_("On standby at home"), "outline"),
}

CALL_WORDS: Final = {
    StandbyState.ASKED: (N_("Will be rung"), "info"),
    StandbyState.RINGING: (N_("Being rung"), "info"),
    StandbyState.ACCEPTED: (N_("Comes"), "good"),
    StandbyState.DECLINED: (N_("Cannot come"), "bad"),
    StandbyState.UNANSWERED: (N_("Does not answer"), "warn"),
    StandbyState.FAILED: (N_("Could not be rung"), "bad"),
}
_WHY_NOT: Final = {
    "not_on_standby": N_("This person is not on standby now."),
    "no_phone": N_("No phone number of this person is known. Add it under “Working terms”."),
    "nothing_to_do": N_("No shift goes on at this centre now that they could join."),
    "rung_already": N_("This person is being rung already."),
}
CALLS_OF: Final = timedelta(hours=12)
PersonId = Annotated[int, Path(ge=1, lt=10**18)]


@router.get("")
def on_duty_page(
    frame: Frame, store: Reader, centre: Annotated[str, Query(max_length=2)] = ""
) -> Response:
    return _page(frame, store, centre)


@router.post("/standby/{user_id}/ring")
def ring(user_id: PersonId, frame: Frame, store: Store) -> Response:
    """Has somebody on standby rung on their own phone; `ivr` does it."""
    require(frame.reader.actor, Action.PLAN_ROTA)
    user = store.get(User, user_id)
    if user is None:
        raise HTTPException(404)
    try:
        ask_to_ring(store, user, by=frame.reader.actor, at=now())
    except CannotRing as refused:
        return _page(frame, store, user.centre_code, problem=gettext(_WHY_NOT[refused.why]))
    except RuleBroken as refused:
        words = breaches_words(store, refused.breaches, user.display_name, user.centre_code)
        return _page(frame, store, user.centre_code, problem=" ".join(words))
    return RedirectResponse(f"/rotation/now?centre={user.centre_code}", 303)


def _page(frame: PageFrame, store: Session, centre: str, *, problem: str = "") -> Response:
    actor = frame.reader.actor
    require(actor, Action.SEE_ROTA)
    within = centres_within(actor, Action.SEE_ROTA)
    only = centre if province(centre) is not None else None
    if only is not None:
        require(actor, Action.SEE_ROTA, only)
    elif within is not None and len(within) == 1:
        (only,) = within
    at = now()
    found = who_is_on(store, by=actor, at=at, centre_code=only)
    waiting = [one.duty.user_id for each in found for one in each.on if one.there is There.STANDBY]
    return frame.page(
        "rotation/now.html",
        status=409 if problem else 200,
        found=found,
        only=only,
        at=at,
        problem=problem,
        calls=latest_calls(store, waiting, since=at - CALLS_OF),
        open_states=(StandbyState.ASKED, StandbyState.RINGING),
        call_words=lambda state: gettext(CALL_WORDS[state][0]),
        call_level=lambda state: CALL_WORDS[state][1],
        state_words=lambda there: gettext(WORDS[there][0]),
        state_level=lambda there: WORDS[there][1],
    )
