"""Rules of log-ins give composed roles, a log-in knows where it came from, and each hazard has an owner."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")


def upgrade() -> None:
    """No rule gives one yet, of older log-ins nothing is known, no hazard has an owner."""
    op.add_column("loginrule", sa.Column("composed", sa.String(), nullable=False, server_default=EMPTY))
    op.add_column("login", sa.Column("address", sa.String(), nullable=False, server_default=EMPTY))
    op.create_table(
        "hazardowner",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_hazardowner")),
    )


def downgrade() -> None:
    """Forget who answers, and what rules give besides the five roles."""
    op.drop_table("hazardowner")
    op.drop_column("login", "address")
    op.drop_column("loginrule", "composed")
