"""Writing many rows at once: COPY on PostgreSQL, prepared inserts on SQLite."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from case_store.database import Database
from case_store.search.index import Indexed
from case_store.search.models import FTS, GRAMS_INDEX, words_of
from damrong.demo_cases.rows import COLUMNS, Batch, Row

_INT4_OID: Final = 23
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = struct.pack(">h", -1)


class Sink(Protocol):
    """A database that takes many rows at once."""

    def ids(self, table: str, count: int) -> Sequence[int]:
        """Ids that nobody else gets."""

    def write(self, batch: Batch) -> None: ...


def sink_of(session: Session) -> Sink:
    postgresql = session.get_bind().dialect.name == "postgresql"
    return PostgresqlSink(session) if postgresql else SqliteSink(session)


@contextmanager
def without_search_index(database: Database) -> Iterator[None]:
    """PostgreSQL makes its search index anew at the end, which is many times quicker than row by row."""
    made_by = _put_aside(database) if database.engine.dialect.name == "postgresql" else None
    try:
        yield
    finally:
        if made_by is not None:
            _make_anew(database, made_by)


def _put_aside(database: Database) -> str | None:
    """How the index was made; None when somebody further out has put it aside already."""
    with database.transaction() as session:
        made_by: str | None = session.scalar(
            text(f"SELECT pg_get_indexdef(to_regclass('{GRAMS_INDEX}'))")
        )
        session.execute(text(f"DROP INDEX IF EXISTS {GRAMS_INDEX}"))
    return made_by


def _make_anew(database: Database, made_by: str) -> None:
    with database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
        session.execute(text(made_by))
        session.execute(text("ANALYZE"))


class PostgresqlSink:
    def __init__(self, session: Session) -> None:
        self._session = session

    def ids(self, table: str, count: int) -> Sequence[int]:
        query = text(
            "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
        )
        return self._session.scalars(query, {"table": table, "count": count}).all()

    def write(self, batch: Batch) -> None:
        self._session.flush()
        connection: Any = self._session.connection().connection.driver_connection
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            for table, columns in COLUMNS.items():
                names = ", ".join(f'"{column}"' for column in columns)
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch.rows[table]:
                        copy.write_row(row)
            with cursor.copy(
                "COPY case_search (case_id, grams) FROM STDIN (FORMAT binary)"
            ) as copy:
                copy.write(_SIGNATURE)
                for case_id, indexed in batch.indexed:
                    copy.write(_binary_row(case_id, indexed))
                copy.write(_END)


def _binary_row(case_id: int, indexed: Indexed) -> bytes:
    """A number and an array of numbers, as PostgreSQL sends them itself: text would cost four times as much."""
    codes = indexed.codes(case_id)
    elements = struct.pack(f">{2 * len(codes)}i", *[part for code in codes for part in (4, code)])
    head = struct.pack(">iiiii", 1, 0, _INT4_OID, len(codes), 1)
    return struct.pack(">hiii", 2, 4, case_id, len(head) + len(elements)) + head + elements


class SqliteSink:
    def __init__(self, session: Session) -> None:
        self._session = session

    def ids(self, table: str, count: int) -> Sequence[int]:
        newest = self._session.scalar(text(f"SELECT max(id) FROM {table}"))  # noqa: S608
        first = (newest or 0) + 1
        return range(first, first + count)

    def write(self, batch: Batch) -> None:
        self._session.flush()
        for table, columns in COLUMNS.items():
            self._insert(table, columns, (_plain(row) for row in batch.rows[table]))
        found = [(case_id, indexed.signs()) for case_id, indexed in batch.indexed]
        self._insert("case_search", ("case_id", "grams"), found)
        self._insert(FTS, ("rowid", "grams"), ((one, words_of(signs)) for one, signs in found))

    def _insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" for _ in columns)
        connection: Any = self._session.connection().connection.driver_connection
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


def _plain(row: Row) -> Row:
    """Moments as SQLAlchemy writes them for SQLite: in UTC, without a zone."""
    return tuple(
        one.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(one, datetime) else one
        for one in row
    )
