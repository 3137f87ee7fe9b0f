"""Wrong tries to track a case: counted by keyed digests, limited, and forgotten after a day."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from case_store.identity.keyring import keyring_of
from case_store.tracking.models import TrackingAttempt

WRONG_OF_REFERENCE: Final = 5
"""In a day: of ten thousand PINs an attacker tries fewer than two thousand in a year."""
WRONG_FROM_SOURCE: Final = 10
"""In an hour."""
WRONG_IN_ALL: Final = 500
"""In an hour, whatever reference and source: more than the mistyping of a whole country."""
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


class TooManyTries(Exception):
    """Of this reference, from this source or in all there were too many wrong tries: an officer must help."""


class Tries:
    """The tries of one reference from one source."""

    def __init__(self, session: Session, ref: str, source: str) -> None:
        ring = keyring_of(session)
        self._session = session
        self._ref = ring.digest("tracking_reference", ref)
        self._source = ring.digest("tracking_source", source)

    def check(self, *, at: datetime) -> None:
        """Raises `TooManyTries`. Until the transaction ends nobody else tries this reference, or from this source."""
        self._wait_for_turn()
        rules = (
            (TrackingAttempt.ref_digest == self._ref, DAY, WRONG_OF_REFERENCE),
            (TrackingAttempt.source_digest == self._source, HOUR, WRONG_FROM_SOURCE),
            (TrackingAttempt.at <= at, HOUR, WRONG_IN_ALL),
        )
        # All of them, always: the time of the answer tells as little as the answer.
        over = [self._count(which, at - within) >= most for which, within, most in rules]
        if any(over):
            raise TooManyTries

    def note_wrong(self, *, at: datetime) -> None:
        """One more wrong try; those that no rule counts any more are forgotten."""
        self._session.execute(delete(TrackingAttempt).where(TrackingAttempt.at <= at - DAY))
        self._session.add(TrackingAttempt(at=at, ref_digest=self._ref, source_digest=self._source))
        self._session.flush()

    def _count(self, which: ColumnElement[bool], since: datetime) -> int:
        counted = select(func.count()).where(which, TrackingAttempt.at > since)
        return self._session.scalar(counted) or 0

    def _wait_for_turn(self) -> None:
        # A hundred tries sent at one moment would otherwise all find none before them. SQLite has one writer anyway.
        if self._session.get_bind().dialect.name == "postgresql":
            for digest in sorted({self._ref, self._source}):
                key = int(digest[:15], 16)
                self._session.execute(select(func.pg_advisory_xact_lock(key)))


def forget_tries(session: Session, ref: str) -> None:
    """A new PIN begins without wrong tries."""
    digest = keyring_of(session).digest("tracking_reference", ref)
    session.execute(delete(TrackingAttempt).where(TrackingAttempt.ref_digest == digest))
