"""complaint database

Revision: 0002, after 0001
"""

import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from case_store.cases.fold import thai_fold
from case_store.identity.keyring import Keyring, Sealed
from case_store.settings import MissingSecret

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_BATCH = 500
_OPEN_INDEXES = (
    ("ix_cases_centre_code_due_at", ["centre_code", "due_at"], "closed_at IS NULL"),
    (
        "ix_cases_centre_code_waiting_since",
        ["centre_code", "waiting_since"],
        "waiting_since IS NOT NULL",
    ),
    ("ix_cases_officer_id_id", ["officer_id", "id"], "closed_at IS NULL"),
)
"""Of the rows that a work list reads, and not of the decades behind them."""


def _keyring() -> Keyring:
    ring = context.config.attributes.get("keyring")
    if ring is None:
        raise MissingSecret(
            "secrets/identity-keys is missing: say `damrong db upgrade` where it lies."
        )
    return ring  # type: ignore[no-any-return]


def _batches(query: str) -> Iterator[Sequence[Any]]:
    """Rows in the order of their ids, some hundreds at a time: a store of millions fits into no memory."""
    last = 0
    connection = op.get_bind()
    while rows := connection.execute(sa.text(query), {"last": last, "most": _BATCH}).all():
        yield rows
        last = rows[-1].id


def _seal_complainants() -> None:
    """Names and numbers leave the plain columns: sealed, with a PIN for tracking, and a blind index."""
    connection = op.get_bind()
    connection.execute(
        sa.text("UPDATE cases SET state_since = created_at, progress_at = updated_at")
    )
    connection.execute(sa.text("UPDATE cases SET anonymity = 'to_all' WHERE anonymous"))
    complainants = sa.table(
        "complainants",
        sa.column("case_id"),
        sa.column("kind"),
        sa.column("key_id"),
        sa.column("index_key_id"),
        sa.column("sealed"),
        sa.column("sealed_pin"),
    )
    indexes = sa.table(
        "identity_indexes", sa.column("case_id"), sa.column("kind"), sa.column("digest")
    )
    query = (
        "SELECT id, ref, complainant_name AS name, complainant_phone AS phone FROM cases "
        "WHERE id > :last ORDER BY id LIMIT :most"
    )
    for rows in _batches(query):
        ring, people, digests = _keyring(), [], []
        for row in rows:
            identity = {
                "name": row.name,
                "phone": row.phone,
                "national_id": None,
                "email": None,
                "address": None,
            }
            sealed = ring.seal(json.dumps(identity).encode(), bound_to=f"identity:{row.ref}")
            pin = ring.seal(f"{secrets.randbelow(10_000):04d}".encode(), bound_to=f"pin:{row.ref}")
            people.append(
                {
                    "case_id": row.id,
                    "kind": "person",
                    "key_id": sealed.key_id,
                    "index_key_id": ring.indexes.current,
                    "sealed": sealed.data,
                    "sealed_pin": pin.data,
                }
            )
            words = {("name", word) for word in thai_fold(row.name or "").split()[:12]}
            for kind, value in words | ({("phone", row.phone)} if row.phone else set()):
                digests.append(
                    {"case_id": row.id, "kind": kind, "digest": ring.digest(kind, value)}
                )
        connection.execute(complainants.insert(), people)
        if digests:
            connection.execute(indexes.insert(), digests)


def _open_complainants() -> None:
    """Back into the plain columns of 0001; what only 0002 knows of a person is lost, as `damrong db downgrade` says."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE cases SET anonymous = true WHERE anonymity = 'to_all'"))
    query = (
        "SELECT cases.id, cases.ref, complainants.key_id, complainants.sealed FROM cases "
        "JOIN complainants ON complainants.case_id = cases.id "
        "WHERE complainants.sealed IS NOT NULL AND cases.id > :last ORDER BY cases.id LIMIT :most"
    )
    for rows in _batches(query):
        ring = _keyring()
        for row in rows:
            sealed = Sealed(row.key_id, bytes(row.sealed))
            identity = json.loads(ring.unseal(sealed, bound_to=f"identity:{row.ref}"))
            connection.execute(
                sa.text(
                    "UPDATE cases SET complainant_name = :name, complainant_phone = :phone "
                    "WHERE id = :id"
                ),
                {"name": identity["name"], "phone": identity["phone"], "id": row.id},
            )


def _seal_drafts() -> None:
    """What is being typed names people, too."""
    with op.batch_alter_table("case_drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    query = 'SELECT id, user_id, "key", fields FROM case_drafts WHERE id > :last ORDER BY id LIMIT :most'
    for rows in _batches(query):
        ring = _keyring()
        for row in rows:
            plain = row.fields if isinstance(row.fields, str) else json.dumps(row.fields)
            sealed = ring.seal(plain.encode(), bound_to=f"draft:{row.user_id}:{row.key}")
            op.get_bind().execute(
                sa.text("UPDATE case_drafts SET key_id = :key_id, sealed = :data WHERE id = :id"),
                {"key_id": sealed.key_id, "data": sealed.data, "id": row.id},
            )
    with op.batch_alter_table("case_drafts", schema=None) as batch_op:
        batch_op.alter_column("key_id", existing_type=sa.String(length=16), nullable=False)
        batch_op.alter_column("sealed", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_column("fields")


def _open_drafts() -> None:
    with op.batch_alter_table("case_drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fields", sa.JSON(), nullable=False, server_default="{}"))
    query = (
        'SELECT id, user_id, "key", key_id, sealed FROM case_drafts '
        "WHERE id > :last ORDER BY id LIMIT :most"
    )
    drafts = sa.table("case_drafts", sa.column("id"), sa.column("fields", sa.JSON()))
    for rows in _batches(query):
        ring = _keyring()
        for row in rows:
            sealed = Sealed(row.key_id, bytes(row.sealed))
            plain = ring.unseal(sealed, bound_to=f"draft:{row.user_id}:{row.key}")
            change = drafts.update().where(drafts.c.id == row.id).values(fields=json.loads(plain))
            op.get_bind().execute(change)
    with op.batch_alter_table("case_drafts", schema=None) as batch_op:
        batch_op.alter_column("fields", server_default=None)
        batch_op.drop_column("sealed")
        batch_op.drop_column("key_id")


def upgrade() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_th", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agencies_centre_code"), ["centre_code"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("detail_digest", sa.String(length=64), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_audit_entries_chain_number")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entries_subject_id", ["subject", "id"], unique=False)

    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
        sa.UniqueConstraint("centre_code", "day", name=op.f("uq_closures_centre_code_day")),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    with op.batch_alter_table("import_batches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_batches_centre_code"), ["centre_code"], unique=False
        )

    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("case_ref", sa.String(length=16), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    with op.batch_alter_table("privacy_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_privacy_requests_centre_code"), ["centre_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_privacy_requests_state"), ["state"], unique=False)

    op.create_table(
        "service_types",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name_th", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_types")),
    )
    op.create_table(
        "tracking_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref_digest", sa.String(length=64), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_attempts")),
    )
    with op.batch_alter_table("tracking_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_tracking_attempts_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_tracking_attempts_ref_digest_at", ["ref_digest", "at"], unique=False
        )
        batch_op.create_index(
            "ix_tracking_attempts_source_digest_at", ["source_digest", "at"], unique=False
        )

    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("name", name=op.f("uq_webhooks_name")),
    )
    op.create_table(
        "audit_details",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_details_entry_id_audit_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_details")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_outbox_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["done_at", "next_try_at"], unique=False)

    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["category"], ["categories.code"], name=op.f("fk_policies_category_categories")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
        sa.UniqueConstraint(
            "kind", "category", "version", name=op.f("uq_policies_kind_category_version")
        ),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("case_ref", sa.String(length=16), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notices_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_user_id_read_at_id", ["user_id", "read_at", "id"], unique=False
        )

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_saved_searches_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_searches_user_id_name")),
    )
    op.create_table(
        "complainants",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("index_key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_pin", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_complainants_case_id_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_complainants")),
    )
    with op.batch_alter_table("complainants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complainants_key_id"), ["key_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complainants_index_key_id"), ["index_key_id"], unique=False
        )

    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_legal_holds_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    with op.batch_alter_table("legal_holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_holds_case_id"), ["case_id"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("disclose_identity", sa.Boolean(), nullable=False),
        sa.Column("letter_out_number", sa.String(length=60), nullable=True),
        sa.Column("letter_out_date", sa.Date(), nullable=True),
        sa.Column("letter_in_number", sa.String(length=60), nullable=True),
        sa.Column("letter_in_date", sa.Date(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.String(length=120), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agencies.id"], name=op.f("fk_referrals_agency_id_agencies")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id_cases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(
            "ix_referrals_agency_id_state_id", ["agency_id", "state", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_referrals_case_id"), ["case_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_reminders_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_reminders_policy_id_policies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "case_id", "counted_from", "level", name=op.f("uq_reminders_case_id_counted_from_level")
        ),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index("ix_reminders_sent_at", ["sent_at"], unique=False)

    op.create_table(
        "retention_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("case_ref", sa.String(length=16), nullable=False),
        sa.Column("centre_code", sa.String(length=2), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.String(length=120), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("refused_reason", sa.String(length=500), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
            name=op.f("fk_retention_items_case_id_cases"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("fk_retention_items_policy_id_policies")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_items")),
        sa.UniqueConstraint("case_id", name=op.f("uq_retention_items_case_id")),
    )
    with op.batch_alter_table("retention_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_retention_items_centre_code"), ["centre_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_retention_items_done_at"), ["done_at"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("for_agencies", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id_cases"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referrals.id"],
            name=op.f("fk_attachments_referral_id_referrals"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_sha256"), ["sha256"], unique=False)

    op.create_table(
        "identity_indexes",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["complainants.case_id"],
            name=op.f("fk_identity_indexes_case_id_complainants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", "digest", name=op.f("pk_identity_indexes")),
    )
    with op.batch_alter_table("identity_indexes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_indexes_digest"), ["digest"], unique=False)

    op.execute(
        "INSERT INTO service_types (code, name_th, name_en, position, active) "
        "VALUES ('general', 'ทั่วไป', 'General', 0, true)"
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agency_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("inspection_region", sa.String(length=4), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_api_tokens_agency_id_agencies"), "agencies", ["agency_id"], ["id"]
        )

    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("referral_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("data", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_foreign_key(
            batch_op.f("fk_case_events_referral_id_referrals"),
            "referrals",
            ["referral_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("officer_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "service_type", sa.String(length=32), nullable=False, server_default="general"
            )
        )
        batch_op.add_column(
            sa.Column("secrecy", sa.String(length=32), nullable=False, server_default="normal")
        )
        batch_op.add_column(
            sa.Column("respondent", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(
            sa.Column("anonymity", sa.String(length=32), nullable=False, server_default="named")
        )
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("state_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("screening_due_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checklist", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deadline_policy_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("waited_days", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("result", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("outcome", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("reject_reason", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("transferred_to", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_cases_state_centre_code"))
        batch_op.create_index(
            "ix_cases_centre_code_category_id", ["centre_code", "category", "id"], unique=False
        )
        for name, columns, condition in _OPEN_INDEXES:
            batch_op.create_index(
                name,
                columns,
                sqlite_where=sa.text(condition),
                postgresql_where=sa.text(condition),
            )
        batch_op.create_index(
            "ix_cases_province_code_category_created_at",
            ["province_code", "category", "created_at"],
        )
        batch_op.drop_index(batch_op.f("ix_cases_province_code"))
        batch_op.create_index(
            "ix_cases_centre_code_state_id", ["centre_code", "state", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_cases_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_due_at"), ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_cases_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index("ix_cases_officer_id_state", ["officer_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_cases_state_id", ["state", "id"], unique=False)
        batch_op.create_index("ix_cases_state_progress_at", ["state", "progress_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_merged_into_id_cases"), "cases", ["merged_into_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_deadline_policy_id_policies"),
            "policies",
            ["deadline_policy_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_parent_id_cases"), "cases", ["parent_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_officer_id_users"), "users", ["officer_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_cases_service_type_service_types"),
            "service_types",
            ["service_type"],
            ["code"],
        )

    _seal_complainants()
    _seal_drafts()
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_complainant_phone_id"))
        for name in (
            "service_type",
            "secrecy",
            "respondent",
            "anonymity",
            "waited_days",
            "result",
            "reopened",
        ):
            batch_op.alter_column(name, server_default=None)
        for name in ("state_since", "progress_at"):
            batch_op.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_column("complainant_phone")
        batch_op.drop_column("anonymous")
        batch_op.drop_column("complainant_name")
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.alter_column("data", server_default=None)

    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_code", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_categories_parent_code_categories"),
            "categories",
            ["parent_code"],
            ["code"],
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agency_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("is_agency_head", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("inspection_region", sa.String(length=4), nullable=True))
        batch_op.create_index(batch_op.f("ix_users_agency_id"), ["agency_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_users_agency_id_agencies"), "agencies", ["agency_id"], ["id"]
        )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.alter_column("is_agency_head", server_default=None)


def downgrade() -> None:
    _open_drafts()
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_users_agency_id_agencies"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_users_agency_id"))
        batch_op.drop_column("inspection_region")
        batch_op.drop_column("is_agency_head")
        batch_op.drop_column("agency_id")

    with op.batch_alter_table("categories", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_categories_parent_code_categories"), type_="foreignkey"
        )
        batch_op.drop_column("parent_code")

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("complainant_name", sa.String(length=200), nullable=True))
        batch_op.add_column(
            sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("complainant_phone", sa.String(length=20), nullable=True))
    _open_complainants()
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.alter_column("anonymous", server_default=None)
        batch_op.drop_constraint(
            batch_op.f("fk_cases_service_type_service_types"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_cases_officer_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_cases_parent_id_cases"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_cases_deadline_policy_id_policies"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_cases_merged_into_id_cases"), type_="foreignkey")
        batch_op.drop_index("ix_cases_state_progress_at")
        batch_op.drop_index("ix_cases_state_id")
        batch_op.drop_index(batch_op.f("ix_cases_parent_id"))
        batch_op.drop_index("ix_cases_officer_id_state")
        batch_op.drop_index(batch_op.f("ix_cases_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_cases_due_at"))
        batch_op.drop_index(batch_op.f("ix_cases_closed_at"))
        batch_op.drop_index("ix_cases_centre_code_state_id")
        batch_op.create_index(batch_op.f("ix_cases_province_code"), ["province_code"])
        batch_op.drop_index("ix_cases_province_code_category_created_at")
        for name, *_ in _OPEN_INDEXES:
            batch_op.drop_index(name)
        batch_op.drop_index("ix_cases_centre_code_category_id")
        batch_op.create_index(
            batch_op.f("ix_cases_state_centre_code"), ["state", "centre_code"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_cases_complainant_phone_id"), ["complainant_phone", "id"], unique=False
        )
        batch_op.drop_column("anonymised_at")
        batch_op.drop_column("reopened")
        batch_op.drop_column("closed_at")
        batch_op.drop_column("transferred_to")
        batch_op.drop_column("reject_reason")
        batch_op.drop_column("outcome")
        batch_op.drop_column("result")
        batch_op.drop_column("waited_days")
        batch_op.drop_column("waiting_since")
        batch_op.drop_column("deadline_policy_id")
        batch_op.drop_column("due_at")
        batch_op.drop_column("checklist")
        batch_op.drop_column("screened_at")
        batch_op.drop_column("screening_due_at")
        batch_op.drop_column("progress_at")
        batch_op.drop_column("state_since")
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("parent_id")
        batch_op.drop_column("anonymity")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
        batch_op.drop_column("respondent")
        batch_op.drop_column("secrecy")
        batch_op.drop_column("service_type")
        batch_op.drop_column("officer_id")

    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_case_events_referral_id_referrals"), type_="foreignkey"
        )
        batch_op.drop_column("data")
        batch_op.drop_column("referral_id")

    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_api_tokens_agency_id_agencies"), type_="foreignkey")
        batch_op.drop_column("inspection_region")
        batch_op.drop_column("agency_id")

    with op.batch_alter_table("identity_indexes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_indexes_digest"))

    op.drop_table("identity_indexes")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_sha256"))
        batch_op.drop_index(batch_op.f("ix_attachments_case_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("retention_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_items_done_at"))
        batch_op.drop_index(batch_op.f("ix_retention_items_centre_code"))

    op.drop_table("retention_items")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index("ix_reminders_sent_at")

    op.drop_table("reminders")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referrals_case_id"))
        batch_op.drop_index("ix_referrals_agency_id_state_id")

    op.drop_table("referrals")
    with op.batch_alter_table("legal_holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_holds_case_id"))

    op.drop_table("legal_holds")
    with op.batch_alter_table("complainants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complainants_index_key_id"))
        batch_op.drop_index(batch_op.f("ix_complainants_key_id"))

    op.drop_table("complainants")
    op.drop_table("saved_searches")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_user_id_read_at_id")

    op.drop_table("notices")
    op.drop_table("policies")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_due")

    op.drop_table("outbox")
    op.drop_table("audit_details")
    op.drop_table("webhooks")
    with op.batch_alter_table("tracking_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_tracking_attempts_source_digest_at")
        batch_op.drop_index("ix_tracking_attempts_ref_digest_at")
        batch_op.drop_index("ix_tracking_attempts_at")

    op.drop_table("tracking_attempts")
    op.drop_table("service_types")
    with op.batch_alter_table("privacy_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_privacy_requests_state"))
        batch_op.drop_index(batch_op.f("ix_privacy_requests_centre_code"))

    op.drop_table("privacy_requests")
    with op.batch_alter_table("import_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_batches_centre_code"))

    op.drop_table("import_batches")
    op.drop_table("closures")
    op.drop_table("audit_heads")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject_id")
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_action"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agencies_centre_code"))

    op.drop_table("agencies")
