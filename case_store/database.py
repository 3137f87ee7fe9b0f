"""The database: engine, mapped base class, and transactions that announce their events after the commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, Enum, MetaData, create_engine, event, text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from case_store.events.event import Event, Publisher, announced
from case_store.identity.keyring import Keyring
from case_store.identity.keyring_file import KeyringFile
from case_store.settings import Settings

STATEMENT_TIMEOUT_MS = 5_000
"""No statement of ours may hold a caller or a page longer than this."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone. SQLite keeps no zone, so what is stored is always UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Mapped classes. Constraints have fixed names, so that a migration can find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        # Words, not numbers or a type of the database's own: a later migration can add one without a lock.
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=False,
            length=32,
            values_callable=lambda kind: [str(member.value) for member in kind],
        ),
    }


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys, waits for a writer) or PostgreSQL (statement time-out).

    Its errors name no value: it could be a caller's number, and the error could be logged.
    """
    if url.startswith("sqlite"):
        wait = {"timeout": STATEMENT_TIMEOUT_MS / 1000}
        engine = create_engine(url, hide_parameters=True, connect_args=wait)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Without the compiler: it takes a tenth of a second to make a statement of ten milliseconds faster.
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC -c jit=off"
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=20,
        max_overflow=20,
        pool_timeout=2,
        connect_args={"options": options, "connect_timeout": 2},
    )


def allow_statements(session: Session, *, seconds: int) -> None:
    """Lets each statement of this transaction take longer than the usual: for figures of years, not for callers.

    SQLite has no such limit.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000:d}"))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",  # what is erased is not to be read in the file's free pages
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # IMMEDIATE, because a reader that becomes a writer in mid-transaction fails at once instead of waiting its turn.
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Database:
    """The store of one process. Share one; it is safe in threads."""

    def __init__(
        self,
        url: str,
        publisher: Publisher | None = None,
        *,
        keyring: Keyring | KeyringFile | None = None,
        files: Path | None = None,
        recordings: Path | None = None,
        attachment_bytes: int | None = None,
        fonts: Path | None = None,
    ) -> None:
        import_module("case_store.mapped")  # relationships name classes of other packages
        self.engine = make_engine(url)
        self._keyring = keyring
        self._publisher = publisher
        self._files = {
            "files": files,
            "recordings": recordings,
            "attachment_bytes": attachment_bytes,
            "fonts": fonts,
        }
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(
            self.engine.execution_options(read_only=True), expire_on_commit=False, autoflush=False
        )

    @classmethod
    def of(cls, settings: Settings, publisher: Publisher | None = None) -> "Database":
        keyring = KeyringFile.of(settings)
        return cls(
            settings.database_url,
            publisher,
            keyring=keyring,
            files=settings.attachments,
            recordings=settings.recordings,
            attachment_bytes=settings.attachment_bytes,
            fonts=settings.fonts,
        )

    @property
    def keyring(self) -> Keyring | None:
        """The keys of this moment; None before set-up has made them: whoever needs them is told."""
        return self._keyring.ring if isinstance(self._keyring, KeyringFile) else self._keyring

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One request, task or step of a call: committed at the end, rolled back on any exception.

        What was announced in it goes out after the commit, or not at all.
        """
        with self._sessions.begin() as session:
            self._equip(session)
            yield session
        events: list[Event] = announced(session)
        if events and self._publisher is not None:
            self._publisher.publish(events)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; on SQLite it never waits for a writer."""
        with self._readers() as session:
            self._equip(session)
            yield session

    def _equip(self, session: Session) -> None:
        # What domain functions need besides rows finds its way by the session: keys, and folders of files.
        session.info.update(keyring=self.keyring, **self._files)

    def close(self) -> None:
        self.engine.dispose()
