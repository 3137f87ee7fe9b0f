"""Recordings with nothing in them go; the others stay."""

import os
import time
from pathlib import Path

from ivr.pbx.old_talks import remove_empty_talks


def test_only_old_and_empty_ones_go(tmp_path: Path) -> None:
    for name, size, hours in (("empty", 44, 5), ("waiting", 44, 1), ("talk", 9_000, 5)):
        (tmp_path / f"{name}.wav").write_bytes(bytes(size))
        then = time.time() - hours * 3600
        os.utime(tmp_path / f"{name}.wav", (then, then))

    assert remove_empty_talks(tmp_path) == 1
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["talk", "waiting"]
