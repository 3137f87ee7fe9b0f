"""Duplicates: merged into the case that goes on, and taken apart again."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from agent_console.api.access import Program
from agent_console.api.addressed import IfMatch, Ref, case_of
from agent_console.api.case_schemas import CaseDetail
from agent_console.api.texts import Body, Text
from agent_console.dependencies import Store
from case_store.cases.find_cases import find_case
from case_store.cases.merging import CannotMerge, merge, unmerge
from case_store.clock import now

router = APIRouter(tags=["cases"])


class Merger(Body):
    into: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{9,12}$"),
        Field(description="Reference of the case that goes on."),
    ]
    note: Text


class Parting(Body):
    note: Text


@router.post("/cases/{ref}/merge", summary="It is a duplicate: it goes on in another case")
def post_merge(
    ref: Ref, merger: Merger, program: Program, store: Store, version: IfMatch
) -> CaseDetail:
    case, at = case_of(store, program, ref, version), now()
    into = find_case(store, merger.into, by=program)
    if into is None:
        raise CannotMerge("into")
    merge(store, case, into, merger.note, by=program, at=at)
    return CaseDetail.of(store, case, program, at=at)


@router.post("/cases/{ref}/unmerge", summary="It was no duplicate: it goes on by itself")
def post_unmerge(
    ref: Ref, parting: Parting, program: Program, store: Store, version: IfMatch
) -> CaseDetail:
    case, at = case_of(store, program, ref, version), now()
    unmerge(store, case, parting.note, by=program, at=at)
    return CaseDetail.of(store, case, program, at=at)
