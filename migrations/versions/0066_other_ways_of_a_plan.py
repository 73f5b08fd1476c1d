"""The other way by which a reporter may be written to, since when they are, and what came of a failed letter."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said yet that another way may be used; what staff know of stays with them."""
    op.add_column(
        "reporter", sa.Column("other_is_safe", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("reporter", sa.Column("other_way_since_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True))
    # What staff were asked to call about is done.
    op.execute(
        "UPDATE letter SET followed_up_at = given_up_at WHERE given_up_at IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM letter AS asked WHERE asked.once = 'undelivered ' || CAST(letter.id AS VARCHAR(20)))"
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_column("letter", "followed_up_at")
    op.drop_column("reporter", "other_way_since_at")
    op.drop_column("reporter", "other_is_safe")
