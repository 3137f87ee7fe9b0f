"""Ends the calls in the store that no longer exist in Asterisk, which was killed or restarted with them."""

import logging
from datetime import timedelta
from typing import Final

from case_store import clock
from case_store.calls.record_call import fail_lost_calls, live_calls
from case_store.database import Database
from ivr.pbx.ami import Ami

YOUNG: Final = timedelta(seconds=5)
"""A call this young may be in the ledger and not yet in the answer that Asterisk was writing."""

log = logging.getLogger(__name__)


class LostCalls:
    """Two looks in a row must miss a call before it counts as lost."""

    def __init__(self, ami: Ami, database: Database) -> None:
        self._ami, self._database = ami, database
        self._missed: set[str] = set()

    def look(self) -> int:
        """Compares once; ends what was missed this time and the time before. Raises `AmiError`."""
        alive = {m.get("Uniqueid", "") for m in self._ami.ask_list("CoreShowChannels")}
        at = clock.now()
        with self._database.reading() as session:
            in_store = live_calls(session, before=at - YOUNG)
        missing = in_store - alive
        lost, self._missed = missing & self._missed, missing
        if not lost:
            return 0
        with self._database.transaction() as session:
            ended = fail_lost_calls(
                session, alive=alive | (in_store - lost), before=at - YOUNG, at=at
            )
        log.warning("%d calls ended with Asterisk", ended)
        return ended
