"""The categories of the two problems that a report may hold: what a split would make of it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older reports were not read for it: theirs is null."""
    op.add_column("ticket", sa.Column("suggested_split", sa.JSON(), nullable=True))
