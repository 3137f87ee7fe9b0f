"""Alembic migrations, and the functions by which the command line and the tests run them."""

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from case_store.identity.keyring import Keyring

FOLDER: Final = Path(__file__).parent
_ONE_DATABASE_ONLY: Final = ("case_search_fts", "ix_case_search_grams")


def _config(engine: Engine, keyring: Keyring | None = None) -> Config:
    config = Config()
    config.attributes["keyring"] = keyring
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head", *, keyring: Keyring | None = None) -> None:
    """Brings the schema up to `revision`. The keys are needed where identities are moved: `MissingSecret`."""
    command.upgrade(_config(engine, keyring), revision)


def downgrade(engine: Engine, revision: str, *, keyring: Keyring | None = None) -> None:
    """Takes the schema back to `revision` (`base`: empty)."""
    command.downgrade(_config(engine, keyring), revision)


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def is_mapped(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the schema's comparison looks at it: not at what only one database has, and migrations alone make."""
    return not (kind in {"table", "index"} and (name or "").startswith(_ONE_DATABASE_ONLY))


def write_revision(name: str, scratch: Engine) -> None:
    """Writes a new migration from what the mapped classes have and `scratch`, an empty database, would not."""
    upgrade(scratch)
    number = int((head() or "0000")[:4]) + 1
    command.revision(_config(scratch), message=name, autogenerate=True, rev_id=f"{number:04d}")
