"""search

Revision: 0004, after 0003

Every case gets what it is found by: on PostgreSQL numbers under a GIN index, on SQLite a contentless FTS5 table.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from case_store.search.index import Indexed
from case_store.search.models import words_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


_BATCH = 500
_INSERT = "INSERT INTO case_search (case_id, grams) VALUES (:case_id, :grams)"
_INSERT_WORDS = "INSERT INTO case_search_fts (rowid, grams) VALUES (:case_id, :words)"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_table(
        "case_search",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "grams",
            sa.LargeBinary().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_search_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_search")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_updated_at"), ["updated_at"], unique=False)
    if _is_sqlite():
        op.execute(
            "CREATE VIRTUAL TABLE case_search_fts USING fts5"
            "(grams, content='', columnsize=0, tokenize='ascii')"
        )
        _fill_sqlite()
    else:
        _fill_postgresql()
        # Built at once from full pages, which takes memory; later entries go straight to their place, not to a list
        # that every search would have to read.
        op.execute("SET LOCAL maintenance_work_mem = '256MB'")
        op.execute(
            "CREATE INDEX ix_case_search_grams ON case_search USING gin (grams) "
            "WITH (fastupdate = off)"
        )
        op.execute("ANALYZE case_search")


def _fill_sqlite() -> None:
    connection = op.get_bind()
    for rows in _batches():
        entries = []
        for row in rows:
            grams = _indexed(row).signs()
            entries.append({"case_id": row.id, "grams": grams, "words": words_of(grams)})
        connection.execute(sa.text(_INSERT), entries)
        connection.execute(sa.text(_INSERT_WORDS), entries)


def _fill_postgresql() -> None:
    statement = sa.text(_INSERT).bindparams(
        sa.bindparam("grams", type_=postgresql.ARRAY(sa.Integer()))
    )
    for rows in _batches():
        op.get_bind().execute(
            statement,
            [{"case_id": row.id, "grams": _indexed(row).codes(row.id)} for row in rows],
        )


def _batches() -> Iterator[Sequence[Any]]:
    """Cases in the order of their ids, some hundreds at a time: a store of millions fits into no memory."""
    together = "group_concat(DISTINCT agency_id)"
    if not _is_sqlite():
        together = "string_agg(DISTINCT agency_id::text, ',')"
    agencies = f"(SELECT {together} FROM referrals WHERE case_id = cases.id) AS agencies"  # noqa: S608
    query = sa.text(
        f"SELECT id, centre_code, province_code, search_text, {agencies} "  # noqa: S608
        "FROM cases WHERE id > :last ORDER BY id LIMIT :most"
    )
    last = 0
    while rows := op.get_bind().execute(query, {"last": last, "most": _BATCH}).all():
        yield rows
        last = rows[-1].id


def _indexed(row: Any) -> Indexed:
    agencies = [int(agency_id) for agency_id in (row.agencies or "").split(",") if agency_id]
    return Indexed(row.search_text, row.centre_code, row.province_code, agencies)


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TABLE case_search_fts")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_updated_at"))
    op.drop_table("case_search")
