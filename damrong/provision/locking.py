"""One set-up at a time in one checkout."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from damrong.provision.paths import TOOLS
from damrong.provision.progress import say


@contextmanager
def one_setup_at_a_time() -> Iterator[None]:
    """Wait, saying so, while another process sets up this checkout."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  … Waiting for another set-up of this checkout to finish")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
