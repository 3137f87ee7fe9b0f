"""Migrations on both databases: up, down, up again, and no drift from the mapped classes."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from case_store import migrations
from case_store.database import Database
from case_store.mapped import metadata


@pytest.mark.store
def test_up_and_down_and_up_again(database_url: str) -> None:
    store = Database(database_url)

    migrations.upgrade(store.engine)
    assert migrations.current(store.engine) == migrations.head()
    migrations.downgrade(store.engine, "base")
    assert set(inspect(store.engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(store.engine)

    assert migrations.current(store.engine) == migrations.head()
    store.close()


@pytest.mark.store
def test_the_schema_is_what_the_mapped_classes_say(database_url: str) -> None:
    store = Database(database_url)
    migrations.upgrade(store.engine)

    with store.engine.connect() as connection:
        options = {"include_name": migrations.is_mapped}
        context = MigrationContext.configure(connection, opts=options)
        drift = compare_metadata(context, metadata)

    assert drift == []
    store.close()
