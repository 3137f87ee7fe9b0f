"""Lines that tell the person at the keyboard what is being done and how long it took."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_REMIND_EVERY_SECONDS = 10.0


def say(text: str) -> None:
    """Print one line at once, also when standard output is a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, remind now and then that it still goes on, and say how long it took."""
    started = time.monotonic()
    done = threading.Event()
    say(f"  … {title}")

    def remind() -> None:
        while not done.wait(_REMIND_EVERY_SECONDS):
            say(f"  … {title}: {time.monotonic() - started:.0f} s so far")

    threading.Thread(target=remind, daemon=True).start()
    try:
        yield
    finally:
        done.set()
    say(f"  ✓ {title} ({time.monotonic() - started:.1f} s)")
