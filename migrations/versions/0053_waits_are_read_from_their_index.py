"""The waits of months are read from one index, without a look at their rows."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

NAME = "ix_dayfigure_reported_on"
OLD = ["reported_on", "figure", "service_id"]


def upgrade() -> None:
    """Make the index hold all that is asked."""
    op.drop_index(NAME, "dayfigure")
    op.create_index(
        NAME, "dayfigure", [*OLD, "programme_id", "reporter_kind", "fixability", "value", "count"]
    )


def downgrade() -> None:
    """Make it find days alone."""
    op.drop_index(NAME, "dayfigure")
    op.create_index(NAME, "dayfigure", OLD)
