"""What an entry of the history says besides its kind, in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent_console.formats import place_name, reference
from agent_console.i18n import gettext, language
from agent_console.labels import label
from case_store.agencies.models import Agency
from case_store.cases.models import CaseEvent, CaseEventKind


@dataclass(frozen=True)
class HistoryWords:
    """The names that the history needs: of staff by user name, of agencies by code."""

    names: Mapping[str, str]
    agencies: Mapping[str, Agency]

    def who(self, username: str) -> str:
        """The name of a person; an agency stands for its officers where none was named, as in made-up cases."""
        agency = self.agencies.get(username)
        known = self.names.get(username)
        return known or (agency.name(language()) if agency else username)

    def agency(self, event: CaseEvent) -> str:
        if event.referral is not None:
            return event.referral.agency.name(language())
        found = self.agencies.get(str(event.data.get("agency_code", "")))
        return found.name(language()) if found else ""

    def more(self, event: CaseEvent) -> str:
        """Beside the kind: to whom, by which reason, from where to where."""
        data = event.data or {}
        match event.kind:
            case CaseEventKind.ASSIGNED:
                return self.who(str(data.get("officer", "")))
            case CaseEventKind.CLOSED:
                return label("outcome_of_case", str(data.get("outcome", "")))
            case CaseEventKind.REJECTED:
                return label("reject_reason", str(data.get("reason", "")))
            case CaseEventKind.TRANSFERRED:
                centres = (str(data.get("from_centre", "")), str(data.get("to_centre", "")))
                return " → ".join(place_name(code) for code in centres)
            case CaseEventKind.CHANGED:
                fields = dict.fromkeys(label("field", str(name)) for name in data.get("fields", []))
                return ", ".join(fields)
            case CaseEventKind.COMPLAINANT_ANSWERED:
                return gettext("working days waited: %(count)s", count=data.get("days", 0))
            case CaseEventKind.REMINDED:
                still = gettext("nothing moved for %(count)s days", count=data.get("days", 0))
                return " · ".join(filter(None, (self.agency(event), still)))
            case CaseEventKind.MERGED | CaseEventKind.UNMERGED:
                return " · ".join(reference(str(ref)) for ref in _references(data))
            case _:
                return self.agency(event)


def _references(data: Mapping[str, object]) -> list[str]:
    return [str(value) for name, value in data.items() if name in {"into", "merged"}]
