"""Help pages have a day by which they are looked at again, and a device counts once in whether one helped."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the articles that there are, the day is half a year after they were tried, as it always was."""
    op.add_column("article", sa.Column("review_on", sa.Date(), nullable=True))
    op.create_table(
        "articleanswer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_code", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("has_helped", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articleanswer")),
        sa.UniqueConstraint(
            "article_code", "token_hash", name=op.f("uq_articleanswer_article_code_token_hash")
        ),
    )
    op.create_index("ix_articleanswer_created_at", "articleanswer", ["created_at"])
