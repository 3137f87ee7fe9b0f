"""The one place that decides who may do what, where. Every page, API call and query asks here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from case_store.people.models import Role
from case_store.places.provinces import NATIONAL


class Action(StrEnum):
    TAKE_CALLS = "take_calls"
    SEE_CALLS = "see_calls"
    SEE_CASES = "see_cases"
    LOG_CASES = "log_cases"
    ANSWER_CALLBACKS = "answer_callbacks"
    LISTEN = "listen"
    """Hear the recording of a talk."""
    WATCH_BOARD = "watch_board"
    MANAGE_PEOPLE = "manage_people"
    SEE_SYSTEM = "see_system"


class Reach(StrEnum):
    """How far a permission goes."""

    NOWHERE = "nowhere"
    OWN_CENTRE = "own_centre"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a signed-in person, or a program with a token (then `user_id` is None)."""

    name: str
    role: Role
    centre_code: str
    user_id: int | None = None


_STAFF: Final = {
    Action.TAKE_CALLS: Reach.OWN_CENTRE,
    Action.SEE_CALLS: Reach.OWN_CENTRE,
    Action.SEE_CASES: Reach.OWN_CENTRE,
    Action.LOG_CASES: Reach.EVERYWHERE,  # a caller may be put through to any centre, and complain about any place
    Action.ANSWER_CALLBACKS: Reach.OWN_CENTRE,
}

REACH: Final[Mapping[Role, Mapping[Action, Reach]]] = {
    Role.AGENT: _STAFF,
    Role.SUPERVISOR: _STAFF
    | {Action.WATCH_BOARD: Reach.OWN_CENTRE, Action.LISTEN: Reach.OWN_CENTRE},
    Role.NATIONAL_OFFICER: dict.fromkeys(_STAFF, Reach.EVERYWHERE)
    | {
        Action.TAKE_CALLS: Reach.OWN_CENTRE,
        Action.WATCH_BOARD: Reach.EVERYWHERE,
        Action.LISTEN: Reach.EVERYWHERE,
    },
    # An administrator installs and watches over the system, and reads no complaint.
    Role.ADMINISTRATOR: {
        Action.WATCH_BOARD: Reach.EVERYWHERE,
        Action.MANAGE_PEOPLE: Reach.EVERYWHERE,
        Action.SEE_SYSTEM: Reach.EVERYWHERE,
    },
}


class NotAllowed(Exception):
    """The actor may not do this here."""

    def __init__(self, actor: Actor, action: Action) -> None:
        super().__init__(f"{actor.role} may not {action}")
        self.action = action


def reach(actor: Actor, action: Action) -> Reach:
    """How far `actor` may do `action`. Staff of the national centre see every province, as it takes their calls."""
    granted = REACH[actor.role].get(action, Reach.NOWHERE)
    national = actor.centre_code == NATIONAL and action is not Action.TAKE_CALLS
    return Reach.EVERYWHERE if granted is Reach.OWN_CENTRE and national else granted


def may(actor: Actor, action: Action, centre_code: str | None = None) -> bool:
    """Whether `actor` may do `action` at a centre (None: anywhere at all)."""
    match reach(actor, action):
        case Reach.EVERYWHERE:
            return True
        case Reach.OWN_CENTRE:
            return centre_code is None or centre_code == actor.centre_code
        case Reach.NOWHERE:
            return False


def require(actor: Actor, action: Action, centre_code: str | None = None) -> None:
    """Raises `NotAllowed` unless `may`."""
    if not may(actor, action, centre_code):
        raise NotAllowed(actor, action)


def visible_centre(actor: Actor, action: Action) -> str | None:
    """The one centre that a query is to be limited to; None when it needs no limit. Raises `NotAllowed`."""
    require(actor, action)
    return None if reach(actor, action) is Reach.EVERYWHERE else actor.centre_code
