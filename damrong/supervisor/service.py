"""What is to be kept running, in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Service:
    """A program to keep running: how it starts, when it is ready, how it is asked to end."""

    name: str
    command: Sequence[str | Path]
    is_ready: Callable[[], bool] = _always
    stop_command: Sequence[str | Path] | None = None
    stop_seconds: float = 8.0
    stop_phase: int = 0
    """Services of a lower phase have ended before those of a higher one are asked to."""
    env: Mapping[str, str] = field(default_factory=dict)
