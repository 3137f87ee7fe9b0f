"""What somebody with all rights on the database could do, and the tests must be able to."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.orm import Session


@contextmanager
def without_triggers(session: Session) -> Iterator[None]:
    """The append-only triggers do not see what is done meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield
        session.execute(sa.text("SET LOCAL session_replication_role = origin"))
        return
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'"
    )
    triggers = session.execute(sa.text(query)).all()
    for trigger in triggers:
        session.execute(sa.text(f"DROP TRIGGER {trigger.name}"))
    yield
    for trigger in triggers:
        session.execute(sa.text(trigger.sql))
