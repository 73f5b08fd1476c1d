"""What was typed into a form when a log-in had ended is kept for its writer until it is sent again."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of such forms."""
    op.create_table(
        "kept_form",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "path", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_created_at"), "kept_form", ["created_at"])
