"""What the API says of calls, and how it lists. Field names and codes are promises to other programs."""

from datetime import datetime
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from case_store.calls.board import QueueFigures
from case_store.calls.models import Call, CallbackRequest

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
