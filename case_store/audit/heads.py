"""The heads of the chains, on their way out of the database: a chain that was written anew does not end in them."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from case_store.audit.models import AuditHead
from case_store.clock import BANGKOK
from case_store.outbox.models import OutboxKind, OutboxMessage


class NotHeads(ValueError):
    """A line that is no head: the message says which."""


@dataclass(frozen=True)
class Head:
    """The newest link of a chain: by its hash all before it are fixed."""

    chain: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain} {self.number} {self.hash}"


def current_heads(session: Session) -> list[Head]:
    """The heads of all chains now."""
    rows = session.execute(
        select(AuditHead.chain, AuditHead.number, AuditHead.hash).order_by(AuditHead.chain)
    )
    return [Head(*row) for row in rows]


def queue_heads(session: Session, *, at: datetime) -> OutboxMessage | None:
    """Puts the heads into the outbox, once on each day of Bangkok; None when today's are there already."""
    key = f"audit-heads-{at.astimezone(BANGKOK):%Y-%m-%d}"
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)):
        return None
    message = OutboxMessage(
        kind=OutboxKind.AUDIT_HEADS,
        key=key,
        payload={"heads": [asdict(head) for head in current_heads(session)]},
        created_at=at,
        next_try_at=at,
    )
    try:
        with session.begin_nested():
            session.add(message)
    except IntegrityError:  # another worker was faster
        return None
    return message


def parse_heads(lines: Iterable[str]) -> Iterator[Head]:
    """The heads of a saved file: on each line chain, number and hash; `#` begins a remark. Raises `NotHeads`."""
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 3 or not words[1].isdecimal() or len(words[2]) != 64:
            raise NotHeads(f"line {number} is not a chain, a number and a hash")
        yield Head(words[0], int(words[1]), words[2])
