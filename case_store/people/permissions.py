"""The one place that decides who may do what, to which thing. Every page, API call and query asks here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from case_store.people.models import Role
from case_store.places.inspection_regions import provinces_of_region
from case_store.places.provinces import NATIONAL


class Action(StrEnum):
    TAKE_CALLS = "take_calls"
    SEE_CALLS = "see_calls"
    ANSWER_CALLBACKS = "answer_callbacks"
    LISTEN = "listen"
    """Hear the recording of a talk."""
    WATCH_BOARD = "watch_board"
    PLAN_DEMAND = "plan_demand"
    """Say by hand how many people a centre needs, against the forecast."""

    SEE_ROTA = "see_rota"
    """See who has which duty; their own leave, wishes and swaps follow from it."""
    PLAN_ROTA = "plan_rota"
    """Make and change rotas, and what they are made from: working terms, shift types, leave, swaps."""
    APPOINT_CHANNEL_OFFICERS = "appoint_channel_officers"
    KEEP_TRAINING = "keep_training"
    """Hold courses, record results, sign practice off, issue and revoke certificates; never one's own."""
    AGREE_NIGHT_SHARING = "agree_night_sharing"
    """Agree that another province of the inspection region answers the nights, or that one's own does for others."""

    SEE_CASES = "see_cases"
    SEE_SECRET_CASES = "see_secret_cases"  # noqa: S105 (an action, not a password)
    LOG_CASES = "log_cases"
    NOTE_CASES = "note_cases"
    """Write into a case's history."""
    HANDLE_CASES = "handle_cases"
    """Screen, refer, follow up, answer, close: the steps of the centre's case officer."""
    ASSIGN_CASES = "assign_cases"
    """Say which officer a case belongs to."""
    REPORT_REFERRALS = "report_referrals"
    """Accept, report on or return what was referred: the steps of the agency."""
    ATTACH_FILES = "attach_files"
    MERGE_CASES = "merge_cases"
    SEE_IDENTITY = "see_identity"
    """Read who complains, when that person did not ask to stay unknown."""
    REVEAL_IDENTITY = "reveal_identity"
    """Read a protected identity, for a typed reason that the audit trail keeps."""
    EXPORT_CASES = "export_cases"
    IMPORT_CASES = "import_cases"
    SEE_STATISTICS = "see_statistics"

    MANAGE_WORDS = "manage_words"
    """Keep the lists of categories and channels, the agencies and the policies."""
    MANAGE_CLOSURES = "manage_closures"
    """Say on which days a centre does not work."""
    HANDLE_PRIVACY = "handle_privacy"
    """Requests of data subjects, legal holds, and what is to be erased."""
    APPROVE_ERASURE = "approve_erasure"
    SEE_AUDIT = "see_audit"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_PEOPLE = "manage_people"
    SEE_SYSTEM = "see_system"


class Reach(StrEnum):
    """How far a permission goes."""

    NOWHERE = "nowhere"
    OWN_AGENCY = "own_agency"
    """Only what is referred to the actor's agency."""
    OWN_CENTRE = "own_centre"
    OWN_REGION = "own_region"
    """The provinces of an inspector's region."""
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a signed-in person, or a program with a token (then `user_id` is None)."""

    name: str
    role: Role
    centre_code: str
    user_id: int | None = None
    agency_id: int | None = None
    inspection_region: str | None = None


class Guarded(Protocol):
    """A thing that is not for everybody: where it belongs, and which agencies it is referred to. A `Case` is one."""

    @property
    def centre_code(self) -> str:
        """The centre that is responsible."""

    @property
    def agency_ids(self) -> frozenset[int]: ...

    @property
    def is_secret(self) -> bool: ...


def _reaching(reach: Reach, *actions: Action) -> dict[Action, Reach]:
    return dict.fromkeys(actions, reach)


_CALLS: Final = _reaching(
    Reach.OWN_CENTRE,
    Action.TAKE_CALLS,
    Action.SEE_CALLS,
    Action.ANSWER_CALLBACKS,
    Action.SEE_ROTA,
)
# A caller may be put through to any centre, and complain about any place.
_INTAKE: Final = _reaching(Reach.EVERYWHERE, Action.LOG_CASES) | _reaching(
    Reach.OWN_CENTRE,
    Action.SEE_CASES,
    Action.NOTE_CASES,
    Action.ATTACH_FILES,
    Action.SEE_IDENTITY,
)
_CASEWORK: Final = _reaching(
    Reach.OWN_CENTRE,
    Action.SEE_SECRET_CASES,
    Action.HANDLE_CASES,
    Action.ASSIGN_CASES,
    Action.MERGE_CASES,
    Action.REVEAL_IDENTITY,
    Action.EXPORT_CASES,
    Action.IMPORT_CASES,
    Action.SEE_STATISTICS,
)
_OVERSIGHT: Final = (
    Action.SEE_CASES,
    Action.SEE_SECRET_CASES,
    Action.NOTE_CASES,
    Action.REVEAL_IDENTITY,
    Action.EXPORT_CASES,
    Action.SEE_STATISTICS,
    Action.SEE_AUDIT,
    Action.SEE_ROTA,
)
_SUPERVISION: Final = _reaching(
    Reach.OWN_CENTRE,
    Action.WATCH_BOARD,
    Action.PLAN_DEMAND,
    Action.PLAN_ROTA,
    Action.APPOINT_CHANNEL_OFFICERS,
    Action.KEEP_TRAINING,
    Action.LISTEN,
    Action.MANAGE_CLOSURES,
    Action.HANDLE_PRIVACY,
)
_NATIONAL: Final = tuple(_CALLS | _INTAKE | _CASEWORK | _SUPERVISION)

REACH: Final[Mapping[Role, Mapping[Action, Reach]]] = {
    Role.AGENT: _CALLS | _INTAKE,
    Role.CASE_OFFICER: _reaching(
        Reach.OWN_CENTRE, Action.SEE_CALLS, Action.ANSWER_CALLBACKS, Action.SEE_ROTA
    )
    | _INTAKE
    | _CASEWORK
    | _reaching(Reach.OWN_CENTRE, Action.HANDLE_PRIVACY),
    # An agency sees what was referred to it; who complains only when that was disclosed (case_store.identity).
    Role.AGENCY_OFFICER: _reaching(
        Reach.OWN_AGENCY,
        Action.SEE_CASES,
        Action.SEE_SECRET_CASES,
        Action.REPORT_REFERRALS,
        Action.ATTACH_FILES,
    ),
    Role.SUPERVISOR: _CALLS | _INTAKE | _CASEWORK | _SUPERVISION,
    Role.DEPUTY_GOVERNOR: _reaching(
        Reach.OWN_CENTRE,
        *_OVERSIGHT,
        Action.ASSIGN_CASES,
        Action.WATCH_BOARD,
        Action.APPOINT_CHANNEL_OFFICERS,
        Action.AGREE_NIGHT_SHARING,
        Action.HANDLE_PRIVACY,
        Action.APPROVE_ERASURE,
    ),
    Role.GOVERNOR: _reaching(
        Reach.OWN_CENTRE,
        *_OVERSIGHT,
        Action.WATCH_BOARD,
        Action.AGREE_NIGHT_SHARING,
        Action.APPROVE_ERASURE,
    ),
    Role.INSPECTOR: _reaching(Reach.OWN_REGION, *_OVERSIGHT, Action.WATCH_BOARD),
    Role.NATIONAL_OFFICER: _reaching(
        Reach.EVERYWHERE,
        *_NATIONAL,
        Action.MANAGE_WORDS,
        Action.APPROVE_ERASURE,
        Action.SEE_AUDIT,
    )
    | _reaching(Reach.OWN_CENTRE, Action.TAKE_CALLS),
    # An administrator installs and watches over the system, and reads no complaint.
    Role.ADMINISTRATOR: _reaching(
        Reach.EVERYWHERE,
        Action.WATCH_BOARD,
        Action.SEE_STATISTICS,
        Action.MANAGE_WORDS,
        Action.MANAGE_CLOSURES,
        Action.SEE_AUDIT,
        Action.MANAGE_WEBHOOKS,
        Action.MANAGE_PEOPLE,
        Action.SEE_SYSTEM,
    ),
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


def centres_within(actor: Actor, action: Action) -> frozenset[str] | None:
    """The centres at which `actor` may do `action`; None: at all of them. Empty for an agency: it goes by referral."""
    match reach(actor, action):
        case Reach.EVERYWHERE:
            return None
        case Reach.OWN_CENTRE:
            return frozenset({actor.centre_code})
        case Reach.OWN_REGION:
            return provinces_of_region(actor.inspection_region)
        case Reach.OWN_AGENCY | Reach.NOWHERE:
            return frozenset()


def may(actor: Actor, action: Action, thing: "str | Guarded | None" = None) -> bool:
    """Whether `actor` may do `action` to a thing, or at a centre given by its code (None: anywhere at all)."""
    granted = reach(actor, action)
    if granted is Reach.NOWHERE:
        return False
    if thing is None:
        return granted is not Reach.OWN_AGENCY or actor.agency_id is not None
    if isinstance(thing, str):
        centres = centres_within(actor, action)
        return centres is None or thing in centres
    if thing.is_secret and not _reaches(actor, Action.SEE_SECRET_CASES, thing):
        return False
    return _reaches(actor, action, thing)


def _reaches(actor: Actor, action: Action, thing: Guarded) -> bool:
    if reach(actor, action) is Reach.OWN_AGENCY:
        return actor.agency_id in thing.agency_ids
    centres = centres_within(actor, action)
    return centres is None or thing.centre_code in centres


def require(actor: Actor, action: Action, thing: "str | Guarded | None" = None) -> None:
    """Raises `NotAllowed` unless `may`."""
    if not may(actor, action, thing):
        raise NotAllowed(actor, action)


def visible_centres(actor: Actor, action: Action) -> frozenset[str] | None:
    """The centres that a query is to be limited to; None when it needs no limit. Raises `NotAllowed`."""
    require(actor, action)
    return centres_within(actor, action)
