"""Reading the audit trail: what was done by whom; its details only for those who may see the case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from case_store.audit.heads import current_heads
from case_store.audit.models import AuditEntry
from case_store.audit.trail import SYSTEM
from case_store.cases.models import Case
from case_store.cases.scope import visible_to
from case_store.people.permissions import Action, Actor, may, require, visible_centres

CASE = "case:"
"""What the subject of an entry about a case begins with."""


@dataclass(frozen=True)
class ShownEntry:
    """An entry as one reader may see it. `detail` is empty when there is none, and when it was erased or is hidden."""

    id: int
    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Any]
    hash: str
    detail: str
    detail_hidden: bool
    detail_erased: bool

    @property
    def case_ref(self) -> str | None:
        """The case that it is about, if it is about one."""
        return self.subject.removeprefix(CASE) if self.subject.startswith(CASE) else None


def entries(
    session: Session,
    *,
    by: Actor,
    subject: str | None = None,
    chain: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> list[ShownEntry]:
    """Entries, newest first, of the chains that `by` may read; `before` is the id of the last on the page before.

    `subject`: only what was done to one thing, as kind:name. Raises `NotAllowed`.
    """
    centres = visible_centres(by, Action.SEE_AUDIT)
    query = select(AuditEntry).options(joinedload(AuditEntry.detail))
    if chain is not None:
        require(by, Action.SEE_AUDIT, chain)
        query = query.where(AuditEntry.chain == chain)
    elif centres is not None:
        query = query.where(AuditEntry.chain.in_(centres))
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    found = session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()
    open_to = _readable_cases(session, found, by)
    return [_shown(entry, by, open_to) for entry in found]


def chains_open_to(session: Session, by: Actor) -> list[str]:
    """The chains that `by` may choose from. Raises `NotAllowed`."""
    centres = visible_centres(by, Action.SEE_AUDIT)
    names = [head.chain for head in current_heads(session)]
    return [name for name in names if centres is None or name in centres]


def _readable_cases(session: Session, found: Iterable[AuditEntry], by: Actor) -> frozenset[str]:
    if not may(by, Action.SEE_CASES):
        return frozenset()
    refs = {one.subject.removeprefix(CASE) for one in found if one.subject.startswith(CASE)}
    return frozenset(session.scalars(select(Case.ref).where(Case.ref.in_(refs), visible_to(by))))


def _shown(entry: AuditEntry, by: Actor, open_to: frozenset[str]) -> ShownEntry:
    detail = entry.detail
    hidden = detail is not None and not _may_read(entry, by, open_to)
    return ShownEntry(
        id=entry.id,
        chain=entry.chain,
        number=entry.number,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject=entry.subject,
        facts=entry.facts,
        hash=entry.hash,
        detail=detail.text if detail is not None and not hidden else "",
        detail_hidden=hidden,
        detail_erased=detail is None and entry.detail_digest is not None,
    )


def _may_read(entry: AuditEntry, by: Actor, open_to: frozenset[str]) -> bool:
    if entry.subject.startswith(CASE):
        return entry.subject.removeprefix(CASE) in open_to
    # What concerns no centre (policies, keys) names nobody; the rest of a centre may.
    return entry.chain == SYSTEM or may(by, Action.SEE_CASES, entry.chain)
