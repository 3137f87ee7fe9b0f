"""The links of a chain as they stand in the database now, read without trusting them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from case_store.audit.models import AuditDetail, AuditEntry
from case_store.audit.trail import Link, digest_of_detail, hash_of

BATCH: Final = 500


@dataclass(frozen=True)
class Stored:
    """One row. `link` is None when it is so damaged that it cannot even be read."""

    number: int
    hash: str = ""
    link: Link | None = None
    is_sound: bool = False
    """Whether its content has the hash that stands beside it."""
    detail_is_sound: bool = True
    """Whether its detail is the one that was written, or was erased."""

    @property
    def previous(self) -> str:
        return self.link.previous if self.link else ""


def stored_links(session: Session, chain: str, newest: int) -> Iterator[Stored]:
    """The links from number `newest` down to the first, some hundreds in memory at a time."""
    last = newest + 1
    while batch := _batch(session, chain, last):
        yield from batch
        last = batch[-1].number


def _batch(session: Session, chain: str, before: int) -> list[Stored]:
    mine = (AuditEntry.chain == chain, AuditEntry.number >= 1, AuditEntry.number < before)
    try:
        rows = session.execute(_newest(_columns().where(*mine))).all()
    except (ValueError, TypeError, DBAPIError):  # one of them cannot be read: look at each alone
        numbers = session.scalars(_newest(select(AuditEntry.number).where(*mine))).all()
        return [
            _alone(session, AuditEntry.chain == chain, AuditEntry.number == number, number=number)
            for number in numbers
        ]
    return [_stored(chain, row) for row in rows]


def _alone(session: Session, *which: ColumnElement[bool], number: int) -> Stored:
    try:
        row = session.execute(_columns().where(*which)).one()
        return _stored(row.chain, row)
    except (ValueError, TypeError, DBAPIError):
        return Stored(number)


def _columns() -> Select[Any]:
    entry, detail = AuditEntry, AuditDetail
    columns = (entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.facts)
    more = (entry.detail_digest, entry.previous, entry.hash, detail.salt, detail.text)
    return select(entry.chain, *columns, *more).outerjoin(detail, detail.entry_id == entry.id)


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(AuditEntry.number.desc()).limit(BATCH)


def _stored(chain: str, row: Row[Any]) -> Stored:
    link = Link(
        chain=chain,
        number=row.number,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        facts=row.facts,
        detail_digest=row.detail_digest,
        previous=row.previous,
    )
    return Stored(row.number, str(row.hash), link, has_hash(link, row.hash), _detail_is_sound(row))


def has_hash(link: Link, expected: str) -> bool:
    """Whether the content has this hash; what nobody could have written has none."""
    try:
        return hash_of(link) == expected
    except (ValueError, TypeError, AttributeError):
        return False


def _detail_is_sound(row: Row[Any]) -> bool:
    if row.salt is None and row.text is None:
        return True
    try:
        return bool(digest_of_detail(row.salt, row.text) == row.detail_digest)
    except ValueError:
        return False
