"""The lease of the jobs counts its renewals: who looks at it need believe no clock."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count; a process that holds the lease now goes on."""
    with op.batch_alter_table("lease") as batch:
        batch.add_column(sa.Column("renewals", sa.Integer(), server_default=sa.text("0"), nullable=False))
