"""How long something takes, on a machine that may stall: a bound is kept if it is kept once in a few tries."""

import time
from collections.abc import Callable


def quickest(task: Callable[[], object], *, tries: int = 3) -> float:
    """Seconds of the quickest try; `task` asserts by itself that each try does what it should."""

    def seconds() -> float:
        began = time.monotonic()
        task()
        return time.monotonic() - began

    return min(seconds() for _ in range(tries))
