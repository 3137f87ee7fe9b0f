"""Live events: a stream (SSE) for each open page, of what its reader may know, resumed where it broke off."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

import redis
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from agent_console.console import Console
from agent_console.dependencies import ConsoleDep, CurrentUser, SignedIn, find_signed_in
from agent_console.problems import problem_response
from case_store.events.event import Event, EventKind
from case_store.events.redis_stream import follow
from case_store.people.permissions import Action, may

router = APIRouter(include_in_schema=False)

HEARTBEAT: Final = 15.0
CHECK_SIGN_IN: Final = 60.0
RETRY: Final = 1.0
MOMENT: Final = 10.0
BLOCK_MS: Final = 1_000
"""Short, so that a console that ends need not wait for its streams."""
MOST_STREAMS: Final = 8
"""For each person: some tabs, and the ghosts of those that were closed a moment ago."""
ACTIONS: Final = {
    EventKind.CALL_CHANGED: (Action.SEE_CALLS, Action.WATCH_BOARD),
    EventKind.CASE_CHANGED: (Action.SEE_CASES,),
    EventKind.CALLBACK_CHANGED: (Action.ANSWER_CALLBACKS,),
    EventKind.AGENT_CHANGED: (Action.WATCH_BOARD, Action.SEE_CALLS),
    EventKind.ROTA_CHANGED: (Action.SEE_ROTA,),
    EventKind.NOTICES_CHANGED: (),
}
"""Any of these at the event's centre lets a person know of it; what is about themselves they know in any case."""


@router.get("/events")
async def events(
    request: Request, console: ConsoleDep, reader: CurrentUser, last_event_id: str = ""
) -> Response:
    if console.streams.get(reader.user_id, 0) >= MOST_STREAMS:
        return problem_response(request.scope, 429, headers={"Retry-After": "30"})
    after = _entry_id(request.headers.get("Last-Event-ID", "") or last_event_id)
    token = request.cookies.get(console.session_cookie, "")
    return StreamingResponse(
        counted(console, reader, stream(console, reader, token, after)),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def may_know(reader: SignedIn, event: Event) -> bool:
    """Whether an event is for this person."""
    if event.user_id is not None and event.user_id == reader.user_id:
        return True
    return any(may(reader.actor, action, event.centre_code) for action in ACTIONS[event.kind])


async def counted(
    console: Console, reader: SignedIn, messages: AsyncIterator[str]
) -> AsyncIterator[str]:
    """Counts the open streams of a person."""
    console.streams[reader.user_id] = console.streams.get(reader.user_id, 0) + 1
    console.metrics.streams.inc()
    try:
        async for message in messages:
            yield message
    finally:
        console.metrics.streams.dec()
        console.streams[reader.user_id] -= 1
        if not console.streams[reader.user_id]:
            del console.streams[reader.user_id]


async def stream(
    console: Console, reader: SignedIn, token: str, after: str | None
) -> AsyncIterator[str]:
    """The messages of one stream, until its sign-in ends or the console does."""
    yield "retry: 2000\n\n"
    checked = pinged = time.monotonic()
    async for item in news(console, after or _a_moment_ago()):
        if isinstance(item, str):
            yield f"event: {item}\ndata: {{}}\n\n"
        elif item and may_know(reader, item[1]):
            yield _message(*item)
        if time.monotonic() - pinged >= HEARTBEAT:
            pinged = time.monotonic()
            yield "event: ping\ndata: {}\n\n"
        about_reader = isinstance(item, tuple) and item[1].user_id == reader.user_id
        if about_reader or time.monotonic() - checked >= CHECK_SIGN_IN:
            checked = time.monotonic()
            if not await _still_signed_in(console, token):
                return


async def news(console: Console, after: str) -> AsyncIterator[tuple[str, Event] | str | None]:
    """Entries behind `after`; None each second without one; "offline" and "online" when Redis goes and comes back."""
    last, offline = after, False
    while not console.stopping.is_set():
        try:
            async with aclosing(follow(console.settings.redis_address, last, BLOCK_MS)) as entries:
                async for entry in entries:
                    if offline:
                        offline = False
                        yield "online"
                    last = entry[0] if entry else last
                    yield entry
                    if console.stopping.is_set():
                        return
        except redis.RedisError:
            yield None if offline else "offline"
            offline = True
            await asyncio.sleep(RETRY)


async def _still_signed_in(console: Console, token: str) -> bool:
    """Also notes that the sign-in is in use. A database that is away ends nobody's stream."""
    try:
        return await run_in_threadpool(find_signed_in, console, token) is not None
    except SQLAlchemyError:
        return True


def _message(entry: str, event: Event) -> str:
    data = {"subject": event.subject, "centre_code": event.centre_code}
    return f"id: {entry}\nevent: {event.kind}\ndata: {json.dumps(data)}\n\n"


def _entry_id(sent: str) -> str | None:
    return sent if re.fullmatch(r"[0-9]{1,16}-[0-9]{1,16}", sent) else None


def _a_moment_ago() -> str:
    """What happened between the rendering of a page and the opening of its stream must not be missed."""
    return f"{int((time.time() - MOMENT) * 1000)}-0"
