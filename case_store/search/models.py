"""What cases are found by, and searches that a person saved."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from case_store.database import Base
from case_store.search.grams import pairs

GRAMS_INDEX = "ix_case_search_grams"
"""PostgreSQL's GIN index over `SearchEntry.grams`."""
FTS = "case_search_fts"
"""SQLite's table of words in their order. Contentless: it keeps no text, and to forget one it must be told it again."""


class SearchEntry(Base):
    """What a case is found by. On PostgreSQL `grams` are numbers under a GIN index: the runs of three signs.

    On SQLite they are the signs themselves, one byte each, which `case_search_fts` holds as runs of two.
    Numbers of one block of cases are its own, so that an index scan can stop at a block.
    """

    __tablename__ = "case_search"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True
    )
    grams: Mapped[Any] = mapped_column(LargeBinary().with_variant(ARRAY(Integer), "postgresql"))


class SavedSearch(Base):
    """A search with its filters, under a name of the person's own."""

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]


def words_of(grams: bytes) -> str:
    """What SQLite indexes: the centre and the agencies, then the runs of two."""
    scope, signs = grams.split(b"\0", 1)
    return f"{scope.decode()} {pairs(signs)}"


# trusted_schema=OFF forbids SQLite's triggers to write into a virtual table, so the mapper does what they would do.
@event.listens_for(SearchEntry, "after_insert")
def _learn(_mapper: Mapper[Any], connection: Connection, entry: SearchEntry) -> None:
    if connection.dialect.name == "sqlite":
        _insert(connection, entry.case_id, entry.grams)


@event.listens_for(SearchEntry, "after_update")
def _relearn(_mapper: Mapper[Any], connection: Connection, entry: SearchEntry) -> None:
    before = inspect(entry).attrs.grams.history.deleted
    if connection.dialect.name == "sqlite" and before:
        _forget_words(connection, entry.case_id, before[0])
        _insert(connection, entry.case_id, entry.grams)


@event.listens_for(SearchEntry, "after_delete")
def _forget(_mapper: Mapper[Any], connection: Connection, entry: SearchEntry) -> None:
    if connection.dialect.name == "sqlite":
        _forget_words(connection, entry.case_id, entry.grams)


def _insert(connection: Connection, case_id: int, grams: bytes) -> None:
    connection.execute(
        text(f"INSERT INTO {FTS} (rowid, grams) VALUES (:id, :words)"),  # noqa: S608 (a constant)
        {"id": case_id, "words": words_of(grams)},
    )


def _forget_words(connection: Connection, case_id: int, grams: bytes) -> None:
    connection.execute(
        text(f"INSERT INTO {FTS} ({FTS}, rowid, grams) VALUES ('delete', :id, :words)"),  # noqa: S608
        {"id": case_id, "words": words_of(grams)},
    )
