"""Counts of a day are kept by who reported, and reports of a problem are found by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No count that is kept holds any longer: until the job has counted a day again its tickets are read."""
    kind = sa.Column("reporter_kind", sa.String(), server_default=sa.text("'patient'"), nullable=False)
    op.add_column("daycount", kind)
    is_linked = sa.text("problem_id IS NOT NULL")
    op.create_index(
        "ix_ticket_of_problem",
        "ticket",
        ["problem_id", "reported_at"],
        sqlite_where=is_linked,
        postgresql_where=is_linked,
    )
    op.execute("UPDATE countedday SET holds_until_at = '1970-01-01 00:00:00'")


def downgrade() -> None:
    """Keep the counts of both kinds: their sum is what was kept before."""
    op.drop_index("ix_ticket_of_problem", "ticket")
    op.drop_column("daycount", "reporter_kind")
