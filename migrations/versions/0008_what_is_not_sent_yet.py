"""What is written and not sent yet, and who has a ticket open."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; nothing that was there changes."""
    op.create_table(
        "presence",
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_presence_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id_user")),
        sa.PrimaryKeyConstraint("ticket_number", "user_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])

    op.create_table(
        "unsent",
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_unsent_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_unsent_user_id_user")),
        sa.PrimaryKeyConstraint("ticket_number", "user_id", "deed", name=op.f("pk_unsent")),
    )
    op.create_index("ix_unsent_updated_at", "unsent", ["updated_at"])
