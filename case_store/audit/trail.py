"""Writing the audit trail: every entry is linked to the one before it in its centre's chain."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from case_store.audit.models import AuditDetail, AuditEntry, AuditHead

SYSTEM: Final = "system"
"""The chain of what concerns no centre: policies, keys, tokens."""
START: Final = "0" * 64
"""What the first link of a chain is linked to."""


def record(
    session: Session,
    *,
    chain: str,
    action: str,
    subject: str,
    by: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    detail: str = "",
) -> AuditEntry:
    """Appends an entry. `facts` hold no personal data; `detail` may, and can be erased without breaking the chain.

    Writers of one chain wait for each other here until their transactions end, so a transaction that writes to many
    entries of one chain keeps the centre waiting: do such work in short ones.
    """
    head = _locked_head(session, chain)
    entry = AuditEntry(
        chain=chain,
        number=head.number + 1,
        at=at,
        actor=by,
        action=action,
        subject=subject,
        facts=dict(facts or {}),
        detail_digest=None,
        previous=head.hash,
    )
    if detail:
        salt = secrets.token_hex(16)
        entry.detail = AuditDetail(salt=salt, text=detail)
        entry.detail_digest = digest_of_detail(salt, detail)
    entry.hash = hash_of(entry)
    session.add(entry)
    head.number, head.hash = entry.number, entry.hash
    session.flush()
    return entry


def lock_chains(session: Session, chains: Iterable[str]) -> None:
    """For whoever writes into several chains: takes their locks in one order, so that no two wait for each other."""
    for chain in sorted(set(chains)):
        _locked_head(session, chain)


@dataclass(frozen=True)
class Link:
    """What an entry says, apart from the table."""

    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Any]
    detail_digest: str | None
    previous: str


def hash_of(entry: AuditEntry | Link) -> str:
    """SHA-256 over the link before and the canonical JSON (RFC 8785) of what this one says."""
    payload: dict[str, Any] = {
        "chain": entry.chain,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "facts": entry.facts,
        "detail": entry.detail_digest,
    }
    return hashlib.sha256(entry.previous.encode() + rfc8785.dumps(payload)).hexdigest()


def digest_of_detail(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _locked_head(session: Session, chain: str) -> AuditHead:
    query = select(AuditHead).where(AuditHead.chain == chain).with_for_update()
    head = session.scalar(query.execution_options(populate_existing=True))
    if head is not None:
        return head
    try:
        with session.begin_nested():
            session.add(AuditHead(chain=chain, number=0, hash=START))
    except IntegrityError:  # another transaction opened the chain
        pass
    return session.scalars(query.execution_options(populate_existing=True)).one()
