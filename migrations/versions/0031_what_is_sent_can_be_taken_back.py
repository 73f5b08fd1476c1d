"""What is sent waits some seconds and can be taken back; replies to hand carry what is done with them."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was written until now has left; what services wait is ten seconds; replies do no more than before."""
    op.add_column("message", sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service", sa.Column("undo_seconds", sa.Integer(), server_default="10", nullable=False))
    op.add_column("bulk", sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("does", "sort_as", "follow_up"):
        op.add_column(
            "cannedreply", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)
        )
    op.create_table(
        "heldsend",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("outbox_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_heldsend_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_heldsend_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heldsend")),
    )
    op.create_index(op.f("ix_heldsend_ticket_number"), "heldsend", ["ticket_number"])
