"""Alembic migrations, and the functions by which the command line and the tests run them."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER: Final = Path(__file__).parent


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the schema up to `revision`."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the schema back to `revision` (`base`: empty)."""
    command.downgrade(_config(engine), revision)


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def write_revision(name: str, scratch: Engine) -> None:
    """Writes a new migration from what the mapped classes have and `scratch`, an empty database, would not."""
    upgrade(scratch)
    number = int((head() or "0000")[:4]) + 1
    command.revision(_config(scratch), message=name, autogenerate=True, rev_id=f"{number:04d}")
