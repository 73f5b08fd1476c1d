"""That words were removed for good from what a reporter wrote is recorded: who, when, from where, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

REASONS = "'password', 'nhs_number', 'about_somebody', 'mistake'"


def upgrade() -> None:
    """Add the record of redactions: how many characters, and never which."""
    op.create_table(
        "redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_redaction_reason")),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_redaction_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_redaction_message_id_message")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_redaction_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_redaction_ticket_number", "redaction", ["ticket_number"])
