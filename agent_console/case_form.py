"""The case form: what it shows, what was typed, and what is wrong with it in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.orm import Session

from agent_console.forms import Fields
from agent_console.i18n import N_, gettext
from agent_console.map_point import read_point, typed_point
from case_store.cases.correcting import CORRECTABLE
from case_store.cases.intake import DEFAULT_NATURE, DEFAULT_SERVICE_TYPE, NewCase
from case_store.cases.models import Case, CaseDraft, Secrecy, Urgency
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.cases.words import active_words
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.places.find_places import Area, districts_of, subdistricts_of
from case_store.places.provinces import Province, provinces

POINT: Final = frozenset({"latitude", "longitude"})
TYPED: Final = tuple(name for name in NewCase.model_fields if name not in POINT)
FOLDED: Final = ("complainant_national_id", "complainant_email", "complainant_address")
PHONE_CHANNEL: Final = "phone_1567"
START: Final = {
    "nature": DEFAULT_NATURE,
    "service_type": DEFAULT_SERVICE_TYPE,
    "urgency": Urgency.NORMAL.value,
    "secrecy": Secrecy.NORMAL.value,
    "anonymity": Anonymity.NAMED.value,
    "complainant_kind": ComplainantKind.PERSON.value,
    "channel": PHONE_CHANNEL,
}
_NO_POINT: Final = "no point"
"""In the place of a latitude that could not be read: the check of the case says so beside the field."""


@dataclass(frozen=True)
class CaseForm:
    """The form as it is rendered. `draft_key` names what was typed, also when the case is saved twice."""

    draft_key: str
    categories: Sequence[Category]
    natures: Sequence[Nature]
    channels: Sequence[Channel]
    service_types: Sequence[ServiceType]
    fields: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    draft_saved_at: datetime | None = None
    pbx_id: str = ""
    callback_id: int = 0

    @property
    def category_groups(self) -> list[tuple[Category, list[Category]]]:
        """The first level, each with its second."""
        codes = {one.code for one in self.categories}
        first = [one for one in self.categories if one.parent_code not in codes]
        return [
            (one, [sub for sub in self.categories if sub.parent_code == one.code]) for one in first
        ]

    @property
    def has_more(self) -> bool:
        """Whether there is something in the part that is folded away while a call lasts."""
        said = any(self.fields.get(name) or self.errors.get(name) for name in FOLDED)
        return said or self.fields.get("complainant_kind") == ComplainantKind.ORGANISATION

    @property
    def is_from_call(self) -> bool:
        return bool(self.pbx_id or self.callback_id)

    @property
    def provinces(self) -> tuple[Province, ...]:
        return provinces()

    @property
    def districts(self) -> list[Area]:
        return districts_of(self.fields.get("province_code", ""))

    @property
    def subdistricts(self) -> list[Area]:
        return subdistricts_of(self.fields.get("district_code", ""))


def blank_form(
    session: Session,
    draft_key: str,
    *,
    draft: CaseDraft | None = None,
    known: Fields | None = None,
    **more: Any,
) -> CaseForm:
    """A form with what is known already, or with the draft that was kept of it."""
    kept = _strings(draft.fields) if draft else {}
    return CaseForm(
        draft_key=draft_key,
        categories=active_words(session, Category),
        natures=active_words(session, Nature),
        channels=active_words(session, Channel),
        service_types=active_words(session, ServiceType),
        fields=START | (kept or known or {}),
        draft_saved_at=draft.updated_at if draft else None,
        **more,
    )


def correction_form(
    session: Session, case: Case, typed: Fields | None, errors: Mapping[str, str]
) -> CaseForm:
    """The facts of a case as a form; with what was typed when it comes back."""
    form = blank_form(session, "", known=typed or facts_of(case))
    shown = {one.code for one in form.categories}
    # A word that was switched off since stays with the cases that have it.
    kept = [] if case.category in shown else [case.category_row]
    return replace(form, categories=[*kept, *form.categories], errors=errors)


def facts_of(case: Case) -> Fields:
    """What stands in a case, as a form's fields."""
    facts = {name: str(getattr(case, name) or "") for name in CORRECTABLE - POINT}
    return facts | {"map_point": typed_point(case.latitude, case.longitude)}


def read_case(fields: Fields) -> NewCase:
    """What was typed, checked; what was left empty counts as not there. Raises pydantic's `ValidationError`."""
    typed: dict[str, Any] = {name: fields[name] for name in TYPED if fields.get(name)}
    return NewCase.model_validate(typed | _point(fields))


def read_changes(fields: Fields) -> dict[str, object]:
    """What was typed into the form of corrections; `correct` checks it."""
    changes: dict[str, object] = {
        name: fields[name] for name in CORRECTABLE - POINT if name in fields
    }
    return changes | (_point(fields) if "map_point" in fields else {})


def _point(fields: Fields) -> dict[str, object]:
    typed = fields.get("map_point", "").strip()
    if not typed:
        return dict.fromkeys(POINT)
    latitude, longitude = read_point(typed) or (_NO_POINT, _NO_POINT)
    return {"latitude": latitude, "longitude": longitude}


def explain(error: ValidationError) -> dict[str, str]:
    """One sentence for each field that is not right."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        name = str(one["loc"][0]) if one["loc"] else _FIELD_OF.get(one["type"], "subject")
        name = "map_point" if name in POINT else name
        found.setdefault(name, _sentence(name, one))
    return found


def unknown_word(name: str) -> dict[str, str]:
    return {name: gettext(_CHOOSE)}


_FIELD_OF: Final = {
    "district": "district_code",
    "subdistrict": "subdistrict_code",
    "point": "map_point",
}
_CHOOSE: Final = N_("Please choose one from the list.")
_CHOSEN: Final = frozenset(
    {
        "category", "nature", "channel", "service_type", "urgency", "secrecy", "anonymity",
        "complainant_kind", "province_code",
    }
)  # fmt: skip
_SENTENCES: Final = {
    "telephone": N_("This is not a complete telephone number. Leave it empty if it is not known."),
    "national_id": N_("This is not a national id: thirteen digits with a right check digit."),
    "province": N_("Please choose the province."),
    "district": N_("This district is not in the province chosen."),
    "subdistrict": N_("This subdistrict is not in the district chosen."),
    "control_character": N_("There is a sign in it that cannot be kept. Please type it again."),
}
_TOO_LONG: Final = N_("This is too long: at most %(most)s letters.")
_MISSING: Final = {
    "subject": N_("Please say in a few words what it is about."),
    "description": N_("Please write down what happened."),
    "province_code": N_("Please choose the province."),
    "postcode": N_("A postcode has five digits."),
    "complainant_email": N_("This is not an e-mail address. Leave it empty if it is not known."),
    "map_point": N_(
        "No point in Thailand is in this. Paste a link of a map, or type latitude and longitude: 18.7883, 98.9853."
    ),
}


def _sentence(name: str, one: ErrorDetails) -> str:
    kind = one["type"]
    if kind == "string_too_long":
        return gettext(_TOO_LONG, most=one["ctx"]["max_length"])
    usual = _CHOOSE if name in _CHOSEN else N_("Please check this.")
    sentence = _SENTENCES.get(kind) or _MISSING.get(name, usual)
    return gettext(sentence)


def _strings(fields: Mapping[str, Any]) -> Fields:
    """A draft's fields as a form's: of a list, the first."""
    plain = {
        name: value[0] if isinstance(value, list) and value else value
        for name, value in fields.items()
    }
    return {name: value for name, value in plain.items() if isinstance(value, str)}
