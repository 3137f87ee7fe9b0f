"""training: courses, sessions, practice calls and certificates; who takes calls today may go on for 60 days

Revision: 0009, after 0008
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("name_th", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=False),
        sa.Column("practice_calls", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("practice_calls >= 0", name=op.f("ck_courses_practice_calls")),
        sa.CheckConstraint("valid_months > 0", name=op.f("ck_courses_valid_months")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_courses")),
    )
    op.create_table(
        "training_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_code", sa.String(length=32), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("trainer", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_training_sessions_times")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_training_sessions_capacity")),
        sa.ForeignKeyConstraint(
            ["course_code"], ["courses.code"], name=op.f("fk_training_sessions_course_code_courses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sessions")),
    )
    op.create_index(
        "ix_training_sessions_course_code_begins_at",
        "training_sessions",
        ["course_code", "begins_at"],
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("course_code", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(length=120), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=120), nullable=True),
        sa.Column("revoked_reason", sa.String(length=300), nullable=False),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_certificates_days")),
        sa.ForeignKeyConstraint(
            ["course_code"], ["courses.code"], name=op.f("fk_certificates_course_code_courses")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_certificates_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_index("ix_certificates_last_day", "certificates", ["last_day"])
    op.create_index("ix_certificates_user_id_channel", "certificates", ["user_id", "channel"])
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("attendance", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("recorded_by", sa.String(length=120), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["training_sessions.id"],
            name=op.f("fk_enrolments_session_id_training_sessions"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_enrolments_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("session_id", "user_id", name=op.f("uq_enrolments_session_id_user_id")),
    )
    op.create_index("ix_enrolments_user_id", "enrolments", ["user_id"])
    op.create_table(
        "practice_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pbx_id", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("signed_off_by", sa.String(length=120), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_practice_calls_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_calls")),
        sa.UniqueConstraint("pbx_id", name=op.f("uq_practice_calls_pbx_id")),
    )
    op.create_index("ix_practice_calls_user_id", "practice_calls", ["user_id"])
    _let_people_go_on()


def _let_people_go_on() -> None:
    """Whoever takes calls today gets 60 days to be trained: without this, a new version would empty every queue."""
    takes_calls = sa.table("users", sa.column("id"), sa.column("role"), sa.column("active"))
    people = sa.select(takes_calls.c.id).where(
        takes_calls.c.active == sa.true(),
        takes_calls.c.role.in_(("agent", "supervisor", "national_officer")),
    )
    ids = op.get_bind().scalars(people).all()
    if not ids:
        return
    at = datetime.now(UTC)
    today = (at + timedelta(hours=7)).date()  # Bangkok
    course: dict[str, object] = {
        "code": "line_1567",
        "channel": "phone_1567",
        "name_th": "การรับสาย 1567",
        "name_en": "Taking calls on 1567",
        "valid_months": 24,
        "practice_calls": 3,
        "position": 0,
        "active": True,
    }
    courses = sa.table("courses", *[sa.column(name) for name in course])
    op.bulk_insert(courses, [course])
    certificates = sa.table(
        "certificates",
        sa.column("user_id", sa.Integer()),
        sa.column("channel", sa.String()),
        sa.column("course_code", sa.String()),
        sa.column("first_day", sa.Date()),
        sa.column("last_day", sa.Date()),
        sa.column("issued_by", sa.String()),
        sa.column("issued_at", sa.DateTime(timezone=True)),
        sa.column("note", sa.String()),
        sa.column("revoked_reason", sa.String()),
    )
    op.bulk_insert(
        certificates,
        [
            {
                "user_id": user_id,
                "channel": "phone_1567",
                "course_code": "line_1567",
                "first_day": today,
                "last_day": today + timedelta(days=60),
                "issued_by": "migration",
                "issued_at": at,
                "note": "",
                "revoked_reason": "",
            }
            for user_id in ids
        ],
    )


def downgrade() -> None:
    op.drop_table("practice_calls")
    op.drop_table("enrolments")
    op.drop_table("certificates")
    op.drop_table("training_sessions")
    op.drop_table("courses")
