"""Who is on now, for wallboards and other programs."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from agent_console.api.access import Program
from agent_console.api.schemas import ListOf
from agent_console.dependencies import Reader
from case_store.clock import now
from case_store.people.permissions import Action, require
from case_store.rotation.today.now import CentreNow, OnNow, who_is_on

router = APIRouter(tags=["rota"])
Province = Annotated[str | None, Query(pattern="^[0-9]{2}$")]


class OnDutyItem(BaseModel):
    """Somebody's duty of this moment."""

    name: str
    shift: str = Field(description="The code of the shift type.")
    begins_at: datetime
    ends_at: datetime
    state: Literal["talking", "ready", "break", "late", "missing", "standby"]

    @classmethod
    def of(cls, one: OnNow) -> "OnDutyItem":
        duty = one.duty
        return cls(
            name=duty.name,
            shift=duty.shift_type.code,
            begins_at=duty.begins_at,
            ends_at=duty.ends_at,
            state=one.there.value,
        )


class CentreOnDuty(BaseModel):
    """A centre with a rota, at this moment."""

    province_code: str
    answering: int = Field(description="People on duty who are ready or talk.")
    missing: int = Field(description="People whose duty has begun and who are not there.")
    on_duty: list[OnDutyItem]

    @classmethod
    def of(cls, centre: CentreNow) -> "CentreOnDuty":
        return cls(
            province_code=centre.centre_code,
            answering=centre.answering,
            missing=centre.missing,
            on_duty=[OnDutyItem.of(one) for one in centre.on],
        )


@router.get("/rota/now", summary="Who is on now; one page holds all centres that have a rota")
def get_on_duty(
    program: Program, store: Reader, province_code: Province = None
) -> ListOf[CentreOnDuty]:
    require(program, Action.SEE_ROTA, province_code)
    found = who_is_on(store, by=program, at=now(), centre_code=province_code)
    return ListOf(items=[CentreOnDuty.of(centre) for centre in found], next=None)
