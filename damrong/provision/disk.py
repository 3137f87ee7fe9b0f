"""A look at the free disk before anything large is written."""

import shutil
from pathlib import Path

from damrong.provision.errors import SetupError

_MEGABYTE = 1_000_000


def require_free(folder: Path, megabytes: int, what: str) -> None:
    """Stop with a clear sentence when `folder`'s disk has less than `megabytes` free."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free // _MEGABYTE
    if free < megabytes:
        raise SetupError(
            f"{what} needs {megabytes} MB of disk below {folder}, where only {free} MB are free: "
            "free some space, or put the copy on another disk."
        )
