"""What somebody looks for in the list of cases: as typed, as asked of the store, and as words on screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from agent_console.days import BadDay, read_day
from agent_console.forms import Fields
from agent_console.i18n import N_, gettext
from agent_console.safe_paths import with_query
from case_store.cases.case_filter import CaseFilter, Sort
from case_store.cases.models import CaseState, Urgency

DAYS: Final = ("received_from", "received_to")
LIMITS: Final = (
    "province_code",
    "state",
    "category",
    "channel",
    "nature",
    "service_type",
    "urgency",
    "officer_id",
    "agency_id",
    *DAYS,
    "overdue",
    "sort",
)
"""What a list can be limited to. None of it tells anything about a person who complains: it may stand in an address."""
NAMES: Final[Mapping[str, str]] = {
    "province_code": N_("Province"),
    "state": N_("State"),
    "category": N_("Category"),
    "channel": N_("Came by"),
    "nature": N_("Nature"),
    "service_type": N_("Service type"),
    "urgency": N_("Urgency"),
    "officer_id": N_("Officer"),
    "agency_id": N_("Agency"),
    "received_from": N_("Received from"),
    "received_to": N_("Received until"),
    "overdue": N_("Due date"),
}
_FEW: Final = frozenset({"province_code", "state", "category", "overdue", "sort"})
"""The limits that the page shows at once; the others are folded away."""
LONGEST_Q: Final = 200
LONGEST_LIMIT: Final = 32


@dataclass(frozen=True)
class CaseSearch:
    """A search. `limits` holds only what was chosen; `errors` a sentence for each that cannot be used."""

    q: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.limits.get(name, "")

    @property
    def chosen(self) -> list[str]:
        """The limits that narrow the list, in their order."""
        return [name for name in NAMES if name in self.limits]

    @property
    def is_narrow(self) -> bool:
        return bool(self.q or self.chosen)

    @property
    def shows_more(self) -> bool:
        """Whether one of the folded limits is in use or wrong."""
        return bool((set(self.limits) | set(self.errors)) - _FEW)

    @property
    def address(self) -> str:
        """The list without the words: those stand in no address."""
        return with_query("/cases", **self.limits)

    @property
    def fields(self) -> Fields:
        """All of it as a form sends it, to be carried along or saved."""
        return {"q": self.q, **self.limits} if self.q else dict(self.limits)

    def filter(self) -> CaseFilter:
        limits = {name: value for name, value in self.limits.items() if name not in self.errors}
        return CaseFilter(
            q=self.q,
            province_code=limits.get("province_code"),
            state=limits.get("state"),
            category=limits.get("category"),
            channel=limits.get("channel"),
            nature=limits.get("nature"),
            service_type=limits.get("service_type"),
            urgency=limits.get("urgency"),
            officer_id=_number(limits.get("officer_id")),
            agency_id=_number(limits.get("agency_id")),
            received_from=_day(limits.get("received_from")),
            received_to=_day(limits.get("received_to")),
            overdue="overdue" in limits,
            sort=Sort(limits.get("sort", Sort.NEWEST)),
        )


def read_search(fields: Fields) -> CaseSearch:
    """A search as it was typed or chosen. What is in no list of ours limits nothing."""
    dropped = fields.get("drop", "")
    limits = {
        name: fields[name].strip()[:LONGEST_LIMIT]
        for name in LIMITS
        if fields.get(name, "").strip() and name != dropped and _is_known(name, fields[name])
    }
    errors = {name: gettext(_NO_DAY) for name in DAYS if not _is_day(limits.get(name, ""))}
    q = fields.get("q", "").replace("\0", "").strip()[:LONGEST_Q]
    return CaseSearch(q, limits, fields.get("cursor", "")[:LONGEST_Q], errors)


_NO_DAY: Final = N_("Please write the day as 1/10/2026.")
_CODES: Final[Mapping[str, frozenset[str]]] = {
    "state": frozenset(CaseState),
    "urgency": frozenset(Urgency),
    "sort": frozenset(Sort),
    "overdue": frozenset({"1"}),
}


def _is_known(name: str, value: str) -> bool:
    if name in ("officer_id", "agency_id"):
        return value.isascii() and value.isdecimal() and len(value) <= 9
    return value in _CODES[name] if name in _CODES else "\0" not in value


def _is_day(typed: str) -> bool:
    try:
        read_day(typed)
    except BadDay:
        return False
    return True


def _day(typed: str | None) -> date | None:
    return read_day(typed) if typed else None


def _number(typed: str | None) -> int | None:
    return int(typed) if typed else None
