"""What the worker does for the store: deadlines and reminders every minute, and some things once a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Final

from sqlalchemy.orm import Session

from case_store.audit.heads import queue_heads
from case_store.calls.sound_files import remove_destroyed_sound
from case_store.clock import BANGKOK, now
from case_store.database import Database
from case_store.deadlines.clocks import start_missing_clocks
from case_store.deadlines.daily import claim_day
from case_store.deadlines.digest import daily_digest
from case_store.deadlines.reminders import send_reminders, warn_of_deadlines
from case_store.exchange.imports import drop_stale_imports
from case_store.outbox.messages import forget_done
from case_store.outbox.notices import forget_read
from case_store.privacy.call_retention import carry_out_months, propose_months
from case_store.privacy.retention import carry_out, propose
from case_store.rotation.channels.alerts import alert_channels
from case_store.rotation.channels.alerts import warn_of_ends as warn_of_channel_ends
from case_store.rotation.channels.watching import forget_spans
from case_store.rotation.rota.cover_alerts import alert_some
from case_store.rotation.rota.swaps import lapse_swaps
from case_store.rotation.today.attendance import keep_attendance
from case_store.rotation.training.warnings import warn_of_ends
from case_store.storage.sweeping import sweep_files

BATCH: Final = 50
"""So many in one transaction: short enough that nobody at the screen waits for it."""

Work = Callable[[Session, datetime], int]
"""Does at most BATCH of something, and says how many."""


@dataclass(frozen=True)
class Chore:
    """Something done over and over; with a `from_hour`, once on each day of Bangkok, not earlier."""

    name: str
    work: Work
    from_hour: int | None = None


def _start_clocks(session: Session, _at: datetime) -> int:
    return start_missing_clocks(session, limit=BATCH)


def _remind(session: Session, at: datetime) -> int:
    return send_reminders(session, at=at, limit=BATCH)


def _warn(session: Session, at: datetime) -> int:
    return warn_of_deadlines(session, at=at, limit=BATCH)


def _attendance(session: Session, at: datetime) -> int:
    keep_attendance(session, at=at)
    return 0


def _warn_of_certificates(session: Session, at: datetime) -> int:
    return warn_of_ends(session, at=at, limit=BATCH)


def _digest(session: Session, at: datetime) -> int:
    daily_digest(session, at=at)
    return 0


def _lapse_swaps(session: Session, at: datetime) -> int:
    return lapse_swaps(session, at=at, limit=BATCH)


def _alert_gaps(session: Session, at: datetime) -> int:
    alert_some(session, at=at)
    return 0


def _alert_channels(session: Session, at: datetime) -> int:
    return alert_channels(session, at=at, limit=BATCH)


def _warn_of_channels(session: Session, at: datetime) -> int:
    return warn_of_channel_ends(session, at=at, limit=BATCH)


def _heads(session: Session, at: datetime) -> int:
    queue_heads(session, at=at)
    return 0


def _forget(session: Session, at: datetime) -> int:
    forget_done(session, at=at)
    forget_read(session, at=at)
    drop_stale_imports(session, at=at)
    forget_spans(session, at=at)
    return 0


def _propose_erasures(session: Session, at: datetime) -> int:
    return propose(session, at=at, limit=BATCH)


def _erase(session: Session, at: datetime) -> int:
    return carry_out(session, at=at, limit=BATCH)


def _propose_months(session: Session, at: datetime) -> int:
    return propose_months(session, at=at, limit=BATCH)


def _erase_calls(session: Session, at: datetime) -> int:
    return carry_out_months(session, at=at, limit=BATCH)


def _remove_sound(session: Session, _at: datetime) -> int:
    if session.info.get("recordings"):
        return remove_destroyed_sound(session, limit=BATCH)
    return 0


def _sweep(session: Session, at: datetime) -> int:
    if session.info.get("files"):  # a store may be opened without its files
        sweep_files(session, at=at)
    return 0


CHORES: Final = (
    Chore("attendance", _attendance),
    Chore("start-clocks", _start_clocks),
    Chore("warn", _warn),
    Chore("remind", _remind),
    Chore("lapse-swaps", _lapse_swaps),
    Chore("cover-gaps", _alert_gaps),
    Chore("remove-sound", _remove_sound),
    Chore("audit-heads", _heads, from_hour=0),
    Chore("forget", _forget, from_hour=2),
    Chore("propose-erasures", _propose_erasures, from_hour=1),
    Chore("erase", _erase, from_hour=2),
    Chore("propose-call-erasures", _propose_months, from_hour=1),
    Chore("erase-calls", _erase_calls, from_hour=2),
    Chore("sweep-files", _sweep, from_hour=3),
    Chore("certificates", _warn_of_certificates, from_hour=7),
    Chore("channel-ends", _warn_of_channels, from_hour=7),
    Chore("channels", _alert_channels, from_hour=7),
    Chore("digest", _digest, from_hour=7),
)


def do(database: Database, chore: Chore, stop: Event) -> bool:
    """Does a chore to its end, batch by batch; False when it is not its turn.

    What a crash leaves undone of a daily one is done on the next day.
    """
    at = now()
    if chore.from_hour is not None and at.astimezone(BANGKOK).hour < chore.from_hour:
        return False
    with database.transaction() as session:
        if chore.from_hour is not None and not claim_day(session, chore.name, at=at):
            return False
        done = chore.work(session, at)
    while done >= BATCH and not stop.is_set():
        with database.transaction() as session:
            done = chore.work(session, now())
    return True
