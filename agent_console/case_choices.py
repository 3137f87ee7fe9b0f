"""What the limits of the list of cases offer to a reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from agent_console.case_search import CaseSearch
from agent_console.days import BadDay, read_day
from agent_console.formats import Named, format_date, named, place_name
from agent_console.i18n import gettext, language
from agent_console.labels import label
from case_store.agencies.keep_agencies import list_agencies
from case_store.agencies.models import Agency
from case_store.cases.officers import officers_of
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import active_words
from case_store.people.models import Role, User
from case_store.people.permissions import Action, Actor, centres_within
from case_store.places.provinces import Province, provinces


@dataclass(frozen=True)
class Choices:
    """The lists behind the selects."""

    provinces: Sequence[Province]
    categories: Sequence[Category]
    channels: Sequence[Channel]
    natures: Sequence[Nature]
    service_types: Sequence[ServiceType]
    officers: Sequence[User]
    agencies: Sequence[Agency]

    def words(self, name: str, value: str) -> str:
        """A chosen limit as the reader says it."""
        if name in ("state", "urgency"):
            return label("case_state" if name == "state" else name, value)
        if name == "province_code":
            return place_name(value) or value
        if name == "overdue":
            return gettext("Overdue")
        if name in ("received_from", "received_to"):
            return _day(value)
        return next((words for code, words in self._listed(name) if code == value), value)

    def _listed(self, name: str) -> list[tuple[str, str]]:
        if name == "officer_id":
            return [(str(one.id), one.display_name) for one in self.officers]
        if name == "agency_id":
            return [(str(one.id), one.name(language())) for one in self.agencies]
        lists: dict[str, Sequence[Named]] = {
            "category": self.categories,
            "channel": self.channels,
            "nature": self.natures,
            "service_type": self.service_types,
        }
        return named(lists[name])


def choices_for(session: Session, search: CaseSearch, *, by: Actor) -> Choices:
    """Officers and agencies are those of the province that was chosen, else of the reader's own centre."""
    centre = search.get("province_code") or by.centre_code
    is_agency = by.role is Role.AGENCY_OFFICER
    return Choices(
        provinces=_provinces(by),
        categories=active_words(session, Category),
        channels=active_words(session, Channel),
        natures=active_words(session, Nature),
        service_types=active_words(session, ServiceType),
        officers=[] if is_agency else _officers(session, centre, search.get("officer_id")),
        agencies=[] if is_agency else list_agencies(session, centre_code=centre),
    )


def _officers(session: Session, centre: str, chosen: str) -> list[User]:
    """With whoever was chosen: somebody who left, or has another post now, may still have cases."""
    officers = officers_of(session, centre)
    if not chosen or any(str(one.id) == chosen for one in officers):
        return officers
    other = session.get(User, int(chosen))
    return [*officers, other] if other is not None else officers


def _provinces(by: Actor) -> Sequence[Province]:
    """An inspector's are those of the region. Whoever has one centre has all: it may work on a case of elsewhere."""
    centres = centres_within(by, Action.SEE_CASES) or frozenset()
    if len(centres) > 1:
        return [one for one in provinces() if one.code in centres]
    return provinces()


def _day(typed: str) -> str:
    try:
        return format_date(read_day(typed))
    except BadDay:
        return typed
