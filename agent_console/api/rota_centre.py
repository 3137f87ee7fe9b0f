"""The centre that a program asks the rota of."""

from case_store.people.permissions import Action, Actor, require, visible_centres


def rota_centre(program: Actor, asked: str | None) -> str:
    """The centre that is asked for; else the token's own, or the first that an inspector sees. Raises `NotAllowed`."""
    within = visible_centres(program, Action.SEE_ROTA)
    own = program.centre_code
    otherwise = own if within is None or own in within else min(within, default=own)
    centre = asked or otherwise
    require(program, Action.SEE_ROTA, centre)
    return centre
