"""One row of a province's spreadsheet: a new case as it would be opened, or what is wrong with each column of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from case_store.cases.intake import DEFAULT_NATURE, DEFAULT_SERVICE_TYPE, NewCase
from case_store.cases.models import CaseState, Outcome, Secrecy, Urgency
from case_store.clock import BANGKOK
from case_store.exchange.import_values import (
    Unreadable,
    read_day,
    read_district,
    read_phone,
    read_province,
    read_subdistrict,
    read_word,
)
from case_store.exchange.import_words import Words, words_of
from case_store.exchange.sheets import Cell
from case_store.identity.models import Anonymity
from case_store.places.provinces import NATIONAL

Fault = tuple[str, str]
"""A column and what is wrong with it, both as codes: the reader's language words them."""

_DEFAULTS: Final = {
    "channel": "other", "category": "general", "nature": DEFAULT_NATURE, "service_type": DEFAULT_SERVICE_TYPE,
}  # fmt: skip
_USUAL_OUTCOME: Final[Mapping[str, Outcome]] = {
    CaseState.CLOSED: Outcome.EXPLAINED,
    Outcome.SETTLED: Outcome.SETTLED,
    CaseState.REJECTED: Outcome.NOT_PURSUED,
    CaseState.WITHDRAWN: Outcome.NOT_PURSUED,
}
"""How a matter ended when the sheet only says that it did: no more is claimed than was written."""
_AS_TYPED: Final = (
    "respondent", "postcode", "place_note", "latitude", "longitude", "complainant_name",
    "complainant_national_id", "complainant_email", "complainant_address",
)  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """How a matter ended in the province's own books, before it came here."""

    outcome: Outcome
    result: str
    closed: date | None
    transferred_to: str


@dataclass(frozen=True)
class ReadRow:
    """A row that can become a case."""

    new: NewCase
    number: str
    """The province's own number of it; empty when it has none."""
    received: date | None
    ending: Ending | None


@dataclass
class RowReader:
    """Reads rows of one spreadsheet for one centre. `at`: nothing can have been received after it."""

    centre_code: str
    at: datetime
    words: Mapping[str, Words]
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, session: Session, centre_code: str, at: datetime) -> "RowReader":
        return cls(centre_code, at, words_of(session))

    def read(self, cells: Mapping[str, Cell]) -> ReadRow | list[Fault]:
        """The row, or all that is wrong with it."""
        self.faults = []
        received = self._day(cells, "received", None)
        ending = self._ending(cells, received)
        new = self._new_case(self._fields(cells))
        if self.faults or new is None:
            return self.faults
        number = str(cells.get("number") or cells.get("ref") or "").strip()[:60]
        return ReadRow(new, number, received, ending)

    def _fields(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        subject = _text(cells, "subject")
        fields: dict[str, Any] = {
            "subject": subject[:200],
            # A subject that is longer than a line is its own description.
            "description": _text(cells, "description") or subject,
            "urgency": self._word(cells, "urgency", Urgency.NORMAL),
            "secrecy": self._word(cells, "secrecy", Secrecy.NORMAL),
            "anonymity": self._word(cells, "anonymity", Anonymity.NAMED),
        }
        for name, default in _DEFAULTS.items():
            fields[name] = self._word(cells, name, default)
        if _text(cells, "subcategory"):
            fields["category"] = self._word(cells, "subcategory", fields["category"])
        fields |= {name: _text(cells, name) for name in _AS_TYPED if _text(cells, name)}
        if phone := _text(cells, "complainant_phone"):
            fields["complainant_phone"] = read_phone(phone)
        return fields | self._place(cells)

    def _place(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        own = None if self.centre_code == NATIONAL else self.centre_code
        code = self._value(cells, "province", read_province, own)
        if code is None:
            self._fault("province", "missing")
            return {}
        if own is not None and code != own:
            self._fault("province", "other_province")
            return {}
        district = self._value(cells, "district", lambda text: read_district(text, code), None)
        subdistrict = self._value(
            cells, "subdistrict", lambda text: read_subdistrict(text, code, district), None
        )
        return {"province_code": code, "district_code": district, "subdistrict_code": subdistrict}

    def _ending(self, cells: Mapping[str, Cell], received: date | None) -> Ending | None:
        state = self._word(cells, "state", CaseState.RECEIVED)
        if state not in _USUAL_OUTCOME:
            return None
        usual = _USUAL_OUTCOME[state]
        outcome = Outcome(self._word(cells, "outcome", usual))
        transferred_to = _text(cells, "transferred_to")[:160]
        if outcome is Outcome.REFERRED_ELSEWHERE and not transferred_to:
            self._fault("transferred_to", "missing")
        closed = self._day(cells, "closed", received)
        return Ending(outcome, _text(cells, "result")[:20_000], closed, transferred_to)

    def _new_case(self, fields: dict[str, Any]) -> NewCase | None:
        if not fields.get("province_code"):
            return None
        try:
            return NewCase.model_validate(fields)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=False, include_input=False):
                where = str(one["loc"][0]) if one["loc"] else one["type"]
                known = {fault_column for fault_column, _ in self.faults}
                if where not in known:
                    self._fault(where.removesuffix("_code"), _SHORT.get(one["type"], one["type"]))
            return None

    def _day(self, cells: Mapping[str, Cell], name: str, not_before: date | None) -> date | None:
        cell = cells.get(name)
        if not cell:
            return None
        try:
            day = read_day(cell)
        except Unreadable as error:
            self._fault(name, error.code)
            return None
        if day > self.at.astimezone(BANGKOK).date():
            self._fault(name, "future")
        elif not_before is not None and day < not_before:
            self._fault(name, "before_received")
        return day

    def _word(self, cells: Mapping[str, Cell], name: str, default: str) -> str:
        words = self.words["category" if name == "subcategory" else name]
        return self._value(cells, name, lambda text: read_word(text, words), default) or default

    def _value(
        self,
        cells: Mapping[str, Cell],
        name: str,
        read: Callable[[str], str],
        default: str | None,
    ) -> str | None:
        text = _text(cells, name)
        if not text or text == "-":
            return default
        try:
            return read(text)
        except Unreadable as error:
            self._fault(name, error.code)
            return default

    def _fault(self, column: str, code: str) -> None:
        self.faults.append((column, code))


_SHORT: Final = {
    "string_too_short": "too_short", "string_too_long": "too_long", "string_pattern_mismatch": "unknown",
    "float_parsing": "not_a_number", "greater_than_equal": "out_of_range", "less_than_equal": "out_of_range",
}  # fmt: skip


def _text(cells: Mapping[str, Cell], name: str) -> str:
    value = cells.get(name)
    return value.isoformat() if isinstance(value, date) else (value or "").strip()
