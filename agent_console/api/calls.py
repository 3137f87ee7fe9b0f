"""Calls, the queues they wait in, and the requests to be called back."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query

from agent_console.api.access import Program
from agent_console.api.paging import Paging, items_of
from agent_console.api.schemas import (
    CallbackItem,
    CallItem,
    CallOutcomeCode,
    ListOf,
    QueueItem,
)
from agent_console.dependencies import ConsoleDep, Reader
from agent_console.paging import page_of
from case_store.calls.board import queue_figures
from case_store.calls.callbacks import open_callbacks
from case_store.calls.find_calls import get_call, list_calls
from case_store.clock import now

router = APIRouter(tags=["calls"])
Province = Annotated[str | None, Query(pattern="^[0-9]{2}$")]


@router.get("/calls", summary="Calls, newest first")
def get_calls(
    program: Program,
    store: Reader,
    paging: Paging,
    province_code: Province = None,
    outcome: CallOutcomeCode | None = None,
) -> ListOf[CallItem]:
    rows = list_calls(
        store,
        by=program,
        limit=paging.limit + 1,
        before=paging.after,
        province_code=province_code,
        outcome=outcome,
    )
    return items_of(page_of(rows, paging.limit), CallItem.of)


@router.get("/calls/{call_id}", summary="One call")
def get_one_call(
    call_id: Annotated[int, Path(ge=1, lt=2**31)], program: Program, store: Reader
) -> CallItem:
    call = get_call(store, call_id, by=program)
    if call is None:
        raise HTTPException(404)
    return CallItem.of(call)


@router.get("/callbacks", summary="Citizens who wait to be called back, oldest first")
def get_callbacks(program: Program, store: Reader, paging: Paging) -> ListOf[CallbackItem]:
    rows = open_callbacks(store, by=program, limit=paging.limit + 1, after=paging.after)
    return items_of(page_of(rows, paging.limit), CallbackItem.of)


@router.get("/queues", summary="The live board's figures; one page holds all queues")
def get_queues(program: Program, console: ConsoleDep, store: Reader) -> ListOf[QueueItem]:
    target = console.settings.service_level_seconds
    figures = queue_figures(store, by=program, at=now(), target_seconds=target)
    return ListOf(items=[QueueItem.of(queue) for queue in figures], next=None)
