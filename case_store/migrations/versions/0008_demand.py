"""demand: what supervisors decide by hand, and an index by which past calls are counted

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("from_slot", sa.Integer(), nullable=False),
        sa.Column("before_slot", sa.Integer(), nullable=False),
        sa.Column("agents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= until", name=op.f("ck_demand_overrides_days")),
        sa.CheckConstraint("from_slot < before_slot", name=op.f("ck_demand_overrides_slots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_overrides")),
    )
    op.create_index(
        "ix_demand_overrides_centre_code_until", "demand_overrides", ["centre_code", "until"]
    )
    op.create_index("ix_calls_province_code_started_at", "calls", ["province_code", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_calls_province_code_started_at", table_name="calls")
    op.drop_table("demand_overrides")
