"""of which end of an officer's appointment was warned

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_officers", sa.Column("warned_of", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("channel_officers") as table:
        table.drop_column("warned_of")
