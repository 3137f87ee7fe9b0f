"""What the API says. Field names and codes are promises to other programs."""

from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from case_store.calls.board import QueueFigures
from case_store.calls.models import Call, CallbackRequest
from case_store.cases.models import Case, CaseEvent

Item = TypeVar("Item")

CallOutcomeCode = Literal[
    "in_ivr",
    "waiting",
    "connected",
    "answered",
    "abandoned",
    "callback",
    "self_service",
    "failed",
]
ProvinceSourceCode = Literal["area_code", "postcode", "menu", "remembered", "operator", "none"]


class ListOf(BaseModel, Generic[Item]):
    """One page of a list. `next`, when not null, is the `cursor` of the page behind it."""

    items: list[Item]
    next: str | None


class CallItem(BaseModel):
    """A citizen's call. `agent` is the user name of whoever answered last."""

    id: int
    caller: Annotated[str | None, Field(description="E.164; null when withheld.")]
    province_code: str | None
    province_source: ProvinceSourceCode
    language: str
    outcome: CallOutcomeCode
    queue: str | None
    agent: str | None
    started_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    case_refs: list[str]

    @classmethod
    def of(cls, call: Call) -> Self:
        return cls(
            id=call.id,
            caller=call.caller,
            province_code=call.province_code,
            province_source=call.province_source.value,
            language=call.language,
            outcome=call.outcome.value,
            queue=call.queue,
            agent=call.agent.username if call.agent else None,
            started_at=call.started_at,
            queued_at=call.queued_at,
            answered_at=call.answered_at,
            ended_at=call.ended_at,
            case_refs=[case.ref for case in call.cases],
        )


class CaseItem(BaseModel):
    """A case in a list. Who brought it is not in the API."""

    model_config = ConfigDict(from_attributes=True)

    ref: str
    subject: str
    state: str
    category: str
    nature: str
    urgency: Literal["normal", "urgent", "emergency"]
    province_code: str
    centre_code: str
    channel: str
    service_type: str
    secrecy: Literal["normal", "secret"]
    anonymity: Literal["named", "to_agency", "to_all"]
    created_at: datetime
    updated_at: datetime


class CaseEventItem(BaseModel):
    """One entry of a case's history."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    kind: str
    by: str
    note: str

    @classmethod
    def of(cls, event: CaseEvent) -> Self:
        return cls.model_validate(event)


class CaseDetail(CaseItem):
    """A whole case with its history."""

    description: str
    district_code: str | None
    subdistrict_code: str | None
    postcode: str | None
    place_note: str
    events: list[CaseEventItem]
    call_ids: list[int]

    @classmethod
    def of(cls, case: Case) -> Self:
        item = CaseItem.model_validate(case).model_dump()
        places = ("description", "district_code", "subdistrict_code", "postcode", "place_note")
        return cls(
            **item,
            **{name: getattr(case, name) for name in places},
            events=[CaseEventItem.of(event) for event in case.events],
            call_ids=[call.id for call in case.calls],
        )


class NewNote(BaseModel):
    """Something to add to a case's history."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["note"] = "note"
    note: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True,
            min_length=1,
            max_length=10_000,
            # No control characters, which no database of ours keeps, and at least one that is seen.
            pattern=r"^[^\x00-\x08\x0B\x0C\x0E-\x1F]*$",
        ),
    ]


class CallbackItem(BaseModel):
    """A citizen who waits to be called back, or left a message."""

    id: int
    kind: Literal["callback", "message"]
    state: Literal["open", "taken", "done", "given_up"]
    centre_code: str
    number: Annotated[str | None, Field(description="E.164; null when withheld.")]
    language: str
    call_id: int
    taken_by: str | None
    requested_at: datetime
    taken_at: datetime | None
    settled_at: datetime | None

    @classmethod
    def of(cls, wish: CallbackRequest) -> Self:
        return cls(
            id=wish.id,
            kind=wish.kind.value,
            state=wish.state.value,
            centre_code=wish.centre_code,
            number=wish.number,
            language=wish.language,
            call_id=wish.call_id,
            taken_by=wish.taken_by.username if wish.taken_by else None,
            requested_at=wish.requested_at,
            taken_at=wish.taken_at,
            settled_at=wish.settled_at,
        )


class QueueItem(BaseModel):
    """A queue now, and its day so far. Times in seconds; `service_level` is a share of 0 to 1."""

    model_config = ConfigDict(from_attributes=True)

    queue: str
    waiting: int
    longest_wait: int
    talking: int
    answered: int
    abandoned: int
    called_back: int
    service_level: float | None

    @classmethod
    def of(cls, figures: QueueFigures) -> Self:
        return cls.model_validate(figures)
