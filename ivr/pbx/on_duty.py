"""Makes Asterisk follow the store: the telephones of the signed-in, and the queue members who are on duty."""

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from case_store import clock
from case_store.database import Database
from case_store.people.presence import (
    QueueMember,
    desired_members,
    live_softphones,
    queues_of_softphones,
)
from case_store.people.sign_in import end_stale_sign_ins
from case_store.settings import Settings
from ivr.pbx.ami import Ami
from ivr.pbx.members import reconcile_members
from ivr.pbx.softphones import Softphone, TelephoneKind, reconcile_softphones

COMPARE_EVERY_SECONDS: Final = 2.0
"""How often Asterisk is compared with the store even when neither said that anything changed."""
SIGN_INS_EVERY_SECONDS: Final = 15.0

log = logging.getLogger(__name__)

Wish = tuple[frozenset[QueueMember], dict[str, Softphone]]


class OnDuty:
    """What is wanted and what was done about it. For one thread."""

    def __init__(self, settings: Settings, database: Database, ami: Ami) -> None:
        self._database, self._ami = database, ami
        self._idle = timedelta(minutes=settings.session_idle_minutes)
        self._kind_file = settings.home / "asterisk" / "etc" / "agent-telephone.conf"
        self._kind: TelephoneKind | None = None
        self._done: Wish | None = None
        self._compare_at = self._sign_ins_at = 0.0

    def follow(self, *, anew: bool) -> frozenset[str]:
        """Repairs what differs. `anew`: compare even if nothing changed in the store.

        Says whose telephones were taken off. Raises `AmiError`; the next round does it all again.
        """
        self._end_stale_sign_ins()
        wish = self._wish()
        if not anew and wish == self._done and time.monotonic() < self._compare_at:
            return frozenset()
        self._done = None
        members, telephones = wish
        repairs = reconcile_softphones(self._ami, self._telephone_kind(self._kind_file), telephones)
        moved = reconcile_members(self._ami, members)
        if repairs.count or moved:
            log.info("repaired %d telephone entries and %d members", repairs.count, moved)
        self._done, self._compare_at = wish, time.monotonic() + COMPARE_EVERY_SECONDS
        return repairs.removed

    def _telephone_kind(self, path: Path) -> TelephoneKind:
        if self._kind is None:
            self._kind = TelephoneKind(path)
        return self._kind

    def _wish(self) -> Wish:
        at = clock.now()
        with self._database.reading() as session:
            members = desired_members(session, at=at, idle=self._idle)
            queues = queues_of_softphones(session, at=at)
            telephones = {
                extension: Softphone(extension, ha1, queues[extension])
                for extension, ha1 in live_softphones(session, at=at).items()
            }
        return members, telephones

    def _end_stale_sign_ins(self) -> None:
        if time.monotonic() < self._sign_ins_at:
            return
        self._sign_ins_at = time.monotonic() + SIGN_INS_EVERY_SECONDS
        with self._database.transaction() as session:
            ended = end_stale_sign_ins(session, at=clock.now(), idle=self._idle)
        if ended:
            log.info("ended %d sign-ins whose time was over", ended)
