"""Ways out of a gap of a draft, as buttons: call in, ask, overtime, a neighbour province, fewer people."""

from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from agent_console.days import BadDay, read_day
from agent_console.dependencies import Store
from agent_console.forms import Fields, FormFields, plain, whole_number
from agent_console.frame import Frame
from agent_console.i18n import N_, gettext
from agent_console.pages.rota_plans import SENTENCES, Id, Trouble, address, broken_words, page
from case_store.clock import now
from case_store.people.models import User
from case_store.people.permissions import Action, Actor, require
from case_store.rotation.rota.cover_needs import BadDatedNeed
from case_store.rotation.rota.editing import BadChange, RotaChanged, RuleBroken
from case_store.rotation.rota.models import Rota
from case_store.rotation.rota.publishing import WrongState
from case_store.rotation.rota.shift_types import shift_types_of
from case_store.rotation.rota.shortages import WayOut
from case_store.rotation.rota.ways_out import Gap, ask_governors, put_in, want_fewer

router = APIRouter(include_in_schema=False, prefix="/rotation/plans")
_WAYS: Final = {
    "standby": N_("That person is not on standby on that day any more."),
    "overtime": N_("The hours of the contract are used up: that would be overtime."),
    "consent": N_(
        "Please write on which day the person agreed to the overtime: today, or up to 90 days ago."
    ),
    "reason": N_("Please write why fewer people are wanted, at most 300 letters."),
    "people": N_("Nobody is missing on that shift any more."),
    "user": N_("That person is not in the rota any more."),
    "nobody": N_("This centre has no governor or deputy governor here who could be told."),
    "day": N_("That day is not in this draft, or it is over."),
}
_NO_VERSION: Final = -1


@router.post("/{rota_id}/ways/take")
def take_way(rota_id: Id, frame: Frame, store: Store, fields: FormFields) -> Response:
    require(frame.reader.actor, Action.PLAN_ROTA)
    draft = store.get(Rota, rota_id)
    if draft is None:
        raise HTTPException(404)
    centre, actor = draft.centre_code, frame.reader.actor
    require(actor, Action.PLAN_ROTA, centre)
    try:
        with store.begin_nested():
            _take(store, draft, fields, actor)
    except RuleBroken as broken:
        sentence = gettext("That is not possible: it would break rules.")
        trouble = Trouble("rules", sentence, broken_words(store, broken, centre))
    except RotaChanged:
        trouble = _trouble("changed")
    except WrongState:
        trouble = _trouble("state")
    except (BadChange, BadDatedNeed) as bad:
        trouble = _trouble(bad.field)
    else:
        return RedirectResponse(address(centre), 303)
    return page(frame, store, centre, typed_way=fields, trouble=trouble)


def _trouble(field: str) -> Trouble:
    sentence = _WAYS.get(field) or SENTENCES.get(field) or SENTENCES["state"]
    return Trouble(field, gettext(sentence))


def _take(store: Session, draft: Rota, fields: Fields, by: Actor) -> None:
    gap, at, way = _gap(store, draft, fields), now(), plain(fields, "way")
    if way == WayOut.LESS:
        want_fewer(store, draft, gap, reason=plain(fields, "reason"), by=by, at=at)
    elif way == WayOut.NEIGHBOURS:
        ask_governors(store, draft, gap, by=by, at=at)
    elif way in set(WayOut):
        try:
            agreed_on = read_day(plain(fields, "agreed_on"))
        except BadDay:
            agreed_on = None
        user = store.get(User, whole_number(fields, "user") or 0)
        if user is None:
            raise BadChange("user")
        put_in(store, draft, gap, user, WayOut(way), by=by, at=at, agreed_on=agreed_on)
    else:
        raise BadChange("way")


def _gap(store: Session, draft: Rota, fields: Fields) -> Gap:
    try:
        day = read_day(plain(fields, "day"))
    except BadDay:
        day = None
    if day is None:
        raise BadChange("day")
    code = plain(fields, "shift")
    shifts = shift_types_of(store, draft.centre_code, with_closed=True)
    shift = next((one for one in shifts if one.code == code), None)
    if shift is None:
        raise BadChange("shift_type")
    version = whole_number(fields, "version")
    return Gap(day, shift, _NO_VERSION if version is None else version)
