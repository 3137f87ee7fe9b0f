"""Opening a case, and what may be in a new one. The console's form, the API and every integration open cases here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Self

import geothai
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from case_store.calls.models import Call
from case_store.cases.history import write_history
from case_store.cases.models import Case, CaseEventKind, CaseState, Secrecy, Urgency
from case_store.cases.reference import next_reference
from case_store.cases.word_models import Category, Channel, Nature, ServiceType
from case_store.deadlines.clocks import start_clocks
from case_store.identity.complainants import Identity, add_complainant
from case_store.identity.fields import Address, Email, Name, NationalId, Phone
from case_store.identity.models import Anonymity, ComplainantKind
from case_store.people.permissions import Action, Actor, require
from case_store.places.provinces import NATIONAL, province
from case_store.search.index import index_case

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Code = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=32, pattern=r"^[a-z0-9_]*$")
]

DEFAULT_NATURE: Final = "complaint"
DEFAULT_SERVICE_TYPE: Final = "general"
COMPLAINANT: Final = "complainant_"
"""What a complainant's fields begin with, in forms and in the API."""


Word = Channel | ServiceType | Nature | Category
_WORDS: Final[Mapping[str, Any]] = {
    "channel": Channel,
    "service_type": ServiceType,
    "nature": Nature,
    "category": Category,
}


class UnknownWord(Exception):
    """A channel, service type, nature or category that is not in its list, or is switched off."""

    def __init__(self, field: str) -> None:
        super().__init__(f"unknown {field}")
        self.field = field


class NewCase(BaseModel):
    """A matter as it is brought. Only the channel, subject, description, province and category are required."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    channel: Code
    service_type: Code = DEFAULT_SERVICE_TYPE
    nature: Code = DEFAULT_NATURE
    category: Code
    urgency: Urgency = Urgency.NORMAL
    secrecy: Secrecy = Secrecy.NORMAL
    subject: Annotated[Line, Field(min_length=3)]
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=20_000)
    ]
    respondent: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    province_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    district_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    subdistrict_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    postcode: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = None
    place_note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    latitude: Annotated[float, Field(ge=5, le=21)] | None = None
    longitude: Annotated[float, Field(ge=97, le=106)] | None = None
    """A point on the map, in degrees; Thailand lies within these bounds."""
    anonymity: Anonymity = Anonymity.NAMED
    complainant_kind: ComplainantKind = ComplainantKind.PERSON
    complainant_name: Name | None = None
    complainant_phone: Phone | None = None
    complainant_national_id: NationalId | None = None
    complainant_email: Email | None = None
    complainant_address: Address | None = None

    @field_validator(
        "district_code",
        "subdistrict_code",
        "postcode",
        "latitude",
        "longitude",
        "complainant_name",
        "complainant_phone",
        "complainant_national_id",
        "complainant_email",
        "complainant_address",
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("subject", "description", "place_note", "respondent")
    @classmethod
    def _no_control_characters(cls, value: str | None) -> str | None:
        # PostgreSQL cannot store NUL, and no officer types any of these.
        if value and any(ord(sign) < 32 and sign not in "\n\r\t" for sign in value):
            raise PydanticCustomError("control_character", "contains a control character")
        return value

    @property
    def identity(self) -> Identity:
        return Identity(
            name=self.complainant_name,
            phone=self.complainant_phone,
            national_id=self.complainant_national_id,
            email=self.complainant_email,
            address=self.complainant_address,
        )

    @field_validator("province_code")
    @classmethod
    def _known_province(cls, value: str) -> str:
        if value == NATIONAL or province(value) is None:
            raise PydanticCustomError("province", "is not a province")
        return value

    @model_validator(mode="after")
    def _places_agree(self) -> Self:
        district = geothai.district(self.district_code) if self.district_code else None
        subdistrict = geothai.subdistrict(self.subdistrict_code) if self.subdistrict_code else None
        if self.district_code and (
            district is None or district.province_code != self.province_code
        ):
            raise PydanticCustomError("district", "the district is not in the province")
        if self.subdistrict_code and (
            subdistrict is None or subdistrict.province_code != self.province_code
        ):
            raise PydanticCustomError("subdistrict", "the subdistrict is not in the province")
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("point", "a point needs latitude and longitude")
        if subdistrict and self.district_code and subdistrict.district_code != self.district_code:
            raise PydanticCustomError("subdistrict", "the subdistrict is not in the district")
        return self


def open_case(
    session: Session,
    new: NewCase,
    *,
    by: Actor,
    at: datetime,
    call: Call | None = None,
    intake_key: str | None = None,
    received_at: datetime | None = None,
) -> Case:
    """Opens a case with its reference and first history. With an `intake_key` used before: that case, unchanged.

    `received_at`: when a centre received it, if that was before it came into this store; its clocks began then.
    Raises `UnknownWord`, `NotAllowed`.
    """
    require(by, Action.LOG_CASES, new.province_code)
    if intake_key and (saved := case_of_intake(session, intake_key)):
        return saved
    check_words(session, {field: getattr(new, field) for field in _WORDS})
    case = Case(
        **{name: value for name, value in new if not name.startswith(COMPLAINANT)},
        ref=next_reference(session, at=at),
        state=CaseState.RECEIVED,
        state_since=at,
        progress_at=at,
        centre_code=new.province_code,
        search_text="",
        intake_key=intake_key,
        created_by=by.name,
        created_at=received_at or at,
        updated_at=at,
    )
    add_complainant(session, case, new.identity, kind=new.complainant_kind)
    if call is not None:
        case.calls.append(call)
    session.add(case)
    start_clocks(session, case, at=case.created_at)
    try:
        session.flush()
    except IntegrityError as error:
        raise SavedMeanwhile(intake_key) from error
    index_case(session, case)
    write_history(session, case, CaseEventKind.RECEIVED, by=by, at=at, channel=case.channel)
    return case


class SavedMeanwhile(Exception):
    """Another request saved the same draft at the same moment: ask again and get its case."""


def case_of_intake(session: Session, intake_key: str) -> Case | None:
    """The case that a draft or a program's request has become; None when it was not saved yet."""
    return session.scalar(select(Case).where(Case.intake_key == intake_key))


def check_words(session: Session, chosen: Mapping[str, str]) -> None:
    """Whether the words stand in their lists and are not switched off. Raises `UnknownWord`."""
    for field, code in chosen.items():
        word: Word | None = session.get(_WORDS[field], code)
        if word is None or not word.active:
            raise UnknownWord(field)
