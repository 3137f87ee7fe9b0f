"""The process `damrong ivr`: the FastAGI server and the one link to Asterisk, until SIGTERM.

On SIGTERM no new call is taken (Asterisk then greets callers itself), and those that run come to
their end, within a time limit.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

from case_store.database import Database
from case_store.events.redis_stream import RedisPublisher
from case_store.places.numbering import area_codes
from case_store.settings import Settings, get_settings
from ivr.agi.server import AgiServer, where
from ivr.flows.scripts import scripts
from ivr.flows.store import Store

DRAIN_SECONDS: Final = 5.0
"""A caller who is cut off then is greeted by the dialplan; `damrong up` waits eight seconds in all."""
LINK_STOP_SECONDS: Final = 1.0
STOP_SIGNALS: Final = frozenset({signal.SIGTERM, signal.SIGINT})

log = logging.getLogger(__name__)


def hold_stop_signals() -> None:
    """Keeps SIGTERM and SIGINT for `serve`. To be called before any thread begins.

    A handler would run in the middle of whatever the main thread does, and could find a lock taken.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


def serve(server: AgiServer, *, drain_seconds: float = DRAIN_SECONDS) -> bool:
    """Serves calls until a stop signal; True when every running call came to its end by itself."""
    server.start()
    log.info("FastAGI listens on port %d", server.port)
    signal.sigwait(STOP_SIGNALS)
    log.info("FastAGI takes no more calls; %d run", server.running_calls)
    return server.drain(drain_seconds)


def _run_or_stop(
    work: Callable[[Settings, Database, threading.Event], None],
    settings: Settings,
    database: Database,
    stop: threading.Event,
) -> None:
    """Without its link to Asterisk the process is of no use: it ends, and its parent revives it."""
    try:
        work(settings, database, stop)
    except Exception as error:  # noqa: BLE001  # said in the log, without personal data
        log.critical("the link to Asterisk broke down: %s", where(error))
    if not stop.is_set():
        os.kill(os.getpid(), signal.SIGTERM)


def run(settings: Settings | None = None) -> None:
    """What `damrong ivr` does."""
    from ivr.pbx import link

    settings = settings or get_settings()
    hold_stop_signals()
    area_codes()  # read now, so that the first caller does not wait for it
    stop = threading.Event()
    database = Database.of(settings, RedisPublisher(settings.redis_address))
    store = Store(database)
    server = AgiServer(scripts(settings, store), port=settings.agi_port, slots=settings.agi_slots)
    link_thread = threading.Thread(
        target=_run_or_stop, args=(link.run, settings, database, stop), name="pbx-link", daemon=True
    )
    link_thread.start()
    serve(server)
    store.close()
    stop.set()
    link_thread.join(LINK_STOP_SECONDS)
    database.close()
