"""Verifying the audit trail: from each chain's head down, every link vouches for the one before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Final

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from case_store.audit.heads import Head
from case_store.audit.models import AuditEntry, AuditHead
from case_store.audit.stored import Stored, has_hash, stored_links
from case_store.audit.trail import START

MOST_FAULTS: Final = 1_000
_MOST_SUSPECTS: Final = 200
"""Of so many damaged entries it is found out whether they only changed places."""


class Damage(StrEnum):
    """What was done to an entry, in words that end a sentence."""

    CHANGED = "its content was changed"
    MOVED = "it stands in the place of another entry"
    REMOVED = "it was removed"
    CUT_OFF = "it was cut off from the end"
    ADDED = "it was added without the head of the chain"
    UNLINKED = "the next entry does not follow it"
    DETAIL_CHANGED = "its detail was changed"
    HEAD_CHANGED = "the head of the chain does not end in it"
    HEAD_REMOVED = "the head of the chain was removed"
    NOT_AS_SAVED = "it is not the one whose hash was saved"


@dataclass(frozen=True, order=True)
class Fault:
    """One finding: in which chain, which number (or from which to which), and what."""

    chain: str
    number: int
    what: Damage
    until: int | None = None

    def __str__(self) -> str:
        numbers = f"entries {self.number} to {self.until}" if self.until else f"entry {self.number}"
        return f"chain {self.chain}, {numbers}: {self.what}"


def verify(
    session: Session,
    chain: str | None = None,
    *,
    newest: int | None = None,
    saved: Iterable[Head] = (),
) -> list[Fault]:
    """What is wrong with one chain, or with all: empty when every entry is as it was written.

    `newest`: look at so many entries of each chain only. `saved`: heads that were kept outside the database; only they
    show that a whole chain was written anew. An erased detail is no fault.
    """
    heads = [head for head in saved if chain is None or head.chain == chain]
    chains = _chains(session) if chain is None else [chain]
    found = (fault for one in chains for fault in _faults(session, one, newest))
    return sorted(islice(_both(found, _unlike_saved(session, heads)), MOST_FAULTS))


def _both(first: Iterable[Fault], second: Iterable[Fault]) -> Iterator[Fault]:
    yield from first
    yield from second


def _chains(session: Session) -> Iterator[str]:
    """Every chain that has a head or an entry, without reading all entries."""
    last = ""
    while True:
        entry = session.scalar(select(func.min(AuditEntry.chain)).where(AuditEntry.chain > last))
        head = session.scalar(select(func.min(AuditHead.chain)).where(AuditHead.chain > last))
        there = [one for one in (entry, head) if one is not None]
        if not there:
            return
        last = min(there)
        yield last


def _faults(session: Session, chain: str, newest: int | None) -> Iterator[Fault]:
    head = session.execute(
        select(cast(AuditHead.number, Integer), AuditHead.hash).where(AuditHead.chain == chain)
    ).first()
    if head is None:
        last = session.scalar(select(func.max(AuditEntry.number)).where(AuditEntry.chain == chain))
        if last is not None:
            yield Fault(chain, last, Damage.HEAD_REMOVED)
        return
    yield from _added(session, chain)
    yield from _Walk(chain).down(session, Head(chain, *head), newest)


def _added(session: Session, chain: str) -> Iterator[Fault]:
    """Entries outside the numbers that the head knows; asked in one statement, as writers may be at work."""
    number = cast(AuditEntry.number, Integer)
    query = (
        select(number)
        .join(AuditHead, AuditHead.chain == AuditEntry.chain)
        .where(AuditEntry.chain == chain)
        .where(or_(AuditEntry.number > AuditHead.number, AuditEntry.number < 1))
    )
    for added in session.scalars(query.order_by(number).limit(MOST_FAULTS)):
        yield Fault(chain, added, Damage.ADDED)


class _Walk:
    """One way down a chain, with what it must remember: the link above, and the damaged ones."""

    def __init__(self, chain: str) -> None:
        self._chain = chain
        self._above: Stored | None = None
        self._suspects: list[tuple[Stored, Stored | None]] = []
        """Damaged links, each with the one below it."""
        self._gaps: list[int] = []

    def down(self, session: Session, head: Head, newest: int | None) -> Iterator[Fault]:
        lowest = max(head.number - newest, 0) if newest else 0
        expected = head.number
        for stored in stored_links(session, self._chain, head.number):
            if stored.number <= lowest:
                break
            yield from self._missing(stored.number + 1, expected, head)
            yield from self._link(stored, expected, head)
            expected, self._above = stored.number - 1, stored
        yield from self._missing(lowest + 1, expected, head)
        if lowest == 0 and self._above and self._above.is_sound and expected == 0:
            yield from self._first(self._above)
        if head.number == 0 and head.hash != START:
            yield Fault(self._chain, 0, Damage.HEAD_CHANGED)
        yield from self._named_suspects()

    def _missing(self, first: int, last: int, head: Head) -> Iterator[Fault]:
        if first > last:
            return
        self._gaps += [first, last]
        what = Damage.CUT_OFF if last == head.number else Damage.REMOVED
        yield Fault(self._chain, first, what, last if last > first else None)

    def _link(self, stored: Stored, expected: int, head: Head) -> Iterator[Fault]:
        above = self._above if stored.number == expected else None
        if above and self._suspects and self._suspects[-1][0] is above:
            self._suspects[-1] = (above, stored)
        if not stored.is_sound:
            if len(self._suspects) < _MOST_SUSPECTS:
                self._suspects.append((stored, None))
            else:
                yield Fault(self._chain, stored.number, Damage.CHANGED)
        elif above and above.is_sound and above.previous != stored.hash:
            yield Fault(self._chain, stored.number, Damage.CHANGED)
        if not stored.detail_is_sound:
            yield Fault(self._chain, stored.number, Damage.DETAIL_CHANGED)
        if stored.number == head.number and stored.is_sound and stored.hash != head.hash:
            yield Fault(self._chain, stored.number, Damage.HEAD_CHANGED)

    def _first(self, stored: Stored) -> Iterator[Fault]:
        if stored.previous != START:
            yield Fault(self._chain, stored.number, Damage.CHANGED)

    def _named_suspects(self) -> Iterator[Fault]:
        """Which of the damaged ones only stand in another's place, and which were changed."""
        places = [*self._gaps, *(stored.number for stored, _below in self._suspects)]
        for stored, below in self._suspects:
            if stored.link and self._fits(stored, places):
                yield Fault(self._chain, stored.number, Damage.MOVED)
                continue
            yield Fault(self._chain, stored.number, Damage.CHANGED)
            if below and below.is_sound and not _follows(stored, below):
                yield Fault(self._chain, below.number, Damage.UNLINKED)

    def _fits(self, stored: Stored, places: list[int]) -> bool:
        link = stored.link
        return link is not None and any(
            has_hash(replace(link, number=place), stored.hash) for place in places
        )


def _follows(stored: Stored, below: Stored) -> bool:
    """Whether a damaged link still follows the one below, or did before its own mention of it was changed."""
    if stored.link is None or stored.previous == below.hash:
        return True
    return has_hash(replace(stored.link, previous=below.hash), stored.hash)


def _unlike_saved(session: Session, heads: Iterable[Head]) -> Iterator[Fault]:
    for head in heads:
        there = session.scalar(
            select(AuditEntry.hash).where(
                AuditEntry.chain == head.chain, AuditEntry.number == head.number
            )
        )
        if there != head.hash and head.number > 0:
            yield Fault(head.chain, head.number, Damage.NOT_AS_SAVED)
