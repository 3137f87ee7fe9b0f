"""A child's log: it writes straight into the file, so that it never waits for its parent."""

import os
import shutil
from pathlib import Path
from typing import IO

_LARGE = 10_000_000
_KEPT = 5


class LogFile:
    """An append-only file that is copied away and emptied when it has grown large."""

    def __init__(self, path: Path, large: int = _LARGE, kept: int = _KEPT) -> None:
        self.path = path
        self._large = large
        self._kept = kept
        path.parent.mkdir(parents=True, exist_ok=True)

    def open(self) -> IO[bytes]:
        """Open it for a child; appending makes emptying safe while the child writes."""
        return os.fdopen(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640), "wb")

    def rotate_if_large(self) -> None:
        """Keep the last few files; a line that is written in this very moment may be lost."""
        if not self.path.exists() or self.path.stat().st_size < self._large:
            return
        for number in range(self._kept - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        shutil.copyfile(self.path, self._numbered(1))
        os.truncate(self.path, 0)

    def last_line(self) -> str:
        """The last line that says something, for an error message."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - 4096))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
