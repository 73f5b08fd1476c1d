"""How long the audit log is kept, of all services: until somebody decides, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has decided yet."""
    op.create_table(
        "auditperiod",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditperiod")),
    )


def downgrade() -> None:
    """An older desk keeps it all."""
    op.drop_table("auditperiod")
