"""Recordings of calls in which nobody spoke with an agent: Asterisk leaves a file with a header and nothing in it."""

import time
from pathlib import Path
from typing import Final

LARGEST_EMPTY: Final = 44
"""Bytes of a WAV header."""
STILL_OPEN_SECONDS: Final = 4 * 3600
"""A younger file may belong to a caller who waits still."""


def remove_empty_talks(folder: Path) -> int:
    """Deletes the recordings that hold nothing and were begun some hours ago. Says how many."""
    empty = []
    for path in folder.glob("*.wav"):
        status = path.stat()
        if status.st_size <= LARGEST_EMPTY and status.st_mtime < time.time() - STILL_OPEN_SECONDS:
            empty.append(path)
    for path in empty:
        path.unlink(missing_ok=True)
    return len(empty)
