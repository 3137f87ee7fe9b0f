"""The one clock. Everything that needs the time asks here, so that a test can set it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BANGKOK = ZoneInfo("Asia/Bangkok")
"""The wall clock of every reader."""


def _system_time() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system_time


def now() -> datetime:
    """The present moment, in UTC with its zone."""
    return _read()


def start_of_today(at: datetime) -> datetime:
    """Midnight in Bangkok of the day that `at` falls on, in UTC."""
    return at.astimezone(BANGKOK).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Stops the clock at `at` for a test; what it yields moves it on."""
    global _read
    before, current = _read, at

    def advance(by: timedelta) -> None:
        nonlocal current
        current += by

    _read = lambda: current  # noqa: E731
    try:
        yield advance
    finally:
        _read = before
