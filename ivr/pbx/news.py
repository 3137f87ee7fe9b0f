"""Tells at once, by the stream of events, when an agent's presence changed. Without Redis the link looks by itself."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Final

from case_store.events.event import EventKind
from case_store.events.redis_stream import follow

REST_SECONDS: Final = 1.0
_BLOCK_MS: Final = 1_000

log = logging.getLogger(__name__)


def follow_agents(address: str, changed: Callable[[], None], stop: threading.Event) -> None:
    """Calls `changed` for every change of an agent, until `stop`. Raises `redis.RedisError`."""
    asyncio.run(_follow(address, changed, stop))


async def _follow(address: str, changed: Callable[[], None], stop: threading.Event) -> None:
    stream = follow(address, None, block_ms=_BLOCK_MS)
    async for news in stream:
        if stop.is_set():
            return
        if news is not None and news[1].kind is EventKind.AGENT_CHANGED:
            changed()
