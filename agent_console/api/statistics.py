"""Figures of a time: what came in, and what became of it."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from agent_console.api.access import Program
from agent_console.api.case_filter import CentreCode, Day
from agent_console.dependencies import Reader
from case_store.clock import BANGKOK, now
from case_store.people.permissions import Action, require
from case_store.statistics.overview import Period, overview

router = APIRouter(tags=["statistics"])
USUAL: Final = timedelta(days=364)
LONGEST: Final = timedelta(days=366 * 20)


class MonthItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    received: int
    closed: int


class DaysItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    median: float
    p90: Annotated[float, Field(description="Nine of ten cases took no longer.")]


class Statistics(BaseModel):
    """Counted by code. Cases that were merged into another are not in it."""

    model_config = ConfigDict(from_attributes=True)

    from_day: date
    to_day: date
    received: int
    closed: int
    open: Annotated[int, Field(description="Now, whenever they came; `overdue` and `ages` too.")]
    overdue: int
    reopened: int
    by_state: dict[str, int]
    by_category: dict[str, int]
    by_channel: dict[str, int]
    by_province: dict[str, int]
    by_month: dict[str, MonthItem]
    ages: Annotated[dict[str, int], Field(description="Open cases of at most so many days.")]
    step_times: Annotated[
        dict[str, DaysItem | None], Field(description="Days from receipt to each step.")
    ]
    outcomes: dict[str, int]


@router.get("/statistics", summary="Figures of a time: of a year up to today, unless it says")
def get_statistics(
    program: Program,
    store: Reader,
    from_day: Day = None,
    to_day: Day = None,
    centre_code: CentreCode = None,
) -> Statistics:
    require(program, Action.SEE_STATISTICS, centre_code)
    at = now()
    last = to_day or at.astimezone(BANGKOK).date()
    first = from_day or last - USUAL
    if not timedelta() <= last - first <= LONGEST:
        raise _not_a_period()
    found = overview(store, by=program, period=Period(first, last), centre_code=centre_code, at=at)
    return Statistics.model_validate({"from_day": first, "to_day": last, **vars(found)})


def _not_a_period() -> RequestValidationError:
    what = {
        "type": "period",
        "loc": ("query", "from_day"),
        "msg": "is not before `to_day`, or too long",
    }
    return RequestValidationError([what])
