"""append only

Revision: 0003, after 0002

What was written into the audit trail stays: the database itself refuses to change or remove it, whichever program asks.
Of an entry's detail and of a history's note the text may be erased; nothing may be put in its place.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HISTORY = ("id", "case_id", "at", "kind", "by", "data")
# A referral goes with its case alone; until then nothing of the history comes loose from it.
_ERASED_ONLY = (
    "NEW.note <> OLD.note AND NEW.note <> ''",
    "NEW.referral_id IS {distinct} OLD.referral_id AND NEW.referral_id IS NOT NULL",
)
_ONE_FURTHER = "NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, statement in sqlite_triggers().items():
            op.execute(f"CREATE TRIGGER {name} {statement}")
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in sqlite_triggers():
            op.execute(f"DROP TRIGGER {name}")
        return
    for name, (table, _statement) in postgresql_triggers().items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION refuse_change()")


def sqlite_triggers() -> dict[str, str]:
    """Each trigger's name, and when it refuses."""

    def refuse(table: str, event: str, when: str = "") -> str:
        when = f"WHEN {when} " if when else ""
        return (
            f"BEFORE {event} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )

    return {
        f"append_only_{table}_{event.lower()}": refuse(table, event, when)
        for table, event, when in _refused("NOT")
    }


def postgresql_triggers() -> dict[str, tuple[str, str]]:
    """Each trigger's name, its table, and when it refuses."""
    triggers = {}
    for table, event, when in _refused("DISTINCT FROM"):
        condition = f"WHEN ({when}) " if when else ""
        triggers[f"append_only_{table}_{event.lower()}"] = (
            table,
            f"BEFORE {event} ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION refuse_change()",
        )
    for table in ("audit_entries", "audit_details", "audit_heads", "case_events"):
        triggers[f"append_only_{table}_truncate"] = (
            table,
            f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        )
    return triggers


def _refused(distinct: str) -> list[tuple[str, str, str]]:
    """Table, what is done to its rows, and the condition under which that is refused (empty: always)."""

    def column(name: str, row: str) -> str:
        # PostgreSQL cannot compare JSON, only what is written of it.
        quoted = f'{row}."{name}"'
        return f"CAST({quoted} AS text)" if name == "data" else quoted

    fixed = [f"{column(name, 'NEW')} IS {distinct} {column(name, 'OLD')}" for name in _HISTORY]
    erased = [one.format(distinct=distinct) for one in _ERASED_ONLY]
    return [
        ("audit_entries", "UPDATE", ""),
        ("audit_entries", "DELETE", ""),
        ("audit_details", "UPDATE", ""),
        ("audit_heads", "UPDATE", _ONE_FURTHER),
        ("audit_heads", "DELETE", ""),
        ("case_events", "UPDATE", " OR ".join(f"({one})" for one in [*fixed, *erased])),
    ]


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for name, (_table, statement) in postgresql_triggers().items():
        op.execute(f"CREATE TRIGGER {name} {statement}")
