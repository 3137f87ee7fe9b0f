"""How many times one address may fail to sign in. Counted in Redis for all console processes; here when it is away."""

import hashlib
import logging
import time
from typing import Final, cast

import redis

FAILURES: Final = 30
"""More than the people of one office, behind one address, mistype in five minutes."""
WINDOW_SECONDS: Final = 300
PATIENCE: Final = 0.25

log = logging.getLogger(__name__)


class FailureLimit:
    """Counts failures of an address in a fixed window."""

    def __init__(
        self, redis_address: str, *, failures: int = FAILURES, window_seconds: int = WINDOW_SECONDS
    ) -> None:
        self._redis = redis.Redis.from_url(
            redis_address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self._failures, self._window = failures, window_seconds
        self._here: dict[str, tuple[int, float]] = {}

    def seconds_blocked(self, address: str) -> int:
        """How long the address has to wait; 0 when it may try."""
        key = _key(address)
        count, left = max(self._shared(key), self._local(key))
        return max(1, left) if count >= self._failures else 0

    def count(self, address: str) -> None:
        """Notes one failure."""
        key = _key(address)
        count, left = self._local(key)
        ends = time.monotonic() + (left or self._window)
        self._here = {name: kept for name, kept in self._here.items() if kept[1] > time.monotonic()}
        self._here[key] = (count + 1, ends)
        try:
            with self._redis.pipeline() as pipe:
                pipe.incr(key)
                pipe.expire(key, self._window, nx=True)
                pipe.execute()
        except redis.RedisError as error:
            log.warning(
                "sign-in failures are counted in this process only: %s", type(error).__name__
            )

    def close(self) -> None:
        self._redis.close()

    def _local(self, key: str) -> tuple[int, int]:
        count, ends = self._here.get(key, (0, 0.0))
        left = int(ends - time.monotonic())
        return (count, left) if left > 0 else (0, 0)

    def _shared(self, key: str) -> tuple[int, int]:
        try:
            count = cast("bytes | None", self._redis.get(key))
            return (int(count), self._redis.ttl(key)) if count else (0, 0)
        except redis.RedisError:
            return (0, 0)


def _key(address: str) -> str:
    # An address is personal data: the key holds only its digest.
    digest = hashlib.blake2b(address.encode(), digest_size=16, person=b"damrong-sign-in")
    return f"damrong:sign-in-failures:{digest.hexdigest()}"
