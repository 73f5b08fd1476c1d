"""Words of staff that are no concern, and words in a language that the safety screen does not read."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add why, by whom and when; and the language that was not checked. Of what is there nobody said it."""
    for name in ("no_concern_reason", "no_concern_by"):
        op.add_column("handover", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("handover", sa.Column("no_concern_at", sa.DateTime(timezone=True), nullable=True))
    language = sa.Column("unchecked_language", sa.String(), server_default=sa.text("''"), nullable=False)
    op.add_column("message", language)
