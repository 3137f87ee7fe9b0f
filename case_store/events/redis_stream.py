"""The stream of events in Redis. Browsers that reconnect read on from the last entry they had."""

import json
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict
from typing import Any, cast

import redis
import redis.asyncio

from case_store.events.event import Event, EventKind

STREAM = "damrong:events"
KEPT = 20_000
"""Entries kept for browsers that were away; some hours of a busy day."""
PATIENCE = 0.25
"""Seconds that a commit waits for Redis."""
REST = 1.0
"""Seconds without a try after a failure, so that a dead Redis costs each request nothing."""

log = logging.getLogger(__name__)


class RedisPublisher:
    """Adds events to the stream; gives up quickly and quietly when Redis is away."""

    def __init__(self, address: str) -> None:
        self._redis = redis.Redis.from_url(
            address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self._rest_until = 0.0

    def publish(self, events: Sequence[Event]) -> None:
        if time.monotonic() < self._rest_until:
            return
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for event in events:
                    pipe.xadd(
                        STREAM, {"event": json.dumps(asdict(event))}, maxlen=KEPT, approximate=True
                    )
                pipe.execute()
        except redis.RedisError as error:
            self._rest_until = time.monotonic() + REST
            log.warning("live events are not being sent: %s", type(error).__name__)


async def follow(
    address: str, after: str | None, block_ms: int = 5_000
) -> AsyncGenerator[tuple[str, Event] | None, None]:
    """Yields (entry id, event) from behind entry `after` on, for ever; None whenever `block_ms` passed without news.

    `after` None starts with what comes next. Raises `redis.RedisError` when Redis is away.
    """
    client = redis.asyncio.Redis.from_url(
        address, socket_connect_timeout=2, socket_timeout=block_ms / 1000 + 5
    )
    try:
        last = after or await _newest(client)
        while True:
            answer = cast(
                "list[Any]", await client.xread({STREAM: last}, count=200, block=block_ms)
            )
            if not answer:
                yield None
                continue
            for entry, fields in answer[0][1]:
                last = entry.decode()
                yield last, _decode(fields[b"event"])
    finally:
        await client.aclose()


async def _newest(client: "redis.asyncio.Redis") -> str:
    newest = cast("list[Any]", await client.xrevrange(STREAM, count=1))
    return newest[0][0].decode() if newest else "0-0"


def _decode(raw: bytes) -> Event:
    fields = json.loads(raw)
    return Event(
        EventKind(fields["kind"]), fields["subject"], fields["centre_code"], fields["user_id"]
    )
