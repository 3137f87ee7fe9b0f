"""Live events through a real Redis: in order, resumed, and lost without harm."""

import asyncio

import pytest

from case_store.events.event import Event, EventKind
from case_store.events.redis_stream import RedisPublisher, follow
from tests.timing import quickest

FIRST = Event(EventKind.CALL_CHANGED, "1", "50")
SECOND = Event(EventKind.AGENT_CHANGED, "2", "50", 7)


async def read(url: str, after: str | None, count: int) -> list[tuple[str, Event]]:
    got: list[tuple[str, Event]] = []
    async for entry in follow(url, after, block_ms=200):
        if entry is not None:
            got.append(entry)
        if len(got) == count:
            break
    return got


@pytest.mark.store
def test_a_reader_that_was_away_goes_on_where_it_stopped(redis_url: str) -> None:
    publisher = RedisPublisher(redis_url)
    publisher.publish([FIRST])
    [(first_id, first)] = asyncio.run(read(redis_url, "0-0", 1))

    publisher.publish([SECOND, FIRST])
    later = asyncio.run(read(redis_url, first_id, 2))

    assert first == FIRST
    assert [event for _id, event in later] == [SECOND, FIRST]


@pytest.mark.store
def test_a_new_reader_gets_only_what_comes(redis_url: str) -> None:
    publisher = RedisPublisher(redis_url)
    publisher.publish([FIRST])

    async def read_while_publishing() -> list[tuple[str, Event]]:
        reader = asyncio.create_task(read(redis_url, None, 1))
        await asyncio.sleep(0.3)
        publisher.publish([SECOND])
        return await asyncio.wait_for(reader, 5)

    assert [event for _id, event in asyncio.run(read_while_publishing())] == [SECOND]


def test_a_dead_redis_costs_a_commit_almost_nothing() -> None:
    publisher = RedisPublisher("unix:///nowhere/redis.sock")

    def hundred_commits() -> None:
        for _ in range(100):
            publisher.publish([FIRST])

    assert quickest(hundred_commits) < 1
