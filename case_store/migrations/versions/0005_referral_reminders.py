"""referral reminders

Revision: 0005, after 0004

Each referral has reminders of its own. What was sent of its case since the agency last moved was sent to that agency,
too, and counts: nobody is reminded of the same standstill again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TAKE_OVER = """
INSERT INTO referral_reminders (referral_id, counted_from, level, policy_id, sent_at)
SELECT referrals.id, referrals.progress_at, reminders.level, max(reminders.policy_id), max(reminders.sent_at)
FROM reminders JOIN referrals ON referrals.case_id = reminders.case_id
WHERE reminders.level <= 3 AND referrals.ended_at IS NULL AND reminders.counted_from >= referrals.progress_at
GROUP BY referrals.id, referrals.progress_at, reminders.level
"""
_GIVE_BACK = """
INSERT INTO reminders (case_id, counted_from, level, policy_id, sent_at)
SELECT cases.id, cases.progress_at, sent.level, max(sent.policy_id), max(sent.sent_at)
FROM referral_reminders AS sent
JOIN referrals ON referrals.id = sent.referral_id
JOIN cases ON cases.id = referrals.case_id AND cases.progress_at = sent.counted_from
WHERE NOT EXISTS (
    SELECT 1 FROM reminders AS there
    WHERE there.case_id = cases.id AND there.counted_from = cases.progress_at AND there.level = sent.level
)
GROUP BY cases.id, cases.progress_at, sent.level
"""


def upgrade() -> None:
    op.create_table(
        "referral_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_referral_reminders_policy_id_policies")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_referral_reminders_referral_id_referrals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_reminders")),
        sa.UniqueConstraint(
            "referral_id",
            "counted_from",
            "level",
            name=op.f("uq_referral_reminders_referral_id_counted_from_level"),
        ),
    )
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_referrals_progress_at",
        "referrals",
        ["progress_at"],
        sqlite_where=running,
        postgresql_where=running,
    )
    op.execute(_TAKE_OVER)


def downgrade() -> None:
    op.execute(_GIVE_BACK)
    op.drop_index("ix_referrals_progress_at", table_name="referrals")
    op.drop_table("referral_reminders")
