"""Which centre's rota a page shows."""

from fastapi import HTTPException

from case_store.people.permissions import Action, Actor, may, require
from case_store.places.provinces import Province, centres


def seen_centres(actor: Actor, action: Action = Action.SEE_ROTA) -> list[Province]:
    return [one for one in centres() if may(actor, action, one.code)]


def chosen_centre(actor: Actor, wanted: str, action: Action = Action.SEE_ROTA) -> str:
    """The one asked for, if the reader may see it; else their own, else the first that they may."""
    require(actor, action)
    seen = [one.code for one in seen_centres(actor, action)]
    if not seen:
        raise HTTPException(404)
    return next((code for code in (wanted, actor.centre_code) if code in seen), seen[0])
