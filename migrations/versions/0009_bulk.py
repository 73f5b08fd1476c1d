"""One deed for many tickets: what was confirmed, and what came of each."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Add bulks and their tickets."""
    op.create_table(
        "bulk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("key_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "action IN ('assign', 'triage', 'link', 'reply', 'resolve')", name=op.f("ck_bulk_action")
        ),
        sa.ForeignKeyConstraint(["key_id"], ["apikey.id"], name=op.f("fk_bulk_key_id_apikey")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_bulk_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk")),
    )
    op.create_index("ix_bulk_created_at", "bulk", ["created_at"])
    op.create_index("ix_bulk_key_id", "bulk", ["key_id"])
    op.create_index("ix_bulk_user_id", "bulk", ["user_id"])
    op.create_table(
        "bulkitem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulk_id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'refused', 'left_out')", name=op.f("ck_bulkitem_state")
        ),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name=op.f("fk_bulkitem_bulk_id_bulk")),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_bulkitem_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulkitem")),
        sa.UniqueConstraint("bulk_id", "ticket_number", name=op.f("uq_bulkitem_bulk_id_ticket_number")),
    )
    op.create_index(
        "ix_bulkitem_pending",
        "bulkitem",
        ["state", "bulk_id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index("ix_bulkitem_ticket_number", "bulkitem", ["ticket_number"])
