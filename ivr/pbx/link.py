"""The one link to Asterisk: several small duties, each in its own thread, none of which ever dies."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Final

from case_store.database import Database
from case_store.settings import MissingSecret, Settings
from ivr.agi.server import where
from ivr.pbx.ami import Ami, AmiError, Message
from ivr.pbx.dropped_telephones import DroppedTelephones
from ivr.pbx.ledger import LedgerReader
from ivr.pbx.live_calls import LostCalls
from ivr.pbx.news import follow_agents
from ivr.pbx.old_logs import remove_old_logs
from ivr.pbx.old_talks import remove_empty_talks
from ivr.pbx.on_duty import OnDuty
from ivr.pbx.standby import LOOK_EVERY_SECONDS, StandbyRinger
from ivr.pbx.transfers import note_attended_transfer

AMI_USER: Final = "damrong"
LEDGER_EVERY_SECONDS: Final = 0.05
LOOK_AT_AGENTS_EVERY_SECONDS: Final = 0.5
EVENTS_EVERY_SECONDS: Final = 0.5
LOST_CALLS_EVERY_SECONDS: Final = 30.0
LOOKS_AT_FIRST: Final = 4
NEXT_LOOK_SECONDS: Final = 3.0
TIDY_EVERY_SECONDS: Final = 600.0
REST_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


class Link:
    """Starts its threads with `start()`; they end when `stop` is set."""

    def __init__(self, settings: Settings, database: Database, stop: threading.Event) -> None:
        self._settings, self._stop = settings, stop
        self._agents_changed, self._connected_anew = threading.Event(), threading.Event()
        self._events: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._removed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._in_order: dict[str, bool] = {}
        self._ami = Ami(
            port=settings.ami_port,
            username=AMI_USER,
            secret=settings.secret("ami"),
            on_event=self._hear,
            on_connect=self._greet,
        )
        self._on_duty = OnDuty(settings, database, self._ami)
        self._ledger = LedgerReader(settings, database)
        self._lost_calls = LostCalls(self._ami, database)
        self._dropped = DroppedTelephones(self._ami)
        self._standby = StandbyRinger(settings, database)
        self._tidy_at = 0.0

    def start(self) -> None:
        self._ami.start()
        duties: dict[str, Callable[[], None]] = {
            "members": self._keep_members,
            "ledger": self._read_ledger,
            "lost-calls": self._end_lost_calls,
            "events": self._heed_events,
            "news": self._follow_news,
            "standby": self._ring_standby,
        }
        for name, duty in duties.items():
            threading.Thread(
                target=self._for_ever, args=(name, duty), name=f"pbx-{name}", daemon=True
            ).start()

    def close(self) -> None:
        self._ami.close()

    def _for_ever(self, name: str, duty: Callable[[], None]) -> None:
        """Does one round after the other. A round that fails is said once, and tried again until it works."""
        while not self._stop.is_set():
            try:
                duty()
                self._in_order[name] = True
            except Exception as error:  # noqa: BLE001  # the duty must go on when Asterisk, Redis or the store return
                if self._in_order.get(name, True):
                    log.warning("%s: %s; trying again until it works", name, where(error))
                self._in_order[name] = False
                self._stop.wait(REST_SECONDS)

    # ── What is heard from Asterisk, in the thread that reads ─────────────────────────────────

    def _greet(self) -> None:
        self._connected_anew.set()
        self._agents_changed.set()

    def _hear(self, event: Message) -> None:
        if event.get("Event", "").startswith("QueueMember"):
            self._agents_changed.set()  # our own change, or somebody's hand: the comparison tells
        else:
            self._events.put(event)

    # ── The duties, one round each ────────────────────────────────────────────────────────────

    def _keep_members(self) -> None:
        anew = self._agents_changed.wait(LOOK_AT_AGENTS_EVERY_SECONDS)
        self._agents_changed.clear()
        for extension in self._on_duty.follow(anew=anew):
            self._removed.put(extension)

    def _read_ledger(self) -> None:
        if self._ledger.has_news():
            self._ledger.catch_up()
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_EVERY_SECONDS
            self._tidy_logs()
        self._stop.wait(LEDGER_EVERY_SECONDS)

    def _tidy_logs(self) -> None:
        """Asterisk's logs hold personal data: none grows for ever, none stays longer than it is needed."""
        self._ledger.remove_consumed()
        remove_old_logs(self._settings.home / "asterisk" / "log")
        remove_empty_talks(self._settings.talks)
        if not self._ledger.is_long():
            return
        try:
            self._ami.act("LoggerRotate")
        except AmiError as error:
            log.info("the logs are rotated later: %s", error)

    def _end_lost_calls(self) -> None:
        """Closely after a new connection, as Asterisk may have died with its calls; else now and then."""
        looks = LOOKS_AT_FIRST if self._connected_anew.wait(LOST_CALLS_EVERY_SECONDS) else 2
        self._connected_anew.clear()
        for _ in range(looks):
            if self._ami.is_connected and self._in_order.get("ledger", False):
                self._lost_calls.look()
            self._stop.wait(NEXT_LOOK_SECONDS)

    def _heed_events(self) -> None:
        try:
            event = self._events.get(timeout=EVENTS_EVERY_SECONDS)
        except queue.Empty:
            event = {}
        if event.get("Event") == "AttendedTransfer":
            note_attended_transfer(self._ami, event)
        elif event.get("Event") == "ContactStatus":
            self._dropped.hear(event)
        while not self._removed.empty():
            self._dropped.forgive(self._removed.get())
        self._dropped.end_due()

    def _ring_standby(self) -> None:
        if self._ami.is_connected:
            self._standby.look()
        self._stop.wait(LOOK_EVERY_SECONDS)

    def _follow_news(self) -> None:
        follow_agents(self._settings.redis_address, self._agents_changed.set, self._stop)


def run(settings: Settings, database: Database, stop: threading.Event) -> None:
    """Keeps the link until `stop`."""
    while not stop.is_set():
        try:
            link = Link(settings, database, stop)
            break
        except MissingSecret as error:
            log.error("%s", error)
            stop.wait(REST_SECONDS)
    else:
        return
    link.start()
    stop.wait()
    link.close()
