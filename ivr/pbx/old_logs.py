"""Asterisk's rotated logs other than the ledger, which ends itself (ivr/pbx/ledger.py)."""

import time
from pathlib import Path
from typing import Final

KEPT_SECONDS: Final = 30 * 24 * 3600


def remove_old_logs(folder: Path) -> int:
    """Deletes rotated logs that are a month old. Says how many."""
    old = [
        path for path in folder.glob("*.log.*") if path.stat().st_mtime < time.time() - KEPT_SECONDS
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
