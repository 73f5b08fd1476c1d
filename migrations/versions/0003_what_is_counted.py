"""What managers count is found by indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GUARD = sa.text("action = 'guard'")
OPENED_AGAIN = sa.text("from_status IN ('closed', 'resolved') AND to_status = 'open'")


def upgrade() -> None:
    """Add them: when things were reported, guarded and opened again."""
    op.create_index("ix_ticket_reported_at", "ticket", ["reported_at"])
    op.create_index(
        "ix_event_guards", "event", ["at", "ticket_number"], sqlite_where=GUARD, postgresql_where=GUARD
    )
    op.create_index(
        "ix_event_opened_again",
        "event",
        ["ticket_number"],
        sqlite_where=OPENED_AGAIN,
        postgresql_where=OPENED_AGAIN,
    )
