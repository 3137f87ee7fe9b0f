"""Doing things at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Answer = TypeVar("Answer")


def both(task: Callable[[Given], Answer], *given: Given) -> list[Answer]:
    """Runs a task for each of what is given, all at once; fails when one does not end within a minute."""
    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(task, given, timeout=60))
