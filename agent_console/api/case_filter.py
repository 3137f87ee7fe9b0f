"""What a list of cases is limited to, as parameters."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import BeforeValidator

from case_store.cases.find_cases import CaseFilter, Sort
from case_store.cases.models import CaseState, Urgency

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)

Code = Annotated[str | None, Query(pattern="^[a-z0-9_]{1,32}$")]
CentreCode = Annotated[str | None, Query(pattern="^[0-9]{2}$")]
Number = Annotated[int | None, Query(ge=1, lt=2**31)]


def _written_as_a_day(typed: object) -> object:
    """As 2026-12-07: pydantic alone would take 0.0, a moment of another clock, for a day."""
    if isinstance(typed, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
        raise ValueError("is not a day, as 2026-12-07")
    return typed


Day = Annotated[
    date | None,
    BeforeValidator(_written_as_a_day),
    Query(ge=FIRST_DAY, le=LAST_DAY, description="A day in Bangkok."),
]


@dataclass(frozen=True)
class FilterQuery:
    """All that lists and exports of cases can be limited to; together they all hold."""

    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Words, parts of words, a reference, a telephone number, a name.",
        ),
    ] = ""
    province_code: CentreCode = None
    centre_code: CentreCode = None
    state: Annotated[CaseState | None, Query()] = None
    category: Annotated[
        str | None,
        Query(pattern="^[a-z0-9_]{1,32}$", description="With those of the second level in it."),
    ] = None
    channel: Code = None
    nature: Code = None
    service_type: Code = None
    urgency: Annotated[Urgency | None, Query()] = None
    officer_id: Number = None
    agency_id: Number = None
    received_from: Day = None
    received_to: Day = None
    overdue: Annotated[bool, Query(description="Only what is past its due date.")] = False
    sort: Annotated[Sort, Query()] = Sort.NEWEST

    @property
    def wanted(self) -> CaseFilter:
        return CaseFilter(**vars(self))


Filter = Annotated[FilterQuery, Depends()]
