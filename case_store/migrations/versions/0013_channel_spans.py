"""when channels were up and down

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=True),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("began_at <= seen_at", name=op.f("ck_channel_spans_times")),
        sa.CheckConstraint("newest IS NULL OR newest", name=op.f("ck_channel_spans_newest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_spans")),
        sa.UniqueConstraint(
            "centre_code",
            "channel",
            "newest",
            name=op.f("uq_channel_spans_centre_code_channel_newest"),
        ),
    )
    op.create_index(
        "ix_channel_spans_centre_code_began_at", "channel_spans", ["centre_code", "began_at"]
    )
    op.create_index("ix_channel_spans_seen_at", "channel_spans", ["seen_at"])


def downgrade() -> None:
    op.drop_table("channel_spans")
