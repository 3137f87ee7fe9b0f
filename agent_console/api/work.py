"""What a member of staff must do today; for a program, what its centre must do."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from agent_console.api.access import Program
from agent_console.api.case_schemas import CaseItem
from agent_console.dependencies import Reader
from case_store.cases.work_list import WorkKind, work_list
from case_store.clock import now

router = APIRouter(tags=["cases"])


class WorkGroupItem(BaseModel):
    """Cases that need the same; `more`: there are others beyond the limit."""

    kind: WorkKind
    items: list[CaseItem]
    more: bool


class WorkList(BaseModel):
    """The groups that are not empty, the most pressing first; each case stands in one."""

    groups: list[WorkGroupItem]


@router.get("/work", summary="What must be done today")
def get_work(
    program: Program, store: Reader, limit: Annotated[int, Query(ge=1, le=50)] = 20
) -> WorkList:
    groups = work_list(store, by=program, at=now(), limit=limit)
    return WorkList(
        groups=[
            WorkGroupItem(
                kind=group.kind,
                items=[CaseItem.model_validate(case) for case in group.cases],
                more=group.more,
            )
            for group in groups
        ]
    )
