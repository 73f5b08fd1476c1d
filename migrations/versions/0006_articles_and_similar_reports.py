"""Articles on what to try first; what a report was likely about, to find reports like it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add articles; on tickets the likeliest categories, and an index by which the newest of a kind are found."""
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("code", name=op.f("uq_article_code")),
    )
    op.create_index("ix_article_category", "article", ["category"])
    op.add_column("ticket", sa.Column("likely", sa.JSON(), nullable=True))
    op.execute("UPDATE ticket SET likely = '{}'")
    with op.batch_alter_table("ticket") as ticket:
        ticket.alter_column("likely", nullable=False)
    op.create_index("ix_ticket_alike", "ticket", ["service_id", "category", "reported_at"])
