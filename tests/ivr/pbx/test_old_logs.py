"""Logs of Asterisk do not stay for ever."""

import os
import time
from pathlib import Path

from ivr.pbx.old_logs import remove_old_logs


def test_rotated_logs_stay_for_a_month_and_present_ones_for_ever(tmp_path: Path) -> None:
    ages = {"messages.log": 40, "messages.log.1": 20, "security.log.1": 40, "queue_log.1": 40}
    for name, days in ages.items():
        (tmp_path / name).touch()
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / name, (then, then))

    assert remove_old_logs(tmp_path) == 1
    assert not (tmp_path / "security.log.1").exists()
