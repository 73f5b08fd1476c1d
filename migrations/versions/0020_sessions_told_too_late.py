"""A session that was told after its guard is nobody's delay: its ticket is due when it was told, and not late."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say so of every ticket; what was late before it was reported is due since then."""
    op.add_column(
        "ticket", sa.Column("session_is_too_soon", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    times = [sa.column(name, sa.DateTime(timezone=True)) for name in ("guard_at", "due_at", "reported_at")]
    ticket = sa.table("ticket", sa.column("session_is_too_soon", sa.Boolean()), *times)
    was_late_at_birth = ticket.c.guard_at < ticket.c.reported_at
    due_by_guard = (was_late_at_birth, ticket.c.due_at == ticket.c.guard_at)
    op.execute(ticket.update().where(*due_by_guard).values(due_at=ticket.c.reported_at))
    told_then = {"guard_at": ticket.c.reported_at, "session_is_too_soon": True}
    op.execute(ticket.update().where(was_late_at_birth).values(told_then))
