"""Which centre a page of the rota is about: the one asked for, if the reader may do it there, else their own."""

from fastapi import HTTPException

from case_store.people.permissions import Action, Actor, may, require
from case_store.places.provinces import Province, centres


def centres_for(actor: Actor, action: Action) -> list[Province]:
    return [one for one in centres() if may(actor, action, one.code)]


def chosen_centre(actor: Actor, action: Action, asked: str) -> str:
    """Raises `NotAllowed`; 404 for who may do it nowhere at all."""
    require(actor, action)
    possible = [one.code for one in centres_for(actor, action)]
    if not possible:
        raise HTTPException(404)
    return next((code for code in (asked, actor.centre_code) if code in possible), possible[0])
