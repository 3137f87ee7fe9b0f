"""Rings the people on standby whom the store wants rung, one try after the other."""

import logging
import time
from datetime import timedelta
from typing import Final

from case_store import clock
from case_store.database import Database
from case_store.rotation.today.standby import end_lost_tries, take_next
from case_store.settings import Settings
from ivr.pbx.ami import Ami, AmiError

LOOK_EVERY_SECONDS: Final = 1.0
A_TRY: Final = timedelta(seconds=120)
"""Ringing, the question, and what is said after the answer: then a try is over, whatever became of it."""
RING_SECONDS: Final = 50
"""A little more than the dialplan lets it ring, so that the dialplan decides."""
CALLER_USER: Final = "damrong-standby"
"""May do nothing but originate calls; the other user of the manager may not."""
CONNECT_SECONDS: Final = 3.0

log = logging.getLogger(__name__)


class StandbyRinger:
    """For one thread. Which tries run is known here alone: when `ivr` dies, the store's rows ring nowhere."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings, self._database = settings, database
        self._until: dict[int, float] = {}

    def look(self) -> None:
        """Ends the tries that are over, and begins the next one."""
        now = time.monotonic()
        self._until = {call: until for call, until in self._until.items() if until > now}
        with self._database.transaction() as session:
            end_lost_tries(session, self._until.keys(), at=clock.now())
            call_id = take_next(session, at=clock.now())
        if call_id is None:
            return
        self._until[call_id] = now + A_TRY.total_seconds()
        try:
            self._ring(call_id)
        except AmiError as error:
            log.warning("somebody on standby could not be rung: %s", error)
            del self._until[call_id]

    def _ring(self, call_id: int) -> None:
        """By the number of the call: the phone's own number is looked up in the dialplan, and never sent here."""
        ami = Ami(
            port=self._settings.ami_port,
            username=CALLER_USER,
            secret=self._settings.secret("ami"),
        )
        ami.start()
        try:
            ami.wait_connected(CONNECT_SECONDS)
            ami.act(
                "Originate",
                Channel=f"Local/sb{call_id}@standby-ring/n",
                Context="standby-talk",
                Exten=f"sb{call_id}",
                Priority=1,
                Timeout=RING_SECONDS * 1000,
                Async="true",
            )
        finally:
            ami.close()
