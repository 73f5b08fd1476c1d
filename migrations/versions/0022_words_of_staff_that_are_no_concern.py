"""Whoever's own words opened a clinical review may say why they are no concern."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the reason, by whom and when; of the reviews so far nobody said it."""
    for name in ("no_concern_reason", "no_concern_by"):
        op.add_column("handover", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("handover", sa.Column("no_concern_at", sa.DateTime(timezone=True), nullable=True))
