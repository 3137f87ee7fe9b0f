"""retention of calls

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WAITING = sa.text("decided_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sound", sa.String(length=32), nullable=False, server_default="kept")
        )
        batch_op.add_column(sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_calls_sound_started_at", ["sound", "started_at"])
        batch_op.create_index("ix_calls_anonymised_at_started_at", ["anonymised_at", "started_at"])
    op.create_table(
        "call_erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("data", sa.String(length=32), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("refused_reason", sa.String(length=500), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_call_erasures_policy_id_policies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_erasures")),
    )
    with op.batch_alter_table("call_erasures", schema=None) as batch_op:
        batch_op.create_index("ix_call_erasures_centre_code_id", ["centre_code", "id"])
        batch_op.create_index(
            "uq_call_erasures_waiting",
            ["data", "centre_code", "since"],
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )


def downgrade() -> None:
    op.drop_table("call_erasures")
    op.execute("DELETE FROM policies WHERE kind IN ('recordings', 'calls')")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_anonymised_at_started_at")
        batch_op.drop_index("ix_calls_sound_started_at")
        batch_op.drop_column("anonymised_at")
        batch_op.drop_column("sound")
